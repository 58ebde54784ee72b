"""What a series of survey waves says about a unit today. No Django in here.

A scalar Kalman filter over waves: the true value returns to the mean of the organisation week by week, each
wave pulls it towards what was measured, the more the more people answered. Without new waves the estimate
decays to the mean of the organisation, never to zero, and becomes less sure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# Share of the distance to the organisation's mean that is left after a week.
WEEKLY_PERSISTENCE = 0.93
# Standard deviation of single answers on the scale of 0 to 100; the variance of a mean is its square through n.
ANSWER_SD = 24.0
# Standard deviation of true values between units of one organisation.
UNIT_SD = 7.0
# Stands in for n where official statistics are published without one: large organisations.
PUBLISHED_N = 400
# Where nothing at all is known about the organisation.
DEFAULT_MEAN = 62.0
# The two marks of a change: 0.3 of a scale from 1 to 5, and an interval of 95 % without nought in it.
CHANGED = 7.5
SURE = 1.96


@dataclass(frozen=True)
class Wave:
    """One released figure of a unit."""

    on: date
    mean: float
    n: int | None


@dataclass(frozen=True)
class Estimate:
    """The filtered value with its variance, and how many weeks old the last wave is."""

    value: float
    variance: float
    age_weeks: float

    def chance_below(self, threshold: float) -> float:
        """The probability, 0 to 1, that the true value lies below a threshold."""
        sd = math.sqrt(self.variance)
        return 0.5 * math.erfc((self.value - threshold) / (sd * math.sqrt(2)))


def measurement_variance(n: int | None) -> float:
    return ANSWER_SD**2 / (n or PUBLISHED_N)


def way(change: float, variance: float) -> str:
    """Whether engagement moved: `up`, `down`, `flat` where the change is small, `unsure` where it may be chance.

    Size and interval are both needed: of large groups any change is certain, of small ones any change looks large.
    Between published figures the size decides alone, as `PUBLISHED_N` answers bring the interval well below it.
    Everybody asked counts as a sample here: whether the people moved is asked, not what they said on a day.
    """
    if abs(change) < CHANGED:
        return "flat"
    if abs(change) <= SURE * math.sqrt(variance):
        return "unsure"
    return "up" if change > 0 else "down"


def estimate(waves: Iterable[Wave], *, on: date, mean: float = DEFAULT_MEAN) -> Estimate | None:
    """The engagement of a unit on a day from the waves up to it; None without any."""
    value, variance = mean, UNIT_SD**2
    last: date | None = None
    for wave in sorted((wave for wave in waves if wave.on <= on), key=lambda wave: wave.on):
        if last is not None:
            value, variance = _moved_on(value, variance, last, wave.on, mean)
        gain = variance / (variance + measurement_variance(wave.n))
        value += gain * (wave.mean - value)
        variance *= 1 - gain
        last = wave.on
    if last is None:
        return None
    value, variance = _moved_on(value, variance, last, on, mean)
    return Estimate(value, variance, (on - last).days / 7)


def run_on(known: Estimate, weeks: float, *, mean: float) -> Estimate:
    """The estimate some weeks ahead, if no wave comes in between."""
    kept = WEEKLY_PERSISTENCE ** max(0.0, weeks)
    return Estimate(
        mean + kept * (known.value - mean),
        kept**2 * known.variance + (1 - kept**2) * UNIT_SD**2,
        known.age_weeks + max(0.0, weeks),
    )


def _moved_on(
    value: float, variance: float, start: date, end: date, mean: float
) -> tuple[float, float]:
    """The estimate some weeks later: nearer to the mean, less sure, at most as unsure as at the start."""
    kept = WEEKLY_PERSISTENCE ** ((end - start).days / 7)
    return mean + kept * (value - mean), kept**2 * variance + (1 - kept**2) * UNIT_SD**2
