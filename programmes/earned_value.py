"""Earned value: what was planned, done and paid by a day, and what that says of the end. No Django in here.

Amounts are integers in minor units. An index or an estimate that cannot be told is None: without actual cost
there is no cost index, and never 1.00. Terms and formulas as in ANSI/EIA-748 and ISO 21508.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby


@dataclass(frozen=True)
class Period:
    """A month of the baseline: its first day and the money planned for it."""

    starts_on: date
    planned: int

    @property
    def ends_on(self) -> date:
        """The first day after it."""
        return next_month(self.starts_on)


@dataclass(frozen=True)
class Point:
    """A milestone: when it was to be reached, and when it was."""

    baseline_on: date
    actual_on: date | None


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def planned_value(periods: Iterable[Period], on: date) -> int:
    """PV: the baseline up to a day; of a month under way the share of its days that are over."""
    total = 0
    for period in periods:
        if period.ends_on <= on:
            total += period.planned
        elif period.starts_on <= on:
            days = (period.ends_on - period.starts_on).days
            total += round(period.planned * ((on - period.starts_on).days + 1) / days)
    return total


def earned_value(periods: Sequence[Period], points: Sequence[Point], on: date) -> int | None:
    """EV by weighted milestones, 0 or 100 %: a milestone reached earns what was planned since the one before it.

    So whoever reaches every milestone on its day has earned what was planned, and nobody types a percentage.
    What is planned after the last milestone is earned with it. None without a baseline or without milestones.
    """
    total = sum(period.planned for period in periods)
    if not total or not points:
        return None
    earned = before = 0
    ordered = sorted(points, key=lambda point: point.baseline_on)
    # Month by month beside them, so that a portfolio is read in one go.
    months, done = sorted(periods, key=lambda period: period.starts_on), 0
    over = iter(months)
    under_way = next(over, None)
    for day, due in groupby(ordered, key=lambda point: point.baseline_on):
        while under_way is not None and under_way.ends_on <= day:
            done += under_way.planned
            under_way = next(over, None)
        worth = done + (planned_value([under_way], day) if under_way else 0)
        if day == ordered[-1].baseline_on:
            worth = total
        same = list(due)
        reached = sum(point.actual_on is not None and point.actual_on <= on for point in same)
        earned += round((worth - before) * reached / len(same))
        before = worth
    return earned


@dataclass(frozen=True)
class Performance:
    """The figures of one programme, or of several put together, on a day.

    Attributes:
        bac: budget at completion, the whole baseline.
        pv, ev, ac: planned value, earned value, actual cost.
        to_go: what the leads expect to be paid still (forecast of the months to come), for the bottom-up estimate.
    """

    bac: int
    pv: int
    ev: int | None
    ac: int | None
    to_go: int | None = None

    @property
    def cv(self) -> int | None:
        """Cost variance, EV - AC; below 0 it cost more than was earned."""
        return None if self.ev is None or self.ac is None else self.ev - self.ac

    @property
    def sv(self) -> int | None:
        """Schedule variance in money, EV - PV."""
        return None if self.ev is None else self.ev - self.pv

    @property
    def cpi(self) -> float | None:
        """Cost performance index, EV / AC."""
        return self.ev / self.ac if self.ev is not None and self.ac else None

    @property
    def spi(self) -> float | None:
        """Schedule performance index in money, EV / PV. Returns to 1 at the end of every late project."""
        return self.ev / self.pv if self.ev is not None and self.pv else None

    @property
    def eac_typical(self) -> int | None:
        """BAC / CPI: performance goes on as it was."""
        return round(self.bac / self.cpi) if self.cpi else None

    @property
    def eac_atypical(self) -> int | None:
        """AC + (BAC - EV): the variance was a one-off."""
        if self.ac is None or self.ev is None:
            return None
        return self.ac + self.bac - self.ev

    @property
    def eac_both(self) -> int | None:
        """AC + (BAC - EV) / (CPI x SPI): cost and schedule both matter."""
        if self.ac is None or self.ev is None or not self.cpi or not self.spi:
            return None
        return self.ac + round((self.bac - self.ev) / (self.cpi * self.spi))

    @property
    def eac_bottom_up(self) -> int | None:
        """AC + a new estimate to complete: what the leads expect."""
        return None if self.ac is None or self.to_go is None else self.ac + self.to_go

    @property
    def eac(self) -> int | None:
        """The estimate that leads: what people expect where they said so, otherwise the typical one."""
        return self.eac_bottom_up if self.eac_bottom_up is not None else self.eac_typical

    @property
    def vac(self) -> int | None:
        """Variance at completion, BAC - EAC; below 0 it ends above budget."""
        return None if self.eac is None else self.bac - self.eac

    @property
    def vac_share(self) -> float | None:
        """VAC as a share of the budget."""
        return self.vac / self.bac if self.vac is not None and self.bac else None

    @property
    def tcpi(self) -> float | None:
        """To-complete index, (BAC - EV) / (BAC - AC): the efficiency the rest needs to end on budget."""
        if self.ev is None or self.ac is None or self.bac <= self.ac:
            return None
        return (self.bac - self.ev) / (self.bac - self.ac)

    @property
    def complete(self) -> float | None:
        """Share done, EV / BAC."""
        return self.ev / self.bac if self.ev is not None and self.bac else None


def together(parts: Iterable[Performance]) -> Performance:
    """Several programmes as one: sums first, indices afterwards, and only of those that have the figure.

    A programme without earned value or actual cost takes no part in the sums of either, so that a missing
    figure never makes an index better.
    """
    every = list(parts)
    known = [each for each in every if each.ev is not None and each.ac is not None]
    if not known:
        return Performance(
            sum(each.bac for each in every), sum(each.pv for each in every), None, None
        )
    to_go = [each.to_go for each in known]
    return Performance(
        bac=sum(each.bac for each in known),
        pv=sum(each.pv for each in known),
        ev=sum(each.ev or 0 for each in known),
        ac=sum(each.ac or 0 for each in known),
        to_go=None if None in to_go else sum(each or 0 for each in to_go),
    )
