"""The chance of a unit not to be ready two weeks before a go-live: training and engagement, each run on to that day.

Training goes on by a part of the unit's own recent pace and by a usual share of those who are left; how far it may come out elsewhere widens with
the weeks ahead, and where few people need it. Engagement is the normal of the filter over survey waves, run on to the
day.

What is not known is no chance: the other part alone then says the least that the chance can be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from ..limits import ELEVATED_FROM, HIGH_FROM, TRAINED, level as level_of

# A spread of nothing would call chances certain that nobody has counted often enough.
LEAST = 1e-4
# Where many fall short, to be usual is no comfort: levels compare with this at most, so what is likelier than not is high.
MOST_USUAL = 0.25


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

    def usual_pace(self, share: float) -> float:
        """The pace of late, in shares a week, that is usual with so many trained: with it goes on what goes on where none is known."""
        if not self.own_pace:
            return 0.0
        return max(0.0, (self.unknown - self.usual) * (1 - share) / self.own_pace)

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
    """High, elevated or low against the base rate, by the chance as it is written; never low where a part is unknown."""
    if told.chance is None:
        return "unknown"
    found = level_of(told.chance, _against(base, ELEVATED_FROM), _against(base, HIGH_FROM))
    return found if told.is_whole or found != "low" else "unknown"


def _against(base: float, times: float) -> float:
    """The chance of so many times the usual odds. Of rare events odds are as good as chances, of common ones only odds can triple."""
    usual = min(max(base, 0.01), MOST_USUAL)
    odds = times * usual / (1 - usual)
    return odds / (1 + odds)
