"""How likely a unit is not to be ready two weeks before a go-live: training and engagement, each run on to that day.

Training goes on by a part of the unit's own recent pace and by a usual share of those who are left; how far it may come out elsewhere widens with
the weeks ahead, and where few people need it. Engagement is the normal of the filter over survey waves, run on to the
day. How wide both are, and how much the own pace counts, is found from cases that have ended, not typed in.

What is not known is no chance: the other part alone then says the least that the chance can be.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from .coverage import Held, held
from .limits import FEWEST_ENDED, TRAINED

# From these odds against the usual ones on. Of rare events odds are as good as chances, of common ones only odds can triple.
ELEVATED_FROM, HIGH_FROM = 1.5, 3.0
# A spread of nothing would call chances certain that nobody has counted often enough.
LEAST = 1e-4
# Where many fall short, to be usual is no comfort: levels compare with this at most, so what is likelier than not is high.
MOST_USUAL = 0.25
# No more of those left are trained a week: over the longest time ahead more than all would be.
MOST_A_WEEK = 1 / 12
PRIOR = Path(__file__).parent / "prior" / "adoption_shortfall.json"


@dataclass(frozen=True)
class Training:
    """What is known of training: a share of 0 to 1, those who need it, and its pace in shares a week, None if not known."""

    share: float
    required: int
    pace: float | None


@dataclass(frozen=True)
class Engagement:
    """The filtered engagement, run on to the day that counts, with its variance there."""

    value: float
    variance: float


@dataclass(frozen=True)
class Spreads:
    """What ended cases say of how both parts go on.

    Attributes:
        own_pace: how much of the own pace goes on.
        usual: the share of those left that is trained a week besides.
        unknown: the same where the own pace is not known.
        training: how far off the share came out for each week ahead.
        people: the same of a single person: it counts through the number of people, for the square root of the weeks.
        engagement: how many times as far off as the filter thinks engagement came out.
        base: the share of cases that fell short.
        cases: how many units at go-lives it is of.
    """

    own_pace: float
    usual: float
    unknown: float
    training: float
    people: float
    engagement: float
    base: float
    cases: int

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{each.name: kept[each.name] for each in fields(cls)})

    def as_dict(self) -> dict[str, Any]:
        return {name: round(value, 6) for name, value in asdict(self).items()}

    def pace(self, known: Training) -> float:
        """The expected pace in shares a week; people do not unlearn."""
        left = 1 - known.share
        if known.pace is None:
            return self.unknown * left
        return self.own_pace * max(0.0, known.pace) + self.usual * left

    def reached(self, known: Training, weeks: float) -> float:
        """The share expected in so many weeks: straight on, not held at 1, else more weeks could make those who are
        nearly there less sure.
        """
        return known.share + weeks * self.pace(known)

    def untrained(self, known: Training, weeks: float) -> float:
        """The chance that fewer than wanted are trained in so many weeks."""
        weeks = max(0.0, weeks)
        variance = (self.training * weeks) ** 2 + weeks * self.people**2 / max(1, known.required)
        return below(self.reached(known, weeks), variance, TRAINED)

    def disengaged(self, known: Engagement, threshold: float) -> float:
        """The chance that engagement lies below a threshold."""
        return below(known.value, known.variance * self.engagement**2, threshold)


@dataclass(frozen=True)
class ToldReadiness:
    """What is said of a unit before a go-live. None: nobody knows.

    `chance` is that of either; with one part unknown it is the least it can be.
    """

    training: float | None
    engagement: float | None
    chance: float | None

    @property
    def is_whole(self) -> bool:
        return self.training is not None and self.engagement is not None

    @property
    def missing(self) -> list[str]:
        """The names of the parts nobody knows."""
        parts = (("training", self.training), ("engagement", self.engagement))
        return [name for name, part in parts if part is None]


def tell(
    spreads: Spreads,
    *,
    weeks: float,
    training: Training | None,
    engagement: Engagement | None,
    threshold: float,
) -> ToldReadiness:
    """The chance of each part, and of either."""
    untrained = None if training is None else spreads.untrained(training, weeks)
    low = None if engagement is None else spreads.disengaged(engagement, threshold)
    return ToldReadiness(untrained, low, either(untrained, low))


def either(first: float | None, second: float | None) -> float | None:
    """The chance of one or both, as if one told nothing of the other."""
    known = [each for each in (first, second) if each is not None]
    return 1 - math.prod(1 - each for each in known) if known else None


def below(value: float, variance: float, threshold: float) -> float:
    """The chance that a normal lies below a threshold."""
    sd = max(math.sqrt(max(variance, 0.0)), LEAST)
    return 0.5 * math.erfc((value - threshold) / (sd * math.sqrt(2)))


def level(told: ToldReadiness, base: float) -> str:
    """High, elevated or low against the base rate; never low where a part is unknown."""
    if told.chance is None:
        return "unknown"
    ratio = _odds(told.chance) / _odds(min(base, MOST_USUAL))
    if ratio >= HIGH_FROM:
        return "high"
    if ratio >= ELEVATED_FROM:
        return "elevated"
    return "low" if told.is_whole else "unknown"


def _odds(chance: float) -> float:
    held = min(max(chance, 0.01), 0.99)
    return held / (1 - held)


# --- learning ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A unit some weeks before the day that counted, and what came. None is "not known".

    Attributes:
        key: of which unit and go-live.
        weeks: from the day of the word to the day that counted.
        said, counted: both days, as ordinals.
        came_share, came_engagement: what was known of the day that counted.
        threshold: the organisation's, for engagement.
    """

    key: tuple[int, int]
    weeks: float
    said: int
    counted: int
    training: Training | None
    engagement: Engagement | None
    came_share: float | None
    came_engagement: float | None
    threshold: float

    @property
    def came(self) -> bool | None:
        """Whether it fell short; None where neither part says so and one is not known."""
        found = [
            None if self.came_share is None else self.came_share < TRAINED,
            None if self.came_engagement is None else self.came_engagement < self.threshold,
        ]
        if any(found):
            return True
        return None if None in found else False


def decided(cases: Sequence[Case]) -> dict[tuple[int, int], bool]:
    """What came of each unit and go-live, where it is known."""
    return {each.key: each.came for each in cases if each.came is not None}


def learn_spreads(cases: Sequence[Case]) -> Spreads | None:
    """The spreads of ended cases; None where too few of them say how both parts went on."""
    came = decided(cases)
    moved = [
        (each.training, each.weeks, each.came_share - each.training.share)
        for each in cases
        if each.training is not None and each.came_share is not None and each.weeks > 0
    ]
    paced = [row for row in moved if row[0].pace is not None]
    drifted = [
        (each.came_engagement - each.engagement.value) ** 2 / each.engagement.variance
        for each in cases
        if each.engagement is not None and each.came_engagement is not None and each.weeks > 0
    ]
    if min(len(paced), len(drifted), len(came)) < FEWEST_ENDED:
        return None
    own, usual = _paces(paced)
    unknown = _usual(moved)
    rough = Spreads(own, usual, unknown, 0, 0, 1, 0, 0)
    training, people = _widths(
        [(known, weeks, gained - weeks * rough.pace(known)) for known, weeks, gained in moved]
    )
    return Spreads(
        own_pace=own,
        usual=usual,
        unknown=unknown,
        training=training,
        people=people,
        engagement=math.sqrt(float(np.mean(drifted))),
        base=sum(came.values()) / len(came),
        cases=len(came),
    )


def _paces(rows: Sequence[tuple[Training, float, float]]) -> tuple[float, float]:
    """How much of the own pace goes on and what share of those left is added, by least squares; neither below nothing."""
    pace = np.array([max(0.0, known.pace or 0.0) for known, _weeks, _gained in rows])
    left = np.array([1 - known.share for known, _weeks, _gained in rows])
    gained = np.array([gained / weeks for _known, weeks, gained in rows])
    own, usual = _not_below(pace, left, gained)
    return own, min(usual, MOST_A_WEEK)


def _usual(rows: Sequence[tuple[Training, float, float]]) -> float:
    """The share of those left that is trained a week, whatever the pace before."""
    left = np.array([1 - known.share for known, _weeks, _gained in rows])
    gained = np.array([gained / weeks for _known, weeks, gained in rows])
    return min(max(0.0, float(left @ gained) / max(float(left @ left), 1e-12)), MOST_A_WEEK)


def _widths(rows: Sequence[tuple[Training, float, float]]) -> tuple[float, float]:
    """The two spreads that go best with how far off the shares came out."""
    weeks = np.array([row[1] for row in rows])
    people = np.array([max(1, row[0].required) for row in rows])
    off = np.array([row[2] for row in rows]) ** 2 / weeks**2
    of_all, of_people = _not_below(np.ones(len(rows)), 1 / (weeks * people), off)
    return math.sqrt(of_all), math.sqrt(of_people)


def _not_below(first: Any, second: Any, wanted: Any) -> tuple[float, float]:
    """The least squares of two columns with weights of nothing or more."""
    both, *_rest = np.linalg.lstsq(np.column_stack([first, second]), wanted, rcond=None)
    if min(both) >= 0:
        return float(both[0]), float(both[1])
    alone = [
        max(0.0, float(each @ wanted) / max(float(each @ each), 1e-12)) for each in (first, second)
    ]
    lost = [
        float(((wanted - by * each) ** 2).sum())
        for by, each in zip(alone, (first, second), strict=True)
    ]
    return (alone[0], 0.0) if lost[0] <= lost[1] else (0.0, alone[1])


BINS = (0.2, 0.4, 0.6, 0.8)


def judged(cases: Sequence[Case], spreads: Spreads) -> Held:
    """In how many cases a unit fell short, beside what was told.

    What is known of one part only is left out: that one part fell short says so at once, that it did not waits for the other.
    """
    chosen = _first_whole(cases, spreads)
    return held(
        np.array([bool(each.came) for each in chosen]),
        np.array([each.chance for each in chosen], dtype=float),
        # Units of one go-live share its fate.
        np.array([each.key[1] for each in chosen], dtype=np.int64),
    )


def together(cases: Sequence[Case], spreads: Spreads) -> dict[str, Any]:
    """How often both parts fell short at once, beside what would be expected if one told nothing of the other."""
    rows = _first_whole(cases, spreads)
    return {
        "rows": len(rows),
        "told": round(sum(each.both for each in rows), 1),
        "came": sum(bool(each.came_both) for each in rows),
    }


@dataclass(frozen=True)
class _Whole:
    """A telling with both parts known: the chance of either and of both, and what came."""

    key: tuple[int, int]
    weeks: float
    chance: float
    both: float
    came: bool | None
    came_both: bool | None


def _first_whole(cases: Sequence[Case], spreads: Spreads) -> list[_Whole]:
    """Of each unit and go-live the first telling with both parts known, where it is known of both what came."""
    first: dict[tuple[int, int], _Whole] = {}
    for each in sorted(_whole(cases, spreads), key=lambda row: row.weeks, reverse=True):
        if each.came_both is not None:
            first.setdefault(each.key, each)
    return list(first.values())


def _whole(cases: Sequence[Case], spreads: Spreads) -> list[_Whole]:
    made = []
    for each in cases:
        told = tell(
            spreads, weeks=each.weeks, training=each.training,
            engagement=each.engagement, threshold=each.threshold,
        )  # fmt: skip
        if told.training is None or told.engagement is None or told.chance is None:
            continue
        both = None
        if each.came_share is not None and each.came_engagement is not None:
            both = each.came_share < TRAINED and each.came_engagement < each.threshold
        chance_of_both = told.training * told.engagement
        made.append(_Whole(each.key, each.weeks, told.chance, chance_of_both, each.came, both))
    return made


def compared(cases: Sequence[Case], spreads: Spreads) -> dict[str, Any]:
    """What was told of cases whose both parts were known, and what came: counts by fifths of the chance, and Brier scores."""
    rows = [(each.chance, each.came) for each in _whole(cases, spreads) if each.came is not None]
    if not rows:
        return {"rows": 0}
    chance = np.array([row[0] for row in rows])
    fell = np.array([float(row[1]) for row in rows])
    at = np.digitize(chance, BINS)
    return {
        "rows": len(rows),
        "came": int(fell.sum()),
        "told": round(float(chance.sum()), 1),
        "brier": round(float(((chance - fell) ** 2).mean()), 4),
        "plain": round(float(((spreads.base - fell) ** 2).mean()), 4),
        "bins": [
            {
                "rows": int((at == bin_).sum()),
                "told": round(float(chance[at == bin_].sum()), 1),
                "came": int(fell[at == bin_].sum()),
            }
            for bin_ in range(len(BINS) + 1)
        ],
    }


@cache
def shipped() -> dict[str, Any]:
    """The shipped spreads, assumed and not measured; `scripts/derive_prior.py` makes them."""
    found: dict[str, Any] = json.loads(PRIOR.read_text(encoding="utf-8"))
    return found


def derive(worlds: Sequence[Sequence[Case]], about: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped spreads of many organisations, and how each of them was told by the others."""
    every = [_apart(world, at) for at, world in enumerate(worlds)]
    made = learn_spreads([case for world in every for case in world])
    if made is None:
        raise ValueError("Too few cases have ended in these organisations")
    checks = []
    for at, world in enumerate(every):
        others = learn_spreads(
            [case for other, each in enumerate(every) if other != at for case in each]
        )
        if others is not None:
            checks.append(compared(world, others))
    told = [each for each in checks if each["rows"]]
    rows = sum(each["rows"] for each in told)
    return {
        "about": {
            **{k: v for k, v in about.items() if k != "horizon_weeks"},
            "worlds": len(worlds),
            "cases": made.cases,
        },
        "told_by_others": {
            "rows": rows,
            "told": round(sum(each["told"] for each in told), 1),
            "came": sum(each["came"] for each in told),
            **{
                name: round(sum(each[name] * each["rows"] for each in told) / max(1, rows), 4)
                for name in ("brier", "plain")
            },
        },
        "spreads": made.as_dict(),
    }


def _apart(world: Sequence[Case], at: int) -> list[Case]:
    """The cases of one organisation, whose units are not those of another."""
    return [replace(each, key=(each.key[0] + 10_000_000 * at, each.key[1])) for each in world]


def digest(own: Mapping[str, Any] | None) -> str:
    """The same spreads give the same digest."""
    kept = json.dumps(own or shipped()["spreads"], sort_keys=True)
    return hashlib.sha256(kept.encode()).hexdigest()
