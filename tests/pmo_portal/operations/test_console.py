import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal.accounts import services as accounts
from pmo_portal.accounts.models import Invitation, Membership
from pmo_portal.jobs import services as jobs
from pmo_portal.operations import services
from pmo_portal.tenants.choices import TenantStatus
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Harbour Trust",
    "slug": "harbour",
    "currency": "GBP",
    "administrator_name": "Hana Holt",
    "administrator_email": "hana@harbour.example",
}


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(jobs, "nudge", lambda *args: True)


def test_an_operator_opens_an_organisation_and_invites_its_first_administrator(
    operator, client_for
):
    answer = client_for(operator).post("/operations/new/", NEW)
    assert answer.url == "/operations/tenants/harbour/"
    tenant = Tenant.objects.get(slug="harbour")
    with tenant_context(tenant.id):
        invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles) == ("hana@harbour.example", ["administrator"])
    assert not Membership.objects.filter(tenant=tenant).exists()


def test_a_first_mail_that_never_arrived_is_sent_again_or_to_somebody_else(
    acme, ada, operator, client_for
):
    browser = client_for(operator)
    browser.post("/operations/new/", NEW)
    page = browser.get("/operations/tenants/harbour/").content.decode()
    assert "hana@harbour.example is invited until" in page
    other = {"administrator_name": "Hal Holt", "administrator_email": "hal@harbour.example"}
    for asked in (other, other):
        answer = browser.post("/operations/tenants/harbour/administrator/", asked)
        assert answer.status_code == 303
    tenant = Tenant.objects.get(slug="harbour")
    with tenant_context(tenant.id):
        still = Invitation.objects.filter(withdrawn_at=None).get()
        assert Invitation.objects.count() == 3
        assert (still.email, still.roles, still.number) == (
            "hal@harbour.example",
            ["administrator"],
            3,
        )
        accounts.accept(still, at=timezone.now(), password="Correct-horse-44-staple")
    assert "First administrator" not in browser.get(answer.url).content.decode()
    refused = browser.post("/operations/tenants/harbour/administrator/", NEW)
    assert refused.status_code == 422
    assert "has an administrator" in refused.content.decode()
    with tenant_context(tenant.id):
        assert Invitation.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slug": "acme"}, "Another organisation has this short name"),
        ({"slug": "Not a slug"}, "small letters"),
        ({"administrator_email": "nobody"}, "valid email"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said(acme, operator, client_for, change, sentence):
    answer = client_for(operator).post("/operations/new/", {**NEW, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="Hana Holt"' in answer.content.decode()
    assert Tenant.objects.count() == 1


def test_suspend_and_resume(acme, ada, dana, operator, client_for):
    browser, theirs = client_for(operator), client_for(dana)
    assert theirs.get("/t/acme/people/").status_code == 200
    browser.post("/operations/tenants/acme/suspend/", {"version": 1})
    assert theirs.get("/t/acme/people/").status_code == 403
    page = browser.get("/operations/tenants/acme/").content.decode()
    assert "Acme is suspended" in page
    browser.post("/operations/tenants/acme/resume/", {"version": 2})
    assert theirs.get("/t/acme/people/").status_code == 200


def test_closing_needs_the_name_typed_out(acme, operator, client_for):
    browser = client_for(operator)
    answer = browser.post("/operations/tenants/acme/close/", {"version": 1, "typed": "acme"})
    assert answer.status_code == 422
    assert "exactly" in answer.content.decode()
    answer = browser.post("/operations/tenants/acme/close/", {"version": 1, "typed": "Acme"})
    assert answer.status_code == 303
    acme.refresh_from_db()
    assert acme.status == "closed"


def test_two_operators_do_not_undo_each_other(acme, operator):
    def change(to):
        return services.change_status(
            acme, to=to, version=1, at=timezone.now(), acting=operator, typed="Acme"
        )

    change(TenantStatus.SUSPENDED)
    for to in TenantStatus:
        with pytest.raises(ValidationError, match="changed meanwhile"):
            change(to)


def test_a_closed_organisation_is_not_resumed(acme, operator):
    acme.status = "closed"
    acme.save()
    with pytest.raises(ValidationError):
        services.change_status(
            acme, to=TenantStatus.ACTIVE, version=1, at=timezone.now(), acting=operator
        )


def test_the_console_counts_and_shows_no_content(acme, borealis, ada, vic, operator, client_for):
    with tenant_context(acme.id):
        UnitFactory(code="SECRET", name="Secret unit")
        jobs.enqueue("jobs.purge_deleted", title="Secret job", slot="x")
    browser = client_for(operator)
    page = browser.get("/operations/").content.decode()
    assert "Acme" in page
    assert "Borealis" in page
    detail = browser.get("/operations/tenants/acme/").content.decode()
    for text in (page, detail):
        for content in ("Secret", "Ada Adeyemi", ada.user.email):
            assert content not in text
    assert detail.count("<dd>1</dd>") >= 2
    # Operators are no members: the organisation itself is closed to them.
    assert browser.get("/t/acme/people/").status_code == 404


def test_nobody_else_finds_the_console(ada, ola, client_for, client):
    for path in ("", "new/", "tenants/acme/"):
        assert client_for(ada).get(f"/operations/{path}").status_code == 404
        assert client.get(f"/operations/{path}").url.startswith("/accounts/login/")
    for verb in ("administrator", "suspend", "resume", "close"):
        answer = client_for(ola).post(f"/operations/tenants/acme/{verb}/", {"version": 1})
        assert answer.status_code == 404
    with pytest.raises(PermissionDenied):
        services.change_status(
            ada.tenant,
            to=TenantStatus.SUSPENDED,
            version=1,
            at=timezone.now(),
            acting=ada.user,
        )


def test_the_number_of_statements_does_not_grow_with_organisations(
    acme, borealis, operator, client_for, django_assert_max_num_queries
):
    browser = client_for(operator)
    with django_assert_max_num_queries(8):
        browser.get("/operations/")
