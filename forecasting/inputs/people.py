"""People: the units a programme lands in, their surveys, training and resistance, and what they write."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

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
from pmo_portal.tenants import nested
from pmo_portal.tenants.models import BusinessUnit
from programmes.models import Programme, ProgrammeUnit

from .. import usual
from ..golive.rule import DEFAULT_LIMITS
from ..learning import features
from ..learning.comments import patterns
from ..learning.inputset import Matrix
from ..versions import ALWAYS, stood, table_of, trail_of
from .asking import AT, DAYS, NAN, Asked, Place, holds

# The waves of a programme's unit: the day, when it was known, the mean and the answers, oldest first. Waves of the
# whole organisation have no programme.
Waves = dict[tuple[int | None, int], list[tuple[date, datetime, float, int]]]
# What was written in a unit by the day of its wave: comments, and how many of them resist.
Written = dict[date, tuple[int, int]]
SURVEYED = ("eng_mean", "eng_min", "eng_low", "eng_age_w", "response_rate_s")

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

# How many people each unit had on a day, by what was known then: a dated word on it, else what the unit said; and its
# place in the tree.
_HEADCOUNTS = (
    DAYS
    + f"""
SELECT u.id, days.day, coalesce(h.people, u.headcount), u.path
FROM days JOIN {stood(BusinessUnit, "headcount", "path")} u ON u.since <= days.until AND days.until < u.before
LEFT JOIN LATERAL (
    SELECT people FROM {table_of(Headcount)} h
    WHERE h.unit_id = u.id AND h.effective_on <= days.day AND h.known_at <= days.until
      AND (h.withdrawn_at IS NULL OR h.withdrawn_at > days.until)
    ORDER BY h.effective_on DESC, h.known_at DESC, h.id DESC LIMIT 1
) h ON true"""
)

# In one order, so that means of the same figures are the same to the last digit.
_TRAINING = (
    AT
    + f"""
SELECT at.id, at.day, l.unit_id, t.required, t.completed, t.planned_share
FROM at JOIN {_LANDS_IN} l ON l.programme_id = at.id AND {holds("l")}
CROSS JOIN LATERAL (
    SELECT required, completed, planned_share FROM {table_of(TrainingProgress)} t
    WHERE t.programme_id = at.id AND t.unit_id = l.unit_id
      AND t.effective_on <= at.day AND t.known_at <= at.until
      AND (t.withdrawn_at IS NULL OR t.withdrawn_at > at.until)
    ORDER BY t.effective_on DESC, t.known_at DESC, t.id DESC LIMIT 1
) t
ORDER BY l.id"""
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
FROM at JOIN signs s ON s.programme_id = at.id AND {holds("s")}
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


def surveyed(places: Sequence[Place], waves: Waves) -> Matrix:
    """The inputs about engagement (`SURVEYED`) if these waves were all there are; NaN where nothing is known.

    Returns shape (len(places), len(SURVEYED)).
    """
    people = People(Asked(sorted({day for _programme, day in places}), None), waves)
    found = np.full((len(places), len(SURVEYED)), NAN)
    for index, place in enumerate(places):
        for name, value in people.engaged(place).items():
            found[index, SURVEYED.index(name)] = value
    return found


def _said_in(waves: Waves) -> list[usual.Said]:
    """What each unit said in waves of which it entered every figure itself."""
    found: dict[int, list[tuple[date, datetime, float]]] = {}
    for (_programme, unit), series in waves.items():
        found.setdefault(unit, []).extend((on, known_at, mean) for on, known_at, mean, _n in series)
    return [sorted(said) for said in found.values()]


class People:
    """What was known of the people: waves, training and signs, by programme, day and unit."""

    def __init__(self, asked: Asked, waves: Waves | None = None) -> None:
        self._asked = asked
        self._links, self._people = self._read_headcounts()
        self._heads_of: dict[Place, dict[int, int]] = {}
        self._waves, said = self._read_waves() if waves is None else (waves, _said_in(waves))
        self._usual = {day: self._usual_on(day, said) for day in asked.days}
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
        dict[tuple[int, date], tuple[int, str]],
    ]:
        """The units of programmes with the people touched, from when to when; and the people and paths of units by day."""
        links = defaultdict(list)
        for programme, *rest in self._asked.rows_of_days(_LINKS):
            links[programme].append(tuple(rest))
        people = {
            (unit, day): (count or 0, path)
            for unit, day, count, path in self._asked.rows_of_days(_HEADCOUNTS)
        }
        return links, people

    def _heads(self, place: Place) -> dict[int, int]:
        """The people each unit of a programme had on a day."""
        found = self._heads_of.get(place)
        if found is None:
            programme, day = place
            until = self._asked.until[day]
            found = self._heads_of[place] = {
                unit: headcount or self._stood(unit, day)[0]
                for unit, headcount, since, before in self._links.get(programme, ())
                if (since is None or since <= until) and (before is None or until < before)
            }
        return found

    def _stood(self, unit: int, day: date) -> tuple[int, str]:
        """The people a unit had on a day, and its path."""
        return self._people.get((unit, day), (0, ""))

    def _read_waves(self) -> tuple[Waves, list[usual.Said]]:
        """Every wave, and what each unit said itself."""
        rows = (
            SurveyResult.objects.released()
            .of_living_waves()
            .known_by(self._asked.days[-1])
            .filter(wave__measure=Measure.ENGAGEMENT)
            .order_by("effective_on", "known_at", "pk")
            .values_list("wave__programme_id", "unit_id", "effective_on", "known_at", "mean", "n", "is_rolled_up")
        )  # fmt: skip
        found: Waves = {}
        said: dict[int, list[tuple[date, datetime, float]]] = {}
        for programme, unit, on, known_at, mean, n, is_rolled_up in rows.iterator(chunk_size=5000):
            found.setdefault((programme, unit), []).append((on, known_at, mean, n))
            if not is_rolled_up:
                said.setdefault(unit, []).append((on, known_at, mean))
        return found, list(said.values())

    def _read_comments(self) -> dict[Place, dict[int, Written]]:
        """How many comments of four weeks were known on each day, and how many of them resist, by unit and wave."""
        days = self._asked.days
        found: dict[Place, dict[int, Written]] = defaultdict(dict)
        rows = self._asked.rows_of_days(_COMMENTS, first=days[0], last=days[-1]) if days else []
        for programme, unit, on, known_at, written, resisting in rows:
            until = bisect.bisect_left(days, on + timedelta(days=28))
            for day in days[bisect.bisect_left(days, on) : until]:
                if known_at <= self._asked.until[day]:
                    waves = found[programme, day].setdefault(unit, {})
                    before = waves.get(on, (0, 0))
                    waves[on] = before[0] + written, before[1] + resisting
        return found

    def _usual_on(self, day: date, said: Iterable[usual.Said]) -> float:
        found = usual.measured(said, day, self._asked.until[day])
        return usual.ASSUMED if found is None else found

    def headcount(self, place: Place) -> int:
        return self._together(place, self._heads(place))

    def _together(self, place: Place, units: Iterable[int]) -> int:
        """The people of some units of a programme, each counted once."""
        heads = self._heads(place)
        return nested.people_once(
            {self._stood(unit, place[1])[1]: heads.get(unit, 0) for unit in units}
        )

    def _outermost(self, day: date, units: Iterable[int]) -> list[int]:
        """Those of some units that lie within no other of them, in their order: they speak for those within."""
        paths = {unit: self._stood(unit, day)[1] for unit in units}
        outer = nested.outermost(paths.values())
        return [unit for unit, path in paths.items() if path in outer]

    def units_of(self, place: Place) -> Iterable[int]:
        """The units of a programme but those of so few people that a score would speak of single ones."""
        heads = self._heads(place)
        return [
            unit for unit, count in heads.items() if not 0 < count < DEFAULT_LIMITS.smallest_unit
        ]

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
        found = {}
        for unit in units:
            estimated = self._estimate(programme, unit, day)
            if estimated is not None:
                found[unit] = estimated
        if not found:
            return {}
        outer = self._outermost(day, found)
        known = np.array([found[unit][0].value for unit in outer])
        weights = [max(heads.get(unit, 0), 1) for unit in outer]
        answers = sum(found[unit][1] for unit in outer)
        low = features.low_engagement(known, usual=self._usual[day])
        return {
            "eng_mean": float(np.average(known, weights=weights)),
            "eng_min": float(min(estimate.value for estimate, _n in found.values())),
            "eng_low": float(np.average(low, weights=weights)),
            "eng_age_w": float(min(estimate.age_weeks for estimate, _n in found.values())),
            "response_rate_s": min(100.0, 100.0 * answers / sum(weights)),
        }

    def _trained(self, place: Place, units: list[int]) -> dict[str, float]:
        wanted = set(units)
        gaps, weights = {}, {}
        for unit, required, completed, planned in self._training.get(place, ()):
            if unit in wanted and planned is not None:
                gaps[unit] = max(0.0, planned - completed / required)
                weights[unit] = required
        if not gaps:
            return {}
        outer = self._outermost(place[1], gaps)
        return {
            "train_gap": float(
                np.average(
                    [gaps[unit] for unit in outer], weights=[weights[unit] for unit in outer]
                )
            ),
            "train_gap_max": max(gaps.values()),
        }

    def trained(self, place: Place) -> tuple[float, float]:
        """The share of a programme's people who are trained, and the share that was planned; NaN if unknown."""
        known = {row[0]: row for row in self._training.get(place, ()) if row[3] is not None}
        rows = [known[unit] for unit in self._outermost(place[1], known)]
        people = sum(required for _unit, required, _completed, _planned in rows)
        if not people:
            return NAN, NAN
        planned = sum(required * (share or 0.0) for _unit, required, _done, share in rows)
        return sum(done for _unit, _required, done, _share in rows) / people, planned / people

    def _resisting(self, place: Place, units: list[int]) -> dict[str, float]:
        signs = self._signs.get(place, {})
        heads = self._together(place, units)
        if not heads:
            return {}
        count = sum(signs.get(unit, 0) for unit in units)
        return {"resist_4w": float(np.log1p(100 * count / heads))}

    def _writing(self, place: Place, units: list[int]) -> dict[str, float]:
        """The share of comments that resist; nothing where too few wrote who may be read."""
        comments = self._comments.get(place, {})
        people = {
            unit: patterns.people_at_least([written for written, _ in comments[unit].values()])
            for unit in units
            if unit in comments
        }
        read = [counts for unit in patterns.counted(people) for counts in comments[unit].values()]
        if not read:
            return {}
        written, resisting = (sum(counts) for counts in zip(*read, strict=True))
        return {"resist_text_4w": patterns.share(resisting, written)}
