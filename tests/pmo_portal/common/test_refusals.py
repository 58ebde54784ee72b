"""Refusals say why, to a person and to htmx."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connections
from django.test import Client, RequestFactory
from psycopg import errors

from pmo_portal.common.refusals import permission_denied, server_error

NO_HTMX = False
HTMX = SimpleNamespace(boosted=False, history_restore_request=False)


def request(htmx: object):
    made = RequestFactory().get("/t/acme/", HTTP_X_REQUEST_ID="abc-123")
    made.htmx = htmx
    return made


def test_a_refusal_is_a_page_with_the_reason_of_the_rule() -> None:
    response = permission_denied(
        request(NO_HTMX), PermissionDenied("Only the change lead may do this.")
    )
    assert response.status_code == 403
    assert "Only the change lead may do this." in response.content.decode()
    assert "<h1" in response.content.decode()


def test_htmx_gets_the_refusal_alone() -> None:
    response = permission_denied(
        request(HTMX), PermissionDenied("Only the change lead may do this.")
    )
    assert response.status_code == 403
    assert "Only the change lead may do this." in response.content.decode()
    assert "<html" not in response.content.decode()


def test_the_page_of_last_resort_gives_a_reference() -> None:
    response = server_error(request(NO_HTMX))
    assert response.status_code == 500
    assert "abc-123" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [False, True])
def test_while_the_database_does_not_answer_a_page_says_so(monkeypatch, sent) -> None:
    def gone(*args: object) -> None:
        raise OperationalError("connection refused")

    browser = Client(raise_request_exception=False)
    browser.cookies[settings.SESSION_COOKIE_NAME] = "somebody"
    with monkeypatch.context() as down:
        down.setattr(connections["default"], "_cursor", gone)
        response = (browser.post if sent else browser.get)("/t/acme/programmes/new/")
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "cannot reach its data" in page
    assert ("could not be saved" in page) is sent


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (errors.TooManyConnections(), 503),
        (errors.AdminShutdown(), 503),
        (errors.LockNotAvailable(), 500),
    ],
)
def test_only_a_database_that_is_away_is_called_so(cause, status) -> None:
    try:
        raise OperationalError from cause
    except OperationalError:
        assert server_error(request(NO_HTMX)).status_code == status
