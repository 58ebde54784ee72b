"""What is known of units before go-lives on a day: which go-lives, how far training is, how engaged people are.

Only jobs and commands import this module: it needs numpy. The number of statements is the same for any number of units.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from adoption import engagement, selectors as adoption
from adoption.choices import Measure
from adoption.models import SurveyResult, TrainingProgress
from pmo_portal.common import clock
from programmes.choices import Stage
from programmes.models import Milestone, MilestoneForecast, Programme

from .. import selectors, usual
from ..golive.rule import DEFAULT_LIMITS
from ..learning.limits import DAYS_BEFORE
from ..learning.readiness import Engagement, Training
from ..versions import table_of

BEFORE = timedelta(days=DAYS_BEFORE)
# Go-lives are told of from so long before the day that counts: earlier, training has hardly begun anywhere.
TOLD_FROM = timedelta(weeks=12)
# What is older than this says nothing of a day any more.
OLDEST = timedelta(weeks=DEFAULT_LIMITS.oldest_survey_weeks)
OVERDUE = timedelta(weeks=DEFAULT_LIMITS.overdue_weeks)
# The pace is that of the last weeks: from the oldest word within so many days before the latest, at least a week apart.
PACE_OVER, PACE_LEAST = 42, 7
ENDED_SINCE = timedelta(days=3 * 365)


_GOLIVES = f"""
SELECT m.id, coalesce(f.actual_on, f.forecast_on), f.actual_on IS NOT NULL, p.stage = '{Stage.CLOSED}'
FROM {table_of(Milestone)} m
JOIN {table_of(Programme)} p ON p.id = m.programme_id AND p.deleted_at IS NULL
CROSS JOIN LATERAL (
    SELECT f.forecast_on, f.actual_on FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= %(as_of)s AND f.known_at <= %(until)s
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) f
WHERE m.is_golive AND m.deleted_at IS NULL
ORDER BY m.id"""

# The latest word on training of a unit on a day, and an earlier one to tell the pace from.
_TRAINING = f"""
SELECT at.programme, at.unit, at.day, now.required, now.completed, now.planned_share, now.effective_on,
       earlier.completed::float8 / earlier.required, now.effective_on - earlier.effective_on
FROM unnest(%(programmes)s::bigint[], %(units)s::bigint[], %(days)s::date[], %(until)s::timestamptz[])
    AS at(programme, unit, day, until)
CROSS JOIN LATERAL (
    SELECT required, completed, planned_share, effective_on FROM {table_of(TrainingProgress)} t
    WHERE t.programme_id = at.programme AND t.unit_id = at.unit
      AND t.effective_on <= at.day AND t.effective_on > at.day - {OLDEST.days} AND t.known_at <= at.until
      AND (t.withdrawn_at IS NULL OR t.withdrawn_at > at.until)
    ORDER BY t.effective_on DESC, t.known_at DESC, t.id DESC LIMIT 1
) now
LEFT JOIN LATERAL (
    SELECT required, completed, effective_on FROM {table_of(TrainingProgress)} t
    WHERE t.programme_id = at.programme AND t.unit_id = at.unit AND t.known_at <= at.until
      AND (t.withdrawn_at IS NULL OR t.withdrawn_at > at.until)
      AND t.effective_on <= now.effective_on - {PACE_LEAST}
      AND t.effective_on >= now.effective_on - {PACE_OVER}
    ORDER BY t.effective_on, t.known_at DESC, t.id DESC LIMIT 1
) earlier ON true"""

# A programme, a unit and a day.
Place = tuple[int, int, date]


@dataclass(frozen=True)
class Pair:
    """A unit before a go-live, and the day of the go-live as it was known."""

    milestone: Milestone
    unit_id: int
    golive_on: date

    @property
    def counted_on(self) -> date:
        return self.golive_on - BEFORE

    @property
    def key(self) -> tuple[int, int]:
        return self.milestone.pk, self.unit_id

    def on(self, day: date) -> Place:
        return self.milestone.programme_id, self.unit_id, day


@dataclass(frozen=True)
class Trained:
    """The training of a unit as known on a day, with the share that was planned by then (0 to 1; None where nobody said)."""

    known: Training
    planned: float | None
    on: date


@dataclass(frozen=True)
class Engaged:
    """The filtered engagement on a day; what is usual in the organisation, and whether that is only assumed; the last figure
    shown, its day, how many answered (None where nobody says so), and of which unit it is where not of its own.
    """

    estimate: engagement.Estimate
    usual: float
    is_usual_assumed: bool
    shown: float
    on: date
    answers: int | None
    of: str


def pairs(as_of: date, *, ended: bool) -> list[Pair]:
    """Units before go-lives that come, or at those that have passed, as known on a day. Units of so few people that a
    chance would speak of single ones are left out. Four statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GOLIVES, {"as_of": as_of, "until": clock.end_of(as_of)})
        rows = cursor.fetchall()
    if ended:
        wanted = {pk: on for pk, on, _is, _closed in rows if as_of - ENDED_SINCE < on <= as_of}
    else:
        wanted = {
            pk: on
            for pk, on, is_reached, is_closed in rows
            if not is_reached
            and not is_closed
            and as_of - OVERDUE <= on <= as_of + BEFORE + TOLD_FROM
        }
    milestones = Milestone.objects.in_bulk(list(wanted))
    golives = [(milestones[pk], on) for pk, on in wanted.items() if pk in milestones]
    touched = selectors.units_before(golives)
    return [
        Pair(milestone, unit.pk, on)
        for milestone, on in golives
        for unit, headcount in touched[milestone.pk]
        if headcount is None or headcount >= DEFAULT_LIMITS.smallest_unit
    ]


class Known:
    """What was known of training and engagement at some places, by the end of their days. Three statements.

    `looking_back`: of these places what is known at `until`; late entries and corrections count. One statement more.
    """

    def __init__(
        self, places: Collection[Place], until: date, *, looking_back: Collection[Place] = ()
    ) -> None:
        self._until = clock.end_of(until)
        self._trained = _training(places, None)
        self._looking_back = _training(looking_back, self._until) if looking_back else {}
        self._tree = adoption.Tree()
        self._waves: dict[
            tuple[int | None, int], list[tuple[date, datetime, float, int | None]]
        ] = {}
        self._entered: dict[int, list[tuple[date, datetime, float]]] = {}
        rows = (
            SurveyResult.objects.released()
            .known_by(until)
            .of_living_waves()
            .filter(wave__measure=Measure.ENGAGEMENT)
            .order_by("effective_on", "pk")
            .values_list("wave__programme_id", "unit_id", "effective_on", "known_at", "mean", "n", "is_rolled_up")
        )  # fmt: skip
        for programme, unit, on, known_at, mean, n, is_rolled_up in rows:
            self._waves.setdefault((programme, unit), []).append((on, known_at, mean, n))
            if not is_rolled_up:
                self._entered.setdefault(unit, []).append((on, known_at, mean))
        self._usual: dict[tuple[date, datetime], float | None] = {}

    def trained(self, place: Place, *, looking_back: bool = False) -> Trained | None:
        return (self._looking_back if looking_back else self._trained).get(place)

    def engaged(self, place: Place, *, looking_back: bool = False) -> Engaged | None:
        """As `adoption.selectors.estimates`, of any day and around what is usual: a hidden unit takes the nearest above."""
        programme, unit, day = place
        until = self._until if looking_back else clock.end_of(day)
        for node in self._tree.upwards(unit):
            series = [*self._waves.get((programme, node.pk), ()), *self._waves.get((None, node.pk), ())]  # fmt: skip
            known = [each for each in series if each[0] <= day and each[1] <= until]
            if not known:
                continue
            last = max(known, key=lambda each: each[0])
            if last[0] <= day - OLDEST:
                return None
            measured = self._measured(day, until)
            here = usual.ASSUMED if measured is None else measured
            found = engagement.estimate(
                (engagement.Wave(on, value, n) for on, _known, value, n in known), on=day, mean=here
            )
            assert found is not None
            of = "" if node.pk == unit else node.name
            return Engaged(found, here, measured is None, last[2], last[0], last[3], of)
        return None

    def _measured(self, day: date, until: datetime) -> float | None:
        if (day, until) not in self._usual:
            self._usual[day, until] = usual.measured(self._entered.values(), day, until)
        return self._usual[day, until]


def _training(places: Collection[Place], until: datetime | None) -> dict[Place, Trained]:
    wanted = sorted(set(places))
    with connection.cursor() as cursor:
        cursor.execute(
            _TRAINING,
            {
                "programmes": [programme for programme, _unit, _day in wanted],
                "units": [unit for _programme, unit, _day in wanted],
                "days": [day for _programme, _unit, day in wanted],
                "until": [until or clock.end_of(day) for _programme, _unit, day in wanted],
            },
        )
        rows = cursor.fetchall()
    found = {}
    for programme, unit, day, required, completed, planned, on, before, apart in rows:
        share = completed / required
        pace = None if before is None else (share - before) / (apart / 7)
        found[programme, unit, day] = Trained(Training(share, required, pace), planned, on)
    return found


def weeks_between(start: date, end: date) -> float:
    """Weeks from a day to a later one; none where it has passed."""
    return max(0, (end - start).days) / 7


def ahead(known: Engaged | None, weeks: float) -> Engagement | None:
    """What was known of engagement, run on for some weeks."""
    if known is None:
        return None
    then = engagement.run_on(known.estimate, weeks, mean=known.usual)
    return Engagement(then.value, then.variance)


def unasked(known: Engaged | None) -> Engagement | None:
    """What engagement would be taken to be where nobody was asked: what is usual in the organisation."""
    return None if known is None else Engagement(known.usual, engagement.UNIT_SD**2)
