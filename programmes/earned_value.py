"""Earned value: what was planned, done and paid by a day, and what that says of the end. No Django in here.

Amounts are integers in minor units. An index or an estimate that cannot be told is None: without actual cost
there is no cost index, and never 1.00. Terms and formulas as in ANSI/EIA-748 and ISO 21508.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, pairwise

DAY = timedelta(days=1)


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


@dataclass(frozen=True)
class Progress:
    """How far work is on a day.

    Attributes:
        worth: what is earned, EV.
        place: the day of the plan by which it was to be done.
        worked_to: the day up to which work was done: the day asked for, or the one on which the last milestone was reached.
    """

    worth: int
    place: date
    worked_to: date


@dataclass(frozen=True)
class _Step:
    """The milestones planned for one day, and what is planned up to them."""

    due_on: date
    worth: int
    count: int


def progress(periods: Iterable[Period], points: Sequence[Point], on: date) -> Progress | None:
    """How far work is by milestones: one that is reached earns what was planned since the one before it, 0 or 100 %.

    Between two of them work goes on at the pace of the plan, up to the eve of the next one, and there it stands still
    until somebody reaches it. So whoever reaches every milestone on its day has earned on each day what was planned by
    it, who is late stays as late until something else is known, and nobody types a percentage. What is planned after
    the last milestone is earned with it. Milestones reached out of order earn what they are worth.

    None without a baseline or milestones, and before one is due or reached: nothing tells yet.
    """
    months = sorted(periods, key=lambda period: period.starts_on)
    total = sum(period.planned for period in months)
    if not total or not points:
        return None
    reached = sorted(
        (point.actual_on, point.baseline_on)
        for point in points
        if point.actual_on is not None and point.actual_on <= on
    )
    steps = _steps(months, points)
    if len(reached) == len(points):
        return Progress(total, steps[-1].due_on, reached[-1][0])
    tops = list(accumulate((step.worth for step in steps), max))
    # Before the first day of the plan there is no pace: whatever was reached by then is where it begins.
    eve = months[0].starts_on - DAY
    if not reached and on < steps[_next(tops, 0)].due_on:
        return None
    found: dict[date, list[date]] = {eve: []}
    for actual_on, due_on in reached:
        found.setdefault(max(actual_on, eve), []).append(due_on)
    at = {step.due_on: index for index, step in enumerate(steps)}
    done = [0] * len(steps)
    whole = earned = 0
    place = eve - DAY
    days = [*found, max(on, eve) + DAY]
    for day, following in pairwise(days):
        for due_on in found[day]:
            earned -= _share(steps, at[due_on], done)
            done[at[due_on]] += 1
            earned += _share(steps, at[due_on], done)
        while whole < len(steps) and done[whole] == steps[whole].count:
            whole += 1
        base = steps[whole - 1].due_on if whole else eve
        if earned > (steps[whole - 1].worth if whole else 0):
            base = max(base, _planned_by(months, earned))
        limit = steps[max(min(whole, len(steps) - 1), _next(tops, earned))].due_on - DAY
        # On the day itself work is at least where its milestones are; on those after it the pace goes on.
        place = max(place, base, min(max(place + DAY, base) + (following - day) - DAY, limit))
    return Progress(planned_value(months, place), place, on)


def earned_value(periods: Iterable[Period], points: Sequence[Point], on: date) -> int | None:
    """EV: what the plan is worth at the place work has come to, see `progress`."""
    found = progress(periods, points, on)
    return found.worth if found else None


def _steps(months: Sequence[Period], points: Sequence[Point]) -> list[_Step]:
    """The milestones by the day they were planned for. Month by month beside them, so that a portfolio is read in one go."""
    found, before = [], 0
    over = iter(months)
    under_way = next(over, None)
    for day, count in sorted(Counter(point.baseline_on for point in points).items()):
        while under_way is not None and under_way.ends_on <= day:
            before += under_way.planned
            under_way = next(over, None)
        worth = before + (planned_value([under_way], day) if under_way else 0)
        found.append(_Step(day, worth, count))
    return [*found[:-1], replace(found[-1], worth=sum(period.planned for period in months))]


def _share(steps: Sequence[_Step], at: int, done: Sequence[int]) -> int:
    """What those reached of one day's milestones have earned."""
    before = steps[at - 1].worth if at else 0
    return round((steps[at].worth - before) * done[at] / steps[at].count)


def _next(tops: Sequence[int], earned: int) -> int:
    """Which step is the first that is not earned; the last one where all that is planned is."""
    return min(bisect_right(tops, earned), len(tops) - 1)


def _planned_by(months: Sequence[Period], amount: int) -> date:
    """The first day by whose end so much was planned; the last day of the plan where it never was."""
    before = 0
    for month in months:
        if before + month.planned >= amount:
            days = (month.ends_on - month.starts_on).days
            return next(
                day
                for day in (month.starts_on + at * DAY for at in range(days))
                if before + planned_value([month], day) >= amount
            )
        before += month.planned
    return months[-1].ends_on - DAY


@dataclass(frozen=True)
class Performance:
    """The figures of one programme, or of several put together, on a day.

    Attributes:
        bac: budget at completion, the whole baseline.
        pv, ev, ac: planned value, earned value, actual cost.
        to_go: what the leads expect to be paid still, for the bottom-up estimate.
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
