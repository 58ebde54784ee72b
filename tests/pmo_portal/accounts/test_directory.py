import pytest
from django.core.exceptions import ValidationError

from pmo_portal.accounts import services
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Person, TenantSettings
from tests.factories.tenants import PersonFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(acme):
    """Finance with Payroll, and People beside it."""
    with tenant_context(acme.id):
        finance = UnitFactory(code="FIN", name="Finance")
        payroll = UnitFactory(code="PAY", name="Payroll", parent=finance)
        people = UnitFactory(code="HR", name="People and culture")
    return finance, payroll, people


def _form(unit, **changes):
    return {
        "code": unit.code,
        "name": unit.name,
        "parent": unit.parent_id or "",
        "headcount": unit.headcount or "",
        "lead": "",
        "is_active": "on",
        "version": unit.version,
        **changes,
    }


def test_everybody_reads_the_tree_and_administrators_change_it(tree, ada, vic, dana, client_for):
    for member in (ada, vic, dana):
        browser = client_for(member)
        page = browser.get("/t/acme/units/").content.decode()
        assert "Payroll" in page
        assert browser.get("/t/acme/units/PAY/").status_code == 200
        assert ("Add a unit" in page) == (member is ada)
    for member in (vic, dana):
        browser = client_for(member)
        assert browser.get("/t/acme/admin/units/new/").status_code == 403
        assert browser.post("/t/acme/admin/units/PAY/edit/", _form(tree[1])).status_code == 403


def test_a_unit_is_added(acme, tree, ada, client_for):
    answer = client_for(ada).post(
        "/t/acme/admin/units/new/",
        {"code": "ops", "name": "Payroll operations", "parent": tree[1].pk, "headcount": "40"},
    )
    assert (answer.status_code, answer.url) == (303, "/t/acme/units/OPS/")
    with tenant_context(acme.id):
        assert BusinessUnit.objects.get(code="OPS").path == "FIN/PAY/OPS"


def test_a_taken_code_is_said_and_nothing_typed_is_lost(tree, ada, client_for):
    answer = client_for(ada).post("/t/acme/admin/units/new/", {"code": "PAY", "name": "Again"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Another unit has this code" in page
    assert 'value="Again"' in page


def test_moving_a_unit_moves_its_branch(acme, tree, ada, client_for):
    _finance, payroll, people = tree
    with tenant_context(acme.id):
        UnitFactory(code="OPS", name="Operations", parent=payroll)
    answer = client_for(ada).post(
        "/t/acme/admin/units/PAY/edit/", _form(payroll, parent=people.pk, code="PAYROLL")
    )
    assert answer.url == "/t/acme/units/PAYROLL/"
    with tenant_context(acme.id):
        assert BusinessUnit.objects.get(code="OPS").path == "HR/PAYROLL/OPS"


def test_a_unit_cannot_be_part_of_itself(in_acme, tree, ada):
    finance, payroll, _people = tree
    for parent in (finance, payroll):
        with pytest.raises(ValidationError, match="below it"):
            services.revise_unit(finance, changes={"parent": parent}, acting=ada)


def test_a_unit_is_retired_after_what_lies_below_it(acme, tree, ada, client_for):
    finance, payroll, _people = tree
    browser = client_for(ada)
    answer = browser.post("/t/acme/admin/units/FIN/edit/", _form(finance, is_active=""))
    assert answer.status_code == 422
    assert "Move or retire those first" in answer.content.decode()
    browser.post("/t/acme/admin/units/PAY/edit/", _form(payroll, is_active=""))
    assert (
        browser.post("/t/acme/admin/units/FIN/edit/", _form(finance, is_active="")).status_code
        == 303
    )
    with tenant_context(acme.id):
        assert not BusinessUnit.objects.filter(code="FIN", is_active=True).exists()
    assert "Retired" in browser.get("/t/acme/units/").content.decode()


def test_a_conflict_over_a_unit_shows_all_three(tree, ada, client_for):
    _finance, payroll, _people = tree
    browser = client_for(ada)
    browser.post("/t/acme/admin/units/PAY/edit/", _form(payroll, name="Payroll team"))
    mine = _form(payroll, name="Pay office", code="PAYROLL")
    answer = browser.post("/t/acme/admin/units/PAY/edit/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    for name in ("Payroll", "Payroll team", "Pay office"):
        assert name in page
    # On a phone the three stand under each other, each with its name.
    assert '<td data-label="Saved meanwhile">Payroll team</td>' in page
    # What the portal computes from what was typed is no question to anybody.
    assert {row.name for row in answer.context["rows"]} == {"name", "code"}


def test_an_address_with_a_former_code_leads_to_the_unit(tree, ada, ola, client_for):
    browser = client_for(ada)
    edit = "/t/acme/admin/units/PAY/edit/"
    browser.post(edit, _form(tree[1], name="Payroll team", code="PAYROLL"))
    answer = browser.get("/t/acme/units/PAY/people/?sort=-people")
    assert (answer.status_code, answer.url) == (302, "/t/acme/units/PAYROLL/people/?sort=-people")
    # Who had the form open loses nothing of it, and nothing of the other's.
    answer = browser.post(edit, _form(tree[1], headcount=41), follow=True)
    assert answer.redirect_chain == [("/t/acme/admin/units/PAYROLL/edit/", 307)]
    assert answer.status_code == 409
    form = answer.context["form"]
    assert [form[name].value() for name in ("code", "name", "headcount")] == [
        "PAYROLL",
        "Payroll team",
        "41",
    ]
    assert client_for(ola).get("/t/borealis/units/PAY/").status_code == 404


def test_a_code_that_was_given_away_is_that_of_the_other_unit(tree, ada, client_for):
    browser = client_for(ada)
    browser.post("/t/acme/admin/units/PAY/edit/", _form(tree[1], code="PAYROLL"))
    browser.post("/t/acme/admin/units/new/", {"code": "PAY", "name": "Payments"})
    assert "Payments" in browser.get("/t/acme/units/PAY/").content.decode()
    with tenant_context(ada.tenant.id):
        payments = BusinessUnit.objects.get(code="PAY")
    browser.post("/t/acme/admin/units/PAY/edit/", _form(payments, code="CASH"))
    assert browser.get("/t/acme/units/PAY/").url == "/t/acme/units/CASH/"


def test_the_trail_of_a_unit_is_on_its_page(tree, ada, client_for):
    browser = client_for(ada)
    browser.post("/t/acme/admin/units/PAY/edit/", _form(tree[1], name="Payroll team"))
    page = browser.get("/t/acme/units/PAY/").content.decode()
    assert "What happened" in page
    assert "Ada Adeyemi" in page


def test_a_person_is_added_and_changed(acme, tree, ada, vic, client_for):
    browser = client_for(ada)
    answer = browser.post(
        "/t/acme/admin/people/new/", {"name": "Nadia Farah", "job_title": "Payroll manager"}
    )
    assert answer.url == "/t/acme/people/nadia-farah/"
    edit = "/t/acme/admin/people/nadia-farah/edit/"
    changed = {"name": "Nadia Farah-Roy", "unit": tree[1].pk, "is_active": "on", "version": 1}
    assert browser.post(edit, changed).status_code == 303
    assert browser.post(edit, {**changed, "name": "Other"}).status_code == 409
    page = client_for(vic).get("/t/acme/people/nadia-farah/").content.decode()
    assert "Nadia Farah-Roy" in page
    assert "Payroll" in page
    assert client_for(vic).post(edit, changed).status_code == 403
    assert "Nadia Farah-Roy" in client_for(vic).get("/t/acme/units/PAY/").content.decode()


def test_who_left_is_kept_and_not_offered(acme, ada, client_for):
    with tenant_context(acme.id):
        PersonFactory(handle="gone", name="Gone Away", is_active=False)
    page = client_for(ada).get("/t/acme/admin/units/new/").content.decode()
    assert "Gone Away" not in page
    assert "Gone Away" in client_for(ada).get("/t/acme/people/").content.decode()


def test_thresholds_are_read_by_all_and_changed_by_administrators(acme, ada, vic, client_for):
    browser = client_for(ada)
    with tenant_context(acme.id):
        before = TenantSettings.objects.get()
    form = {
        field: getattr(before, field)
        for field in (
            "engagement_target", "engagement_floor", "confidence_expected", "golive_window_weeks", "survey_k", "raid_appetite",
            "comments_k", "comment_quotes",
            "slip_amber_days", "slip_red_days", "delivery_rhythm_days", "adoption_rhythm_days",
            "survey_rhythm_days", "decision_due_days", "delay_cost_permille", "change_hours_week", "alert_share_percent",
        )
    }  # fmt: skip
    edit = "/t/acme/admin/thresholds/edit/"
    saved = {**form, "version": 1, "engagement_target": 66}
    assert browser.post(edit, saved).status_code == 303
    assert browser.post(edit, {**saved, "engagement_target": 70}).status_code == 409
    page = client_for(vic).get("/t/acme/admin/thresholds/").content.decode()
    assert "66" in page
    assert "Ada Adeyemi" in page
    assert client_for(vic).post(edit, saved).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"survey_k": 4}, {"engagement_floor": 90}, {"slip_amber_days": 30}]
)
def test_thresholds_that_contradict_each_other_are_refused(acme, ada, client_for, wrong):
    with tenant_context(acme.id):
        row = TenantSettings.objects.get()
    form = {
        field.name: getattr(row, field.name)
        for field in TenantSettings._meta.concrete_fields
        if field.name not in ("id", "tenant")
    }
    answer = client_for(ada).post("/t/acme/admin/thresholds/edit/", {**form, **wrong})
    assert answer.status_code == 422
    # In words people know, not by the name the database has for it.
    assert "is violated" not in answer.content.decode()


@pytest.mark.parametrize("path", ["units/", "people/", "admin/members/", "admin/invitations/"])
def test_every_list_sorts_and_exports(ada, tree, client_for, path):
    browser = client_for(ada)
    for query in ("?sort=-name", "?sort=nonsense", "?page=99", "?format=xlsx", "?format=csv"):
        assert browser.get(f"/t/acme/{path}{query}").status_code == 200
    part = browser.get(f"/t/acme/{path}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.strip()[:200].split(">")[0] in browser.get(f"/t/acme/{path}").content.decode()


def test_people_of_another_organisation_do_not_exist(acme, borealis, ola, client_for):
    with tenant_context(acme.id):
        PersonFactory(handle="hidden", name="Hidden Hand")
    assert client_for(ola).get("/t/borealis/people/hidden/").status_code == 404
    with tenant_context(borealis.id):
        assert not Person.objects.filter(handle="hidden").exists()


def test_retired_units_come_last_and_are_counted_apart(acme, tree, ada, client_for):
    """Units of ended programmes are many; whoever opens the page looks for those in use."""
    with tenant_context(acme.id):
        UnitFactory(code="ARC", name="Archive team", is_active=False)
    page = client_for(ada).get("/t/acme/units/").content.decode()
    assert "3 units in use, 1 retired" in page
    assert page.index("People and culture") < page.index("Archive team")
    only = client_for(ada).get("/t/acme/units/?sort=code").content.decode()
    assert only.index("Archive team") < only.index("People and culture")


def test_search_finds_units_and_people(acme, tree, vic, client_for):
    with tenant_context(acme.id):
        PersonFactory(handle="pat", name="Pat Payne")
    page = client_for(vic).get("/t/acme/find/?q=pay").content.decode()
    assert 'href="/t/acme/units/PAY/"' in page
    assert 'href="/t/acme/people/pat/"' in page
    assert "/units/FIN/" not in page
