"""Meetings: turns of the chair, agenda from what waits, minutes by two people, and the lock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import selectors, services
from governance.models import Action, Decision, Meeting, MeetingItem
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.history import services as history
from pmo_portal.history.services import EditConflict
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    ActionFactory,
    AttendanceFactory,
    DecisionFactory,
    EscalationFactory,
    GroupMemberFactory,
    MeetingFactory,
    MeetingItemFactory,
    ReviewFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db

DAY, LATER, MUCH_LATER = date(2026, 6, 2), date(2026, 7, 7), date(2026, 8, 4)
NOW = datetime(2026, 6, 2, 9, tzinfo=UTC)


@pytest.fixture
def group(in_acme, dana, cam):
    """A group with one voting member of each side."""
    group = SteeringGroupFactory(programme=ProgrammeFactory(code="FHR"), name="Joint board")
    GroupMemberFactory(group=group, person=dana.person, function="delivery")
    GroupMemberFactory(group=group, person=cam.person, function="change")
    return group


@pytest.fixture
def meeting(group, dana) -> Meeting:
    return services.plan_meeting(Meeting(group=group, held_on=DAY), acting=dana)


def everybody(meeting, dana, cam) -> None:
    for each in (dana, cam):
        services.attend(meeting, each.person, presence="present", acting=dana)


def test_outsiders_and_viewers_plan_nothing(group, vic) -> None:
    with pytest.raises(NotAllowed):
        services.plan_meeting(Meeting(group=group, held_on=DAY), acting=vic)


def test_whoever_sits_in_the_group_may_write(meeting, vic) -> None:
    GroupMemberFactory(group=meeting.group, person=vic.person, function="business")
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=vic)
    assert item.reference.startswith("MI-")


def test_the_sides_chair_in_turn(group, dana, cam) -> None:
    made = services.plan_series(group, first=DAY, count=4, acting=dana)
    assert [each.chair for each in made] == [dana.person, cam.person] * 2
    assert [each.chair_function for each in made] == ["delivery", "change"] * 2
    again = services.plan_series(group, first=DAY, count=5, acting=dana)
    assert [each.chair for each in again] == [dana.person]


def test_the_same_side_twice_needs_a_reason(group, dana) -> None:
    _first, second = services.plan_series(group, first=DAY, count=2, acting=dana)
    with pytest.raises(ValidationError, match="Say why"):
        services.revise_meeting(second, changes={"chair": dana.person}, acting=dana)
    told = {"chair": dana.person, "chair_reason": "Cam is on leave"}
    second = services.revise_meeting(second, changes=told, acting=dana)
    plan = selectors.chair_plan(group, DAY)
    assert [turn.deviates for turn in plan.turns] == [False, True]
    assert plan.unexplained == 0
    assert not plan.is_shared


@pytest.mark.parametrize("page", ["chair", "edit"])
def test_another_chair_on_the_page_is_another_side(group, dana, cam, client_for, page) -> None:
    _first, second = services.plan_series(group, first=DAY, count=2, acting=dana)
    browser, url = client_for(dana), second.get_absolute_url()
    sent = {
        "held_on": second.held_on,
        "length": 90,
        "chair": dana.person.pk,
        "chair_reason": "",
        "version": 1,
    }
    refused = browser.post(f"{url}{page}/", sent)
    assert refused.status_code == 422
    assert "The same side chaired the last meeting" in refused.content.decode()
    told = {**sent, "chair_reason": "Cam is on leave"}
    assert browser.post(f"{url}{page}/", told).status_code == 303
    assert Meeting.objects.get(pk=second.pk).chair_function == "delivery"
    back = {**sent, "chair": cam.person.pk, "version": 2}
    assert browser.post(f"{url}{page}/", back).status_code == 303
    assert Meeting.objects.get(pk=second.pk).chair_function == "change"


def test_only_members_with_a_vote_chair(group, meeting, dana, sam) -> None:
    GroupMemberFactory(group=group, person=sam.person, function="delivery", is_voting=False)
    later = Meeting(group=group, held_on=LATER, chair=sam.person)
    for act in (
        lambda: services.plan_meeting(later, acting=dana),
        lambda: services.revise_meeting(meeting, changes={"chair": sam.person}, acting=dana),
    ):
        with pytest.raises(ValidationError, match="Only voting members"):
            act()


def test_who_gave_up_the_seat_stays_the_chair_until_another_is_chosen(
    group, meeting, dana, client_for
) -> None:
    group.members.filter(person=dana.person).update(is_voting=False)
    url = f"{meeting.get_absolute_url()}edit/"
    sent = {
        "held_on": DAY,
        "length": 60,
        "chair": dana.person.pk,
        "chair_reason": "",
        "version": 1,
    }
    assert client_for(dana).post(url, sent).status_code == 303
    meeting.refresh_from_db()
    assert (meeting.chair, meeting.length) == (dana.person, 60)


def test_a_question_that_was_removed_takes_no_minutes_with_it(meeting, dana, cam) -> None:
    everybody(meeting, dana, cam)
    decision = DecisionFactory(programme=meeting.programme, group=meeting.group)
    item = MeetingItemFactory(meeting=meeting, decision=decision)
    history.remove(decision, at=NOW, acting=dana)
    services.minute_item(item, note="x", outcome="decision", words="We wait", acting=dana)
    assert Decision.objects.get().outcome == "We wait"


@pytest.mark.parametrize("part", [True, False])
@pytest.mark.parametrize(
    ("closed", "said"),
    [("approved", "These minutes are approved"), ("cancelled", "was cancelled meanwhile")],
)
def test_what_is_typed_while_the_minutes_are_closed_is_not_lost(
    meeting, dana, client_for, closed, said, part
) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    day = DAY if closed == "approved" else None
    Meeting.objects.filter(pk=meeting.pk).update(status=closed, approved_on=day)
    url = f"/t/acme/p/FHR/agenda/{item.reference}/minutes/"
    sent = {"note": "All of it was said", "outcome": "noted", "version": 1}
    headers = {"HX-Request": "true", "HX-Target": "writing"} if part else {}
    answer = client_for(dana).post(url, sent, headers=headers)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "All of it was said" in page
    assert said in page
    assert MeetingItem.objects.get().note == ""


@pytest.mark.parametrize(
    ("closed", "said"),
    [("approved", "were approved meanwhile"), ("cancelled", "was cancelled meanwhile")],
)
def test_a_page_that_reads_itself_again_leaves_the_slot_of_what_is_typed(
    meeting, dana, vic, client_for, closed, said
) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    url, browser = meeting.get_absolute_url(), client_for(dana)
    slot = f'id="{item.anchor}-write"'
    part = {"HX-Request": "true", "HX-Target": "minutes"}
    before = browser.get(url, headers=part).content.decode()
    assert slot in before
    assert "cannot be saved any more" not in before
    day = DAY if closed == "approved" else None
    Meeting.objects.filter(pk=meeting.pk).update(status=closed, approved_on=day)
    after = browser.get(url, headers=part).content.decode()
    assert slot in after
    assert said in after
    assert "Write<" not in after
    # Whoever opens the page now, or never wrote, has nothing to lose.
    for page in (browser.get(url), client_for(vic).get(url, headers=part)):
        assert slot not in page.content.decode()
        assert said not in page.content.decode()


@pytest.mark.parametrize("part", [True, False])
@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("item", "This item was taken off the agenda meanwhile, so nothing was saved"),
        ("meeting", "This meeting was removed meanwhile, so nothing was saved"),
    ],
)
def test_what_is_typed_for_what_is_removed_meanwhile_is_not_lost(
    meeting, dana, cam, client_for, gone, said, part
) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    if gone == "item":
        services.remove_item(item, at=NOW, acting=cam)
    else:
        services.remove_meeting(meeting, at=NOW, acting=cam)
    url, browser = f"/t/acme/p/FHR/agenda/{item.reference}/minutes/", client_for(dana)
    sent = {"note": "All of it was said", "outcome": "noted", "version": 1}
    headers = {"HX-Request": "true", "HX-Target": "writing"} if part else {}
    answer = browser.post(url, sent, headers=headers)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "All of it was said" in page
    assert said in page
    assert MeetingItem.all_objects.get().note == ""
    # Nothing opens for it any more.
    assert browser.get(url, headers=headers).status_code == (200 if part else 410)


def test_the_slot_of_an_item_that_is_taken_off_the_agenda_stays_where_somebody_types(
    meeting, dana, cam, vic, client_for
) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    services.remove_item(item, at=NOW, acting=cam)
    url, slot = meeting.get_absolute_url(), f'id="{item.anchor}-write"'
    part = {"HX-Request": "true", "HX-Target": "minutes"}
    again = client_for(dana).get(url, headers=part).content.decode()
    assert slot in again
    assert "“Rooms” was taken off the agenda meanwhile" in again
    # Whoever opens the page now, or never wrote, has nothing to lose.
    for page in (client_for(dana).get(url), client_for(vic).get(url, headers=part)):
        assert slot not in page.content.decode()


def test_minutes_are_neither_opened_nor_left_open_in_a_page_that_is_out_of_date(
    meeting, dana, client_for
) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    Meeting.objects.filter(pk=meeting.pk).update(status="approved", approved_on=DAY)
    url, browser = f"/t/acme/p/FHR/agenda/{item.reference}/minutes/", client_for(dana)
    part = {"HX-Request": "true", "HX-Target": "writing"}
    closing = browser.get(f"{url}?close=1", headers=part)
    assert (closing.status_code, closing.content) == (200, b"")
    opening = browser.get(url, headers=part)
    assert (opening.status_code, opening.content) == (200, b"")
    assert "meeting-changed" in opening["HX-Trigger"]
    assert browser.get(url).status_code == 302


def test_minutes_on_a_page_of_their_own_are_sent_without_script(meeting, dana, client_for) -> None:
    """In place of the form script puts nothing, which is right only inside the page of the meeting."""
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    url, browser = f"/t/acme/p/FHR/agenda/{item.reference}/minutes/", client_for(dana)
    part = {"HX-Request": "true", "HX-Target": "writing"}
    assert f'hx-post="{url}"' in browser.get(url, headers=part).content.decode()
    page = browser.get(url).content.decode()
    assert f'action="{url}"' in page
    assert f'hx-post="{url}"' not in page
    assert f'hx-get="{url}' not in page
    refused = browser.post(url, {"note": "", "outcome": "action", "version": 1}, headers=part)
    assert refused.status_code == 422
    assert f'hx-post="{url}"' in refused.content.decode()


def test_an_action_is_agreed_with_what_is_to_be_done(meeting, dana, client_for) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    url, browser = f"/t/acme/p/FHR/agenda/{item.reference}/minutes/", client_for(dana)
    refused = browser.post(url, {"note": "", "outcome": "action", "version": 1})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"words", "due_on"}
    # Where an action came of it, its minutes may be revised without another one.
    ActionFactory(programme=meeting.programme, meeting_item=item)
    assert browser.post(url, {"note": "x", "outcome": "action", "version": 1}).status_code == 303


def test_other_words_for_what_was_decided_are_refused_and_not_dropped(meeting, dana, cam) -> None:
    everybody(meeting, dana, cam)
    item = MeetingItemFactory(meeting=meeting, title="The go-live")
    services.minute_item(item, note="x", outcome="decision", words="Two weeks", acting=dana)
    decided = Decision.objects.get()
    item = MeetingItem.objects.get()
    with pytest.raises(ValidationError, match="This was decided already"):
        services.minute_item(
            item, note="y", outcome="decision", words="Three weeks", decision=decided, acting=dana
        )
    item = MeetingItem.objects.get()
    services.minute_item(
        item, note="y", outcome="decision", words="Two weeks", decision=decided, acting=dana
    )
    assert Decision.objects.get().outcome == "Two weeks"


@pytest.mark.parametrize("gone", ["cancelled", "removed"])
def test_what_was_deferred_to_a_meeting_that_is_not_held_is_proposed_again(
    group, meeting, dana, gone
) -> None:
    item = MeetingItemFactory(meeting=meeting, title="Rooms", outcome="deferred")
    second = services.plan_meeting(Meeting(group=group, held_on=LATER), acting=dana)
    MeetingItemFactory(meeting=second, title="Rooms", carried_from=item)
    third = services.plan_meeting(Meeting(group=group, held_on=MUCH_LATER), acting=dana)
    assert not [each for each in selectors.proposals_for(third, DAY) if each.title == "Rooms"]
    if gone == "cancelled":
        services.cancel_meeting(second, acting=dana)
    else:
        services.remove_meeting(second, at=NOW, acting=dana)
    assert [each for each in selectors.proposals_for(third, DAY) if each.title == "Rooms"]


def test_a_meeting_put_off_does_not_come_before_itself(meeting, dana) -> None:
    # The form sends the chair along, changed or not.
    told = {"held_on": LATER, "chair": meeting.chair, "chair_reason": ""}
    assert services.revise_meeting(meeting, changes=told, acting=dana).held_on == LATER


def test_an_agenda_item_leads_to_its_history(meeting, dana, client_for) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    page = client_for(dana).get(f"/t/acme/p/FHR/agenda/{item.reference}/edit/").content.decode()
    assert f"/t/acme/history/{item.reference}/" in page


def test_alternating_again_keeps_what_has_a_reason(group, dana, cam) -> None:
    _first, second, third = services.plan_series(group, first=DAY, count=3, acting=dana)
    services.revise_meeting(
        second, changes={"chair": dana.person, "chair_reason": "On leave"}, acting=dana
    )
    changed = services.alternate_chairs(group, on=DAY, acting=cam)
    assert [each.pk for each in changed] == [third.pk]
    assert Meeting.objects.get(pk=second.pk).chair == dana.person
    assert Meeting.objects.get(pk=third.pk).chair_function == "change"


def test_a_quorum_counts_votes_of_both_functions(meeting, dana, cam) -> None:
    services.attend(meeting, dana.person, presence="present", acting=dana)
    assert not selectors.quorum_of(meeting).is_met
    said = services.attend(meeting, cam.person, presence="present", acting=dana)
    assert selectors.quorum_of(meeting).is_met
    services.attend(meeting, cam.person, presence="apologies", version=said.version, acting=dana)
    assert selectors.quorum_of(meeting).missing == ("change",)


def test_attendance_of_somebody_is_not_written_over_unseen(meeting, dana, cam) -> None:
    services.attend(meeting, dana.person, presence="present", acting=dana)
    with pytest.raises(EditConflict):
        services.attend(meeting, dana.person, presence="absent", acting=cam)


def test_the_agenda_is_proposed_from_what_waits(meeting, dana) -> None:
    programme = meeting.programme
    DecisionFactory(programme=programme, group=meeting.group, question="Do we move?")
    DecisionFactory(programme=programme, group=SteeringGroupFactory(programme=programme))
    EscalationFactory(programme=programme, title="No rooms", raised_by="change")
    EscalationFactory(programme=programme, title="For the board", level_to="executive")
    ReviewFactory(charter__programme=programme)
    ActionFactory(programme=programme, due_on=date(2026, 6, 1))
    titles = [each.title for each in selectors.proposals_for(meeting, DAY)]
    assert "Do we move?" in titles
    assert "No rooms" in titles
    assert "One late action" in titles
    assert "Review at 25% of the time" in titles
    assert "For the board" not in titles
    assert sum("Do we move date" in title for title in titles) == 0
    taken = services.take_proposals(meeting, on=DAY, acting=dana)
    assert [each.title for each in taken] == titles
    assert selectors.proposals_for(meeting, DAY) == []
    from governance import agenda

    shares = agenda.shares((each.side, each.minutes) for each in selectors.items_of(meeting))
    assert shares.is_equal
    assert shares.delivery > 0


def test_what_was_deferred_comes_back_once(group, dana) -> None:
    first, second, third = services.plan_series(group, first=DAY, count=3, acting=dana)
    item = services.add_item(MeetingItem(meeting=first, title="Rooms"), acting=dana)
    services.minute_item(item, note="No time.", outcome="deferred", acting=dana)
    assert next(each.title for each in selectors.proposals_for(second, DAY)) == "Rooms"
    services.take_proposals(second, sources=[f"item:{item.number}"], on=DAY, acting=dana)
    assert "Rooms" not in [each.title for each in selectors.proposals_for(third, DAY)]


def test_two_people_minute_two_items_and_clash_on_one(meeting, dana, cam) -> None:
    one = services.add_item(MeetingItem(meeting=meeting, title="One"), acting=dana)
    two = services.add_item(MeetingItem(meeting=meeting, title="Two"), acting=dana)
    opened = one.version
    services.minute_item(one, note="Dana wrote", outcome="noted", version=opened, acting=dana)
    services.minute_item(two, note="Cam wrote", outcome="noted", version=two.version, acting=cam)
    with pytest.raises(EditConflict) as clash:
        services.minute_item(
            one, note="Cam too", outcome="action", words="Book", version=opened, acting=cam
        )
    assert clash.value.record.note == "Dana wrote"
    # Nothing of the second text was kept, no action either.
    assert not Action.objects.exists()


def test_moving_an_item_is_no_edit_of_it(meeting, dana) -> None:
    one = services.add_item(MeetingItem(meeting=meeting, title="One"), acting=dana)
    two = services.add_item(MeetingItem(meeting=meeting, title="Two"), acting=dana)
    services.move_item(two, up=True, acting=dana)
    assert [each.title for each in selectors.items_of(meeting)] == ["Two", "One"]
    services.minute_item(one, note="Said", outcome="noted", version=one.version, acting=dana)


def test_nothing_is_decided_without_a_quorum(meeting, sam) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Move?"), acting=sam)
    with pytest.raises(ValidationError, match="no quorum"):
        services.minute_item(item, note="", outcome="decision", words="Yes", acting=sam)
    assert not Decision.objects.exists()
    assert MeetingItem.objects.get(pk=item.pk).outcome == ""


def test_a_decision_of_a_meeting_is_joint_and_knows_its_item(meeting, dana, cam) -> None:
    everybody(meeting, dana, cam)
    waiting = DecisionFactory(programme=meeting.programme, group=meeting.group)
    item = services.add_item(
        MeetingItem(meeting=meeting, title="Move?", decision=waiting), acting=dana
    )
    services.minute_item(item, note="Both agreed.", outcome="decision", words="Yes", acting=dana)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.outcome, waiting.decided_on) == ("decided", "Yes", DAY)
    assert waiting.function_of_decider == "joint"
    assert waiting.decided_by == meeting.chair
    assert waiting.meeting_item == item


def test_a_new_question_is_decided_at_once(meeting, dana, cam) -> None:
    everybody(meeting, dana, cam)
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms?"), acting=dana)
    services.minute_item(item, note="", outcome="decision", words="The library", acting=dana)
    assert [each.outcome for each in item.decisions.all()] == ["The library"]


def test_only_who_may_decide_records_a_decision(meeting, dana, cam, coe) -> None:
    from tests.factories.programmes import ProgrammeMemberFactory

    everybody(meeting, dana, cam)
    ProgrammeMemberFactory(
        programme=meeting.programme, person=coe.person, role="contributor_change"
    )
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms?"), acting=coe)
    with pytest.raises(NotAllowed):
        services.minute_item(item, note="", outcome="decision", words="Yes", acting=coe)


def test_a_viewer_with_a_vote_minutes_all_that_came_out_of_the_meeting(
    meeting, dana, cam, vic, client_for
) -> None:
    everybody(meeting, dana, cam)
    GroupMemberFactory(group=meeting.group, person=vic.person, function="business")
    asked_of_none = DecisionFactory(programme=meeting.programme, question="Now?")
    items = [
        services.add_item(MeetingItem(meeting=meeting, title=title, decision=about), acting=vic)
        for title, about in (("Rooms", None), ("Pace", None), ("Now?", asked_of_none))
    ]
    sent = {"note": "", "version": 1, "owner": "", "due_on": "", "decision": "", "sets_status": ""}
    for item, came in zip(
        items,
        (
            {"outcome": "action", "words": "Book the library", "due_on": "2026-07-01"},
            {"outcome": "decision", "words": "Slower"},
            {"outcome": "decision", "words": "Not now"},
        ),
        strict=True,
    ):
        url = f"/t/acme/p/FHR/agenda/{item.reference}/minutes/"
        assert client_for(vic).post(url, sent | came).status_code == 303
    assert [each.text for each in Action.objects.all()] == ["Book the library"]
    decided = {each.question: each.outcome for each in Decision.objects.decided()}
    assert decided == {"Pace": "Slower", "Now?": "Not now"}
    # Outside of a meeting the register stays with the leads and the steering members.
    with pytest.raises(NotAllowed):
        services.create_action(Action(programme=meeting.programme), acting=vic)
    with pytest.raises(NotAllowed):
        services.request_decision(Decision(programme=meeting.programme), acting=vic)
    with pytest.raises(NotAllowed):
        services.decide(
            DecisionFactory(programme=meeting.programme), outcome="Yes", on=DAY, acting=vic
        )


def test_a_seat_without_a_vote_minutes_actions_and_decides_nothing(meeting, dana, cam, vic) -> None:
    everybody(meeting, dana, cam)
    GroupMemberFactory(group=meeting.group, person=vic.person, function="business", is_voting=False)
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=vic)
    minuted = services.minute_item(
        item, note="", outcome="action", words="Book it", due_on=LATER, acting=vic
    )
    assert minuted.actions.count() == 1
    with pytest.raises(NotAllowed):
        services.minute_item(minuted, note="", outcome="decision", words="Yes", acting=vic)


def test_a_meeting_is_offered_what_waits_for_its_group(meeting, dana, sam, client_for) -> None:
    programme, other = meeting.programme, SteeringGroupFactory(programme=meeting.programme)
    offered = [
        DecisionFactory(programme=programme, group=meeting.group, question="Ours"),
        DecisionFactory(programme=programme, question="Of none"),
    ]
    settled = DecisionFactory(programme=programme, group=other, question="Theirs, settled")
    services.decide(settled, outcome="Yes", on=DAY, acting=sam)
    DecisionFactory(programme=programme, group=other, question="Theirs")
    DecisionFactory(programme=programme, group=meeting.group, status="withdrawn")
    DecisionFactory(question="Of another programme")
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    page = client_for(sam).get(f"/t/acme/p/FHR/agenda/{item.reference}/minutes/")
    choices = page.context["form"].fields["decision"].queryset
    assert set(choices) == {*offered, settled}


def test_an_action_keeps_where_it_was_agreed(meeting, dana) -> None:
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    services.minute_item(
        item,
        note="",
        outcome="action",
        words="Book the library",
        owner=dana.person,
        due_on=LATER,
        acting=dana,
    )
    action = item.actions.get()
    assert (action.text, action.agreed_on, action.due_on) == ("Book the library", DAY, LATER)
    with pytest.raises(ValidationError, match="stays in the minutes"):
        services.remove_item(item, at=NOW, acting=dana)


def test_only_the_chair_approves(meeting, dana, cam, sam) -> None:
    everybody(meeting, dana, cam)
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    services.minute_item(item, note="", outcome="noted", acting=dana)
    for other in (cam, sam):
        with pytest.raises(NotAllowed, match="whoever chaired"):
            services.approve_minutes(meeting, on=DAY, acting=other)
    approved = services.approve_minutes(meeting, on=DAY, acting=dana)
    assert (approved.approved_by, approved.approved_on) == (dana.person, DAY)


def test_minutes_are_approved_when_they_are_complete(meeting, dana, cam) -> None:
    with pytest.raises(ValidationError, match="not held yet"):
        services.approve_minutes(meeting, on=date(2026, 6, 1), acting=dana)
    with pytest.raises(ValidationError, match="who was there"):
        services.approve_minutes(meeting, on=DAY, acting=dana)
    everybody(meeting, dana, cam)
    with pytest.raises(ValidationError, match="agenda is empty"):
        services.approve_minutes(meeting, on=DAY, acting=dana)
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    with pytest.raises(ValidationError, match=item.reference):
        services.approve_minutes(meeting, on=DAY, acting=dana)


def test_approved_minutes_are_locked_and_amended(meeting, dana, cam) -> None:
    everybody(meeting, dana, cam)
    item = services.add_item(MeetingItem(meeting=meeting, title="Rooms"), acting=dana)
    gone = services.add_item(MeetingItem(meeting=meeting, title="By mistake"), acting=dana)
    services.remove_item(gone, at=NOW, acting=dana)
    services.minute_item(item, note="Room 4", outcome="noted", acting=dana)
    with pytest.raises(ValidationError, match="still open"):
        services.amend_minutes(meeting, text="Room 5", on=LATER, at=NOW, acting=cam)
    services.approve_minutes(meeting, on=DAY, acting=dana)
    item.refresh_from_db()
    for write in (
        lambda: services.minute_item(item, note="Room 5", outcome="noted", acting=dana),
        lambda: services.add_item(MeetingItem(meeting=meeting, title="More"), acting=dana),
        lambda: services.move_item(item, up=True, acting=dana),
        lambda: services.share_time(meeting, acting=dana),
        lambda: services.take_proposals(meeting, on=DAY, acting=dana),
        lambda: services.attend(meeting, dana.person, presence="absent", acting=dana),
        lambda: services.revise_meeting(meeting, changes={"place": "Elsewhere"}, acting=dana),
        lambda: services.remove_meeting(meeting, at=NOW, acting=dana),
        lambda: services.cancel_meeting(meeting, acting=dana),
        lambda: history.restore(MeetingItem.all_objects.get(pk=gone.pk), acting=dana),
    ):
        with pytest.raises(ValidationError, match="approved"):
            write()
    first = services.amend_minutes(meeting, text="Room 5", item=item, on=LATER, at=NOW, acting=cam)
    second = services.amend_minutes(meeting, text="At ten", on=LATER, at=NOW, acting=cam)
    assert (first.line, second.line, first.author) == (1, 2, cam.person)
    assert MeetingItem.objects.get(pk=item.pk).note == "Room 4"


def test_statements_do_not_grow(meeting, dana, client_for, acme) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client_for(dana).get(path).status_code == 200
        return len(captured)

    pages = (
        "/t/acme/p/FHR/meetings/",
        "/t/acme/meetings/",
        f"/t/acme/p/FHR/meetings/{meeting.reference}/",
        f"/t/acme/p/FHR/meetings/{meeting.reference}/agenda/",
        f"/t/acme/p/FHR/steering/{meeting.group.reference}/chairs/",
    )
    few: dict[str, int] = {}
    for rows in (1, 10):
        with tenant_context(acme.id):
            for at in range(rows):
                day = date(2026, 9 if rows == 1 else 10, at + 1)
                other = MeetingFactory(group=meeting.group, held_on=day)
                AttendanceFactory(meeting=other)
                item = MeetingItemFactory(
                    meeting=meeting,
                    decision=DecisionFactory(programme=meeting.programme),
                )
                ActionFactory(programme=meeting.programme, meeting_item=item)
                DecisionFactory(programme=meeting.programme, group=meeting.group)
        for page in pages:
            asked(page)
            count = asked(page)
            assert count <= few.setdefault(page, count), page


def test_a_meeting_without_a_group_says_why_not_and_what_to_do(acme, dana, client_for) -> None:
    with tenant_context(acme.id):
        ProgrammeFactory(code="FHR")
    browser = client_for(dana)
    for send, code in ((browser.get, 302), (browser.post, 303)):
        answer = send("/t/acme/p/FHR/meetings/new/", follow=True)
        assert answer.redirect_chain == [("/t/acme/p/FHR/steering/", code)]
        page = " ".join(answer.content.decode().split())
        assert "A meeting belongs to a steering group, and there is none yet." in page
        assert "/t/acme/p/FHR/steering/new/" in page
    with tenant_context(acme.id):
        assert not Meeting.objects.exists()
