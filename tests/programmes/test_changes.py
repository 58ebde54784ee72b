"""What people do with programmes, milestones, RAID items and reports over HTTP."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.html import escape

from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from programmes import events, services
from programmes.models import Milestone, Programme, ProgrammeMember, RaidItem, StatusReport
from tests.factories.programmes import (
    MilestoneFactory,
    ProgrammeFactory,
    RaidUpdateFactory,
    StatusReportFactory,
)
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


def raid(**changes) -> dict[str, object]:
    return {
        "side": "delivery",
        "title": "Supplier is late",
        "cause": "One team for two customers",
        "event": "",
        "effect": "",
        "probability": "4",
        "impact": "4",
        "proximity": "",
        "response": "",
        "response_plan": "",
        "owner": "",
        "review_on": "",
        "status": "assessed",
    } | changes


# --- Programmes ------------------------------------------------------------------------------------


def test_a_programme_is_created_with_two_leads(stage, acme, dana, cam, delivery):
    post = {
        "code": "pay",
        "name": "Payroll",
        "stage": "planning",
        "delivery_lead": dana.person.pk,
        "change_lead": cam.person.pk,
        "budget": "4820000.50",
        "units": [stage.payroll.pk],
    }
    answer = delivery.post("/t/acme/programmes/new/", post)
    assert (answer.status_code, answer["Location"]) == (303, "/t/acme/p/PAY/details/")
    with tenant_context(acme.id):
        made = Programme.objects.get(code="PAY")
        assert (made.budget, made.unit_links.count()) == (482000050, 1)
    page = delivery.get(answer["Location"]).content.decode()
    assert "£4,820,000.50" in page
    assert "Dana Delaney" in page
    assert "Cam Castillo" in page


def test_the_code_of_a_removed_programme_is_refused_in_words(stage, acme, delivery):
    with tenant_context(acme.id):
        services.remove_programme(ProgrammeFactory(code="PAY"), at=clock.now(), acting=None)
    post = {"code": "pay", "name": "Payroll again", "stage": "planning"}
    for url, sent in (
        ("/t/acme/programmes/new/", post),
        (f"{stage.base}details/edit/", post | {"version": 1}),
    ):
        answer = delivery.post(url, sent)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "A programme that was removed has this code" in page
        assert "Payroll again" in page


def test_one_person_does_not_lead_both_halves(stage, acme, vic, delivery):
    with tenant_context(acme.id):
        both = {"delivery_lead": vic.person.pk, "change_lead": vic.person.pk}
    post = {"code": "PAY", "name": "Payroll", "stage": "planning", **both}
    answer = delivery.post("/t/acme/programmes/new/", post)
    assert answer.status_code == 422
    assert "two different people" in answer.content.decode()
    with tenant_context(acme.id):
        assert not Programme.objects.filter(code="PAY").exists()


@pytest.mark.parametrize(
    ("field", "who", "sentence"),
    [
        ("change_lead", "dee", "Dee Dawson has a delivery role and cannot speak for adoption."),
        ("delivery_lead", "coe", "Coe Clarke has an adoption role and cannot speak for delivery."),
    ],
)
def test_nobody_is_named_as_the_lead_of_the_other_side(
    field, who, sentence, stage, acme, delivery, request
):
    lead = request.getfixturevalue(who).person
    post = {"code": "PAY", "name": "Payroll", "stage": "planning", field: lead.pk}
    answer = delivery.post("/t/acme/programmes/new/", post)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert f'<a href="#id_{field}">' in page
    with tenant_context(acme.id):
        assert not Programme.objects.filter(code="PAY").exists()
    post |= {"code": "FHR", "version": 1}
    assert sentence in delivery.post(f"{stage.base}details/edit/", post).content.decode()
    assert getattr(stage.fresh(stage.programme), field) is None


def test_a_lead_whose_role_changed_since_stands_in_the_way_of_no_other_change(
    stage, acme, dee, delivery
):
    with tenant_context(acme.id):
        Programme.objects.filter(pk=stage.programme.pk).update(change_lead=dee.person)
    post = {"code": "FHR", "name": "New name", "stage": "planning", "version": 1}
    post["change_lead"] = dee.person.pk
    assert delivery.post(f"{stage.base}details/edit/", post).status_code == 303
    assert stage.fresh(stage.programme).name == "New name"


def test_the_database_refuses_one_person_for_both_leads(stage, acme, dana):
    with (
        tenant_context(acme.id),
        pytest.raises(IntegrityError, match="two_leads_differ"),
        transaction.atomic(),
    ):
        Programme.objects.filter(pk=stage.programme.pk).update(
            delivery_lead=dana.person, change_lead=dana.person
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "FHR"},
        {"code": "fhr"},
        {"code": "no/slash"},
        {"name": ""},
        {"stage": "someday"},
        {"budget": "-1"},
        {"budget": "9" * 30},
        {"starts_on": "2026-06-01", "ends_on": "2026-05-01"},
        {"delivery_lead": "999999"},
        {"units": ["999999"]},
    ],
)
def test_a_refused_programme_keeps_what_was_typed(stage, acme, delivery, changes):
    post = {"code": "PAY", "name": "Payroll", "stage": "planning", "purpose": "One payslip"}
    answer = delivery.post("/t/acme/programmes/new/", post | changes)
    assert answer.status_code == 422
    assert "One payslip" in answer.content.decode()
    with tenant_context(acme.id):
        assert Programme.objects.count() == 1


def test_a_programme_edited_by_two_ends_in_a_page_that_shows_both(stage, delivery, change):
    path = f"{stage.base}details/edit/"
    post = {"code": "FHR", "name": "Finance and people", "stage": "delivery", "version": 1}
    assert change.post(path, post).status_code == 303
    answer = delivery.post(path, post | {"name": "Finance, HR"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Finance and people" in page
    assert "Finance, HR" in page
    assert delivery.post(path, post | {"name": "Finance, HR", "version": 2}).status_code == 303


def test_a_refused_edit_leaves_the_shell_as_it_is(stage, delivery):
    post = {"code": "OTHER", "name": "", "stage": "delivery", "version": 1}
    page = delivery.post(f"{stage.base}details/edit/", post).content.decode()
    assert "/p/OTHER/" not in page
    assert 'value="OTHER"' in page


def test_a_removed_programme_comes_back(stage, delivery):
    answer = delivery.post(f"{stage.base}details/remove/", follow=False)
    assert answer.status_code == 303
    assert delivery.get(f"{stage.base}details/").status_code == 404
    undo = f"/t/acme/history/{stage.programme.reference}/restore/"
    assert delivery.post(undo).status_code in (302, 303)
    assert delivery.get(f"{stage.base}details/").status_code == 200


def test_people_join_and_leave_a_programme(stage, acme, vic, coe, delivery):
    path = f"{stage.base}details/members/"
    with tenant_context(acme.id):
        person = vic.person
    post = {"person": person.pk, "role": "viewer"}
    assert delivery.post(path, post).status_code == 303
    assert delivery.post(path, post | {"role": "contributor_delivery"}).status_code == 303
    with tenant_context(acme.id):
        member = ProgrammeMember.objects.get(programme=stage.programme, person=person)
        assert member.role == "contributor_delivery"
    assert delivery.post(f"{path}{person.handle}/remove/").status_code == 303
    assert delivery.post(f"{path}{person.handle}/remove/").status_code == 404
    assert delivery.post(path, {"person": "", "role": "x"}).status_code == 422


def test_who_was_removed_from_a_programme_comes_back_with_their_role(stage, acme, vic, delivery):
    path = f"{stage.base}details/members/"
    with tenant_context(acme.id):
        person = vic.person
    delivery.post(path, {"person": person.pk, "role": "contributor_delivery"})
    answer = delivery.post(f"{path}{person.handle}/remove/", follow=False)
    page = delivery.get(answer["Location"]).content.decode()
    (undo,) = set(re.findall(r'action="([^"]+members/[^"]+/restore/)"', page))
    with tenant_context(acme.id):
        assert not ProgrammeMember.objects.filter(person=person).exists()
        (kept,) = ProgrammeMember.all_objects.filter(person=person)
    assert delivery.post(undo).status_code == 303
    with tenant_context(acme.id):
        # The same record: one history, nothing besides.
        (member,) = ProgrammeMember.all_objects.filter(person=person)
    assert (member.pk, member.version, member.role) == (kept.pk, 3, "contributor_delivery")
    assert member.deleted_at is None
    parts = delivery.get(f"/t/acme/history/{stage.programme.reference}/").context["parts"]
    mine = [each for each in parts if each.of.startswith(person.name)]
    assert [each.version for each in mine] == [3, 2, 1]
    assert delivery.post(f"{path}nobody/restore/").status_code == 404


def test_who_has_a_role_again_does_not_come_back_with_an_old_one(stage, acme, vic, delivery):
    path = f"{stage.base}details/members/"
    with tenant_context(acme.id):
        person = vic.person
    undo = f"{path}{person.handle}/restore/"
    delivery.post(path, {"person": person.pk, "role": "contributor_delivery"})
    delivery.post(f"{path}{person.handle}/remove/")
    delivery.post(path, {"person": person.pk, "role": "viewer"})
    answer = delivery.post(undo, follow=True)
    assert b"This person works on the programme already." in answer.content
    with tenant_context(acme.id):
        assert ProgrammeMember.objects.get(person=person).role == "viewer"
        assert ProgrammeMember.all_objects.filter(person=person).count() == 2


def test_who_leads_the_other_half_now_does_not_come_back_to_this_one(stage, acme, vic, delivery):
    path = f"{stage.base}details/members/"
    with tenant_context(acme.id):
        person = vic.person
    delivery.post(path, {"person": person.pk, "role": "contributor_delivery"})
    delivery.post(f"{path}{person.handle}/remove/")
    with tenant_context(acme.id):
        Programme.objects.filter(pk=stage.programme.pk).update(change_lead=person)
    answer = delivery.post(f"{path}{person.handle}/restore/", follow=True)
    assert b"does not contribute to the other" in answer.content
    with tenant_context(acme.id):
        assert not ProgrammeMember.objects.filter(person=person).exists()


def test_a_lead_does_not_contribute_to_the_other_half(stage, acme, vic, delivery):
    with tenant_context(acme.id):
        assert vic.person
        Programme.objects.filter(pk=stage.programme.pk).update(change_lead=vic.person)
    post = {"person": vic.person.pk, "role": "contributor_delivery"}
    answer = delivery.post(f"{stage.base}details/members/", post)
    assert answer.status_code == 422
    assert "does not contribute" in answer.content.decode()


# --- Milestones ------------------------------------------------------------------------------------


def test_a_milestone_is_added_moved_and_reached(stage, acme, delivery):
    post = {"name": "Cut over", "track": "delivery", "baseline_on": "2026-02-02"}
    answer = delivery.post(f"{stage.base}plan/new/", post | {"units": [stage.payroll.pk]})
    path = answer["Location"]
    move = {"forecast_on": "2026-02-16", "reason": "Second rehearsal", "version": 1}
    assert delivery.post(f"{path}move/", move).status_code == 303
    page = delivery.get(path).content.decode()
    for word in ("Second rehearsal", "The date moved once", "16 Feb 2026", "Dana Delaney", "+14 d"):
        assert word in page
    reached = {"actual_on": "2026-02-20", "version": 2}
    assert delivery.post(f"{path}achieve/", reached).status_code == 303
    with tenant_context(acme.id):
        milestone = Milestone.objects.get(name="Cut over")
        assert milestone.actual_on == date(2026, 2, 20)
        assert milestone.forecasts.count() == 3
        assert [unit.code for unit in milestone.units.all()] == ["PAY"]


@pytest.mark.parametrize(
    ("verb", "post"),
    [
        ("move", {"forecast_on": "2099-10-01", "reason": "", "version": 1}),
        ("move", {"forecast_on": "", "reason": "The plan was hopeful", "version": 1}),
        ("move", {"forecast_on": "2099-13-01", "reason": "The plan was hopeful", "version": 1}),
        ("move", {"forecast_on": "2099-10-01", "reason": "x" * 401, "version": 1}),
        ("move", {"forecast_on": "2099-10-01", "reason": "Why", "version": "soon"}),
        ("achieve", {"actual_on": "2999-01-01", "version": 1}),
        ("achieve", {"actual_on": "", "version": 1}),
        ("edit", {"name": "", "track": "delivery", "baseline_on": "2099-09-01", "version": 1}),
        ("edit", {"name": "x", "track": "sideways", "baseline_on": "2099-09-01", "version": 1}),
        ("edit", {"name": "x", "track": "delivery", "baseline_on": "2099-10-01", "version": 1}),
    ],
)
def test_a_refused_milestone_form_keeps_what_was_typed(stage, delivery, verb, post):
    answer = delivery.post(f"{stage.base}plan/{stage.data.reference}/{verb}/", post)
    assert answer.status_code == 422
    page = answer.content.decode()
    for typed in post.values():
        assert escape(str(typed)) in page
    assert stage.fresh(stage.data).version == 1


def test_another_baseline_is_kept_with_its_reason(stage, delivery):
    path = f"{stage.base}plan/{stage.data.reference}/"
    post = {"name": "Data migrated", "track": "delivery", "is_golive": "on", "version": 1}
    post |= {"baseline_on": "2099-10-01", "reason": "A typing error"}
    assert delivery.post(f"{path}edit/", post).status_code == 303
    page = delivery.get(path).content.decode()
    assert "Baseline moved from 1 Sep 2099 to 1 Oct 2099. A typing error" in page
    assert "The date has not moved" in page


def test_two_who_move_one_date_end_in_a_page_that_shows_both(stage, delivery):
    path = f"{stage.base}plan/{stage.data.reference}/move/"
    mine = {"forecast_on": "2099-10-01", "reason": "Mine", "version": 1}
    theirs = {"forecast_on": "2099-11-02", "reason": "Theirs", "version": 1}
    assert delivery.post(path, theirs).status_code == 303
    answer = delivery.post(path, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "2 Nov 2099" in page
    assert "Mine" in page
    assert delivery.post(path, mine | {"version": 2}).status_code == 303
    assert stage.fresh(stage.data).forecast_on == date(2099, 10, 1)


def test_a_removed_milestone_comes_back(stage, delivery):
    path = f"{stage.base}plan/{stage.data.reference}/"
    answer = delivery.post(f"{path}remove/", follow=True)
    undo = f"/t/acme/history/{stage.data.reference}/restore/"
    assert undo in answer.content.decode()
    assert delivery.get(path).status_code == 410
    for verb in ("edit", "move", "achieve", "remove"):
        assert delivery.post(f"{path}{verb}/", {"version": 1}).status_code == 410
    delivery.post(undo)
    assert delivery.get(path).status_code == 200


def test_units_of_a_milestone_are_replaced(stage, acme, delivery):
    with tenant_context(acme.id):
        field = UnitFactory(code="FLD", name="Field team")
    post = {
        "name": "Data migrated",
        "track": "delivery",
        "baseline_on": "2099-09-01",
        "units": [field.pk],
        "version": 1,
    }
    assert delivery.post(f"{stage.base}plan/{stage.data.reference}/edit/", post).status_code == 303
    with tenant_context(acme.id):
        assert [unit.code for unit in Milestone.objects.get(pk=stage.data.pk).units.all()] == [
            "FLD"
        ]


def test_listeners_hear_of_a_moved_milestone_after_the_commit(
    stage, delivery, django_capture_on_commit_callbacks
):
    heard = []

    def listen(**payload):
        heard.append(payload["programme_id"])

    events.milestone_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            delivery.post(
                f"{stage.base}plan/{stage.data.reference}/move/",
                {"forecast_on": "2099-10-01", "reason": "Why", "version": 1},
            )
    finally:
        events.milestone_changed.disconnect(listen)
    assert heard == [stage.programme.pk]


# --- RAID ------------------------------------------------------------------------------------------


def test_an_item_is_opened_rated_and_closed(stage, acme, delivery):
    post = raid(kind="risk", opened_on="2026-06-01", title="Bank holiday", probability="2")
    with tenant_context(acme.id):
        milestone = MilestoneFactory(programme=stage.programme, name="First payday")
    links = {"milestones": [milestone.pk], "units": [stage.payroll.pk]}
    path = delivery.post(f"{stage.base}raid/new/", post | links)["Location"]
    page = delivery.get(path).content.decode()
    assert "First payday" in page
    assert "2 × 4 = 8" in page
    edit = raid(title="Bank holiday", probability="4", version=1)
    assert delivery.post(f"{path}edit/", edit).status_code == 303
    page = delivery.get(path).content.decode()
    assert "was 2 × 4" in page
    assert "Now rated 4 × 4." in page
    assert delivery.post(f"{path}close/", {"to": "closed", "version": 2}).status_code == 303
    with tenant_context(acme.id):
        item = RaidItem.objects.get(title="Bank holiday")
        assert (item.status, item.updates.count()) == ("closed", 3)
        assert item.closed_on is not None
        assert not item.milestones.exists()
    assert delivery.post(f"{path}close/", {"to": "open", "version": 3}).status_code == 303
    with tenant_context(acme.id):
        item.refresh_from_db()
        assert (item.status, item.closed_on) == ("monitoring", None)


def test_close_on_an_old_page_does_not_open_again_what_a_colleague_closed(stage, delivery):
    path = stage.risk.get_absolute_url()
    page = delivery.get(path).content.decode()
    assert '<input type="hidden" name="version" value="1">' in page
    assert '<button class="btn" type="submit" name="to" value="closed">' in page
    pressed = {"to": "closed", "version": 1}
    delivery.post(f"{path}close/", pressed)
    answer = delivery.post(f"{path}close/", pressed, follow=True).content.decode()
    assert "It is ended already." in answer
    assert 'name="to" value="open"' in answer
    assert (stage.fresh(stage.risk).status, stage.fresh(stage.risk).version) == ("closed", 2)


def test_close_on_a_page_a_colleague_overtook_says_so(stage, delivery):
    path = stage.risk.get_absolute_url()
    assert delivery.post(f"{path}edit/", raid(title="Theirs", version=1)).status_code == 303
    answer = delivery.post(f"{path}close/", {"to": "closed", "version": 1}, follow=True)
    assert "Somebody changed it meanwhile." in answer.content.decode()
    assert stage.fresh(stage.risk).is_open
    assert delivery.post(f"{path}close/", {"version": 2}).status_code == 400
    assert delivery.post(f"{path}close/", {"to": "closed", "version": 2}).status_code == 303
    assert not stage.fresh(stage.risk).is_open


def test_nothing_is_opened_on_a_day_that_has_not_come(stage, acme, delivery):
    tomorrow = clock.today() + timedelta(days=1)
    post = raid(kind="risk", opened_on=str(tomorrow), title="Not yet")
    answer = delivery.post(f"{stage.base}raid/new/", post)
    assert answer.status_code == 422
    assert "It is opened today or on a day before." in answer.content.decode()
    post["opened_on"] = str(clock.today())
    assert delivery.post(f"{stage.base}raid/new/", post).status_code == 303


def test_each_kind_has_its_own_numbers(stage, acme, delivery):
    found = []
    for kind in ("risk", "assumption", "issue", "dependency"):
        post = raid(kind=kind, opened_on="2026-06-01")
        found.append(delivery.post(f"{stage.base}raid/new/", post)["Location"].split("/")[-2])
    assert found == ["R-3", "A-1", "I-2", "D-1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"probability": "6"},
        {"impact": "0"},
        {"review_on": "soon"},
        {"status": "somehow"},
        {"owner": "999999"},
        {"milestones": ["999999"]},
        {"side": "sideways"},
        {"kind": "opportunity"},
    ],
)
def test_a_refused_item_keeps_what_was_typed(stage, acme, delivery, changes):
    post = raid(kind="risk", opened_on="2026-06-01") | changes
    answer = delivery.post(f"{stage.base}raid/new/", post)
    assert answer.status_code == 422
    assert "One team for two customers" in answer.content.decode()
    with tenant_context(acme.id):
        assert RaidItem.objects.count() == 3


def test_two_edits_of_one_item_end_in_a_page_that_shows_both(stage, delivery):
    path = f"{stage.base}raid/{stage.risk.reference}/edit/"
    assert delivery.post(path, raid(title="Theirs", version=1)).status_code == 303
    answer = delivery.post(path, raid(title="My own", version=1))
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert "My own" in answer.content.decode()
    assert stage.fresh(stage.risk).title == "Theirs"


def test_a_removed_item_comes_back(stage, delivery):
    path = f"{stage.base}raid/{stage.risk.reference}/"
    answer = delivery.post(f"{path}remove/", follow=True)
    undo = f"/t/acme/history/{stage.risk.reference}/restore/"
    assert undo in answer.content.decode()
    assert delivery.get(path).status_code == 410
    for verb in ("edit", "close", "remove", "update"):
        assert delivery.post(f"{path}{verb}/", raid(version=1, text="x")).status_code == 410, verb
    delivery.post(undo)
    assert delivery.get(path).status_code == 200


def test_an_empty_word_in_the_thread_is_refused(stage, delivery):
    path = f"{stage.base}raid/{stage.risk.reference}/update/"
    assert delivery.post(path, {"text": "  "}).status_code == 422
    assert delivery.post(path, {"text": "<b>Bold</b> & calm"}).status_code == 303
    page = delivery.get(stage.risk.get_absolute_url()).content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; calm" in page


# --- Status ----------------------------------------------------------------------------------------


def test_a_report_keeps_what_the_figures_said_beside_it(stage, acme, delivery):
    today = date(2026, 6, 2)
    post = {"rating": "green", "effective_on": str(today), "sentence": "All is well."}
    assert delivery.post(f"{stage.base}status/delivery/new/", post).status_code == 303
    with tenant_context(acme.id):
        report = StatusReport.objects.get(sentence="All is well.")
        assert report.rating == "green"
        assert report.computed_rating == "warn"
        assert report.author.name == "Dana Delaney"
    page = delivery.get(f"{stage.base}status/").content.decode()
    assert "All is well." in page
    assert "at or above the appetite" in page


def test_people_items_in_the_log_stand_beside_the_word_of_adoption(stage, acme, change):
    with tenant_context(acme.id):
        RaidItem.objects.filter(pk=stage.people_risk.pk).update(probability=5)
        RaidUpdateFactory(
            item=stage.people_risk, probability=5, impact=5, effective_on=date(2026, 6, 2)
        )
    post = {"rating": "green", "effective_on": "2026-06-02", "sentence": "People are ready."}
    assert change.post(f"{stage.base}status/adoption/new/", post).status_code == 303
    with tenant_context(acme.id):
        report = StatusReport.objects.get(sentence="People are ready.")
        assert report.computed_rating == "warn"
        assert any("at or above the appetite" in reason for reason in report.computed_reasons)


def test_a_published_rating_is_nobodys_to_rewrite(stage, acme, delivery):
    with tenant_context(acme.id):
        report = StatusReportFactory(
            programme=stage.programme, opinion="published", reported_source="GMPP 2021"
        )
    path = f"{stage.base}status/{report.reference}/"
    post = {"rating": "green", "effective_on": "2026-06-01", "sentence": "Fine.", "version": 1}
    answer = delivery.post(f"{path}edit/", post)
    assert answer.status_code == 403
    assert "published" in answer.content.decode()
    assert delivery.post(f"{path}remove/").status_code == 403
    assert "Correct it" not in delivery.get(path).content.decode()


def test_a_published_rating_is_not_late(stage, acme, delivery):
    with tenant_context(acme.id):
        StatusReport.objects.all().delete()
        StatusReportFactory(
            programme=stage.programme,
            opinion="published",
            reported_source="GMPP 2021",
            effective_on=date(2020, 9, 30),
        )
    page = delivery.get(f"{stage.base}status/").content.decode()
    assert "Published rating, GMPP 2021" in page
    assert "this is late" not in page


@pytest.mark.parametrize(
    "changes",
    [{"rating": "blue"}, {"rating": ""}, {"effective_on": "2999-01-01"}, {"effective_on": ""}],
)
def test_a_refused_report_keeps_what_was_typed(stage, acme, delivery, changes):
    post = {"rating": "green", "effective_on": "2026-06-02", "sentence": "It holds so far"}
    answer = delivery.post(f"{stage.base}status/delivery/new/", post | changes)
    assert answer.status_code == 422
    assert "It holds so far" in answer.content.decode()
    with tenant_context(acme.id):
        assert StatusReport.objects.count() == 1


def test_a_report_is_corrected_removed_and_brought_back(stage, delivery):
    path = f"{stage.base}status/{stage.report.reference}/"
    post = {"rating": "red", "effective_on": "2026-06-01", "sentence": "No.", "version": 1}
    assert delivery.post(f"{path}edit/", post).status_code == 303
    assert delivery.post(f"{path}edit/", post | {"sentence": "Yes."}).status_code == 409
    undo = f"/t/acme/history/{stage.report.reference}/restore/"
    assert undo in delivery.post(f"{path}remove/", follow=True).content.decode()
    assert delivery.get(path).status_code == 410
    assert delivery.post(f"{path}edit/", post).status_code == 410
    delivery.post(undo)
    assert stage.fresh(stage.report).rating == "red"


def test_a_report_moved_to_another_day_stands_beside_the_figures_of_that_day(stage, acme, delivery):
    path = f"{stage.base}status/{stage.report.reference}/"
    post = {"rating": "green", "sentence": "As planned.", "version": 1}
    # On that day nothing was in the log yet.
    before = post | {"effective_on": "2026-05-20"}
    with tenant_context(acme.id):
        RaidUpdateFactory(item=stage.risk, probability=4, impact=4, effective_on=date(2026, 6, 2))
    assert delivery.post(f"{path}edit/", post | {"effective_on": "2026-06-02"}).status_code == 303
    report = stage.fresh(stage.report)
    assert report.computed_rating == "warn"
    assert any("at or above the appetite" in reason for reason in report.computed_reasons)
    assert delivery.post(f"{path}edit/", before | {"version": 2}).status_code == 303
    report = stage.fresh(stage.report)
    assert (report.computed_rating, report.computed_reasons) == ("none", [])
    # Words alone leave beside them what stood there.
    again = before | {"version": 3, "sentence": "As it was planned."}
    assert delivery.post(f"{path}edit/", again).status_code == 303
    assert stage.fresh(stage.report).computed_rating == "none"


def test_an_empty_post_is_answered_with_what_is_missing(stage, delivery):
    base = stage.base
    for path in (
        "/t/acme/programmes/new/",
        f"{base}details/edit/",
        f"{base}plan/new/",
        f"{base}plan/{stage.data.reference}/edit/",
        f"{base}plan/{stage.data.reference}/move/",
        f"{base}plan/{stage.data.reference}/achieve/",
        f"{base}raid/new/",
        f"{base}raid/{stage.risk.reference}/edit/",
        f"{base}raid/{stage.risk.reference}/update/",
        f"{base}status/delivery/new/",
        f"{base}status/{stage.report.reference}/edit/",
    ):
        assert delivery.post(path, {}).status_code == 422, path
