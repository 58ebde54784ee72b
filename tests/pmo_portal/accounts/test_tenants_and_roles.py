"""Where somebody may go: start page, switching, suspended organisations, second factors."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.models import User
from pmo_portal.tenants.context import tenant_context
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _also_in(member, tenant, *roles):
    with tenant_context(tenant.id):
        MembershipFactory(user=member.user, tenant=tenant, roles=list(roles))


def test_the_start_page_leads_home(dana, operator, client_for):
    assert Client().get("/").url.startswith("/accounts/login/")
    assert client_for(dana).get("/").url == "/t/acme/"
    assert client_for(operator).get("/").url == "/operations/"
    assert "no organisation yet" in client_for(UserFactory()).get("/").content.decode()


def test_somebody_in_two_organisations_chooses_and_switches(dana, borealis, client_for):
    _also_in(dana, borealis, Role.CHANGE_LEAD)
    browser = client_for(dana)
    page = browser.get("/").content.decode()
    assert "/t/acme/" in page
    assert "/t/borealis/" in page
    in_acme = browser.get("/t/acme/people/").content.decode()
    assert '/t/borealis/"' in in_acme
    assert "PMO lead" in in_acme
    assert "Change lead" in browser.get("/t/borealis/people/").content.decode()


def test_roles_do_not_travel(dana, borealis, client_for):
    """An administrator there is a viewer here."""
    _also_in(dana, borealis, Role.ADMINISTRATOR)
    browser = client_for(dana)
    assert browser.get("/t/borealis/admin/members/").status_code == 200
    assert browser.get("/t/acme/admin/members/").status_code == 403


def test_an_outsider_finds_nothing_and_cannot_tell_why(ola, client_for, acme):
    browser = client_for(ola)
    there, nowhere = browser.get("/t/acme/people/"), browser.get("/t/never-was/people/")
    assert there.status_code == nowhere.status_code == 404
    assert "Acme" not in there.content.decode()


def test_a_suspended_organisation_is_read_by_administrators_only(acme, ada, dana, client_for):
    acme.status = "suspended"
    acme.save()
    page = client_for(dana).get("/t/acme/people/")
    assert page.status_code == 403
    assert "Acme is suspended" in page.content.decode()
    browser = client_for(ada)
    assert browser.get("/t/acme/people/").status_code == 200
    refused = browser.post("/t/acme/admin/people/new/", {"name": "Somebody"})
    assert refused.status_code == 403
    assert "suspended" in refused.content.decode()


def test_a_closed_organisation_is_gone_for_everybody(acme, ada, client_for):
    acme.status = "closed"
    acme.save()
    assert client_for(ada).get("/t/acme/people/").status_code == 404
    assert "no organisation yet" in client_for(ada).get("/").content.decode()


def test_a_login_that_was_switched_off_is_signed_out(dana, client_for):
    browser = client_for(dana)
    User.objects.filter(pk=dana.user.pk).update(is_active=False)
    assert browser.get("/t/acme/people/").url.startswith("/accounts/login/")


def test_the_theme_is_kept(dana, client_for):
    browser = client_for(dana)
    answer = browser.post("/accounts/theme/", {"theme": "dark", "next": "/t/acme/people/"})
    assert answer.url == "/t/acme/people/"
    dana.user.refresh_from_db()
    assert dana.user.theme == "dark"
    assert browser.post("/accounts/theme/", {"theme": "pink"}).status_code == 303
    away = browser.post("/accounts/theme/", {"theme": "light", "next": "https://evil.example/"})
    assert away.url == "/"
    assert Client().post("/accounts/theme/", {"theme": "dark"}).cookies["theme"].value == "dark"


@override_settings(PMO_ENFORCE_SECOND_FACTOR=True)
def test_administrators_need_a_second_factor_where_it_is_enforced(ada, dana, operator, client_for):
    assert client_for(ada).get("/t/acme/people/").url == "/accounts/2fa/"
    assert client_for(ada).get("/accounts/2fa/").status_code == 200
    part = client_for(ada).get("/t/acme/people/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == "/accounts/2fa/"
    assert client_for(dana).get("/t/acme/people/").status_code == 200
    assert client_for(operator).get("/operations/").url == "/accounts/2fa/"


def test_an_expired_session_sends_htmx_to_sign_in(acme):
    answer = Client().get("/t/acme/people/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_who_sends_a_form_after_the_session_ended_is_told_that_it_is_not_saved(acme):
    answer = Client().post("/t/acme/people/", {"state": "active"})
    assert answer.status_code == 303
    assert answer["Location"] == "/accounts/login/?next=/t/acme/people/&unsaved=1"
    said = "What you sent was not saved"
    assert said in Client().get(answer["Location"]).content.decode()
    assert said not in Client().get(Client().get("/t/acme/people/")["Location"]).content.decode()
    part = Client().post("/t/acme/people/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"].endswith("&unsaved=1")


WRITTEN = {"summary": "Written for <an hour>\nand a half", "state": "active", "version": "3"}


@pytest.mark.parametrize("more", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_what_was_written_stays_before_who_sends_it_after_the_session_ended(acme, more):
    """Also where the form stood on another page than it is sent to."""
    headers = {"Referer": "http://testserver/t/acme/people/?page=2", **more}
    answer = Client().post("/t/acme/people/new/", WRITTEN, headers=headers)
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (403, "private, no-store")
    assert "What you sent was not saved" in page
    assert "Written for &lt;an hour&gt;\nand a half</textarea>" in page
    assert page.count("</textarea>") == 1
    assert 'href="/accounts/login/?next=/t/acme/people/%3Fpage%3D2"' in page
    assert ("<html" in page) == (not more)


@pytest.mark.parametrize(
    "page", ["http://elsewhere.example/t/acme/people/", "http://testserver/accounts/"]
)
def test_who_signs_in_again_comes_back_to_pages_of_organisations_only(acme, page):
    answer = Client().post("/t/acme/people/new/", WRITTEN, headers={"Referer": page})
    assert 'href="/accounts/login/?next=/t/acme/people/new/"' in answer.content.decode()


def test_what_another_site_sends_is_not_shown_as_ones_own(acme):
    answer = Client(enforce_csrf_checks=True).post("/t/acme/people/", WRITTEN)
    assert answer.status_code == 403
    assert "an hour" not in answer.content.decode()


@override_settings(PMO_ENFORCE_SECOND_FACTOR=True)
def test_an_administrator_who_went_away_keeps_what_they_wrote(ada, client_for, time_machine):
    with tenant_context(ada.tenant.id):
        Authenticator.objects.create(user=ada.user, type="totp", data={})
    desk = client_for(ada)
    time_machine.move_to(START, tick=False)
    assert desk.get("/t/acme/people/").status_code == 200
    time_machine.move_to(START + timedelta(minutes=31), tick=False)
    answer = desk.post("/t/acme/people/new/", WRITTEN)
    assert answer.status_code == 403
    assert "and a half</textarea>" in answer.content.decode()
    assert desk.get("/t/acme/people/").status_code == 302


@override_settings(PMO_ENFORCE_SECOND_FACTOR=True)
def test_an_administrator_who_went_away_is_signed_out(ada, dana, client_for, time_machine):
    with tenant_context(ada.tenant.id):
        Authenticator.objects.create(user=ada.user, type="totp", data={})
    browsers = client_for(ada), client_for(dana)
    for minutes, codes in ((0, (200, 200)), (29, (200, 200)), (58, (200, 200)), (89, (302, 200))):
        time_machine.move_to(START + timedelta(minutes=minutes), tick=False)
        assert tuple(b.get("/t/acme/people/").status_code for b in browsers) == codes
    assert browsers[0].get("/t/acme/people/").url.startswith("/accounts/login/")


@override_settings(PMO_ENFORCE_SECOND_FACTOR=True)
def test_a_page_that_asks_by_itself_keeps_no_administrator_signed_in(ada, client_for, time_machine):
    with tenant_context(ada.tenant.id):
        Authenticator.objects.create(user=ada.user, type="totp", data={})
    browser = client_for(ada)
    asks_by_itself = {"HX-Request": "true", "X-Unattended": "true"}
    time_machine.move_to(START, tick=False)
    assert browser.get("/t/acme/people/").status_code == 200
    for minutes in (10, 20, 30):
        time_machine.move_to(START + timedelta(minutes=minutes), tick=False)
        assert browser.get("/t/acme/people/", headers=asks_by_itself).status_code == 200
    time_machine.move_to(START + timedelta(minutes=40), tick=False)
    answer = browser.get("/t/acme/people/", headers=asks_by_itself)
    assert answer["HX-Redirect"].startswith("/accounts/login/")
    assert browser.get("/t/acme/people/").status_code == 302


def test_a_session_ends_twelve_hours_after_signing_in(ada, vic, time_machine):
    """However busy it was."""
    browser, edit = Client(), f"/t/acme/admin/members/{vic.membership.reference}/"
    time_machine.move_to(START, tick=False)
    browser.post("/accounts/login/", {"login": ada.user.email, "password": PASSWORD})
    for hour in range(1, 13):
        time_machine.move_to(START + timedelta(hours=hour, seconds=-1), tick=False)
        role = "sponsor" if hour % 2 else "viewer"
        answer = browser.post(edit, {"roles": [role], "version": hour})
        assert (answer.status_code, answer.url) == (303, "/t/acme/admin/members/")
    time_machine.move_to(START + timedelta(hours=12, seconds=1), tick=False)
    answer = browser.post(edit, {"roles": ["administrator"], "version": 13})
    assert (answer.status_code, answer.url) == (303, f"/accounts/login/?next={edit}&unsaved=1")
    vic.membership.refresh_from_db()
    assert vic.membership.roles == ["viewer"]


@pytest.mark.parametrize("address", ["/t/ACME/R-114", "/t/ac_me/people/", "/t/Acme/"])
def test_a_tenant_in_other_letters_does_not_exist(dana, client_for, address):
    assert Client().get(address).url == f"/accounts/login/?next={address}"
    assert client_for(dana).get(address).status_code == 404
