"""Whether what was told of dates and of readiness surely does not come true, and what is then told instead.

Of each milestone, or unit at a go-live, one telling counts, the one said longest before. Those of one programme resemble each other: a share
of many rows of few programmes is as sure as one of fewer rows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import beta

from ..limits import FEWEST_CASES
from .metrics import Array

# Ranges meant to hold in eight of ten cases may hold in so many before something is done: the bar set for them.
P80, P80_ALLOWED = 0.80, (0.74, 0.90)
# Chances may be off by so much in the mean: they are shown in steps of five points.
OFF_BY = 0.05
SURE = 0.95


@dataclass(frozen=True)
class Held:
    """How often something came, beside how often it was meant to.

    Attributes:
        cases, groups: how many, of how many programmes or go-lives.
        came: in how many of them it came.
        meant: the share that was told.
        low, high: between which the share lies (exact binomial interval, Clopper and Pearson 1934; 95 %).
        allowed: between which shares nothing is done.
    """

    cases: int
    groups: int
    came: int
    meant: float
    low: float
    high: float
    allowed: tuple[float, float]

    @property
    def share(self) -> float | None:
        return self.came / self.cases if self.cases else None

    @property
    def alarm(self) -> str:
        """`more` or `fewer` where the share surely lies outside of what is allowed; empty where not."""
        if self.low > self.allowed[1]:
            return "more"
        return "fewer" if self.high < self.allowed[0] else ""

    @property
    def holds(self) -> bool:
        """Whether enough cases do not speak against it."""
        return self.cases >= FEWEST_CASES and self.low <= self.meant <= self.high

    @property
    def off(self) -> float:
        return 0.0 if self.share is None else abs(self.share - self.meant)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "share": self.share, "alarm": self.alarm, "holds": self.holds}


def held(
    came: Array, told: Array, groups: Array, *, allowed: tuple[float, float] | None = None
) -> Held:
    """How often it came of what was told.

    Args:
        came: of each case, whether.
        told: the chance of each.
        groups: of which programme, or go-live, each is.
        allowed: between which shares nothing is done; `OFF_BY` around what was told where not given.
    """
    cases = len(came)
    meant = float(np.mean(told)) if cases else 0.0
    around = allowed or (max(0.0, meant - OFF_BY), min(1.0, meant + OFF_BY))
    count = len(np.unique(groups))
    if not cases:
        return Held(0, 0, 0, meant, 0.0, 1.0, around)
    share = float(np.mean(came))
    sure_of = cases / design_effect(np.asarray(came, dtype=float) - told, groups)
    hits, tail = share * sure_of, (1 - SURE) / 2
    low = float(beta.ppf(tail, hits, sure_of - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, sure_of - hits)) if hits < sure_of else 1.0
    return Held(cases, count, int(np.sum(came)), meant, low, high, around)


def design_effect(off: Array, groups: Array) -> float:
    """How many rows say as much as one would alone (Kish 1965): from how far whole groups are off; at least one."""
    _names, at = np.unique(groups, return_inverse=True)
    count = int(at.max()) + 1
    if count < 2:
        # One group is one case.
        return float(len(off))
    away = off - off.mean()
    alone = float((away**2).sum())
    if alone < 1e-12:
        # All came out alike: nothing tells how much groups do.
        return len(off) / count
    together = float((np.bincount(at, away) ** 2).sum())
    return max(1.0, together / alone * (count / (count - 1)) * ((len(off) - 1) / len(off)))


@dataclass(frozen=True)
class Judged:
    """What the last half year says of what is told here, and of what would be told by what is shipped.

    Attributes:
        own, shipped: of the same cases.
        has_own: whether there was something of the own to tell by.
        was_back: whether the shipped was told before this.
    """

    own: Held
    shipped: Held
    has_own: bool
    was_back: bool

    @property
    def alarms(self) -> list[str]:
        return [self.own.alarm] if self.own.alarm else []

    @property
    def falls_back(self) -> bool:
        """Whether the shipped is told: from an alarm on, unless it would be further off, until the own holds again."""
        if not self.has_own:
            return False
        if self.own.alarm:
            return self.shipped.off <= self.own.off
        return self.was_back and not self.own.holds

    def as_dict(self) -> dict[str, Any]:
        return {
            "own": self.own.as_dict(),
            "shipped": self.shipped.as_dict(),
            "has_own": self.has_own,
            "alarms": self.alarms,
        }


def one_of_each(keys: Array) -> Array:
    """The first row of every key, as numbers."""
    _names, first = np.unique(keys, return_index=True)
    return np.sort(first)
