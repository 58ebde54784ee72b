"""Meetings: planned in a row with alternating chairs, attended, approved, amended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Function
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.models import Person
from pmo_portal.tenants.services import next_reference
from programmes.events import announce

from .. import agenda, events, voices
from ..choices import MeetingStatus
from ..models import (
    Attendance,
    GroupMember,
    Meeting,
    MeetingAmendment,
    MeetingItem,
    SteeringGroup,
)


@transaction.atomic
def plan_meeting(meeting: Meeting, *, acting: Member | None) -> Meeting:
    """Put a meeting of a group into its calendar; without a chair the next of the alternation chairs.

    Raises:
        NotAllowed.
        ValidationError: the group meets that day already, the chair has no vote in it, or one side chairs twice
            without a reason.
    """
    meeting.programme = meeting.group.programme
    ask(acting, "governance.meeting_change", meeting)
    seats = _seats(meeting.group)
    if meeting.chair is None:
        before = _chaired_before(meeting.group, meeting.held_on)
        meeting.chair = _chair_of(seats, agenda.alternation(before, 1)[0])
    _refuse_who_may_not_chair(seats, meeting.chair)
    meeting.chair_function = _function_of(seats, meeting.chair)
    _explain_the_chair(meeting)
    meeting.number = next_reference("MT")
    history.create(meeting, acting=acting)
    announce_meeting(meeting)
    return meeting


@transaction.atomic
def plan_series(
    group: SteeringGroup,
    *,
    first: date,
    count: int,
    starts_at: time | None = None,
    place: str = "",
    length: int = 90,
    acting: Member | None,
) -> list[Meeting]:
    """Plan the next meetings of a group, as often as it meets, each chaired by the other side than the last.

    A day on which the group meets already is left as it is.
    """
    ask(acting, "governance.meeting_change", group)
    taken = set(Meeting.objects.filter(group=group).values_list("held_on", flat=True))
    made = []
    for day in agenda.dates_of(group.cadence, first, count):
        if day not in taken:
            meeting = Meeting(
                group=group, held_on=day, starts_at=starts_at, place=place, length=length
            )
            made.append(plan_meeting(meeting, acting=acting))
    return made


@transaction.atomic
def revise_meeting(
    meeting: Meeting,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> Meeting:
    """Change day, place, length or chair while the minutes are open.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: the minutes are approved, the new chair has no vote in the group, or one side chairs twice
            without a reason.
    """
    ask(acting, "governance.meeting_change", meeting)
    # Of the one at hand a form may have changed the chair already.
    standing = Meeting.all_objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    must_be_open(standing)
    wanted = dict(changes)
    if "chair" in wanted and wanted["chair"] != standing.chair:
        seats = _seats(standing.group)
        _refuse_who_may_not_chair(seats, wanted["chair"])
        wanted["chair_function"] = _function_of(seats, wanted["chair"])
    told = Meeting(
        pk=standing.pk,
        group=standing.group,
        held_on=wanted.get("held_on", standing.held_on),
        chair_function=wanted.get("chair_function", standing.chair_function),
        chair_reason=wanted.get("chair_reason", standing.chair_reason),
    )
    if "chair_function" in wanted or "chair_reason" in wanted:
        _explain_the_chair(told)
    meeting = history.revise(meeting, changes=wanted, version=version, acting=acting)
    announce_meeting(meeting)
    return meeting


@transaction.atomic
def alternate_chairs(group: SteeringGroup, *, on: date, acting: Member | None) -> list[Meeting]:
    """Let the sides chair in turn from here on; meetings whose chair was given with a reason keep it."""
    ask(acting, "governance.meeting_change", group)
    seats = _seats(group)
    coming = list(
        Meeting.objects.filter(group=group)
        .coming(on=on)
        .select_related("group", "programme", "tenant", "chair")
        .select_for_update(of=("self",))
    )
    before = _chaired_before(group, coming[0].held_on) if coming else ""
    changed = []
    for meeting in coming:
        if not meeting.chair_reason:
            function = agenda.alternation(before, 1)[0]
            chair = _chair_of(seats, function) or meeting.chair
            wanted = {"chair": chair, "chair_function": _function_of(seats, chair)}
            if chair != meeting.chair:
                changed.append(
                    history.revise(
                        meeting, changes=wanted, acting=acting, action="alternate the chair"
                    )
                )
                meeting.chair_function = wanted["chair_function"]
        before = meeting.chair_function if meeting.chair_function in voices.VOICES else before
    if coming:
        announce_meeting(coming[0])
    return changed


def cancel_meeting(meeting: Meeting, *, acting: Member | None) -> Meeting:
    return revise_meeting(meeting, changes={"status": MeetingStatus.CANCELLED}, acting=acting)


def reinstate_meeting(meeting: Meeting, *, acting: Member | None) -> Meeting:
    """Hold a cancelled meeting after all."""
    return revise_meeting(meeting, changes={"status": MeetingStatus.PLANNED}, acting=acting)


@transaction.atomic
def remove_meeting(meeting: Meeting, *, at: datetime, acting: Member | None) -> Meeting:
    """Delete a meeting planned by mistake. Approved minutes stay."""
    ask(acting, "governance.meeting_change", meeting)
    must_be_open(meeting)
    history.remove(meeting, at=at, acting=acting)
    announce_meeting(meeting)
    return meeting


@transaction.atomic
def attend(
    meeting: Meeting,
    person: Person,
    *,
    presence: str,
    version: int = 0,
    acting: Member | None,
) -> Attendance:
    """Say whether somebody is there. `version` 0: nothing was said of them when the page was opened.

    Raises:
        NotAllowed, EditConflict: somebody else said so meanwhile.
        ValidationError: the minutes are approved, or the person has no seat in the group.
    """
    ask(acting, "governance.meeting_change", meeting)
    must_be_open(meeting)
    said = Attendance.objects.filter(meeting=meeting, person=person).first()
    if said is not None:
        said = history.revise(said, changes={"presence": presence}, version=version, acting=acting)
    else:
        seat = GroupMember.objects.filter(group=meeting.group_id, person=person).first()
        if seat is None:
            raise ValidationError(_("%(person)s has no seat in the group.") % {"person": person})
        said = history.create(
            Attendance(
                meeting=meeting,
                person=person,
                function=seat.function,
                is_voting=seat.is_voting,
                presence=presence,
            ),
            acting=acting,
        )
    announce_meeting(meeting)
    return said


@transaction.atomic
def approve_minutes(
    meeting: Meeting, *, on: date, version: int | None = None, acting: Member | None
) -> Meeting:
    """Lock the minutes. What is wrong in them later is amended, with its day and its author.

    Raises:
        NotAllowed: only the chair of that meeting.
        ValidationError: it was not held yet, nobody said who was there, or an item has no outcome.
    """
    ask(acting, "governance.meeting_approve", meeting)
    must_be_open(meeting)
    if meeting.is_cancelled:
        raise ValidationError(_("The meeting was cancelled."))
    if meeting.held_on > on:
        raise ValidationError(_("The meeting was not held yet."))
    if not Attendance.objects.filter(meeting=meeting).exists():
        raise ValidationError(_("Say first who was there."))
    items = MeetingItem.objects.filter(meeting=meeting)
    silent = [item.reference for item in items if not item.outcome]
    if silent or not items:
        raise ValidationError(
            _("Each item needs its outcome first: %(items)s.") % {"items": ", ".join(silent)}
            if silent
            else _("The agenda is empty.")
        )
    meeting = history.revise(
        meeting,
        changes={
            "status": MeetingStatus.APPROVED,
            "approved_on": on,
            "approved_by": acting.person if acting else meeting.chair,
        },
        version=version,
        acting=acting,
        action="approve minutes",
    )
    announce_meeting(meeting)
    return meeting


@transaction.atomic
def amend_minutes(
    meeting: Meeting,
    *,
    text: str,
    item: MeetingItem | None = None,
    on: date,
    at: datetime,
    author: Person | None = None,
    acting: Member | None,
) -> MeetingAmendment:
    """Correct approved minutes: what was approved stays, the correction stands beside it.

    Raises:
        NotAllowed.
        ValidationError: the minutes are not approved; they can still be edited.
    """
    ask(acting, "governance.meeting_change", meeting)
    current = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if not current.is_locked:
        raise ValidationError(_("These minutes are still open: correct them where they stand."))
    last = current.amendments.order_by("-line").values_list("line", flat=True).first() or 0
    amendment = MeetingAmendment(
        meeting=current,
        line=last + 1,
        item=item,
        text=text,
        effective_on=on,
        known_at=at,
        author=author or (acting.person if acting else None),
    )
    amendment.take_tenant()
    amendment.full_clean(exclude=["tenant"])
    amendment.save(force_insert=True)
    announce_meeting(current)
    return amendment


def must_be_open(meeting: Meeting) -> None:
    """Hold the meeting until the end of the transaction: nobody approves what is being written."""
    status = (
        Meeting.all_objects.select_for_update(of=("self",))
        .values_list("status", flat=True)
        .get(pk=meeting.pk)
    )
    if status == MeetingStatus.APPROVED:
        raise ValidationError(_("These minutes are approved. Add an amendment instead."))


def _seats(group: SteeringGroup) -> list[GroupMember]:
    """Who may chair, leads of the programme first, then whoever chairs the group now."""
    programme = group.programme
    leads = (programme.delivery_lead_id, programme.change_lead_id)
    seats = GroupMember.objects.filter(group=group, is_voting=True).select_related("person")
    return sorted(
        seats, key=lambda seat: (seat.person_id not in leads, not seat.is_chair, seat.person.name)
    )


def _chair_of(seats: list[GroupMember], function: str) -> Person | None:
    return next((seat.person for seat in seats if seat.function == function), None)


def _function_of(seats: list[GroupMember], person: Person | None) -> str:
    if person is None:
        return ""
    seat = next((seat for seat in seats if seat.person_id == person.pk), None)
    return str(seat.function) if seat else str(Function.BUSINESS)


def _refuse_who_may_not_chair(seats: list[GroupMember], person: Person | None) -> None:
    if person is not None and all(seat.person_id != person.pk for seat in seats):
        raise ValidationError({"chair": _("Only voting members of the group chair its meetings.")})


def _chaired_before(group: SteeringGroup, on: date, *, but: int | None = None) -> str:
    """The function that chaired last before a day; `but` is the key of a meeting that does not count."""
    return (
        Meeting.objects.filter(group=group, held_on__lt=on, chair_function__in=list(voices.VOICES))
        .exclude(pk=but)
        .exclude(status=MeetingStatus.CANCELLED)
        .order_by("-held_on")
        .values_list("chair_function", flat=True)
        .first()
        or ""
    )


def _explain_the_chair(meeting: Meeting) -> None:
    # A meeting put off is still kept under its earlier day: it does not come before itself.
    before = _chaired_before(meeting.group, meeting.held_on, but=meeting.pk)
    if before and before == meeting.chair_function and not meeting.chair_reason.strip():
        raise ValidationError(
            {"chair_reason": _("The same side chaired the last meeting. Say why it does again.")}
        )


def announce_meeting(meeting: Meeting) -> None:
    """Tell other apps that a meeting changed, once that is committed."""
    announce(events.meeting_changed, tenant_id=meeting.tenant_id, programme_id=meeting.programme_id)
