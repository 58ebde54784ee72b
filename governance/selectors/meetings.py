"""Meetings, who was there, and who chairs the next ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from pmo_portal.accounts.members import Member
from pmo_portal.tenants.models import Person
from programmes.models import Programme
from programmes.selectors import programmes_for

from .. import agenda, voices
from ..choices import AgendaSide, MeetingStatus, Presence
from ..models import (
    Action,
    Attendance,
    Decision,
    GroupMember,
    Meeting,
    MeetingAmendment,
    MeetingItem,
    SteeringGroup,
)

_RELATED = ("programme", "tenant", "group", "chair", "approved_by")


def meetings_for(member: Member, programme: Programme | None = None) -> QuerySet[Meeting]:
    """The meetings of a programme, or of every programme the member sees, with their figures."""
    found: QuerySet[Meeting] = _with_figures(Meeting.objects.select_related(*_RELATED))
    if programme is not None:
        return found.filter(programme=programme)
    return found.filter(programme__in=programmes_for(member))


def _with_figures(meetings: Any) -> Any:
    """Adds `topics`, the minutes of each side and who was present of each function."""
    items = MeetingItem.objects.filter(meeting=OuterRef("pk")).order_by().values("meeting")
    seen = (
        Attendance.objects.filter(meeting=OuterRef("pk"), presence=Presence.PRESENT, is_voting=True)
        .order_by()
        .values("meeting")
    )

    def minutes(side: str) -> Any:
        total = items.filter(side=side).annotate(total=Sum("minutes")).values("total")
        return Coalesce(Subquery(total), Value(0))

    def present(function: str) -> Any:
        counted = seen.filter(function=function).annotate(seen=Count("pk")).values("seen")
        return Coalesce(Subquery(counted), Value(0))

    topics = items.annotate(topics=Count("pk")).values("topics")
    return meetings.annotate(
        topics=Coalesce(Subquery(topics), Value(0)),
        delivery_minutes=minutes(AgendaSide.DELIVERY),
        change_minutes=minutes(AgendaSide.CHANGE),
        delivery_present=present("delivery"),
        change_present=present("change"),
    )


def meeting_by_number(member: Member, number: int) -> Meeting | None:
    """A meeting by its number, removed ones included."""
    return (
        Meeting.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(*_RELATED)
        .first()
    )


def item_by_number(member: Member, number: int) -> MeetingItem | None:
    """An agenda item by its number, removed ones included; not those of a meeting that was removed."""
    found = item_ever_by_number(member, number)
    return None if found is None or found.meeting.deleted_at is not None else found


def item_ever_by_number(member: Member, number: int) -> MeetingItem | None:
    """The same, of any meeting there ever was."""
    return (
        MeetingItem.all_objects.filter(number=number, meeting__programme__in=programmes_for(member))
        .select_related(
            "tenant",
            "meeting__programme",
            "meeting__tenant",
            "meeting__group",
            "meeting__chair",
            "decision",
            "escalation",
            "review",
            "change_request",
        )
        .first()
    )


def items_for(member: Member, programme: Programme | None = None) -> QuerySet[MeetingItem]:
    """What is on the agendas of a programme's meetings, or of all the member sees, with what each item is about."""
    place = ("programme", "tenant")
    found = MeetingItem.objects.filter(meeting__deleted_at__isnull=True).select_related(
        "tenant",
        "meeting__group",
        "carried_from",
        *(
            f"{of}__{each}"
            for of in ("meeting", "decision", "escalation", "review", "change_request")
            for each in place
        ),
    )
    if programme is not None:
        return found.filter(meeting__programme=programme)
    return found.filter(meeting__programme__in=programmes_for(member))


def item_states(on: date) -> dict[str, Q]:
    """Items of coming meetings, and those held without an outcome; nothing is spoken about where a meeting is cancelled."""
    stands = ~Q(meeting__status=MeetingStatus.CANCELLED)
    return {
        "coming": stands & Q(meeting__held_on__gte=on),
        "open": stands & Q(meeting__held_on__lt=on, outcome=""),
    }


def items_counted(items: QuerySet[MeetingItem], on: date) -> dict[str, int]:
    """How many agenda items there are, and how many in each state."""
    states = {name: Count("pk", filter=state) for name, state in item_states(on).items()}
    return items.order_by().aggregate(all=Count("pk"), **states)


def items_of(meeting: Meeting) -> list[MeetingItem]:
    """The agenda in order, with what each item is about, what came of it and how it was amended."""
    place = ("programme", "tenant")
    items = list(
        MeetingItem.objects.filter(meeting=meeting)
        .select_related(
            *(
                f"{subject}__{each}"
                for subject in ("decision", "escalation", "review", "change_request")
                for each in place
            ),
            "change_request__delivery_impact__said_by",
            "change_request__people_impact__said_by",
        )
        .prefetch_related(
            Prefetch("decisions", Decision.objects.select_related(*place)),
            Prefetch("actions", Action.objects.select_related(*place, "owner")),
            Prefetch("amendments", MeetingAmendment.objects.select_related("author")),
        )
    )
    for item in items:
        item.meeting, item.tenant = meeting, meeting.tenant
    return items


def items_taken_off(meeting: Meeting) -> list[MeetingItem]:
    """What is off the agenda again."""
    return list(MeetingItem.all_objects.filter(meeting=meeting, deleted_at__isnull=False))


@dataclass(frozen=True)
class Seat:
    """Somebody who is expected at a meeting, and what was said of them."""

    person: Person
    function: str
    is_voting: bool
    presence: str
    version: int

    @property
    def word(self) -> str:
        return str(Presence(self.presence).label) if self.presence else ""


def attendance_of(meeting: Meeting) -> list[Seat]:
    """Everybody with a seat now or who was noted that day. Approved minutes keep to who was noted."""
    said = {
        each.person_id: each
        for each in Attendance.objects.filter(meeting=meeting).select_related("person")
    }
    seats = [
        Seat(each.person, each.function, each.is_voting, each.presence, each.version)
        for each in said.values()
    ]
    if not meeting.is_locked:
        seats += [
            Seat(each.person, each.function, each.is_voting, "", 0)
            for each in GroupMember.objects.filter(group=meeting.group_id).select_related("person")
            if each.person_id not in said
        ]
    order = {"delivery": 0, "change": 1}
    return sorted(seats, key=lambda seat: (order.get(seat.function, 2), seat.person.name))


def quorum_of(meeting: Meeting) -> agenda.Quorum:
    """Whether the group may decide with those who are present and vote."""
    present = Attendance.objects.filter(
        meeting=meeting, presence=Presence.PRESENT, is_voting=True
    ).values_list("function", flat=True)
    return agenda.quorum(present, meeting.group.quorum)


@dataclass(frozen=True)
class Turn:
    """A coming meeting in the plan of chairs."""

    meeting: Meeting
    deviates: bool

    @property
    def is_unexplained(self) -> bool:
        return self.deviates and not self.meeting.chair_reason


@dataclass(frozen=True)
class ChairPlan:
    """Who chairs when; how often each side does, in the meetings held within a year and those planned."""

    turns: list[Turn]
    held: list[Meeting]
    counts: dict[str, int]

    @property
    def is_shared(self) -> bool:
        return abs(self.counts["delivery"] - self.counts["change"]) <= 1

    @property
    def unexplained(self) -> int:
        return sum(turn.is_unexplained for turn in self.turns)


def chair_plan(group: SteeringGroup, on: date) -> ChairPlan:
    """One statement for any number of meetings."""
    meetings = list(
        Meeting.objects.filter(group=group)
        .exclude(status=MeetingStatus.CANCELLED)
        .select_related(*_RELATED)
        .order_by("held_on", "number")
    )
    turns, before = [], ""
    for meeting in meetings:
        function = meeting.chair_function
        if meeting.held_on >= on:
            turns.append(Turn(meeting, bool(before) and function == before))
        if function in voices.VOICES:
            before = function
    held = [each for each in meetings if (on.replace(day=1) - each.held_on).days <= 365]
    counts = {voice: sum(each.chair_function == voice for each in held) for voice in voices.VOICES}
    return ChairPlan(turns, [each for each in held if each.held_on < on], counts)


def meetings_to_note(
    member: Member, programme: Programme | None, *, since: date
) -> QuerySet[Meeting]:
    """What belongs into a calendar: meetings from a day on, cancelled ones too. The next ones first."""
    found = Meeting.objects.filter(held_on__gte=since).select_related(*_RELATED)
    place = {"programme": programme} if programme else {"programme__in": programmes_for(member)}
    return found.filter(**place).order_by("held_on", "starts_at", "number")


def topics_of(meetings: Collection[Meeting]) -> dict[int, list[tuple[str, int]]]:
    """The titles and minutes of each agenda, in order. One statement."""
    found: dict[int, list[tuple[str, int]]] = {}
    rows = MeetingItem.objects.filter(meeting__in=[each.pk for each in meetings]).order_by(
        "meeting", "position", "number"
    )
    for meeting, title, minutes in rows.values_list("meeting", "title", "minutes"):
        found.setdefault(meeting, []).append((title, minutes))
    return found


def next_meetings(programme_ids: Collection[int], on: date) -> dict[int, Meeting]:
    """The next meeting of each programme that has one, on a day or after. One statement."""
    found: dict[int, Meeting] = {}
    coming = _with_figures(
        Meeting.objects.filter(programme_id__in=programme_ids)
        .coming(on=on)
        .select_related(*_RELATED)
    )
    for meeting in coming:
        found.setdefault(meeting.programme_id, meeting)
    return found
