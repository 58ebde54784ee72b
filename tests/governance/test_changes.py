"""Change requests: each side says what it means for its own, both leads sign, and what was signed stays."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance import selectors, services
from governance.change_text import has_said, missing
from governance.models import ChangeRequest, ChangeSignature, MeetingItem
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from programmes import services as programmes
from programmes.models import Milestone, PlanBaseline
from tests.factories.adoption import ImpactFactory
from tests.factories.governance import (
    ChangeRequestFactory,
    MeetingFactory,
    SteeringGroupFactory,
    approved_change,
)
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory, RaidItemFactory
from tests.factories.tenants import PersonFactory, UnitFactory

from .test_charter_views import proves_it

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY = date(2026, 6, 5), date(2026, 6, 8)
AT = datetime(2026, 6, 5, 9, tzinfo=UTC)
LATER = datetime(2026, 6, 8, 9, tzinfo=UTC)


@pytest.fixture
def programme(in_acme, dana, cam):
    return ProgrammeFactory(code="FHR", delivery_lead=dana.person, change_lead=cam.person)


def raised(programme, acting, milestones=(), **more: Any) -> ChangeRequest:
    values = {
        "title": "Expenses later",
        "what": "In spring, not with payroll.",
        "why": "The phones are late.",
        "kinds": ["scope", "time"],
        "effective_on": FRIDAY,
        **more,
    }
    return services.raise_change(
        ChangeRequest(programme=programme, **values), milestones=milestones, at=AT, acting=acting
    )


DELIVERY = {"scope": "Expenses leave the first release.", "days": 30}
PEOPLE = {"words": "Field teams keep paper for a winter.", "hours": 40}


def say(change, dana, cam) -> None:
    services.say_delivery(change.delivery_impact, changes=DELIVERY, at=AT, on=FRIDAY, acting=dana)
    services.say_people(change.people_impact, changes=PEOPLE, at=AT, on=FRIDAY, acting=cam)


def now(change) -> ChangeRequest:
    return ChangeRequest.all_objects.select_related("programme", "tenant").get(pk=change.pk)


def ready(programme, dana, cam) -> ChangeRequest:
    change = raised(programme, dana)
    say(change, dana, cam)
    return services.offer_change(now(change), acting=dana)


def sign(change, who, function, **more: Any) -> ChangeRequest:
    return services.sign_change(
        now(change), function=function, at=LATER, on=MONDAY, acting=who, **more
    )


def approved(programme, dana, cam) -> ChangeRequest:
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    return sign(change, cam, "change")


# --- who may -----------------------------------------------------------------------------------------


def test_either_function_raises_and_the_other_does_not_rewrite_it(programme, dana, cam) -> None:
    by_delivery, by_change = raised(programme, dana), raised(programme, cam)
    assert (by_delivery.raised_by, by_change.raised_by) == ("delivery", "change")
    assert by_delivery.raised_person == dana.person
    with pytest.raises(NotAllowed, match="raised it"):
        services.revise_change(by_delivery, changes={"title": "Mine"}, at=AT, acting=cam)
    with pytest.raises(NotAllowed):
        services.withdraw_change(by_change, at=AT, acting=dana)


def test_neither_function_writes_the_half_of_the_other(programme, dana, cam) -> None:
    change = raised(programme, dana)
    with pytest.raises(NotAllowed, match="adoption function"):
        services.say_people(change.people_impact, changes=PEOPLE, at=AT, on=FRIDAY, acting=dana)
    with pytest.raises(NotAllowed, match="delivery function"):
        services.say_delivery(
            change.delivery_impact, changes=DELIVERY, at=AT, on=FRIDAY, acting=cam
        )


@pytest.mark.parametrize("who", ["vic", "sam", "spen", "ada", "dee", "coe"])
def test_who_speaks_for_neither_function_of_it_writes_nothing(
    programme, dana, who, request
) -> None:
    """Contributors too, as long as they do not work on this programme."""
    member = request.getfixturevalue(who)
    change = raised(programme, dana)
    for act in (
        lambda: raised(programme, member),
        lambda: services.say_delivery(
            change.delivery_impact, changes=DELIVERY, at=AT, on=FRIDAY, acting=member
        ),
        lambda: services.offer_change(change, acting=member),
        lambda: services.remove_change(change, at=AT, acting=member),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_nobody_signs_for_the_other_side(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    with pytest.raises(NotAllowed, match="one side only"):
        sign(change, dana, "change")
    with pytest.raises(NotAllowed, match="one side only"):
        sign(change, cam, "delivery", verdict="rejected", reason="No")


def test_a_side_without_a_lead_cannot_be_put_to_two(in_acme, dana, cam) -> None:
    alone = ProgrammeFactory(code="CRM", delivery_lead=dana.person)
    change = raised(alone, dana)
    say(change, dana, cam)
    with pytest.raises(ValidationError, match="change lead: two people sign"):
        services.offer_change(now(change), acting=dana)


# --- both halves -------------------------------------------------------------------------------------


def test_it_is_not_put_to_both_leads_before_both_halves_are_said(programme, dana, cam) -> None:
    change = raised(programme, dana)
    with pytest.raises(ValidationError, match="impact on plan and money"):
        services.offer_change(change, acting=dana)
    services.say_delivery(change.delivery_impact, changes=DELIVERY, at=AT, on=FRIDAY, acting=dana)
    with pytest.raises(ValidationError, match="impact on people"):
        services.offer_change(now(change), acting=dana)
    services.say_people(change.people_impact, changes=PEOPLE, at=AT, on=FRIDAY, acting=cam)
    assert services.offer_change(now(change), acting=cam).is_ready


def test_nothing_for_people_is_an_answer_with_a_reason(programme, dana, cam) -> None:
    change = raised(programme, dana)
    services.say_delivery(change.delivery_impact, changes=DELIVERY, at=AT, on=FRIDAY, acting=dana)
    with pytest.raises(ValidationError, match="or why it means nothing"):
        services.say_people(change.people_impact, changes={}, at=AT, on=FRIDAY, acting=cam)
    services.say_people(
        change.people_impact,
        changes={"nothing_because": "Only a server moves."},
        at=AT, on=FRIDAY, acting=cam,
    )  # fmt: skip
    assert services.offer_change(now(change), acting=dana).is_ready


def test_something_and_nothing_at_once_is_refused(programme, dana) -> None:
    change = raised(programme, dana)
    with pytest.raises(ValidationError, match="not both"):
        services.say_delivery(
            change.delivery_impact,
            changes={**DELIVERY, "nothing_because": "Small."},
            at=AT, on=FRIDAY, acting=dana,
        )  # fmt: skip


def test_what_it_touches_has_to_be_spoken_of(programme, dana, cam) -> None:
    change = raised(programme, dana, kinds=["time", "cost"])
    say(change, dana, cam)
    with pytest.raises(ValidationError, match="how much"):
        services.offer_change(now(change), acting=dana)
    services.say_delivery(
        now(change).delivery_impact, changes={"cost": 0}, at=AT, on=FRIDAY, acting=dana
    )
    assert services.offer_change(now(change), acting=dana).is_ready


def test_it_touches_something_and_is_not_needed_before_it_was_raised(programme, dana) -> None:
    with pytest.raises(ValidationError, match="kinds"):
        raised(programme, dana, kinds=[])
    with pytest.raises(ValidationError, match="before it was raised"):
        raised(programme, dana, needed_by=date(2026, 6, 1))


def test_the_rule_in_plain_words() -> None:
    leads = {"delivery_lead": "a", "change_lead": "b"}
    said = {"days": 0, "scope": "", "nothing_because": ""}
    content = {"leads": leads, "kinds": ["time"], "delivery": said, "people": {"unit_codes": []}}
    assert has_said(said)
    assert missing(content) == ["people"]
    assert missing({**content, "kinds": ["scope"]}) == ["delivery_scope", "people"]
    nothing = {"delivery": {"nothing_because": "x"}, "people": {"unit_codes": ["PAY"]}}
    assert missing({**content, **nothing, "kinds": ["scope", "cost"]}) == []
    assert missing({}) == ["delivery_lead", "change_lead", "delivery", "people"]


# --- signing -----------------------------------------------------------------------------------------


def test_two_approvals_approve_it_on_the_day_of_the_second(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    first = services.sign_change(change, function="delivery", at=AT, on=FRIDAY, acting=dana)
    assert first.is_ready
    assert first.decided_on is None
    after = sign(change, cam, "change")
    assert after.is_approved
    assert (after.decided_on, after.decided_at) == (MONDAY, LATER)


def test_one_rejection_rejects_and_says_why(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    with pytest.raises(ValidationError, match="Say why"):
        sign(change, cam, "change", verdict="rejected", reason="  ")
    after = sign(change, cam, "change", verdict="rejected", reason="Nobody is there in spring.")
    assert after.is_rejected
    assert after.signed["change"].reason == "Nobody is there in spring."


def test_a_rejected_one_is_revised_and_put_again(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, cam, "change", verdict="rejected", reason="Not in spring.")
    revised = services.revise_change(
        now(change), changes={"what": "In summer."}, at=LATER, acting=dana
    )
    assert revised.status == "assessing"
    assert revised.decided_on is None
    assert not revised.signed
    assert services.offer_change(revised, acting=dana).is_ready
    (kept,) = selectors.trail_of_change_signatures(revised)
    assert kept.reason == "Not in spring."


def test_an_edit_before_the_second_signature_takes_the_first_off(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    services.say_people(
        now(change).people_impact, changes={"hours": 400}, at=LATER, on=MONDAY, acting=cam
    )
    after = now(change)
    assert after.status == "assessing"
    assert not after.signed
    assert ChangeSignature.objects.get().withdrawn_because == "People impact was changed"
    with pytest.raises(ValidationError, match="does not wait"):
        sign(change, cam, "change")


def test_saving_the_same_words_leaves_the_signature(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    services.say_people(now(change).people_impact, changes=PEOPLE, at=LATER, on=MONDAY, acting=cam)
    services.revise_change(now(change), changes={"title": change.title}, at=LATER, acting=dana)
    assert now(change).is_ready
    assert "delivery" in now(change).signed


def test_what_was_not_read_is_not_signed(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    read = selectors.change_digest(now(change))
    services.say_delivery(
        now(change).delivery_impact, changes={"days": 90}, at=LATER, on=MONDAY, acting=dana
    )
    services.offer_change(now(change), acting=dana)
    with pytest.raises(ValidationError, match="Read it again"):
        sign(change, cam, "change", digest=read)
    assert not now(change).signed


def test_a_side_signs_once_and_nobody_for_both(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    with pytest.raises(ValidationError, match="signed already"):
        sign(change, dana, "delivery")
    with pytest.raises(ValidationError, match="Nobody signs for both"):
        services.sign_change(
            now(change), function="change", person=dana.person, at=LATER, on=MONDAY, acting=None
        )


def test_both_sign_the_same_words_or_it_is_not_approved(programme, dana, cam) -> None:
    """A lead who is replaced between the two signatures: the first one held for other people."""
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    type(programme).objects.filter(pk=programme.pk).update(change_lead=PersonFactory())
    after = sign(change, cam, "change")
    assert after.is_ready
    assert set(now(change).signed) == {"change"}
    assert sign(change, dana, "delivery").is_approved
    assert len({each.digest for each in now(change).signed.values()}) == 1


def test_a_signature_is_taken_back_before_the_second_and_not_after(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    services.unsign_change(now(change), function="delivery", at=LATER, acting=dana)
    assert not now(change).signed
    sign(change, dana, "delivery")
    sign(change, cam, "change")
    with pytest.raises(ValidationError, match="signatures stay"):
        services.unsign_change(now(change), function="delivery", at=LATER, acting=dana)


def test_what_both_approved_is_frozen(programme, dana, cam) -> None:
    change = approved(programme, dana, cam)
    words = selectors.change_digest(now(change))
    for act in (
        lambda: services.revise_change(now(change), changes={"title": "x"}, at=LATER, acting=dana),
        lambda: services.say_delivery(
            now(change).delivery_impact, changes={"days": 1}, at=LATER, on=MONDAY, acting=dana
        ),
        lambda: services.say_people(
            now(change).people_impact, changes={"hours": 1}, units=[], at=LATER, on=MONDAY,
            acting=cam,
        ),
        lambda: services.withdraw_change(now(change), at=LATER, acting=dana),
        lambda: services.remove_change(now(change), at=LATER, acting=dana),
        lambda: services.take_up_change(now(change), at=LATER, acting=dana),
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            act()
    assert selectors.change_digest(now(change)) == words
    assert all(each.digest == words for each in now(change).signed.values())


def test_a_unit_that_gets_another_name_does_not_change_what_was_signed(
    programme, dana, cam
) -> None:
    change = raised(programme, dana)
    say(change, dana, cam)
    pay = UnitFactory(code="PAY", name="Payroll")
    services.say_people(
        now(change).people_impact, changes={}, units=[pay], at=AT, on=FRIDAY, acting=cam
    )
    before = selectors.change_digest(now(change))
    pay.name, pay.code = "Pay and pensions", "PAP"
    pay.save()
    type(programme).objects.filter(pk=programme.pk).update(code="FIN", name="Finance")
    assert selectors.change_digest(now(change)) == before


def test_the_database_keeps_the_rules_too(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    for wrong in (
        {"status": "approved"},
        {"kinds": []},
        {"decided_on": FRIDAY, "decided_at": AT},
        {"status": "implemented", "decided_on": FRIDAY, "decided_at": AT, "closed_on": FRIDAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChangeRequest.objects.filter(pk=change.pk).update(**wrong)
    sign(change, dana, "delivery")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeSignature.objects.update(verdict="rejected")


# --- two people at once ------------------------------------------------------------------------------


def test_both_functions_write_at_the_same_time_without_meeting(programme, dana, cam) -> None:
    change = raised(programme, dana)
    opened = (change.delivery_impact, change.people_impact)
    services.say_delivery(opened[0], changes=DELIVERY, version=1, at=AT, on=FRIDAY, acting=dana)
    services.say_people(opened[1], changes=PEOPLE, version=1, at=AT, on=FRIDAY, acting=cam)
    services.revise_change(change, changes={"why": "Too late."}, version=1, at=AT, acting=dana)
    kept = now(change)
    assert kept.why == "Too late."
    assert kept.delivery_impact.is_said
    assert kept.people_impact.is_said


def test_two_of_one_function_meet_each_other(programme, dana) -> None:
    change = raised(programme, dana)
    opened = change.delivery_impact
    services.say_delivery(opened, changes=DELIVERY, version=1, at=AT, on=FRIDAY, acting=dana)
    with pytest.raises(EditConflict):
        services.say_delivery(opened, changes={"days": 5}, version=1, at=AT, on=FRIDAY, acting=dana)


def test_other_milestones_are_another_version(programme, dana) -> None:
    here, there = (MilestoneFactory(programme=programme) for _each in range(2))
    change = raised(programme, dana, [here])
    services.revise_change(change, changes={}, milestones=[there], version=1, at=AT, acting=dana)
    with pytest.raises(EditConflict):
        services.revise_change(
            now(change), changes={}, milestones=[here], version=1, at=AT, acting=dana
        )
    assert [each.pk for each in selectors.milestones_touched(now(change))] == [there.pk]


# --- what follows ------------------------------------------------------------------------------------


def test_the_baseline_names_the_request_and_the_request_the_baseline(programme, dana, cam) -> None:
    MilestoneFactory(programme=programme)
    change = ready(programme, dana, cam)
    with pytest.raises(ValidationError, match="once both leads"):
        services.keep_change_baseline(
            now(change), name="Early", reason="x", at=LATER, on=MONDAY, acting=dana
        )
    sign(change, dana, "delivery")
    sign(change, cam, "change")
    after = services.keep_change_baseline(
        now(change), name="After it", reason="Agreed", at=LATER, on=MONDAY, acting=cam
    )
    assert after.baseline.taken_on == MONDAY
    assert [each.pk for each in selectors.changes_about(after.baseline)] == [change.pk]
    with pytest.raises(ValidationError, match="already"):
        services.keep_change_baseline(
            now(change), name="Twice", reason="x", at=LATER, on=MONDAY, acting=dana
        )
    assert PlanBaseline.objects.count() == 1


def test_what_an_approved_request_touches_is_counted_from_the_dates_agreed(
    programme, dana, cam
) -> None:
    touched, other, reached = (
        MilestoneFactory(programme=programme, baseline_on=date(2026, 9, 1)) for _each in range(3)
    )
    change = raised(programme, dana, [touched, reached])
    for milestone in (touched, other, reached):
        programmes.move_forecast(
            milestone, to=date(2026, 10, 1), reason="Scope", at=AT, on=MONDAY, acting=None
        )
    programmes.achieve_milestone(
        Milestone.objects.get(pk=reached.pk), achieved_on=MONDAY, at=AT, on=MONDAY, acting=None
    )
    say(change, dana, cam)
    services.offer_change(now(change), acting=dana)
    for member, voice in ((dana, "delivery"), (cam, "change")):
        sign(change, member, voice)
    services.keep_change_baseline(
        now(change), name="After it", reason="Agreed", at=LATER, on=MONDAY, acting=cam
    )
    assert [Milestone.objects.get(pk=each.pk).baseline_on for each in (touched, other, reached)] == [
        date(2026, 10, 1), date(2026, 9, 1), date(2026, 9, 1),
    ]  # fmt: skip
    assert change.reference in touched.forecasts.first().reason
    assert touched.forecasts.first().author == cam.person


def test_an_empty_plan_keeps_no_baseline_and_the_request_stays(programme, dana, cam) -> None:
    change = approved(programme, dana, cam)
    with pytest.raises(ValidationError, match="no milestone to keep"):
        services.keep_change_baseline(
            now(change), name="After it", reason="x", at=LATER, on=MONDAY, acting=dana
        )
    assert now(change).baseline is None


@pytest.mark.parametrize("status", ["implemented", "dropped"])
def test_it_is_closed_with_what_came_of_it_and_opened_again(programme, dana, cam, status) -> None:
    change = ready(programme, dana, cam)
    with pytest.raises(ValidationError, match="both leads approved"):
        services.close_change(now(change), status=status, outcome="x", on=MONDAY, acting=dana)
    sign(change, dana, "delivery")
    sign(change, cam, "change")
    with pytest.raises(ValidationError, match="what came of it"):
        services.close_change(now(change), status=status, outcome="", on=MONDAY, acting=dana)
    closed = services.close_change(
        now(change), status=status, outcome="Done.", on=MONDAY, acting=cam
    )
    assert closed.is_closed
    assert closed.closed_on == MONDAY
    again = services.resume_change(closed, acting=dana)
    assert again.is_approved
    assert again.outcome == "Done."


def test_withdrawn_ones_stay_readable_and_are_taken_up_again(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, cam, "change")
    services.withdraw_change(now(change), at=LATER, acting=dana)
    assert now(change).is_withdrawn
    assert not now(change).signed
    with pytest.raises(ValidationError, match="Take it up"):
        services.say_people(
            now(change).people_impact, changes={"hours": 9}, at=LATER, on=MONDAY, acting=cam
        )
    assert services.take_up_change(now(change), at=LATER, acting=dana).status == "assessing"


# --- suggested units ---------------------------------------------------------------------------------


def test_units_of_the_touched_milestones_and_their_impacts_are_suggested(programme, dana) -> None:
    pay, field, away = (UnitFactory(code=code) for code in ("PAY", "FLD", "AWY"))
    golive, other = (MilestoneFactory(programme=programme) for _each in range(2))
    golive.unit_links.create(unit=pay)
    impact = ImpactFactory(programme=programme, milestone=golive)
    impact.unit_links.create(unit=pay)
    impact.unit_links.create(unit=field)
    ImpactFactory(programme=programme, milestone=other).unit_links.create(unit=away)
    change = raised(programme, dana, [golive])
    found = {each.unit.code: each.why for each in selectors.suggested_units(change)}
    assert found == {
        "PAY": f"{golive.reference}, {impact.reference}",
        "FLD": impact.reference,
    }


def test_without_milestones_those_of_the_programme_are_suggested(programme, dana) -> None:
    pay, gone = UnitFactory(code="PAY"), UnitFactory(code="OLD", is_active=False)
    for unit in (pay, gone):
        programme.unit_links.create(unit=unit)
    change = raised(programme, dana)
    assert [each.unit.code for each in selectors.suggested_units(change)] == ["PAY"]


# --- registers, agenda, pages ------------------------------------------------------------------------


def test_whose_turn_it_is(programme, dana, cam) -> None:
    fresh, waiting = raised(programme, dana), ready(programme, dana, cam)
    sign(waiting, dana, "delivery")
    approved_change(programme, FRIDAY)
    waits = ChangeRequest.objects.waiting_for
    assert set(waits("delivery")) == {fresh}
    assert set(waits("change")) == {fresh, waiting}
    assert (now(fresh).waits_for, now(waiting).waits_for) == (("delivery", "change"), ("change",))
    counts = selectors.change_counts(ChangeRequest.objects.all())
    assert (counts.all, counts.open, counts.ready, counts.approved) == (3, 2, 1, 1)


def test_what_waits_is_proposed_for_the_joint_agenda_with_both_halves(programme, dana, cam) -> None:
    change = ready(programme, dana, cam)
    sign(change, dana, "delivery")
    meeting = MeetingFactory(group=SteeringGroupFactory(programme=programme), held_on=MONDAY)
    (offered,) = [
        each for each in selectors.proposals_for(meeting, MONDAY) if each.source == change.reference
    ]
    assert offered.side == "both"
    assert "signature of adoption" in offered.why
    services.take_proposals(meeting, sources=[change.reference], on=MONDAY, acting=dana)
    item = MeetingItem.objects.get()
    assert item.subject == change
    (paper,) = selectors.papers_of(selectors.items_of(meeting))
    assert [each.is_there for each in paper.said] == [True, True]
    assert "30 working days later" in paper.said[0].words


def body(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return str(answer.content.decode())


def test_the_story_in_the_browser(programme, dana, cam, vic, client_for) -> None:
    golive = MilestoneFactory(programme=programme, name="Expenses go-live")
    pay = UnitFactory(code="PAY", name="Payroll")
    golive.unit_links.create(unit=pay)
    pmo, change_lead = client_for(dana), client_for(cam)
    page = body(pmo, golive.get_absolute_url())
    assert f"changes/new/?about={golive.reference}" in page
    new = f"/t/acme/p/FHR/changes/new/?about={golive.reference}"
    assert re.search(rf'value="{golive.pk}"[^>]*checked', body(pmo, new))
    made = pmo.post(
        new,
        {
            "title": "Expenses later", "what": "In spring", "why": "Phones are late",
            "kinds": ["scope", "cost"], "milestones": [golive.pk],
        },
    )  # fmt: skip
    assert made.status_code == 303
    url = made["Location"]
    assert "Payroll" in body(change_lead, url)

    # Each writes its half, and finds no way to the other one.
    assert f"{url}people/" not in body(pmo, url)
    assert pmo.get(f"{url}people/").status_code == 403
    assert change_lead.post(f"{url}delivery/", {"version": 1, "days": 3}).status_code == 403
    half = {"version": 1, "scope": "Less", "cost": "-1,200.50"}
    assert pmo.post(f"{url}delivery/", half).status_code == 303
    assert "−£1,200.50" in body(pmo, url)
    form = body(change_lead, f"{url}people/")
    assert f"Payroll, suggested by {golive.reference}" in form
    assert re.search(rf'value="{pay.pk}"[^>]*checked', form)
    refused = change_lead.post(f"{url}people/", {"version": 1})
    assert refused.status_code == 422
    assert "why it means nothing" in refused.content.decode()
    half = {"version": 1, "units": [pay.pk], "hours": 40, "words": "Paper for a winter"}
    assert change_lead.post(f"{url}people/", half).status_code == 303
    assert change_lead.post(f"{url}offer/").status_code in (302, 303)

    # Both read and sign.
    for browser, who, voice in ((pmo, dana, "delivery"), (change_lead, cam, "change")):
        proves_it(browser, who.user)
        page = body(browser, f"{url}sign/{voice}/")
        assert "Paper for a winter" in page
        digest = re.search(r'name="digest"[^>]*value="([0-9a-f]{64})"', page)
        assert digest
        signed = browser.post(f"{url}sign/{voice}/", {"digest": digest[1], "verdict": "approved"})
        assert signed.status_code == 303, signed.content.decode()
    assert "its words are frozen" in body(client_for(vic), url)

    # The baseline is kept from it, and both pages lead to each other.
    form = body(pmo, f"{url}baseline/")
    assert "After CR-1" in form
    kept = pmo.post(f"{url}baseline/", {"name": "After CR-1", "reason": "CR-1: Expenses later"})
    assert kept.status_code == 303
    assert "/baselines/1/" in body(pmo, url)
    baseline = body(pmo, "/t/acme/p/FHR/baselines/1/")
    assert "Kept from an approved change" in baseline
    assert url in baseline
    with tenant_context(programme.tenant_id):
        version = ChangeRequest.objects.get().version
    closing = {"version": version, "status": "implemented", "outcome": "Moved."}
    assert pmo.post(f"{url}close/", closing).status_code == 303
    assert "Implemented" in body(pmo, url)
    assert url in body(pmo, golive.get_absolute_url())


def test_whoever_signs_proves_first_who_they_are(programme, dana, cam, client_for) -> None:
    change = ready(programme, dana, cam)
    browser, here = client_for(dana), f"{change.get_absolute_url()}sign/delivery/"
    for answer in (browser.get(here), browser.post(here, {"verdict": "approved", "digest": "x"})):
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    with tenant_context(programme.tenant_id):
        assert not now(change).signed


def test_a_rejection_without_a_reason_comes_back(programme, dana, cam, client_for) -> None:
    change = ready(programme, dana, cam)
    digest = selectors.change_digest(now(change))
    browser, here = client_for(cam), f"{change.get_absolute_url()}sign/change/"
    proves_it(browser, cam.user)
    words = {"digest": digest, "verdict": "rejected"}
    answer = browser.post(here, words)
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert browser.post(here, {**words, "reason": "Not in spring"}).status_code == 303
    assert "Not in spring" in body(browser, change.get_absolute_url())


def test_a_stale_half_is_answered_with_both(programme, dana, client_for) -> None:
    change = raised(programme, dana)
    services.say_delivery(
        change.delivery_impact, changes={"cost": 1_800_000}, version=1, at=AT, on=FRIDAY,
        acting=dana,
    )  # fmt: skip
    answer = client_for(dana).post(
        f"{change.get_absolute_url()}delivery/", {"cost": "20,000", "version": 1}
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "18,000" in page
    assert "20,000" in page


def test_a_stale_list_of_units_is_answered_with_both(programme, dana, cam, client_for) -> None:
    pay, field = UnitFactory(code="PAY"), UnitFactory(code="FLD")
    change = raised(programme, dana)
    services.say_people(
        change.people_impact, changes=PEOPLE, units=[pay], version=1, at=AT, on=FRIDAY, acting=cam
    )
    answer = client_for(cam).post(
        f"{change.get_absolute_url()}people/",
        {"units": [field.pk], "words": PEOPLE["words"], "hours": 40, "version": 1},
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Units hit" in page
    assert "PAY" in page
    assert "FLD" in page


def test_units_can_be_taken_out_for_nothing(programme, dana, cam, client_for) -> None:
    """The record is checked with what is chosen now, not with what stood there before."""
    pay = UnitFactory(code="PAY")
    change = raised(programme, dana)
    services.say_people(
        change.people_impact, changes={}, units=[pay], version=1, at=AT, on=FRIDAY, acting=cam
    )
    answer = client_for(cam).post(
        f"{change.get_absolute_url()}people/", {"nothing_because": "Spared.", "version": 2}
    )
    assert answer.status_code == 303, answer.content.decode()
    with tenant_context(programme.tenant_id):
        assert selectors.units_hit(now(change)) == []


def test_removed_ones_come_back_and_approved_ones_are_not_removed(
    programme, dana, cam, client_for
) -> None:
    change, fixed = ready(programme, dana, cam), approved(programme, dana, cam)
    browser = client_for(dana)
    browser.post(f"{change.get_absolute_url()}remove/")
    with tenant_context(programme.tenant_id):
        assert not ChangeRequest.objects.filter(pk=change.pk).exists()
    browser.post(f"/t/acme/history/{change.reference}/restore/")
    browser.post(f"{fixed.get_absolute_url()}remove/")
    with tenant_context(programme.tenant_id):
        assert ChangeRequest.objects.count() == 2


def test_an_earlier_version_comes_back_with_its_milestones(
    programme, dana, cam, client_for
) -> None:
    here, there = (MilestoneFactory(programme=programme) for _each in range(2))
    change = raised(programme, dana, [here])
    say(change, dana, cam)
    services.revise_change(
        now(change), changes={"title": "Other"}, milestones=[there], at=AT, acting=dana
    )
    services.offer_change(now(change), acting=dana)
    sign(change, cam, "change")
    browser = client_for(dana)
    page = body(browser, f"/t/acme/history/{change.reference}/")
    for words in ("Milestones touched", there.reference, "Delivery impact", "People impact"):
        assert words in page
    browser.post(f"/t/acme/history/{change.reference}/restore/", {"version": 1})
    with tenant_context(programme.tenant_id):
        after = now(change)
        assert after.title == "Expenses later"
        assert [each.pk for each in selectors.milestones_touched(after)] == [here.pk]
        assert after.status == "assessing"
        assert not after.signed


def test_the_finder_and_the_search_lead_to_it(programme, dana, vic, client_for) -> None:
    change = raised(programme, dana, title="Sandwich boards")
    client = client_for(vic)
    assert client.get(f"/t/acme/{change.reference}")["Location"] == change.get_absolute_url()
    assert change.reference in body(client, "/t/acme/find/?q=sandwich")


def test_a_raid_item_carries_over_and_shows_what_came_of_it(programme, dana, client_for) -> None:
    item = RaidItemFactory(programme=programme, title="Phones are late", kind="issue")
    browser = client_for(dana)
    form = body(browser, f"/t/acme/p/FHR/changes/new/?about={item.reference}")
    assert 'value="Phones are late"' in form
    change = raised(programme, dana, raid_item=item)
    assert change.get_absolute_url() in body(browser, item.get_absolute_url())


LIST, ALL = "/t/acme/p/FHR/changes/", "/t/acme/changes/"


def shown(client, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200
    return sorted(each.title for each in answer.context["register"].rows)


def test_each_filter_narrows_and_nonsense_does_not(programme, dana, cam, vic, client_for) -> None:
    raised(programme, cam, title="Fresh", kinds=["benefit"])
    waiting = ready(programme, dana, cam)
    sign(waiting, dana, "delivery")
    approved_change(programme, FRIDAY, title="Old", kinds=["scope"])
    approved_change(
        programme, MONDAY, title="Ended", kinds=["cost"], status="dropped", outcome="No",
        closed_on=MONDAY,
    )  # fmt: skip
    approved_change(programme, MONDAY, title="No", status="rejected")
    client = client_for(vic)
    every = ["Ended", "Expenses later", "Fresh", "No", "Old"]
    for query, found in {
        "": every,
        "?state=open": ["Expenses later", "Fresh"],
        "?state=ready": ["Expenses later"],
        "?state=agreed": ["Ended", "Old"],
        "?state=approved": ["Old"],
        "?state=rejected": ["No"],
        "?waits=delivery": ["Fresh"],
        "?waits=change": ["Expenses later", "Fresh"],
        "?kind=cost": ["Ended"],
        "?raised_by=change": ["Fresh"],
        "?since=2026-06-06&state=agreed": ["Ended"],
        "?until=2026-06-05": ["Old"],
        "?words=paper": [],
        "?words=spring": every,
        "?state=x&kind=y&waits=z&since=never&sort=q": every,
    }.items():
        assert shown(client, f"{LIST}{query}") == found, query
        assert shown(client, f"{ALL}{query}") == found, query


def test_registers_are_taken_along_whole(programme, dana, cam, vic, client_for) -> None:
    change = raised(programme, dana)
    services.say_delivery(
        change.delivery_impact, changes={**DELIVERY, "cost": 120050}, at=AT, on=FRIDAY, acting=dana
    )
    client = client_for(vic)
    rows = body(client, f"{ALL}?format=csv")
    for words in ("CR-1", "FHR", "Expenses leave the first release.", "1200.5", "Scope, time"):
        assert words in rows
    assert client.get(f"{LIST}?format=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize(
    "query", ["", "?state=open", "?waits=change", "?kind=scope", "?sort=-cost", "?format=csv"]
)
def test_registers_need_no_more_statements_for_more_rows(in_acme, dana, client_for, query) -> None:
    browser = client_for(dana)
    browser.get(ALL)
    counts = []
    for more in (1, 9):
        for _each in range(more):
            ChangeRequestFactory()
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"{ALL}{query}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_those_of_another_organisation_do_not_exist(acme, borealis, dana, client_for) -> None:
    with tenant_context(borealis.id):
        theirs = ChangeRequestFactory(title="Their change")
    browser = client_for(dana)
    assert "Their change" not in body(browser, ALL)
    assert browser.get(f"/t/acme/{theirs.reference}").status_code == 404
