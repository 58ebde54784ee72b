"""Earned schedule: when should what is done have been done? Measured in months. No Django in here.

The schedule index in money returns to 1 on every late project, because in the end everything is earned; SPI(t)
does not. Source: Lipke, Schedule is Different (2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .earned_value import Period, next_month


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


def earned_schedule(periods: Sequence[Period], earned: int) -> float:
    """ES = C + I: whole months whose cumulative plan is earned, and the share of the next one.

    Months without a plan between others count as earned with the month before them. Where a month's plan takes money
    back, less than nothing may be earned by amounts; that is no month before the first.
    """
    earned = max(earned, 0)
    total = before = 0
    months = 0.0
    for period in _whole(periods):
        total = before + period.planned
        if earned < total:
            return months + (earned - before) / period.planned
        months, before = months + 1, total
    return months


def schedule(periods: Sequence[Period], earned: int | None, on: date) -> Schedule | None:
    """The schedule on a day; None without a baseline or without anything that tells what is earned."""
    whole = _whole(periods)
    if earned is None or not whole:
        return None
    return Schedule(earned_schedule(whole, earned), elapsed(whole[0].starts_on, on), len(whole))


def elapsed(start: date, on: date) -> float:
    """Months from the first day of one to the end of a day."""
    if on < start:
        return 0.0
    first = date(on.year, on.month, 1)
    whole = (first.year - start.year) * 12 + first.month - start.month
    return whole + on.day / (next_month(first) - first).days


def _whole(periods: Sequence[Period]) -> list[Period]:
    """Every month from the first to the last, those without a plan with nothing."""
    planned = {period.starts_on: period.planned for period in periods}
    if not planned:
        return []
    found, month = [], min(planned)
    while month <= max(planned):
        found.append(Period(month, planned.get(month, 0)))
        month = next_month(month)
    return found
