"""What each function decided, chaired, spoke and waited for, counted for the rules of the balance."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber

from pmo_portal.history.selectors import event_model
from programmes.models import Programme

from .. import voices
from ..balance import MEETINGS, PERIOD_DAYS, Counts, Signal, signals_of
from ..choices import EscalationStatus, MeetingStatus, Presence, Stance
from ..models import (
    Attendance,
    BalanceView,
    Decision,
    DecisionInput,
    Escalation,
    Meeting,
    MeetingItem,
)

_PERIOD = timedelta(days=PERIOD_DAYS)


def balance_of(programme_ids: Collection[int], as_of: date) -> dict[int, list[Signal]]:
    """The signals of each programme in the period up to a day, beside the period before.

    Seven statements for any number of programmes.
    """
    wanted = list(programme_ids)
    now = {each: Counts() for each in wanted}
    before = {each: Counts() for each in wanted}

    def of(programme: int, day: date) -> Counts:
        return (now if day > as_of - _PERIOD else before)[programme]

    # No more of them than is counted: a portfolio has thousands.
    said = DecisionInput.objects.only("decision", "function", "stance", "given_on")
    decided = _decided(wanted, as_of - 2 * _PERIOD, as_of, said).order_by()
    _count_decisions(
        decided.only("programme", "decided_on", "function_of_decider", "by_quorum"), of
    )
    _count_meetings(wanted, as_of, of)
    _count_chairs(wanted, as_of, now, before)
    _count_escalations(wanted, as_of, of)
    return {each: signals_of(now[each], before[each]) for each in wanted}


def decided_between(programme_ids: Collection[int], after: date, until: date) -> list[Decision]:
    """What was decided after a day and until another, with the views given by then, the last one first."""
    return list(
        _decided(programme_ids, after, until, DecisionInput.objects.all())
        .defer("context", "rationale")
        .select_related("programme", "tenant")
        .order_by("-decided_on", "-number")
    )


def _decided(
    programme_ids: Collection[int], after: date, until: date, inputs: QuerySet[DecisionInput]
) -> QuerySet[Decision]:
    return (
        Decision.objects.decided()
        .filter(programme_id__in=programme_ids, decided_on__gt=after, decided_on__lte=until)
        .prefetch_related(Prefetch("inputs", inputs, to_attr="given"))
    )


@dataclass(frozen=True)
class Taken:
    """A decision behind the signals: who took it, who objected, who was not heard."""

    decision: Decision
    objected: list[str]
    unheard: list[str]


def taken(decision: Any) -> Taken:
    """`decision` is one of `decided_between`; what was said after the day does not count."""
    said = {each.function: each for each in decision.given if each.given_on <= decision.decided_on}
    objected = [voice for voice in voices.VOICES if _objects(said.get(voice))]
    heard = voices.heard(said, by_quorum=decision.by_quorum)
    return Taken(decision, objected, voices.missing_voices(heard))


def _objects(given: DecisionInput | None) -> bool:
    return given is not None and given.stance == Stance.OBJECTS


def _more(counts: dict[str, int], key: str, by: int = 1) -> None:
    counts[key] = counts.get(key, 0) + by


def _count_decisions(decisions: Iterable[Decision], of: Callable[[int, date], Counts]) -> None:
    for each in map(taken, decisions):
        assert each.decision.decided_on is not None
        counts = of(each.decision.programme_id, each.decision.decided_on)
        _more(counts.decided, each.decision.function_of_decider)
        for voice in each.objected:
            _more(counts.overruled, voice)
        for voice in each.unheard:
            _more(counts.unheard, voice)


def _count_meetings(
    programme_ids: Collection[int], as_of: date, of: Callable[[int, date], Counts]
) -> None:
    meetings = {
        each.pk: each
        for each in Meeting.objects.filter(
            programme_id__in=programme_ids,
            held_on__gt=as_of - 2 * _PERIOD,
            held_on__lte=as_of,
        )
        .exclude(status=MeetingStatus.CANCELLED)
        .only("pk", "programme_id", "held_on")
    }
    for meeting in meetings.values():
        of(meeting.programme_id, meeting.held_on).meetings += 1
    items = MeetingItem.objects.filter(meeting__in=meetings).order_by()
    for meeting_id, side, minutes in items.values_list("meeting", "side", "minutes"):
        meeting = meetings[meeting_id]
        _more(of(meeting.programme_id, meeting.held_on).minutes, side, minutes)
    seen = Attendance.objects.filter(meeting__in=meetings, is_voting=True).order_by()
    for meeting_id, function, presence in seen.values_list("meeting", "function", "presence"):
        meeting = meetings[meeting_id]
        counts = of(meeting.programme_id, meeting.held_on)
        _more(counts.noted, function)
        _more(counts.present, function, int(presence == Presence.PRESENT))


def _count_chairs(
    programme_ids: Collection[int],
    as_of: date,
    now: Mapping[int, Counts],
    before: Mapping[int, Counts],
) -> None:
    """Who chaired the last meetings, and those before them: whoever meets every month has too few in a period."""
    back = Window(RowNumber(), partition_by="programme", order_by=("-held_on", "-number"))
    chaired = Meeting.objects.filter(
        programme_id__in=programme_ids, chair_function__in=voices.VOICES
    ).held(on=as_of)
    last = chaired.annotate(back=back).filter(back__lte=2 * MEETINGS).order_by()
    for programme, side, at in last.values_list("programme", "chair_function", "back"):
        _more((now if at <= MEETINGS else before)[programme].chaired, side)


def _count_escalations(
    programme_ids: Collection[int], as_of: date, of: Callable[[int, date], Counts]
) -> None:
    settled = Escalation.objects.filter(
        programme_id__in=programme_ids,
        status=EscalationStatus.CLOSED,
        closed_on__gt=as_of - 2 * _PERIOD,
        closed_on__lte=as_of,
    ).order_by()
    rows = settled.values_list("programme", "raised_by", "effective_on", "closed_on")
    for programme, side, raised_on, closed_on in rows:
        assert closed_on is not None
        days = of(programme, closed_on).days.setdefault(side, [])
        days.append((closed_on - raised_on).days)


def balance_views(programme: Programme) -> dict[str, BalanceView]:
    """What each lead says of it, by function."""
    found = BalanceView.objects.filter(programme=programme).select_related("person")
    return {each.function: each for each in found}


def balance_views_by(programme: Programme, as_of: date) -> dict[str, Any]:
    """What each lead had said of it by a day, by function, as versions: what was said since took none of it away."""
    said = event_model(BalanceView).objects.filter(programme=programme, given_on__lte=as_of)
    return {each.function: each for each in said.select_related("person").order_by("pgh_id")}
