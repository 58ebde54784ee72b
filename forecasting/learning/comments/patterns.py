"""Whether a share of comments rose: the arithmetic of small numbers. No numpy in here.

A share starts from Beta(1, 3), one in four, as if four comments had been read before: two of two comments are no
100 %. Whether it rose compares two such shares, each with its own comments.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

PRIOR = (1, 3)
WINDOW_DAYS = 28
WINDOWS = 12
# A pattern: the chance that the share rose is above this, and at least so many people wrote.
SURE = 0.9
FEWEST_PEOPLE = 5

Unit = TypeVar("Unit")


def share(hits: int, written: int) -> float:
    """The mean of the share after reading: (hits + 1) / (written + 4)."""
    return (hits + PRIOR[0]) / (written + sum(PRIOR))


def chance_it_rose(now: tuple[int, int], before: tuple[int, int]) -> float:
    """The chance that the share behind `now` is above that behind `before`, both (hits, written).

    Exact for whole numbers: with X of Beta(a, b) and Y of Beta(c, d), P(X > Y) is the sum over i < a of
    B(c + i, d + b) / ((b + i) B(1 + i, b) B(c, d)).
    """
    a, b = PRIOR[0] + now[0], PRIOR[1] + now[1] - now[0]
    c, d = PRIOR[0] + before[0], PRIOR[1] + before[1] - before[0]
    found = math.fsum(
        math.exp(_log_beta(c + i, d + b) - math.log(b + i) - _log_beta(1 + i, b) - _log_beta(c, d))
        for i in range(a)
    )
    return min(max(found, 0.0), 1.0)


def _log_beta(a: int, b: int) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def window_of(day: date, as_of: date) -> int | None:
    """How many windows of four weeks a day lies before the one that ends `as_of`; None where it is too long ago or later."""
    back = (as_of - day).days // WINDOW_DAYS
    return back if 0 <= back < WINDOWS else None


@dataclass(frozen=True)
class Pattern:
    """A share now, against the latest earlier four weeks in which enough people wrote.

    Attributes:
        windows: (hits, written) of each four weeks, the oldest first; the last one is now. Nobody wrote where too few did.
        people: how many people wrote now, at least.
    """

    windows: tuple[tuple[int, int], ...]
    people: int

    @property
    def now(self) -> tuple[int, int]:
        return self.windows[-1]

    @property
    def before(self) -> tuple[int, int] | None:
        return next((each for each in reversed(self.windows[:-1]) if each[1]), None)

    @property
    def rose(self) -> float | None:
        """The chance that it rose; None where there is nothing to compare."""
        if not self.now[1] or self.before is None:
            return None
        return chance_it_rose(self.now, self.before)

    @property
    def is_alert(self) -> bool:
        return self.rose is not None and self.rose > SURE and self.people >= FEWEST_PEOPLE


def people_at_least(written_by_wave: Sequence[int]) -> int:
    """How many people wrote in a unit in four weeks: those of the wave in which most did.

    No row says who wrote. In one wave a comment is taken for a person; of two waves the same people may
    have written in both, so the waves are not added.
    """
    return max(written_by_wave, default=0)


def counted(people: Mapping[Unit, int]) -> list[Unit]:
    """Which of some units count in a whole, by how many people wrote in each at least.

    Those of which too few wrote for a figure of their own count only where together they are enough: else the whole
    less the others would say what these few wrote.
    """
    few = [each for each in people.values() if each < FEWEST_PEOPLE]
    least = 1 if sum(few) >= FEWEST_PEOPLE else FEWEST_PEOPLE
    return [unit for unit, each in people.items() if each >= least]
