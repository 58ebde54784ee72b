"""The inputs of scores as they were known on some days, for every programme of the tenant at once.

Each family of inputs is one set-based statement over all programmes and all days. A row of a source counts on
a day when it was known by the end of it and speaks of it or an earlier one; a record that is edited in place says what it said
then (`versions`). Nothing else is read, so that a day of the past gives the same inputs whenever it is asked for.
Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

import bisect
import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from django.db import connection

from adoption import engagement
from adoption.choices import Measure
from adoption.models import (
    Headcount,
    ResistanceSignal,
    SignalTally,
    SurveyComment,
    SurveyResult,
    SurveyWave,
    TrainingProgress,
)
from governance.choices import CHANGE_APPROVED, ChangeKind
from governance.models import Action, ChangeRequest, Decision
from pmo_portal.common import clock
from pmo_portal.tenants.models import BusinessUnit
from programmes.choices import RAID_ENDED, FactKind, Half, Opinion, Rating, Stage
from programmes.earned_value import Point
from programmes.models import (
    BudgetLine,
    Milestone,
    MilestoneForecast,
    Programme,
    ProgrammeUnit,
    RaidItem,
    RaidUpdate,
    ReportedFact,
    StatusReport,
)
from programmes.selectors import money_as_of

from .learning import features, patterns
from .learning.inputset import Matrix
from .learning.names import SCOPE_DAYS
from .models import RiskSnapshot
from .versions import ALWAYS, edited_after, stood, table_of, trail_of, was_edited

# Weekly smoothing: the share a new value gets, and what is left of a distance to 1 after a week without one.
ALPHA, KEPT = 0.3, 0.97
SMOOTHED_DAYS = 182
# An open item nobody spoke of for so long is overdue.
RAID_REVIEW_DAYS = 42
SLOPE_OVER = timedelta(weeks=6)
# Indices of a budget kept here go in steps, a milestone at a time: with so many due they count for half, and
# none counts for more than the prior has seen of weekly ones (three standard deviations).
HALF_AT = 4
FARTHEST = 0.18
# A survey figure older than this is no part of what is usual; published surveys come once a year.
USUAL_LOOKS_BACK = timedelta(days=550)
FEWEST_FOR_USUAL = 5
DEFAULT_USUAL = 64.0
NAN = float("nan")

Place = tuple[int, date]
_RATED = {
    Rating.GREEN: 0.0,
    Rating.AMBER_GREEN: 0.5,
    Rating.AMBER: 1.0,
    Rating.AMBER_RED: 1.5,
    Rating.RED: 2.0,
}


def _at(version: str) -> str:
    """That a version holds at the end of the day."""
    return f"{version}.since <= at.until AND at.until < {version}.before"


_DAYS = """
WITH days AS (
    SELECT unnest(%(days)s::date[]) AS day, unnest(%(until)s::timestamptz[]) AS until
)"""

# What tells of a programme, for those that were spoken of before anybody kept them here.
_SPOKEN_OF = " OR ".join(
    f"EXISTS (SELECT FROM {table_of(model)} f {via} = p.id AND f.known_at <= days.until)"
    for model, via in (
        (StatusReport, "WHERE f.programme_id"),
        (ReportedFact, "WHERE f.programme_id"),
        (TrainingProgress, "WHERE f.programme_id"),
        (MilestoneForecast, f"JOIN {table_of(Milestone)} m ON m.id = f.milestone_id WHERE m.programme_id"),
        (RaidUpdate, f"JOIN {table_of(RaidItem)} r ON r.id = f.item_id WHERE r.programme_id"),
        (SurveyResult, f"JOIN {table_of(SurveyWave)} w ON w.id = f.wave_id WHERE w.programme_id"),
    )
)  # fmt: skip

# Every programme that was under way on a day, by what its record said then. One that is kept here alone is known from
# when it was recorded, or from the first word on it.
_PROGRAMMES = (
    _DAYS
    + f"""
SELECT p.id, days.day AS day
FROM {stood(Programme, "stage", "starts_on")} v
JOIN {table_of(Programme)} p ON p.id = v.id
JOIN days ON v.since <= days.until AND days.until < v.before
WHERE v.stage <> '{Stage.CLOSED}' AND (v.starts_on IS NULL OR v.starts_on <= days.day)
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY(%(only)s))
  AND (p.source <> '' OR p.created_at <= days.until OR {_SPOKEN_OF})"""
)

_IN_ORDER = " ORDER BY days.day, p.id"

# Those of them that are not kept.
_NOT_KEPT = f"""
  AND NOT EXISTS (
    SELECT FROM {table_of(RiskSnapshot)} s
    WHERE s.programme_id = p.id AND s.unit_id IS NULL AND s.as_of = days.day
      AND s.feature_set = '{features.CRISIS.version}'
)"""

# `at` has a row for every programme under way and day: id, day, and the last moment of the day.
AT = (
    _DAYS
    + """
, spells AS (
    SELECT unnest(%(ids)s::bigint[]) AS id, unnest(%(from)s::date[]) AS since, unnest(%(to)s::date[]) AS till
), at AS (
    SELECT spells.id, days.day, days.until
    FROM spells JOIN days ON days.day BETWEEN spells.since AND spells.till
)"""
)

# An exponentially smoothed series in closed form: a value is worth ALPHA, less (1 - ALPHA) for every later
# value and less KEPT for every week without one; the series starts from 1. Powers of floats: those of the
# numerics that SQL takes such literals for are thirty times slower.
_INDICATORS = (
    AT
    + f"""
, seen AS (
    SELECT at.id, at.day, f.kind, f.ratio - 1 AS away, ((at.day - f.effective_on) / 7.0)::float8 AS age,
           (row_number() OVER series - 1)::float8 AS later,
           (count(*) FILTER (WHERE at.day - f.effective_on < 42)
               OVER (PARTITION BY at.id, at.day, f.kind))::float8 AS fresh
    FROM at JOIN {table_of(ReportedFact)} f ON f.programme_id = at.id
    WHERE f.kind = ANY(%(kinds)s) AND f.ratio IS NOT NULL
      AND f.effective_on <= at.day AND f.effective_on > at.day - {SMOOTHED_DAYS} AND f.known_at <= at.until
    WINDOW series AS (PARTITION BY at.id, at.day, f.kind ORDER BY f.effective_on DESC, f.known_at DESC)
)
SELECT id, day, kind,
    1 + sum({ALPHA} * away * power({1 - ALPHA}::float8, later)
        * power({KEPT}::float8, greatest(age - later, 0))),
    1 + coalesce(sum({ALPHA} * away * power({1 - ALPHA}::float8, later - fresh)
        * power({KEPT}::float8, greatest(age - 6 - (later - fresh), 0))) FILTER (WHERE age >= 6), 0)
FROM seen GROUP BY id, day, kind"""
)

_SIZE = (
    AT
    + f"""
SELECT at.id, at.day, f.ratio
FROM at CROSS JOIN LATERAL (
    SELECT ratio FROM {table_of(ReportedFact)} f
    WHERE f.programme_id = at.id AND f.kind = '{FactKind.SIZE}' AND f.ratio > 0
      AND f.effective_on <= at.day AND f.known_at <= at.until
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) f"""
)

# What was said last of each milestone of the plan as it was then: its baseline, and whether it was a go-live.
_MILESTONES = (
    AT
    + f"""
, said AS (
    SELECT at.id, at.day, m.is_golive, m.baseline_on, f.forecast_on, f.actual_on
    FROM at JOIN {stood(Milestone, "programme", "is_golive", "baseline_on")} m
        ON m.programme_id = at.id AND {_at("m")}
    CROSS JOIN LATERAL (
        SELECT forecast_on, actual_on FROM {table_of(MilestoneForecast)} f
        WHERE f.milestone_id = m.id AND f.effective_on <= at.day AND f.known_at <= at.until
        ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
    ) f
)
SELECT id, day,
    count(*) FILTER (WHERE baseline_on < day AND baseline_on >= day - 84) AS due,
    count(*) FILTER (WHERE baseline_on < day AND baseline_on >= day - 84
        AND (actual_on IS NULL OR actual_on > baseline_on)) AS missed,
    count(*) FILTER (WHERE actual_on IS NULL AND forecast_on > day AND forecast_on <= day + 28) AS coming,
    (array_agg(coalesce(actual_on, forecast_on) - day
        ORDER BY abs(coalesce(actual_on, forecast_on) - day)) FILTER (WHERE is_golive))[1] AS golive
FROM said GROUP BY id, day"""
)

# The milestones money is earned with, one by one.
_POINTS = (
    _DAYS
    + f"""
SELECT m.programme_id, days.day, m.baseline_on, f.actual_on
FROM days JOIN {stood(Milestone, "programme", "baseline_on")} m
    ON m.programme_id = ANY(%(budgeted)s) AND m.since <= days.until AND days.until < m.before
CROSS JOIN LATERAL (
    SELECT actual_on FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= days.day AND f.known_at <= days.until
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) f
ORDER BY m.id"""
)

_REPLANS = (
    AT
    + f"""
SELECT at.id, at.day, count(*)
FROM at JOIN {stood(Milestone, "programme", "is_golive")} m
    ON m.programme_id = at.id AND {_at("m")} AND m.is_golive
JOIN {table_of(MilestoneForecast)} f ON f.milestone_id = m.id AND f.previous_on IS NOT NULL
    AND f.previous_on <> f.forecast_on AND f.effective_on <= at.day AND f.known_at <= at.until
GROUP BY at.id, at.day"""
)

_RAID = (
    AT
    + f"""
, said AS (
    SELECT at.id, at.day, r.opened_on, u.*
    FROM at JOIN {stood(RaidItem, "programme", "opened_on")} r
        ON r.programme_id = at.id AND {_at("r")} AND r.opened_on <= at.day
    CROSS JOIN LATERAL (
        SELECT u.status, u.probability * u.impact AS score, u.effective_on FROM {table_of(RaidUpdate)} u
        WHERE u.item_id = r.id AND u.effective_on <= at.day AND u.known_at <= at.until
        ORDER BY u.effective_on DESC, u.known_at DESC, u.id DESC LIMIT 1
    ) u
)
SELECT id, day,
    count(*) FILTER (WHERE opened_on > day - 28),
    count(*) FILTER (WHERE NOT status = ANY(%(ended)s)),
    count(*) FILTER (WHERE NOT status = ANY(%(ended)s) AND effective_on < day - {RAID_REVIEW_DAYS}),
    max(score) FILTER (WHERE NOT status = ANY(%(ended)s))
FROM said GROUP BY id, day"""
)

# Questions and actions have no facts of their own: what their records said by then, from when they were recorded on.
_DECISIONS = (
    AT
    + f"""
SELECT at.id, at.day, percentile_cont(0.8) WITHIN GROUP (ORDER BY at.day - d.requested_on)
FROM at JOIN {stood(Decision, "programme", "created_at", "status", "requested_on", "decided_on")} d
    ON d.programme_id = at.id AND {_at("d")} AND d.created_at <= at.until
WHERE d.status <> 'withdrawn' AND d.requested_on <= at.day
  AND (d.decided_on IS NULL OR d.decided_on > at.day)
GROUP BY at.id, at.day"""
)

# Changes of scope that both leads approved, by the day the second of them signed. What came of one afterwards does
# not matter: an approved request is never changed, withdrawn or removed.
_SCOPE_CHANGES = (
    AT
    + f"""
SELECT at.id, at.day, count(*)
FROM at JOIN {table_of(ChangeRequest)} c ON c.programme_id = at.id AND c.deleted_at IS NULL
    AND c.status = ANY(%(approved)s) AND '{ChangeKind.SCOPE}' = ANY(c.kinds)
    AND c.decided_on <= at.day AND c.decided_on > at.day - {SCOPE_DAYS} AND c.decided_at <= at.until
GROUP BY at.id, at.day"""
)

_ACTIONS = (
    AT
    + f"""
SELECT at.id, at.day, count(*)
FROM at JOIN {stood(Action, "programme", "created_at", "agreed_on", "due_on", "done_on")} a
    ON a.programme_id = at.id AND {_at("a")} AND a.created_at <= at.until
WHERE a.agreed_on <= at.day AND a.due_on < at.day AND (a.done_on IS NULL OR a.done_on > at.day)
GROUP BY at.id, at.day"""
)

# Reports nobody edited since are looked up by their index; the few others are read from the trail.
_STATUS = (
    AT
    + f"""
, said AS (
    SELECT at.id, at.day, s.*
    FROM at CROSS JOIN LATERAL (
        SELECT s.rating, s.effective_on, s.known_at, s.id AS report FROM {table_of(StatusReport)} s
        WHERE s.programme_id = at.id AND s.half = '{Half.DELIVERY}' AND s.opinion = '{Opinion.LEAD}'
          AND (s.deleted_at IS NULL OR s.deleted_at > at.until)
          AND s.effective_on <= at.day AND s.known_at <= at.until
          AND NOT {was_edited(StatusReport, "s.id")}
        ORDER BY s.effective_on DESC, s.known_at DESC, s.id DESC LIMIT 1
    ) s
    UNION ALL
    SELECT at.id, at.day, s.rating, s.effective_on, s.known_at, s.id
    FROM at JOIN {stood(StatusReport, "programme", "half", "opinion", "rating", "effective_on", "known_at")} s
        ON s.programme_id = at.id AND {_at("s")}
    WHERE s.half = '{Half.DELIVERY}' AND s.opinion = '{Opinion.LEAD}'
      AND s.effective_on <= at.day AND s.known_at <= at.until
      AND {was_edited(StatusReport, "s.id")}
)
SELECT DISTINCT ON (id, day) id, day, rating, day - effective_on
FROM said ORDER BY id, day, effective_on DESC, known_at DESC, report DESC"""
)

# The units a programme landed in: those it was recorded or imported with from the beginning, others from when they were
# added.
_LANDS_IN = stood(
    ProgrammeUnit,
    "programme",
    "unit",
    "headcount",
    first=f"""CASE WHEN EXISTS (SELECT FROM {table_of(Programme)} p WHERE p.id = e.programme_id AND p.source <> '')
            OR e.pgh_created_at <= (
                SELECT min(p.pgh_created_at) FROM {trail_of(Programme)} p WHERE p.pgh_obj_id = e.programme_id)
            THEN {ALWAYS} ELSE e.pgh_created_at END""",
)

_LINKS = f"""
SELECT l.programme_id, l.unit_id, l.headcount, nullif(l.since, '-infinity'), nullif(l.before, 'infinity')
FROM {_LANDS_IN} l
WHERE %(only)s::bigint[] IS NULL OR l.programme_id = ANY(%(only)s)
ORDER BY l.id"""

# How many people each unit had on a day, by what was known then: a dated word on it, else what the unit said.
_HEADCOUNTS = (
    _DAYS
    + f"""
SELECT u.id, days.day, coalesce(h.people, u.headcount)
FROM days JOIN {stood(BusinessUnit, "headcount")} u ON u.since <= days.until AND days.until < u.before
LEFT JOIN LATERAL (
    SELECT people FROM {table_of(Headcount)} h
    WHERE h.unit_id = u.id AND h.effective_on <= days.day AND h.known_at <= days.until
      AND (h.withdrawn_at IS NULL OR h.withdrawn_at > days.until)
    ORDER BY h.effective_on DESC, h.known_at DESC, h.id DESC LIMIT 1
) h ON true"""
)

_TRAINING = (
    AT
    + f"""
SELECT at.id, at.day, l.unit_id, t.required, t.completed, t.planned_share
FROM at JOIN {_LANDS_IN} l ON l.programme_id = at.id AND {_at("l")}
CROSS JOIN LATERAL (
    SELECT required, completed, planned_share FROM {table_of(TrainingProgress)} t
    WHERE t.programme_id = at.id AND t.unit_id = l.unit_id
      AND t.effective_on <= at.day AND t.known_at <= at.until
      AND (t.withdrawn_at IS NULL OR t.withdrawn_at > at.until)
    ORDER BY t.effective_on DESC, t.known_at DESC, t.id DESC LIMIT 1
) t"""
)

_RESISTANCE = (
    AT
    + f"""
, signs AS (
    SELECT programme_id, unit_id, effective_on, known_at, count, {ALWAYS} AS since, 'infinity'::timestamptz AS before
    FROM {table_of(SignalTally)}
    UNION ALL
    SELECT programme_id, unit_id, effective_on, known_at, 1, since, before
    FROM {stood(ResistanceSignal, "programme", "unit", "effective_on", "known_at")} r
)
SELECT at.id, at.day, s.unit_id, sum(s.count)
FROM at JOIN signs s ON s.programme_id = at.id AND {_at("s")}
    AND s.effective_on <= at.day AND s.effective_on > at.day - 28 AND s.known_at <= at.until
GROUP BY at.id, at.day, s.unit_id"""
)

# Of units in which enough people answered a wave that was not withdrawn, by the shipped words alone: what an
# organisation's own words and tags say was learned later, and must not reach an earlier day. Counted once for all
# days; joined to the days in SQL, tens of thousands of comments took a hundred times as long.
_COMMENTS = f"""
SELECT c.programme_id, c.unit_id, c.effective_on, c.known_at,
    count(*), count(*) FILTER (WHERE c.resists_by_words)
FROM {table_of(SurveyComment)} c
WHERE c.is_released AND c.resists_by_words IS NOT NULL
    AND c.effective_on > %(first)s::date - 28 AND c.effective_on <= %(last)s::date
    AND (%(only)s::bigint[] IS NULL OR c.programme_id = ANY(%(only)s))
    AND c.wave_id NOT IN (SELECT w.id FROM {table_of(SurveyWave)} w WHERE w.deleted_at IS NOT NULL)
GROUP BY c.programme_id, c.unit_id, c.effective_on, c.known_at"""


@dataclass
class Inputs:
    """The raw inputs of many places (programme and day), and of the units of each.

    Attributes:
        places: programme id and day, in the order of the rows of `raw`.
        raw: places x `features.CRISIS.raw`, NaN for what was not known.
        trained: places x 2, the share of people trained and the share that was planned, by headcount.
        units: programme id, unit id and day, in the order of the rows of `unit_raw`.
    """

    places: list[Place]
    raw: Matrix
    trained: Matrix
    units: list[tuple[int, int, date]] = field(default_factory=list)
    unit_raw: Matrix = field(default_factory=lambda: np.empty((0, len(features.CRISIS.raw))))


def read(
    days: Sequence[date],
    *,
    programme_ids: Collection[int] | None = None,
    with_units: bool = False,
) -> Inputs:
    """The inputs as of some days. The number of statements is the same for any number of programmes and days;
    days on which programmes keep a budget of their own take four more each.

    A programme's size is told against that of the others read with it, so scores read all of them.
    """
    asked = Asked(days, programme_ids)
    places = asked.places
    table = {name: np.full(len(places), NAN) for name in features.CRISIS.names}
    at = {place: index for index, place in enumerate(places)}
    _delivery(asked, at, table)
    _governed(asked, at, table)
    people = _People(asked)
    _size(asked, people, places, table)
    for index, place in enumerate(places):
        for name, value in people.of_programme(place).items():
            table[name][index] = value
    raw = _matrix(table)
    trained = np.array([people.trained(place) for place in places]).reshape(-1, 2)
    made = Inputs(places, raw, trained)
    if with_units:
        _add_units(made, people)
    return made


def not_kept(days: Sequence[date]) -> list[Place]:
    """The programmes under way on some days of which no snapshot is kept, by days. One statement."""
    return Asked(days).not_kept()


def days_not_kept(days: Sequence[date]) -> list[date]:
    """Those of some days on which a programme was under way of which no snapshot is kept, in order. One statement."""
    return Asked(days).days_not_kept()


# The waves of a programme's unit: the day, when it was known, the mean and the answers, oldest first. Waves of the
# whole organisation have no programme.
Waves = dict[tuple[int | None, int], list[tuple[date, datetime, float, int]]]
SURVEYED = ("eng_mean", "eng_min", "eng_low", "eng_age_w", "response_rate_s")


def surveyed(places: Sequence[Place], waves: Waves) -> Matrix:
    """The inputs about engagement (`SURVEYED`) if these waves were all there are; NaN where nothing is known.

    Returns shape (len(places), len(SURVEYED)).
    """
    people = _People(Asked(sorted({day for _programme, day in places}), None), waves)
    found = np.full((len(places), len(SURVEYED)), NAN)
    for index, place in enumerate(places):
        for name, value in people.engaged(place).items():
            found[index, SURVEYED.index(name)] = value
    return found


class Asked:
    """The days that are asked for, and the programmes under way on them, as parameters of the statements."""

    def __init__(self, days: Sequence[date], programme_ids: Collection[int] | None = None) -> None:
        self.days = sorted(days)
        self.until = {day: clock.end_of(day) for day in self.days}
        self.programme_ids = None if programme_ids is None else list(programme_ids)

    @cached_property
    def places(self) -> list[Place]:
        """Every programme under way on each day, by days."""
        return [(row[0], row[1]) for row in self._rows(_PROGRAMMES + _IN_ORDER)]

    def not_kept(self) -> list[Place]:
        """Those of which no snapshot is kept."""
        return [(row[0], row[1]) for row in self._rows(_PROGRAMMES + _NOT_KEPT + _IN_ORDER)]

    def days_not_kept(self) -> list[date]:
        """The days of which a snapshot of some programme is missing."""
        missing = f"SELECT DISTINCT day FROM ({_PROGRAMMES + _NOT_KEPT}) missing ORDER BY day"
        return [row[0] for row in self._rows(missing)]

    @cached_property
    def _spells(self) -> dict[str, list[Any]]:
        """From which of the days to which each programme is under way, without a break."""
        after = dict(pairwise(self.days))
        began: dict[int, date] = {}
        ended: dict[int, date] = {}
        found: list[tuple[int, date, date]] = []
        for programme, day in self.places:
            if programme in began and after[ended[programme]] != day:
                found.append((programme, began.pop(programme), ended[programme]))
            began.setdefault(programme, day)
            ended[programme] = day
        found += [(programme, day, ended[programme]) for programme, day in began.items()]
        return {
            "ids": [each[0] for each in found],
            "from": [each[1] for each in found],
            "to": [each[2] for each in found],
        }

    def rows(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement that begins with `AT`."""
        return self._rows(statement, **self._spells, **more)

    def rows_of_days(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement that knows the days and not the programmes under way."""
        return self._rows(statement, **more)

    @cached_property
    def _edited(self) -> dict[str, list[int]]:
        """What was edited after the first of the days: it did not say then what it says now."""
        return edited_after(self.until[self.days[0]])

    def _rows(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        if not self.days:
            return []
        values = {
            "days": self.days,
            "until": [self.until[day] for day in self.days],
            "only": self.programme_ids,
            **self._edited,
            **more,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()


Table = dict[str, Any]


def _delivery(asked: Asked, at: Mapping[Place, int], table: Table) -> None:
    names = {FactKind.SPI: "spi_s", FactKind.CPI: "cpi_s", FactKind.BURN_RATIO: "burn_ratio_s"}
    for programme, day, kind, now, before in asked.rows(
        _INDICATORS, kinds=[str(kind) for kind in names]
    ):
        index = at[programme, day]
        table[names[FactKind(kind)]][index] = now
        if kind == FactKind.SPI:
            table["spi_slope_6w"][index] = now - before
    _own_money(asked, at, table)
    table["ms_missed_12w"][:] = 0.4 / 2
    for name in ("ms_due_4w", "raid_new_4w", "raid_open", "raid_overdue_share", "raid_max_score"):
        table[name][:] = 0.0
    for name in ("replans", "near_golive"):
        table[name][:] = 0.0
    for programme, day, due, missed, coming, golive in asked.rows(_MILESTONES):
        index = at[programme, day]
        table["ms_missed_12w"][index] = (missed + 0.4) / (due + 2)
        table["ms_due_4w"][index] = coming
        if golive is not None:
            table["weeks_to_golive"][index] = min(max(golive / 7, -12.0), 30.0)
    known = ~np.isnan(table["weeks_to_golive"])
    table["near_golive"][known] = features.near(table["weeks_to_golive"][known])
    for programme, day, count in asked.rows(_REPLANS):
        table["replans"][at[programme, day]] = count
    for programme, day, new, is_open, overdue, highest in asked.rows(_RAID, ended=list(RAID_ENDED)):
        index = at[programme, day]
        table["raid_new_4w"][index] = new
        table["raid_open"][index] = is_open
        table["raid_overdue_share"][index] = overdue / is_open if is_open else 0.0
        table["raid_max_score"][index] = highest or 0
    for programme, day, rating, age in asked.rows(_STATUS):
        index = at[programme, day]
        table["status_age_w"][index] = age / 7
        table["rag_reported"][index] = _RATED.get(Rating(rating), NAN)


def _governed(asked: Asked, at: Mapping[Place, int], table: Table) -> None:
    for name in ("decisions_outstanding_days_p80", "actions_overdue", "scope_changes_8w"):
        table[name][:] = 0.0
    for programme, day, waiting in asked.rows(_DECISIONS):
        table["decisions_outstanding_days_p80"][at[programme, day]] = waiting
    for programme, day, late in asked.rows(_ACTIONS):
        table["actions_overdue"][at[programme, day]] = late
    for programme, day, count in asked.rows(_SCOPE_CHANGES, approved=list(CHANGE_APPROVED)):
        table["scope_changes_8w"][at[programme, day]] = count


def _own_money(asked: Asked, at: Mapping[Place, int], table: Table) -> None:
    """The indices of programmes that keep their budget here, where no other tool reports any.

    They compare all that was earned since the start, so the weeks need no smoothing; but what is earned goes in
    steps, and before the first milestones are due an index says nothing.
    """
    budgeted = set(
        BudgetLine.all_objects.order_by().values_list("programme_id", flat=True).distinct()
    )
    for day in asked.days if budgeted else ():
        places = {
            programme: index
            for (programme, on), index in at.items()
            if on == day
            and programme in budgeted
            and np.isnan(table["spi_s"][index])
            and np.isnan(table["cpi_s"][index])
        }
        if not places:
            continue
        points = _points([day - SLOPE_OVER, day], list(places))
        earlier = money_as_of(list(places), day - SLOPE_OVER, points=points[day - SLOPE_OVER])
        for programme, money in money_as_of(list(places), day, points=points[day]).items():
            index, performance = places[programme], money.performance
            sureness = _sureness(money, day)
            now = _index(money)
            if now is not None:
                before = _index(earlier[programme])
                was = 1.0
                if before is not None:
                    was = _held(before, _sureness(earlier[programme], day - SLOPE_OVER))
                table["spi_s"][index] = _held(now, sureness)
                table["spi_slope_6w"][index] = table["spi_s"][index] - was
            if performance.cpi is not None:
                table["cpi_s"][index] = _held(performance.cpi, sureness)
            if performance.ac is not None and performance.pv:
                table["burn_ratio_s"][index] = _held(performance.ac / performance.pv, 1.0)


def _points(days: Sequence[date], budgeted: list[int]) -> dict[date, dict[int, list[Point]]]:
    """The milestones of programmes on some days, as the plan stood on each."""
    found: dict[date, dict[int, list[Point]]] = {day: {} for day in days}
    for programme, day, baseline, actual in Asked(days).rows_of_days(_POINTS, budgeted=budgeted):
        found[day].setdefault(programme, []).append(Point(baseline, actual))
    return found


def _size(asked: Asked, people: _People, places: Sequence[Place], table: Table) -> None:
    """How large a programme is among the others of its day: as reported, else by the people it affects.

    The two are told apart: each is set against the programmes of which the same is known.
    """
    reported: dict[Place, float] = {
        (programme, day): size for programme, day, size in asked.rows(_SIZE)
    }
    of_day = np.array([day.toordinal() for _programme, day in places])
    is_reported = np.array([place in reported for place in places], dtype=bool)
    sizes = np.array(
        [
            np.log(reported[place]) if place in reported else np.log1p(people.headcount(place))
            for place in places
        ]
    )
    for day in np.unique(of_day):
        for kind in (is_reported, ~is_reported):
            alike = (of_day == day) & kind
            if alike.any():
                table["log_size"][alike] = _standardised(sizes[alike])


def _index(money: Any) -> float | None:
    """The schedule index in time, where there is a baseline curve; in money where that has no answer."""
    in_time = money.schedule.index if money.schedule else None
    found = in_time if in_time is not None else money.performance.spi
    return found


def _sureness(money: Any, day: date) -> float:
    """How much an index says, 0 to 1, by the milestones that were due."""
    due = sum(point.baseline_on <= day for point in money.points)
    return due / (due + HALF_AT)


def _held(ratio: float, sureness: float) -> float:
    """A ratio drawn towards 1 by what is not known, and held where the prior has been."""
    away = sureness * (ratio - 1.0)
    return 1.0 + min(max(away, -FARTHEST), FARTHEST)


class _People:
    """What was known of the people: waves, training and signs, by programme, day and unit."""

    def __init__(self, asked: Asked, waves: Waves | None = None) -> None:
        self._asked = asked
        self._links, self._people = self._read_headcounts()
        self._heads_of: dict[Place, dict[int, int]] = {}
        self._waves = self._read_waves() if waves is None else waves
        self._usual = {day: self._usual_on(day) for day in asked.days}
        self._training: dict[Place, list[tuple[int, int, int, float | None]]] = defaultdict(list)
        for programme, day, *rest in asked.rows(_TRAINING):
            self._training[programme, day].append(tuple(rest))
        self._signs: dict[Place, dict[int, int]] = defaultdict(dict)
        for programme, day, unit, count in asked.rows(_RESISTANCE):
            self._signs[programme, day][unit] = int(count)
        self._comments = self._read_comments()
        self._estimates: dict[tuple[Any, ...], tuple[engagement.Estimate, int] | None] = {}

    def _read_headcounts(
        self,
    ) -> tuple[
        dict[int, list[tuple[int, int | None, datetime | None, datetime | None]]],
        dict[tuple[int, date], int],
    ]:
        """The units of programmes with the people touched, from when to when; and the people of units by day."""
        links = defaultdict(list)
        for programme, *rest in self._asked.rows_of_days(_LINKS):
            links[programme].append(tuple(rest))
        people = {
            (unit, day): count or 0 for unit, day, count in self._asked.rows_of_days(_HEADCOUNTS)
        }
        return links, people

    def _heads(self, place: Place) -> dict[int, int]:
        """The people each unit of a programme had on a day."""
        found = self._heads_of.get(place)
        if found is None:
            programme, day = place
            until = self._asked.until[day]
            found = self._heads_of[place] = {
                unit: headcount or self._people.get((unit, day), 0)
                for unit, headcount, since, before in self._links.get(programme, ())
                if (since is None or since <= until) and (before is None or until < before)
            }
        return found

    def _read_waves(self) -> Waves:
        rows = (
            SurveyResult.objects.released()
            .of_living_waves()
            .known_by(self._asked.days[-1])
            .filter(wave__measure=Measure.ENGAGEMENT)
            .order_by("effective_on", "known_at", "pk")
            .values_list("wave__programme_id", "unit_id", "effective_on", "known_at", "mean", "n")
        )
        found: Waves = {}
        for programme, unit, on, known_at, mean, n in rows.iterator(chunk_size=5000):
            found.setdefault((programme, unit), []).append((on, known_at, mean, n))
        return found

    def _read_comments(self) -> dict[Place, dict[int, tuple[int, int]]]:
        """How many comments of four weeks were known on each day, and how many of them resist, by unit."""
        days = self._asked.days
        found: dict[Place, dict[int, tuple[int, int]]] = defaultdict(dict)
        rows = self._asked.rows_of_days(_COMMENTS, first=days[0], last=days[-1]) if days else []
        for programme, unit, on, known_at, written, resisting in rows:
            until = bisect.bisect_left(days, on + timedelta(days=28))
            for day in days[bisect.bisect_left(days, on) : until]:
                if known_at <= self._asked.until[day]:
                    units = found[programme, day]
                    before = units.get(unit, (0, 0))
                    units[unit] = before[0] + written, before[1] + resisting
        return found

    def _usual_on(self, day: date) -> float:
        """The median of the latest figures; a usual value stands in where few units have one."""
        until, since = self._asked.until[day], day - USUAL_LOOKS_BACK
        latest = []
        for series in self._waves.values():
            for on, known_at, mean, _n in reversed(series):
                if on <= day and known_at <= until:
                    if on >= since:
                        latest.append(mean)
                    break
        return statistics.median(latest) if len(latest) >= FEWEST_FOR_USUAL else DEFAULT_USUAL

    def headcount(self, place: Place) -> int:
        return sum(self._heads(place).values())

    def units_of(self, place: Place) -> Iterable[int]:
        return self._heads(place)

    def _estimate(
        self, programme: int, unit: int, day: date
    ) -> tuple[engagement.Estimate, int] | None:
        """The filtered engagement of a unit on a day and the answers of its last wave.

        Without waves of its own a programme shares that of the whole organisation with all others.
        """
        own = self._waves.get((programme, unit), [])
        key = (programme if own else None, unit, day)
        if key not in self._estimates:
            self._estimates[key] = self._estimated([*own, *self._waves.get((None, unit), ())], day)
        return self._estimates[key]

    def _estimated(
        self, series: list[tuple[date, datetime, float, int]], day: date
    ) -> tuple[engagement.Estimate, int] | None:
        until = self._asked.until[day]
        known = [each for each in series if each[0] <= day and each[1] <= until]
        if not known:
            return None
        found = engagement.estimate(
            (engagement.Wave(on, mean, n) for on, _known, mean, n in known),
            on=day,
            mean=self._usual[day],
        )
        last = max(known, key=lambda each: each[0])
        return (found, last[3] or 0) if found is not None else None

    def of_programme(self, place: Place) -> dict[str, float]:
        """The inputs about people of a programme: over its units, by their headcount."""
        return self._of_units(place, list(self._heads(place)))

    def engaged(self, place: Place) -> dict[str, float]:
        return self._engaged(place, list(self._heads(place)))

    def of_unit(self, place: Place, unit: int) -> dict[str, float]:
        return self._of_units(place, [unit])

    def _of_units(self, place: Place, units: list[int]) -> dict[str, float]:
        return {
            **self._engaged(place, units),
            **self._trained(place, units),
            **self._resisting(place, units),
            **self._writing(place, units),
        }

    def _engaged(self, place: Place, units: list[int]) -> dict[str, float]:
        programme, day = place
        heads = self._heads(place)
        values, weights, ages, answers = [], [], [], 0
        for unit in units:
            found = self._estimate(programme, unit, day)
            if found is None:
                continue
            estimate, n = found
            values.append(estimate.value)
            weights.append(max(heads.get(unit, 0), 1))
            ages.append(estimate.age_weeks)
            answers += n
        if not values:
            return {}
        known = np.array(values)
        low = features.low_engagement(known, usual=self._usual[day])
        return {
            "eng_mean": float(np.average(known, weights=weights)),
            "eng_min": float(known.min()),
            "eng_low": float(np.average(low, weights=weights)),
            "eng_age_w": float(min(ages)),
            "response_rate_s": min(100.0, 100.0 * answers / sum(weights)),
        }

    def _trained(self, place: Place, units: list[int]) -> dict[str, float]:
        wanted = set(units)
        gaps, weights = [], []
        for unit, required, completed, planned in self._training.get(place, ()):
            if unit in wanted and planned is not None:
                gaps.append(max(0.0, planned - completed / required))
                weights.append(required)
        if not gaps:
            return {}
        return {
            "train_gap": float(np.average(gaps, weights=weights)),
            "train_gap_max": max(gaps),
        }

    def trained(self, place: Place) -> tuple[float, float]:
        """The share of a programme's people who are trained, and the share that was planned; NaN if unknown."""
        rows = [row for row in self._training.get(place, ()) if row[3] is not None]
        people = sum(required for _unit, required, _completed, _planned in rows)
        if not people:
            return NAN, NAN
        planned = sum(required * (share or 0.0) for _unit, required, _done, share in rows)
        return sum(done for _unit, _required, done, _share in rows) / people, planned / people

    def _resisting(self, place: Place, units: list[int]) -> dict[str, float]:
        signs = self._signs.get(place, {})
        heads = sum(self._heads(place).get(unit, 0) for unit in units)
        if not heads:
            return {}
        count = sum(signs.get(unit, 0) for unit in units)
        return {"resist_4w": float(np.log1p(100 * count / heads))}

    def _writing(self, place: Place, units: list[int]) -> dict[str, float]:
        """The share of comments that resist; nothing where nobody wrote who may be read."""
        comments = self._comments.get(place, {})
        read = [comments[unit] for unit in units if unit in comments]
        if not read:
            return {}
        written, resisting = (sum(counts) for counts in zip(*read, strict=True))
        return {"resist_text_4w": patterns.share(resisting, written)}


def _standardised(values: Any) -> Any:
    """Distance from the mean in standard deviations; 0 where all are alike."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))


def _matrix(table: Table) -> Matrix:
    return np.column_stack([table[name] for name in features.CRISIS.names])


_ABOUT_PEOPLE = (*SURVEYED, "train_gap", "train_gap_max", "resist_4w", "resist_text_4w")


def _add_units(made: Inputs, people: _People) -> None:
    """A row for each unit of each place: what is known of the programme, with its own people."""
    columns = [features.CRISIS.names.index(name) for name in _ABOUT_PEOPLE]
    rows = []
    for index, place in enumerate(made.places):
        for unit in people.units_of(place):
            row = made.raw[index].copy()
            row[columns] = NAN
            for name, value in people.of_unit(place, unit).items():
                row[features.CRISIS.names.index(name)] = value
            made.units.append((place[0], unit, place[1]))
            rows.append(row)
    if rows:
        made.unit_raw = np.array(rows)
