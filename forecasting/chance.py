"""A risk as people are shown it: in steps of five points, with its band, never impossible and never certain.

No Django in here. Finer figures would claim more than a model of this size knows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .learning.limits import STEPS

# So many like programmes stand for a step of five points each.
LIKE = STEPS
POINTS = 100 // LIKE
MOST = LIKE - 1


@dataclass(frozen=True)
class Chance:
    """A probability and the ends of its band, in twentieths.

    `of_twenty`: in how many of twenty programmes like this one it is expected to happen; 0 says fewer than one.
    """

    of_twenty: int
    low: int
    high: int

    @property
    def percent(self) -> int:
        return self.of_twenty * POINTS

    @property
    def low_percent(self) -> int:
        return self.low * POINTS

    @property
    def high_percent(self) -> int:
        return self.high * POINTS


def shown(probability: float, low: float, high: float) -> Chance:
    """Round a probability to the nearest step and its band outwards, so that the band never looks surer; neither says certain."""
    nearest = min(twentieths(probability), MOST)
    return Chance(
        nearest,
        min(math.floor(low * LIKE + 1e-9), nearest),
        min(max(math.ceil(high * LIKE - 1e-9), nearest, 1), MOST),
    )


def twentieths(probability: float) -> int:
    """A probability in steps of five points, rounded to the nearest."""
    return math.floor(probability * LIKE + 0.5)


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability between 0 and 1."""
    return math.log(probability / (1.0 - probability))


def probability_of(odds: float) -> float:
    """The probability that goes with log-odds."""
    return 1.0 / (1.0 + math.exp(-max(min(odds, 35.0), -35.0)))
