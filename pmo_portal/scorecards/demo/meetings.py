"""Meetings of the steering groups: held with approved minutes, held and open, and to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from governance import services
from governance.choices import AgendaSide, ItemOutcome, Presence, Stance, Voice
from governance.models import Decision, GroupMember, Meeting, MeetingItem
from pmo_portal.accounts.members import Member
from pmo_portal.tenants.models import Person
from programmes.choices import Half

if TYPE_CHECKING:
    from .programme import ProgrammeWriter


@dataclass(frozen=True)
class Spoken:
    """One item of a meeting: what was said and what came of it."""

    title: str
    side: str
    minutes: int
    note: str
    outcome: str = ItemOutcome.NOTED
    words: str = ""
    days: int = 14
    # What delivery and change had written to the question before.
    views: tuple[str, str] | tuple[()] = ()


_BOTH, _DELIVERY, _CHANGE = AgendaSide.BOTH, AgendaSide.DELIVERY, AgendaSide.CHANGE
_DECISION, _ACTION, _DEFERRED = ItemOutcome.DECISION, ItemOutcome.ACTION, ItemOutcome.DEFERRED

# Of the last meeting held, by programme.
STORIES: dict[str, tuple[Spoken, ...]] = {
    "FHR": (
        Spoken(
            "Delivery: where it stands",
            _DELIVERY,
            20,
            "The second rehearsal matched the ledger to the penny for nine of eleven directorates. The other two are corrected by hand until their data are clean.",
        ),
        Spoken(
            "Change: where it stands",
            _CHANGE,
            20,
            "Payroll has finished the course and has not yet run a month end alone. Schools do not read the newsletter; the heads asked for ten minutes at their own meeting.",
            _ACTION,
            "Ten minutes on the agenda of the next meeting of head teachers",
        ),
        Spoken(
            "Who answers questions in the first two weeks?",
            _BOTH,
            20,
            "Delivery offered the supplier's help desk. Change said that nobody phones a stranger on the first morning. Both can be had for two weeks.",
            _DECISION,
            "One person of each team is free for questions for two weeks; behind them stands the supplier's desk.",
            views=(
                "The supplier's desk is paid for. It answers within the hour.",
                "People ask whoever sits beside them. Free that person for two weeks.",
            ),
        ),
        Spoken(
            "Reports that nobody reads",
            _BOTH,
            10,
            "Not reached.",
            _DEFERRED,
        ),
        Spoken(
            "What we taught each other",
            _BOTH,
            10,
            "Delivery learned how long a payroll clerk needs to trust a figure. Change learned why a frozen ledger costs two days.",
        ),
    ),
    "EPR": (
        Spoken(
            "Delivery: where it stands",
            _DELIVERY,
            15,
            "Interfaces to pharmacy and laboratory pass their tests. Printing of labels on wards is slow.",
            _ACTION,
            "Measure label printing on two wards during a night shift",
        ),
        Spoken(
            "Change: where it stands",
            _CHANGE,
            15,
            "Super users are named for twelve of fourteen wards. Night staff were trained last and least.",
            _ACTION,
            "Two courses that begin at nine in the evening",
        ),
        Spoken(
            "Do night shifts get their own trainers?",
            _BOTH,
            20,
            "The matrons were clear: nobody learns at four in the morning from a video.",
            _DECISION,
            "Two trainers work nights in the first two weeks.",
            views=(
                "The rota allows two trainers at night, not four.",
                "Two are enough if they go round all wards.",
            ),
        ),
        Spoken(
            "What we taught each other",
            _BOTH,
            10,
            "Delivery walked a night shift. Change sat through a failed interface test and now knows what to tell wards.",
        ),
    ),
}


def write(writer: ProgrammeWriter) -> None:
    """The last meeting with its minutes, the next ones with an agenda, for programmes with a story."""
    spoken = STORIES.get(writer.story.code)
    if spoken is None:
        return
    office, group = writer.loader.pmo, writer.group
    held, coming = _workday(writer.day(-3.4)), _workday(writer.day(0.8))
    last = services.plan_meeting(
        Meeting(group=group, held_on=held, starts_at=time(10), place="Committee room 2"),
        acting=office,
    )
    _attended(writer, last)
    chair = last.chair
    for each in spoken:
        _minute(writer, last, each)
    # The chair approves in person, whether or not the chair signs in during a demonstration.
    services.approve_minutes(
        last, on=min(held + timedelta(days=5), writer.day(0)), acting=_as(office, chair)
    )
    if writer.story.code == "FHR":
        services.amend_minutes(
            Meeting.objects.get(pk=last.pk),
            text="The rehearsal matched for ten of eleven directorates: Libraries had been counted as open by mistake.",
            item=MeetingItem.objects.filter(meeting=last).first(),
            on=min(held + timedelta(days=12), writer.day(0)),
            at=writer.at(-1.5),
            author=writer.programme.delivery_lead,
            acting=office,
        )
    series = services.plan_series(
        group,
        first=coming,
        count=4,
        starts_at=time(10),
        place="Committee room 2",
        acting=office,
    )
    services.take_proposals(series[0], on=writer.day(0), acting=office)


def _workday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _as(office: Member, person: Person | None) -> Member:
    acting = Member(office.user, office.tenant, office.membership)
    acting.__dict__["person"] = person
    return acting


def _attended(writer: ProgrammeWriter, meeting: Meeting) -> None:
    """Everybody was there but the last of those from the business."""
    seats = list(
        GroupMember.objects.filter(group=meeting.group).select_related("person").order_by("pk")
    )
    for seat in seats:
        away = seat is seats[-1] and len(seats) > 3
        services.attend(
            meeting,
            seat.person,
            presence=Presence.APOLOGIES if away else Presence.PRESENT,
            acting=writer.loader.pmo,
        )


def _minute(writer: ProgrammeWriter, meeting: Meeting, spoken: Spoken) -> None:
    item = services.add_item(
        MeetingItem(
            meeting=meeting,
            title=spoken.title,
            side=spoken.side,
            minutes=spoken.minutes,
            decision=_asked(writer, meeting, spoken) if spoken.views else None,
        ),
        acting=writer.loader.pmo,
    )
    lead = (
        writer.programme.change_lead
        if spoken.side == AgendaSide.CHANGE
        else writer.programme.delivery_lead
    )
    services.minute_item(
        item,
        note=spoken.note,
        outcome=spoken.outcome,
        words=spoken.words,
        owner=lead,
        due_on=meeting.held_on + timedelta(days=spoken.days) if spoken.words else None,
        acting=writer.loader.chair,
    )


def _asked(writer: ProgrammeWriter, meeting: Meeting, spoken: Spoken) -> Decision:
    """The question as it was put before the meeting, with both views on the paper."""
    asked = meeting.held_on - timedelta(days=10)
    decision = services.request_decision(
        Decision(
            programme=writer.programme,
            group=writer.group,
            question=spoken.title,
            requested_on=asked,
            due_on=meeting.held_on,
        ),
        acting=writer.loader.change,
    )
    for voice, half, note in zip(Voice, Half, spoken.views, strict=True):
        services.give_input(
            decision,
            function=voice,
            stance=Stance.SUPPORTS if voice == Voice.CHANGE else Stance.CONDITIONS,
            note=note,
            on=asked + timedelta(days=3),
            acting=writer.acting(half),
        )
    return decision
