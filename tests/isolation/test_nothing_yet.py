"""An organisation on its first day: every page of nothing, and of a programme about which nothing is known."""

from __future__ import annotations

import pytest
from django.urls import reverse

from forecasting.cards import SLUG_OF
from pmo_portal.tenants.context import tenant_context
from tests.factories.programmes import ProgrammeFactory

from .discovery import Address, addresses
from .urls_expected import FORMS, PAGES
from .walking import ask, browser_of

pytestmark = pytest.mark.django_db

# What a page can be asked for that takes nothing but the organisation, a programme or a forecast.
GIVEN = {"tenant", "slug", "code"}
FILES = ("csv", "xlsx")
# Files are asked for by one of each side: they are written for everybody alike.
ASK_FOR_FILES = {"dana", "cam"}


def _is_of_programmes(address: Address) -> bool:
    return "/p/<str:code>/" in address.pattern


def _asked_of_nothing() -> list[Address]:
    named = [
        each
        for each in addresses()
        if each.is_of_tenant and each.name in PAGES | FORMS and set(each.arguments) <= GIVEN
    ]
    return [each for each in named if "code" not in each.arguments or _is_of_programmes(each)]


@pytest.mark.parametrize("who", ["ada", "dana", "cam", "vic"])
@pytest.mark.parametrize("has_programme", [False, True], ids=["nothing", "programme"])
def test_no_page_breaks_where_nothing_is_known_yet(acme, request, who, has_programme):
    member = request.getfixturevalue(who)
    code = None
    if has_programme:
        with tenant_context(acme.id):
            code = ProgrammeFactory().code
    asked = [each for each in _asked_of_nothing() if ("code" in each.arguments) is has_programme]
    assert len(asked) > 30
    browser, broken, files = browser_of(member.user), [], 0
    for address in asked:
        for slug in SLUG_OF.values() if "slug" in address.arguments else [None]:
            given = {"tenant": acme.slug, "code": code, "slug": slug}
            url = reverse(address.name, kwargs={name: given[name] for name in address.arguments})
            for query in ("", *(f"?format={each}" for each in FILES if who in ASK_FOR_FILES)):
                answer = ask(browser, "GET", url + query)
                if answer.status_code not in {200, 302, 403, 404}:
                    broken.append(f"{url}{query}: {answer.status_code}")
                files += bool(query) and "html" not in answer["Content-Type"]
    assert broken == []
    assert files > 10 or who not in ASK_FOR_FILES
