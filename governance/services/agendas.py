"""Agendas and minutes: items, their order and time, what was said and what came of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.models import Person
from pmo_portal.tenants.services import next_reference

from .. import agenda, selectors
from ..choices import ItemOutcome
from ..models import Action, Decision, Meeting, MeetingItem
from .actions import record_action
from .decisions import decide, record_question
from .meetings import announce_meeting, must_be_open


@transaction.atomic
def add_item(item: MeetingItem, *, acting: Member | None) -> MeetingItem:
    """Put something on the agenda, at its end.

    Raises:
        NotAllowed.
        ValidationError: the minutes are approved, or it is on this agenda already.
    """
    ask(acting, "governance.meeting_change", item.meeting)
    must_be_open(item.meeting)
    last = MeetingItem.objects.filter(meeting=item.meeting).aggregate(last=Max("position"))["last"]
    item.position = (last or 0) + 1
    item.number = next_reference("MI")
    history.create(item, acting=acting)
    announce_meeting(item.meeting)
    return item


@transaction.atomic
def take_proposals(
    meeting: Meeting, *, sources: Collection[str] | None = None, on: date, acting: Member | None
) -> list[MeetingItem]:
    """Put what is waiting on the agenda, all of it or what was chosen; a first agenda gets equal time."""
    ask(acting, "governance.meeting_change", meeting)
    must_be_open(meeting)
    is_first = not MeetingItem.objects.filter(meeting=meeting).exists()
    taken = [
        add_item(
            MeetingItem(
                meeting=meeting,
                title=each.title[:200],
                why=each.why[:300],
                side=each.side,
                minutes=each.minutes,
                source=each.source,
                decision=each.decision,
                escalation=each.escalation,
                review=each.review,
                change_request=each.change_request,
                carried_from=each.carried_from,
            ),
            acting=acting,
        )
        for each in selectors.proposals_for(meeting, on)
        if sources is None or each.source in sources
    ]
    if is_first:
        share_time(meeting, acting=acting)
    return taken


@transaction.atomic
def share_time(meeting: Meeting, *, acting: Member | None) -> None:
    """Give both sides the same time within the length of the meeting."""
    ask(acting, "governance.meeting_change", meeting)
    must_be_open(meeting)
    items = list(MeetingItem.objects.filter(meeting=meeting))
    minutes = agenda.spread([(item.side, item.minutes) for item in items], meeting.length)
    for item, wanted in zip(items, minutes, strict=True):
        history.revise(
            item, changes={"minutes": wanted}, acting=acting, action="share the time equally"
        )
    announce_meeting(meeting)


@transaction.atomic
def revise_item(
    item: MeetingItem,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> MeetingItem:
    """Change what an item is, its time, or its minutes.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: the minutes are approved.
    """
    ask(acting, "governance.meeting_change", item.meeting)
    must_be_open(item.meeting)
    item = history.revise(item, changes=changes, version=version, acting=acting)
    announce_meeting(item.meeting)
    return item


@transaction.atomic
def move_item(item: MeetingItem, *, up: bool, acting: Member | None) -> None:
    """Change places with the item before or after it."""
    ask(acting, "governance.meeting_change", item.meeting)
    must_be_open(item.meeting)
    items = list(MeetingItem.objects.filter(meeting=item.meeting))
    at = [each.pk for each in items].index(item.pk)
    other = at - 1 if up else at + 1
    if 0 <= other < len(items):
        items[at], items[other] = items[other], items[at]
        with acting_as(user_id=history.user_id_of(acting), action="order the agenda"):
            for position, each in enumerate(items, start=1):
                if each.position != position:
                    MeetingItem.objects.filter(pk=each.pk).update(position=position)
    announce_meeting(item.meeting)


@transaction.atomic
def remove_item(item: MeetingItem, *, at: datetime, acting: Member | None) -> MeetingItem:
    """Take something off the agenda. What a decision or an action came out of stays.

    Raises:
        ValidationError: the minutes are approved, or something came out of it.
    """
    ask(acting, "governance.meeting_change", item.meeting)
    must_be_open(item.meeting)
    if item.decisions.exists() or item.actions.exists():
        raise ValidationError(_("Something came out of this item, so it stays in the minutes."))
    history.remove(item, at=at, acting=acting)
    announce_meeting(item.meeting)
    return item


@transaction.atomic
def minute_item(
    item: MeetingItem,
    *,
    note: str,
    outcome: str,
    words: str = "",
    decision: Decision | None = None,
    owner: Person | None = None,
    due_on: date | None = None,
    sets_status: str = "",
    version: int | None = None,
    acting: Member | None,
) -> MeetingItem:
    """Write down what was said of an item and what came of it.

    `words` with the outcome decision record a decision: of `decision` or of the question the item is about,
    else of a new question; without words `decision` is only named. With the outcome action they are what
    `owner` does until `due_on`. Both keep the item they came out of, and whoever may minute the meeting may
    record them; deciding is for whoever decides in its group. A clash writes nothing of it.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: the minutes are approved, or the group has no quorum for a decision.
    """
    meeting = item.meeting
    item = revise_item(
        item, changes={"note": note, "outcome": outcome}, version=version, acting=acting
    )
    item.meeting = meeting
    words = words.strip()
    if outcome == ItemOutcome.DECISION:
        _decide(item, meeting, words, decision or item.decision, sets_status, acting)
    elif outcome == ItemOutcome.ACTION and words:
        record_action(
            Action(
                programme=meeting.programme,
                decision=item.decision,
                meeting_item=item,
                text=words,
                owner=owner,
                agreed_on=meeting.held_on,
                due_on=due_on,
            ),
            acting=acting,
        )
    return item


def _decide(
    item: MeetingItem,
    meeting: Meeting,
    words: str,
    decision: Decision | None,
    sets_status: str,
    acting: Member | None,
) -> None:
    if decision is not None:
        # A question that was removed is none.
        decision = Decision.objects.select_related("programme").filter(pk=decision.pk).first()
    if decision is not None and words and _is_from_before(decision, item, meeting):
        # Looked at again and decided anew: what was decided then stays as it was.
        decision = None
    if decision is not None and decision.is_decided:
        if words and (words != decision.outcome or sets_status):
            raise ValidationError(
                {
                    "words": _(
                        "This was decided already, and is changed where it stands: %(decision)s."
                    )
                    % {"decision": decision.reference}
                }
            )
        Decision.objects.filter(pk=decision.pk, meeting_item__isnull=True).update(meeting_item=item)
        return
    if not words:
        if not item.decisions.exists():
            raise ValidationError({"words": _("Say what was decided.")})
        return
    quorum = selectors.quorum_of(meeting)
    if not quorum.is_met:
        lacking = _(
            "There is no quorum, so nothing can be decided: both functions and %(needed)d voting "
            "members have to be marked as present."
        )
        raise ValidationError({"outcome": lacking % {"needed": quorum.needed}})
    if decision is None:
        decision = record_question(
            Decision(
                programme=meeting.programme,
                group=meeting.group,
                question=item.title,
                requested_on=meeting.held_on,
                due_on=meeting.held_on,
                meeting_item=item,
            ),
            acting=acting,
        )
    else:
        Decision.objects.filter(pk=decision.pk).update(meeting_item=item)
    # With a quorum both functions were in the room: it is decided jointly, and the chair says so.
    decide(
        decision,
        outcome=words,
        on=meeting.held_on,
        decided_by=meeting.chair,
        jointly=True,
        sets_status=sets_status,
        meeting_of=meeting.group,
        acting=acting,
    )


def _is_from_before(decision: Decision, item: MeetingItem, meeting: Meeting) -> bool:
    return (
        decision.decided_on is not None
        and decision.decided_on < meeting.held_on
        and decision.meeting_item_id != item.pk  # type: ignore[attr-defined]
    )
