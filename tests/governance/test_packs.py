"""The pack of a meeting, and what was agreed before it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import selectors, services
from governance.models import Action
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    ActionFactory,
    DecisionFactory,
    EscalationFactory,
    MeetingFactory,
    MeetingItemFactory,
    ReviewFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 16)
BEFORE = DAY - timedelta(days=14)
AGREED = DAY - timedelta(days=30)


@pytest.fixture
def group(in_acme):
    return SteeringGroupFactory(programme=ProgrammeFactory(code="FHR"), name="Joint board")


def paper(meeting, **subject):
    item = MeetingItemFactory(meeting=meeting, **subject)
    return next(
        each for each in selectors.papers_of(selectors.items_of(meeting)) if each.item.pk == item.pk
    )


def test_a_question_comes_with_its_options_and_both_views(group, dana) -> None:
    decision = services.request_decision(
        DecisionFactory.build(programme=group.programme, context="It costs a week."),
        options=["Wait", "Go"],
        acting=dana,
    )
    services.give_input(
        decision, function="delivery", stance="objects", note="Not now", on=DAY, acting=dana
    )
    found = paper(MeetingFactory(group=group, held_on=DAY), decision=decision)
    assert found.context == "It costs a week."
    assert [each.text for each in found.options] == ["Wait", "Go"]
    assert [(each.voice, each.words) for each in found.said] == [
        ("delivery", "Not now"),
        ("change", ""),
    ]
    assert found.missing == ["Adoption"]


def test_an_escalation_has_the_view_of_who_raised_it_and_of_who_was_asked(group) -> None:
    raised = EscalationFactory(
        programme=group.programme, raised_by="change", text="No rooms", view="", view_on=None
    )
    found = paper(MeetingFactory(group=group, held_on=DAY), escalation=raised)
    assert [(each.voice, each.words) for each in found.said] == [
        ("delivery", ""),
        ("change", "No rooms"),
    ]
    assert found.missing == ["Delivery"]
    assert found.due_on == raised.view_due_on


def test_an_item_without_a_subject_lacks_nothing(group) -> None:
    assert paper(MeetingFactory(group=group, held_on=DAY)).missing == []


def test_statements_of_papers_do_not_grow(group) -> None:
    meeting = MeetingFactory(group=group, held_on=DAY)
    counts = []
    for _each in range(3):
        MeetingItemFactory(
            meeting=meeting, decision=DecisionFactory(programme=group.programme), source=""
        )
        MeetingItemFactory(meeting=meeting, escalation=EscalationFactory(programme=group.programme))
        items = selectors.items_of(meeting)
        with CaptureQueriesContext(connection) as captured:
            assert len(selectors.papers_of(items)) == len(items)
        counts.append(len(captured))
    assert counts == [2, 2, 2]


def test_a_review_says_how_far_both_are(group) -> None:
    review = ReviewFactory(charter__programme=group.programme)
    found = paper(MeetingFactory(group=group, held_on=DAY), review=review)
    assert found.missing == ["Delivery", "Adoption"]
    assert found.due_on == review.due_on


def agreed(programme, due, done=None, status="open", **more) -> Action:
    return ActionFactory(
        programme=programme, agreed_on=AGREED, due_on=due, done_on=done, status=status, **more
    )


def test_actions_come_along_until_the_meeting_after_they_are_finished(group) -> None:
    programme = group.programme
    MeetingFactory(group=group, held_on=BEFORE)
    meeting = MeetingFactory(group=group, held_on=DAY)
    late = agreed(programme, BEFORE)
    coming = agreed(programme, DAY + timedelta(days=3))
    fresh = agreed(programme, BEFORE, BEFORE + timedelta(days=2), "done")
    agreed(programme, BEFORE, BEFORE, "done")
    agreed(ProgrammeFactory(code="OTH"), BEFORE)
    found = selectors.before(meeting, DAY)
    assert [each.action.pk for each in found.actions] == [late.pk, coming.pk, fresh.pk]
    assert [each.state for each in found.actions] == ["bad", "ok", "done"]
    assert (found.open, found.late, found.finished) == (2, 1, 1)
    assert found.actions[0].days_late == 14


def test_an_earlier_meeting_sees_what_was_open_on_its_day(group) -> None:
    meeting = MeetingFactory(group=group, held_on=BEFORE)
    agreed(group.programme, BEFORE - timedelta(days=1), DAY, "done")
    (found,) = selectors.before(meeting, DAY).actions
    assert found.is_open
    assert found.days_late == 1


def test_what_is_agreed_in_the_meeting_or_by_another_group_is_not_from_before(group) -> None:
    meeting = MeetingFactory(group=group, held_on=DAY)
    other = MeetingFactory(group=SteeringGroupFactory(programme=group.programme), held_on=BEFORE)
    ActionFactory(programme=group.programme, agreed_on=DAY, due_on=DAY)
    agreed(group.programme, DAY, meeting_item=MeetingItemFactory(meeting=other))
    assert selectors.before(meeting, DAY).actions == []


def test_an_open_action_on_three_meetings_running_is_stuck(group) -> None:
    """A meeting that was cancelled, or is to come, had it on no table."""
    programme = group.programme
    for days, status in ((42, "planned"), (28, "cancelled"), (14, "planned"), (-14, "planned")):
        MeetingFactory(group=group, held_on=DAY - timedelta(days=days), status=status)
    meeting = MeetingFactory(group=group, held_on=DAY)
    stuck, agreed_then, done = (
        ActionFactory(programme=programme, agreed_on=DAY - timedelta(days=days), due_on=DAY, **more)
        for days, more in (
            (43, {}),
            (42, {}),
            (43, {"status": "done", "done_on": DAY}),
        )
    )
    found = {each.action.pk: each.is_stuck for each in selectors.before(meeting, DAY).actions}
    assert found == {stuck.pk: True, agreed_then.pk: False, done.pk: False}
    later = MeetingFactory(group=group, held_on=DAY + timedelta(days=28))
    found = {each.action.pk: each.is_stuck for each in selectors.before(later, BEFORE).actions}
    assert found[stuck.pk] is True
    assert found[agreed_then.pk] is False


@pytest.mark.usefixtures("stage")
def test_the_pack_has_the_halves_the_papers_and_what_was_agreed(acme, stage, vic, client_for):
    with tenant_context(acme.id):
        meeting = MeetingFactory(group=stage.group, held_on=DAY)
        MeetingItemFactory(meeting=meeting, decision=stage.decision, title="The date")
        agreed(stage.programme, BEFORE, text="Call the supplier")
        for days in (14, 21):
            MeetingFactory(group=stage.group, held_on=DAY - timedelta(days=days))
    answer = client_for(vic).get(f"{meeting.get_absolute_url()}pack/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "One paper lacks the view of a side" in page
    assert "stuck: on three meetings running" in page
    assert 'class="pp-peers' in page
    assert "Call the supplier" in page
    # Viewers read; they finish nothing.
    assert ">Done<" not in page


def test_done_is_pressed_in_the_meeting_and_leads_back_to_it(acme, stage, dana, vic, client_for):
    with tenant_context(acme.id):
        meeting = MeetingFactory(group=stage.group, held_on=date(2036, 6, 16))
        action = agreed(stage.programme, BEFORE)
    url = f"{action.get_absolute_url()}done/"
    pressed = {"meeting": meeting.reference}
    assert client_for(vic).post(url, pressed).status_code == 403
    assert client_for(dana).post(url, {"meeting": "MT-x"}).status_code == 404
    with tenant_context(acme.id):
        assert Action.objects.get(pk=action.pk).is_open
    answer = client_for(dana).post(url, pressed)
    assert answer.headers["Location"] == f"{meeting.get_absolute_url()}#before"
    with tenant_context(acme.id):
        assert not Action.objects.get(pk=action.pk).is_open
