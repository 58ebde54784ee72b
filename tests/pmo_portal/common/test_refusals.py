"""Refusals say why, to a person and to htmx."""

from __future__ import annotations

from types import SimpleNamespace

from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

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
