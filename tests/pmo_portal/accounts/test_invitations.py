import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from pmo_portal.accounts import services
from pmo_portal.accounts.models import Invitation, Membership, PublicLink, User, hash_token
from pmo_portal.jobs.mail import MOST_OF_ONE
from pmo_portal.jobs.models import Job
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Person
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.tenants import PersonFactory

pytestmark = pytest.mark.django_db

NEW = {"email": "Nadia@People.example", "name": "Nadia Farah", "roles": ["change_contributor"]}
JOIN = {"name": "Nadia Farah", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def invited(ada, client_for, link_in_mail):
    """The link that Nadia got."""
    answer = client_for(ada).post("/t/acme/admin/invitations/new/", NEW)
    assert answer.status_code == 303, answer.content.decode()
    return link_in_mail()


def test_somebody_new_joins_with_a_name_and_a_password(acme, invited):
    browser = Client()
    page = browser.get(invited)
    assert page.status_code == 200
    assert "Acme invites you" in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    assert not User.objects.filter(email="nadia@people.example").exists()
    joined = browser.post(invited, JOIN)
    assert (joined.status_code, joined.url) == (303, "/t/acme/")
    membership = Membership.objects.get(user__email="nadia@people.example")
    assert membership.roles == ["change_contributor"]
    with tenant_context(acme.id):
        assert Person.objects.get(user=membership.user).name == "Nadia Farah"
    # Signed in at once, and with the password from now on.
    assert browser.get("/t/acme/people/").status_code == 200
    signed_in = Client().post(
        "/accounts/login/", {"login": "nadia@people.example", "password": PASSWORD}
    )
    assert signed_in.status_code == 303


def test_only_the_hash_of_the_secret_is_kept_and_no_address_is_in_the_queue(acme, invited):
    token = invited.rstrip("/").rsplit("/", 1)[1]
    assert PublicLink.objects.get().token_hash == hash_token(token)
    with tenant_context(acme.id):
        invitation = Invitation.objects.get()
        job = Job.objects.get()
        events = list(Invitation.pgh_event_model.objects.values())
    assert invitation.token_hash == hash_token(token)
    assert "nadia" not in f"{job.args}{job.title}{job.result}".lower()
    assert token not in str(events)
    assert hash_token(token) not in str(events)


def test_a_link_works_once(invited):
    Client().post(invited, JOIN)
    again = Client().post(invited, JOIN)
    assert again.status_code == 404
    assert Client().get(invited).status_code == 404


def _page(answer) -> str:
    """Without the token that is new in every page."""
    return re.sub(r'name="csrf-token" content="[^"]*"', "", answer.content.decode())


def test_unknown_used_withdrawn_and_expired_links_answer_alike(acme, ada, client_for, invited):
    unknown = Client().get("/accounts/invitations/never-was/")
    with tenant_context(acme.id):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = Client().get(invited)
    posted = Client().post(invited, JOIN)
    assert unknown.status_code == expired.status_code == posted.status_code == 404
    assert _page(unknown) == _page(expired) == _page(posted)
    with tenant_context(acme.id):
        Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert Client().get(invited).status_code == 200
    client_for(ada).post("/t/acme/admin/invitations/INV-1/withdraw/")
    assert _page(Client().get(invited)) == _page(unknown)


def test_a_suspended_organisation_lets_nobody_in(acme, invited):
    acme.status = "suspended"
    acme.save()
    assert Client().get(invited).status_code == 404


def test_whoever_has_a_login_signs_in_with_it_to_join(acme, ada, ola, client_for, link_in_mail):
    client_for(ada).post(
        "/t/acme/admin/invitations/new/", {**NEW, "email": ola.user.email, "name": "Ola"}
    )
    link = link_in_mail()
    stranger = Client()
    page = stranger.get(link).content.decode()
    assert "Sign in with it to join" in page
    assert stranger.post(link, JOIN).status_code == 403
    other = client_for(UserFactory())
    assert "Sign out, then open the link again" in other.get(link).content.decode()
    assert other.post(link).status_code == 403
    assert not Membership.objects.filter(tenant=acme, user=ola.user).exists()
    browser = client_for(ola)
    assert browser.post(link).url == "/t/acme/"
    assert Membership.objects.get(tenant=acme, user=ola.user).roles == ["change_contributor"]
    assert browser.get("/t/acme/units/").status_code == 200
    assert browser.get("/t/borealis/units/").status_code == 200


def test_a_weak_password_is_refused_and_what_was_typed_is_kept(invited):
    answer = Client().post(
        invited, {"name": "Nadia", "password": "password12", "password_again": "password12"}
    )
    assert answer.status_code == 422
    assert 'value="Nadia"' in answer.content.decode()
    answer = Client().post(invited, {**JOIN, "password_again": "something else"})
    assert "not the same" in answer.content.decode()


def test_sending_again_ends_the_earlier_link(ada, client_for, invited, link_in_mail):
    answer = client_for(ada).post("/t/acme/admin/invitations/INV-1/resend/")
    assert answer.status_code == 303
    assert Client().get(invited).status_code == 404
    assert Client().get(link_in_mail()).status_code == 200
    assert len(mail.outbox) == 2


def test_nobody_gets_more_than_a_few_mails_a_day(
    acme, ada, client_for, invited, link_in_mail, time_machine
):
    again = "/t/acme/admin/invitations/INV-1/resend/"
    for _time in range(MOST_OF_ONE - 1):
        client_for(ada).post(again)
    sent = link_in_mail()
    page = client_for(ada).post(again, follow=True).content.decode()
    assert "Nadia Farah was sent 5 mails within a day. Send the next one tomorrow." in page
    with tenant_context(acme.id):
        assert Job.objects.count() == MOST_OF_ONE
    # What was refused took nothing away.
    assert Client().get(sent).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    page = client_for(ada).post(again, follow=True).content.decode()
    assert "Nadia Farah will get another mail." in page


def test_an_organisation_sends_a_limited_number_of_mails_a_day(
    acme, ada, client_for, invited, monkeypatch
):
    monkeypatch.setattr("pmo_portal.jobs.mail.MOST_OF_ALL", 1)
    answer = client_for(ada).post(
        "/t/acme/admin/invitations/new/", {**NEW, "email": "omar@people.example", "name": "Omar"}
    )
    assert answer.status_code == 422
    assert "has sent 1 mails of invitations within a day" in answer.content.decode()
    with tenant_context(acme.id):
        assert Invitation.objects.count() == 1


def test_the_directory_entry_with_the_same_address_is_theirs(acme, invited):
    with tenant_context(acme.id):
        known = PersonFactory(name="N. Farah", email="nadia@people.example")
    Client().post(invited, JOIN)
    with tenant_context(acme.id):
        known.refresh_from_db()
        assert known.user.email == "nadia@people.example"
        assert Person.objects.filter(email="nadia@people.example").count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"roles": ["pmo_lead", "change_lead"]}, "nobody holds roles in both"),
        ({"roles": []}, "This field is required"),
        ({"email": "no address"}, "valid email"),
        ({"email": "ada@acme.example"}, "member of this organisation already"),
    ],
)
def test_a_wrong_invitation_says_why_and_keeps_what_was_typed(ada, client_for, change, sentence):
    answer = client_for(ada).post("/t/acme/admin/invitations/new/", {**NEW, **change})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert 'value="Nadia Farah"' in page


def test_inviting_twice_points_at_the_first_one(ada, client_for, invited):
    again = client_for(ada).post("/t/acme/admin/invitations/new/", NEW)
    assert "invited already" in again.content.decode()
    assert again.status_code == 422


def test_an_invitation_that_ran_out_makes_room_for_another(acme, ada, client_for, invited):
    with tenant_context(acme.id):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client_for(ada).post("/t/acme/admin/invitations/new/", NEW).status_code == 303


def test_only_administrators_invite_and_see_who_was_invited(
    dana, cam, vic, ola, client_for, invited
):
    for member in (dana, cam, vic):
        browser = client_for(member)
        assert browser.get("/t/acme/admin/invitations/").status_code == 403
        assert browser.post("/t/acme/admin/invitations/new/", NEW).status_code == 403
        assert browser.get("/t/acme/INV-1").status_code == 404
    assert client_for(ola).get("/t/acme/admin/invitations/").status_code == 404


def test_the_pages_of_invitations(ada, client_for, invited):
    browser = client_for(ada)
    page = browser.get("/t/acme/admin/invitations/").content.decode()
    assert "Nadia Farah" in page
    assert "nadia@people.example" in page
    assert "<b>1</b> invitation" in " ".join(page.split())
    assert browser.get("/t/acme/INV-1").url.endswith("/admin/invitations/INV-1/")
    detail = browser.get("/t/acme/admin/invitations/INV-1/").content.decode()
    assert "What happened" in detail
    assert "Invite" in detail
    assert browser.get("/t/acme/history/INV-1/").status_code == 200
    assert "nadia" in browser.get("/t/acme/admin/invitations/?format=csv").content.decode().lower()


def _second_address(member) -> str:
    address = "second@people.example"
    EmailAddress.objects.create(user=member.user, email=address, verified=True)
    return address


def test_the_second_address_of_a_member_is_not_invited(ada, client_for):
    wish = {**NEW, "email": _second_address(ada).title(), "roles": ["viewer"]}
    answer = client_for(ada).post("/t/acme/admin/invitations/new/", wish)
    assert answer.status_code == 422
    assert "member of this organisation already" in answer.content.decode()


def test_a_link_changes_no_roles_of_a_member(ada, client_for, invited):
    """The last administrator would be gone."""
    with tenant_context(ada.tenant.id):
        Invitation.objects.update(email=_second_address(ada))
    assert client_for(ada).post(invited).status_code == 404
    ada.membership.refresh_from_db()
    assert ada.membership.roles == ["administrator"]


def test_who_joins_by_a_second_address_is_one_entry_of_the_directory(ola, acme, nudged, client_for):
    """The organisation knows them by that address, the login has another first one."""
    address = _second_address(ola)
    with tenant_context(acme.id):
        entry = PersonFactory(name="O. Okafor", email=address.title())
        services.add_member(tenant=acme, email=address, name="Ola Okafor", roles=["viewer"])
        assert Person.objects.get(user=ola.user) == entry
        assert not Person.objects.exclude(pk=entry.pk).exists()


def test_who_is_let_in_again_has_no_other_invitation(ada, vic, client_for, link_in_mail):
    browser = client_for(ada)
    of_vic = f"/t/acme/admin/members/{vic.membership.reference}"
    browser.post(f"{of_vic}/end/")
    browser.post(
        "/t/acme/admin/invitations/new/",
        {**NEW, "email": _second_address(vic), "roles": ["administrator"]},
    )
    link = link_in_mail()
    browser.post(f"{of_vic}/resume/")
    assert client_for(vic).post(link).status_code == 404
    # Nor where the membership ends once more.
    browser.post(f"{of_vic}/end/")
    assert client_for(vic).post(link).status_code == 404
    vic.membership.refresh_from_db()
    assert (vic.membership.roles, vic.membership.is_active) == (["viewer"], False)
