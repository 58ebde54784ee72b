"""Every address as everybody: who gets through, who learns nothing, and nothing ever breaks."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from django import forms
from django.urls import reverse

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.permissions import stated_rules
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.services import create_tenant
from tests.factories.accounts import make_member

from .discovery import Address, addresses
from .urls_expected import BUTTONS, FORMS, LIBRARY, PAGES, PLATFORM
from .walking import ask, browser_of, url_of
from .world import CAST, MARKER, World, build

pytestmark = pytest.mark.django_db

OF_TENANT = [address for address in addresses() if address.is_of_tenant]
OUTSIDE = [address for address in addresses() if not address.is_of_tenant]

# Answers that say "you got through": a page, an order to stop polling, a redirect, a refused form.
THROUGH = {200, 204, 286, 302, 303, 400, 409, 410, 422}


@pytest.fixture(scope="module")
def marked(for_the_module) -> World:
    """Made once: nothing that is asked here leaves a trace."""
    return build(create_tenant(slug="acme", name="Acme"), marked=True)


@pytest.fixture(scope="module")
def other(for_the_module) -> World:
    return build(create_tenant(slug="calypso", name="Calypso"), marked=False)


# So many of one app are walked at once, so that several workers take their share.
SHARE = 60


def _by_app() -> dict[str, list[Address]]:
    apps: dict[str, list[Address]] = defaultdict(list)
    for address in OF_TENANT:
        apps[address.name.partition(":")[0]].append(address)
    return {
        f"{app}-{first // SHARE + 1}": of_app[first : first + SHARE]
        for app, of_app in apps.items()
        for first in range(0, len(of_app), SHARE)
    }


EVERY_APP = pytest.mark.parametrize(
    "addresses_of_app", _by_app().values(), ids=list(_by_app()), indirect=False
)


def test_every_address_is_in_the_table_and_the_table_holds_no_other():
    in_table = [*PAGES, *FORMS, *BUTTONS]
    assert len(in_table) == len(set(in_table))
    assert {address.name for address in OF_TENANT} == set(in_table)
    assert {address.name for address in OUTSIDE} == set(PLATFORM) | LIBRARY


def test_every_view_of_ours_declares_who_may_call_it():
    silent, unknown = [], []
    for address in addresses():
        if address.name in LIBRARY:
            continue
        action = getattr(address.view, "permission_required", None)
        if action is None and not getattr(address.view, "public", False):
            silent.append(address.name)
        if action not in {None, "account", "operator"} and action not in stated_rules():
            unknown.append(f"{address.name}: {action}")
        if address.is_of_tenant and action in {None, "account", "operator"}:
            silent.append(address.name)
    assert (silent, unknown) == ([], [])


def _is_about_programmes(address: Address) -> bool:
    """Whether a contributor who works on no programme finds nothing there."""
    if address.name in {"history:record_trail", "history:record_restore", "finder:reference_find"}:
        return True
    # Units have codes too.
    of_units = ("accounts:", "adoption:headcount")
    return "code" in address.arguments and not address.name.startswith(of_units)


def _expected(address: Address, method: str, who: str) -> set[int]:
    name = address.name
    table = {"GET": {**PAGES, **FORMS}, "POST": {**FORMS, **BUTTONS}}[method]
    if name not in table:
        return {405}
    if who == "dov" and _is_about_programmes(address):
        return {404}
    return THROUGH if who in table[name] else {403}


@EVERY_APP
def test_everybody_gets_what_the_table_says(addresses_of_app, marked: World):
    browsers = {who: browser_of(marked.people[who].user) for who in CAST}
    wrong = []
    for address in addresses_of_app:
        with tenant_context(marked.tenant.id):
            url = url_of(address, marked)
        for method, data in (("GET", None), ("POST", {"version": "1"})):
            for who, browser in browsers.items():
                code = ask(browser, method, url, data).status_code
                expected = _expected(address, method, who)
                if code not in expected:
                    wrong.append(
                        f"{method} {address.name} as {who}: {code}, not {sorted(expected)}"
                    )
    assert not wrong, "\n".join(wrong)


@EVERY_APP
def test_outsiders_find_nothing_and_learn_nothing(addresses_of_app, marked: World, ola, operator):
    outsiders = {"ola": ola.user, "operator": operator, "anonymous": None}
    browsers = {who: browser_of(user) for who, user in outsiders.items()}
    wrong = []
    for address in addresses_of_app:
        with tenant_context(marked.tenant.id):
            url = url_of(address, marked)
        for method, data in (("GET", None), ("POST", {"version": "1"})):
            for who, browser in browsers.items():
                answer = ask(browser, method, url, data)
                signed_out = 303 if method == "POST" else 302
                expected = signed_out if who == "anonymous" else 404
                if answer.status_code != expected:
                    wrong.append(f"{method} {address.name} as {who}: {answer.status_code}")
                if MARKER in answer.content.decode(errors="replace"):
                    wrong.append(f"{method} {address.name} as {who}: shows the marker")
    assert not wrong, "\n".join(wrong)


@EVERY_APP
def test_names_of_another_organisation_mean_nothing_in_ones_own(
    addresses_of_app, marked: World, ola
):
    """Codes and references of Acme under the address of Borealis, by those who may do most there."""
    cleo = make_member(ola.tenant, "Cleo Cruz", Role.CHANGE_LEAD)
    browsers = {"ola": browser_of(ola.user), "cleo": browser_of(cleo.user)}
    wrong = []
    for address in addresses_of_app:
        with tenant_context(marked.tenant.id):
            url = url_of(address, marked).replace("/t/acme/", "/t/borealis/")
        for method, data in (("GET", None), ("POST", {"version": "1"})):
            for who, browser in browsers.items():
                answer = ask(browser, method, url, data)
                if answer.status_code >= 500:
                    wrong.append(f"{method} {address.name} as {who}: {answer.status_code}")
                if MARKER in answer.content.decode(errors="replace"):
                    wrong.append(f"{method} {address.name} as {who}: shows the marker")
    assert not wrong, "\n".join(wrong)


@EVERY_APP
def test_no_form_takes_a_key_of_another_organisation(addresses_of_app, marked: World, other: World):
    """Every choice of every form, answered with a row of Acme while working in Calypso."""
    browsers = [browser_of(other.people[who].user) for who in ("ada", "dana", "cam")]
    wrong = []
    for address in (one for one in addresses_of_app if one.name in FORMS):
        with tenant_context(other.tenant.id):
            url = url_of(address, other)
        for browser in browsers:
            shown = ask(browser, "GET", url)
            form = (shown.context or {}).get("form") if shown.status_code == 200 else None
            if shown.status_code == 200 and form is None:
                wrong.append(f"{address.name} shows a form that is not `form` in its context")
            for name, model in _choices_of(form):
                stranger = marked.rows.get(model)
                if stranger is None:
                    continue
                answer = ask(browser, "POST", url, {form.add_prefix(name): stranger.pk})
                refused = (answer.context or {}).get("form")
                if answer.status_code != 422 or refused is None or name not in refused.errors:
                    wrong.append(f"{address.name} takes {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def _choices_of(form: Any) -> list[tuple[str, Any]]:
    if form is None:
        return []
    return [
        (name, field.queryset.model)
        for name, field in form.fields.items()
        if isinstance(field, forms.ModelChoiceField) and not field.disabled
    ]


@EVERY_APP
def test_a_number_longer_than_any_breaks_nothing(addresses_of_app, marked: World):
    """Python turns no text of more than 4,300 digits into a number."""
    browsers = [browser_of(marked.people[who].user) for who in ("ada", "dana")]
    long = "9" * 5000
    wrong = []
    for address in addresses_of_app:
        with tenant_context(marked.tenant.id):
            url = url_of(address, marked)
        longer = re.sub(r"-\d+(?=/|$)", f"-{long}", url)
        wanted: list[tuple[str, str, dict[str, str] | None]] = []
        if longer != url:
            wanted += [("GET", longer, None), ("POST", longer, {"version": "1"})]
        if address.name not in PAGES:
            wanted.append(("POST", url, {"version": long}))
        for browser in browsers:
            for method, asked, data in wanted:
                code = ask(browser, method, asked, data).status_code
                if code >= 500:
                    wrong.append(f"{method} {address.name}: {code}")
    assert not wrong, "\n".join(wrong)


def test_addresses_outside_every_tenant(marked: World, operator):
    everybody = [None, marked.people["dana"].user, operator]
    browsers = [browser_of(user) for user in everybody]
    wrong = []
    for name, (gets, posts) in PLATFORM.items():
        view_arguments = {"token": "never-was", "slug": "acme", "reference": "E-1"}
        address = next(one for one in OUTSIDE if one.name == name)
        url = reverse(name, kwargs={key: view_arguments[key] for key in address.arguments})
        for method, data, codes in (("GET", None, gets), ("POST", {"version": "1"}, posts)):
            for browser, expected in zip(browsers, codes, strict=True):
                answer = ask(browser, method, url, data)
                if answer.status_code != expected:
                    wrong.append(f"{method} {name}: {answer.status_code}, not {expected}")
                if MARKER in answer.content.decode(errors="replace"):
                    wrong.append(f"{method} {name} shows the marker")
    assert not wrong, "\n".join(wrong)


def test_pages_of_the_library_do_not_break(marked: World, operator):
    """None of them asks for anything of a tenant, and none of them answers with a 500."""
    browsers = [browser_of(user) for user in (None, marked.people["dana"].user, operator)]
    wrong = []
    for name in sorted(LIBRARY):
        address = next(one for one in OUTSIDE if one.name == name)
        values: dict[str, Any] = {"key": "set-password", "uidb36": "1", "pk": 1}
        kwargs = {key: values[key] for key in address.arguments}
        url = f"/{name}" if "/" in name else reverse(name, kwargs=kwargs)
        for method, data in (("GET", None), ("POST", {})):
            for browser in browsers:
                answer = ask(browser, method, url, data)
                if answer.status_code >= 500:
                    wrong.append(f"{method} {name}: {answer.status_code}")
                if MARKER in answer.content.decode(errors="replace"):
                    wrong.append(f"{method} {name} shows the marker")
    assert not wrong, "\n".join(wrong)
