import threading

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from pmo_portal.accounts import services
from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.models import Membership
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common.editing import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.accounts import PASSWORD, make_member

pytestmark = pytest.mark.django_db


def _edit(member) -> str:
    return f"/t/acme/admin/members/{member.membership.reference}/"


def test_a_change_of_roles_counts_from_the_next_request(ada, vic, client_for):
    theirs = client_for(vic)
    assert theirs.get("/t/acme/admin/members/").status_code == 403
    answer = client_for(ada).post(_edit(vic), {"roles": ["administrator"], "version": 1})
    assert answer.status_code == 303
    assert theirs.get("/t/acme/admin/members/").status_code == 200
    client_for(ada).post(_edit(vic), {"roles": ["viewer"], "version": 2})
    assert theirs.get("/t/acme/admin/members/").status_code == 403


def test_nobody_holds_a_role_of_both_functions(ada, dana, client_for):
    answer = client_for(ada).post(
        _edit(dana), {"roles": ["pmo_lead", "change_contributor"], "version": 1}
    )
    assert answer.status_code == 422
    assert "nobody holds roles in both" in answer.content.decode()
    dana.membership.refresh_from_db()
    assert dana.membership.roles == ["pmo_lead"]


def test_the_last_administrator_stays(ada, dana, client_for):
    browser = client_for(ada)
    answer = browser.post(_edit(ada), {"roles": ["viewer"], "version": 1})
    assert answer.status_code == 422
    assert "last administrator" in answer.content.decode()
    answer = browser.post(f"{_edit(ada)}end/", follow=True)
    assert "last administrator" in answer.content.decode()
    # With a second one they may go.
    browser.post(_edit(dana), {"roles": ["administrator", "pmo_lead"], "version": 1})
    assert browser.post(_edit(ada), {"roles": ["viewer"], "version": 1}).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other(ada):
    other = make_member(ada.tenant, "Abe Ames", Role.ADMINISTRATOR)
    refused = []

    def leave(member):
        try:
            with tenant_context(ada.tenant.id):
                services.revise_membership(member.membership, roles=["viewer"], acting=member)
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[member]) for member in (ada, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Membership.objects.filter(roles__contains=["administrator"]).count() == 1


def test_two_editors_one_conflict(in_acme, ada, vic):
    services.revise_membership(vic.membership, roles=["sponsor"], version=1, acting=ada)
    with pytest.raises(EditConflict):
        services.revise_membership(vic.membership, roles=["viewer"], version=1, acting=ada)


def test_the_conflict_page_shows_mine_and_theirs(ada, vic, client_for):
    browser = client_for(ada)
    browser.post(_edit(vic), {"roles": ["sponsor"], "version": 1})
    answer = browser.post(_edit(vic), {"roles": ["steering_member"], "version": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    for word in ("Steering member", "Sponsor", "Ada Adeyemi"):
        assert word in page
    # The form now carries the newer version: saving once more is a decision.
    answer = browser.post(_edit(vic), {"roles": ["steering_member"], "version": 2})
    assert answer.status_code == 303


def test_ending_a_membership_ends_its_sessions(ada, vic, client_for):
    browser = Client()
    browser.post("/accounts/login/", {"login": vic.user.email, "password": PASSWORD})
    assert browser.get("/t/acme/people/").status_code == 200
    assert UserSession.objects.filter(user=vic.user).count() == 1
    client_for(ada).post(f"{_edit(vic)}end/")
    assert browser.get("/t/acme/people/").url.startswith("/accounts/login/")
    assert not UserSession.objects.filter(user=vic.user).exists()
    browser.post("/accounts/login/", {"login": vic.user.email, "password": PASSWORD})
    assert browser.get("/t/acme/people/").status_code == 404
    client_for(ada).post(f"{_edit(vic)}resume/")
    assert browser.get("/t/acme/people/").status_code == 200


def test_who_left_long_ago_is_signed_out_of_nowhere_else(ada, vic, client_for):
    client_for(ada).post(f"{_edit(vic)}end/")
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": vic.user.email, "password": PASSWORD})
    client_for(ada).post(f"{_edit(vic)}end/")
    assert UserSession.objects.filter(user=vic.user).exists()


def test_only_administrators_change_members_however_they_try(in_acme, dana, cam, vic, ada):
    for member in (dana, cam, vic):
        with pytest.raises(NotAllowed):
            services.revise_membership(ada.membership, roles=["viewer"], acting=member)
        with pytest.raises(NotAllowed):
            services.end_membership(ada.membership, acting=member)


def test_the_trail_names_who_changed_what(ada, vic, client_for):
    browser = client_for(ada)
    browser.post(_edit(vic), {"roles": ["sponsor"], "version": 1})
    page = browser.get(_edit(vic)).content.decode()
    assert "Change roles" in page
    assert "Ada Adeyemi" in page


def test_members_of_other_organisations_are_not_listed(ada, ola, client_for):
    page = client_for(ada).get("/t/acme/admin/members/").content.decode()
    assert "Ada Adeyemi" in page
    assert "Ola" not in page
    other = ola.membership.reference
    assert ada.membership.reference == other == "MEM-1"
    page = client_for(ada).get(f"/t/acme/admin/members/{other}/").content.decode()
    assert "Ola" not in page


@pytest.mark.parametrize(
    "reference", ["MEM-99", "R-1", "MEM-x", "MEM-", "MEM-12345678901234567890"]
)
def test_what_is_no_member_is_not_found(ada, client_for, reference):
    assert client_for(ada).get(f"/t/acme/admin/members/{reference}/").status_code == 404


def test_adding_somebody_twice_changes_nothing_but_roles(in_acme):
    first = services.add_member(
        tenant=in_acme, email="a@b.example", name="A B", roles=["viewer"], password=PASSWORD
    )
    again = services.add_member(
        tenant=in_acme, email="A@b.example", name="Other", roles=["sponsor"], password="x"
    )
    assert (first.pk, first.user_id) == (again.pk, again.user_id)
    assert again.roles == ["sponsor"]
    assert again.user.check_password(PASSWORD)


def test_the_database_itself_refuses_both_functions(in_acme, dana):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="membership_one_function"), transaction.atomic():
        Membership.objects.filter(pk=dana.membership.pk).update(roles=["pmo_lead", "change_lead"])
