"""Addresses that can lead nowhere."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url",
    [
        "/t/acme/p/%00/", "/t/acme/p/%00/forecast/", "/t/acme/p/PAY%00/raid/", "/t/acme/units/%00/", "/t/ac%00me/", "/%00/", "/invitations/%00/",
        "/accounts/confirm-email/%00/",
    ],
)  # fmt: skip
def test_an_address_with_a_nul_is_not_found(acme, vic, client_for, url) -> None:
    assert client_for(vic).get(url).status_code == 404


def test_strangers_are_asked_to_sign_in_first(acme, client) -> None:
    answer = client.get("/t/acme/p/%00/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_it_gets_the_page_of_whatever_is_not_there(acme, vic, client_for) -> None:
    pages = [
        client_for(vic).get(f"/t/acme/p/{code}/").content.decode().partition("<main")[2]
        for code in ("%00", "nothing-there")
    ]
    assert pages[0] == pages[1] != ""


@pytest.mark.parametrize(
    "url",
    [
        "/t/acme/find/?q=%00", "/t/acme/surveys/?year=0", "/t/acme/surveys/?year=-1", "/t/acme/surveys/?year=99999",
        "/t/acme/surveys/?year=1e30",
    ],
)  # fmt: skip
def test_what_no_database_can_be_asked_is_asked_of_none(acme, vic, client_for, url) -> None:
    assert client_for(vic).get(url).status_code == 200
