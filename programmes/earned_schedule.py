"""Earned schedule: when should what is done have been done? Measured in months. No Django in here.

The schedule index in money returns to 1 on every late project, because in the end everything is earned; SPI(t)
does not. Source: Lipke, Schedule is Different (2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .earned_value import Period, Progress, next_month


@dataclass(frozen=True)
class Schedule:
    """Attributes: `earned` (ES), `actual` (AT) and `planned` (PD), all in months from the first one."""

    earned: float
    actual: float
    planned: int

    @property
    def variance(self) -> float:
        """SV(t) = ES - AT, months; below 0 late."""
        return self.earned - self.actual

    @property
    def index(self) -> float | None:
        """SPI(t) = ES / AT; None before the first day is over."""
        return self.earned / self.actual if self.actual > 0 else None

    @property
    def duration(self) -> float | None:
        """IEAC(t) = PD / SPI(t): how many months it will take at this pace."""
        return self.planned / self.index if self.index else None


def schedule(periods: Sequence[Period], done: Progress | None) -> Schedule | None:
    """The schedule by how far work is; None without anything that tells it.

    ES is where on the plan what is earned was to be done. When every milestone is reached both ES and AT end, on the day
    the last one was planned for and the day it was reached, so that the index says for good how late it was.
    """
    if done is None:
        return None
    starts = [period.starts_on for period in periods]
    start, last = min(starts), max(starts)
    months = 12 * (last.year - start.year) + last.month - start.month + 1
    return Schedule(elapsed(start, done.place), elapsed(start, done.worked_to), months)


def elapsed(start: date, on: date) -> float:
    """Months from the first day of one to the end of a day."""
    if on < start:
        return 0.0
    first = date(on.year, on.month, 1)
    whole = (first.year - start.year) * 12 + first.month - start.month
    return whole + on.day / (next_month(first) - first).days
