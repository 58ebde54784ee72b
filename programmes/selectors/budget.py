"""Money as it was known on a day. The number of statements is the same for any number of programmes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock

from ..choices import AmountKind
from ..earned_schedule import Schedule, schedule
from ..earned_value import Performance, Period, Point, next_month, planned_value, progress
from ..models import BudgetAmount, BudgetLine, MilestoneForecast, Programme


def budget_lines_of(programme: Programme) -> QuerySet[BudgetLine]:
    return BudgetLine.objects.filter(programme=programme).select_related("programme", "tenant")


def budget_line_for(member: Member, number: int) -> BudgetLine | None:
    """A budget line by its number, removed ones included."""
    return (
        BudgetLine.all_objects.filter(
            number=number, programme__in=Programme.objects.visible_to(member)
        )
        .select_related("programme", "tenant")
        .first()
    )


class Amount(NamedTuple):
    """One cell as it counted on a day. A tuple: a portfolio has hundreds of thousands of them."""

    programme_id: int
    line_id: int
    half: str
    category: str
    month: date
    kind: str
    amount: int


def amounts_as_of(
    programme_ids: Collection[int], as_of: date, kinds: Collection[str] = AmountKind.values
) -> list[Amount]:
    """Every cell of every line that said something by a day; a line that was removed counts until then. One statement."""
    rows = (
        BudgetAmount.objects.known_by(as_of)
        .filter(
            Q(line__deleted_at__isnull=True) | Q(line__deleted_at__gt=clock.end_of(as_of)),
            line__programme_id__in=list(programme_ids),
            kind__in=list(kinds),
        )
        .order_by("line_id", "kind", "month", "-effective_on", "-known_at", "-pk")
        .distinct("line_id", "kind", "month")
        .values_list(
            "line__programme_id",
            "line_id",
            "line__half",
            "line__category",
            "month",
            "kind",
            "amount",
        )
    )
    return [Amount._make(row) for row in rows if row[-1] is not None]


@dataclass
class Money:
    """The money of one programme on a day, and what it says.

    Amounts are compared on one day, `paid_to`: what was earned later than what is paid would look cheap.
    """

    performance: Performance
    schedule: Schedule | None
    paid_to: date
    periods: list[Period] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    # The amounts `to_go` is the sum of.
    expected: list[Amount] = field(default_factory=list)

    @property
    def is_planned(self) -> bool:
        return bool(self.amounts)

    def is_reached(self, by: date) -> bool:
        """Whether no milestone is left to be reached by a day."""
        return all(point.actual_on is not None and point.actual_on <= by for point in self.points)


def money_as_of(
    programme_ids: Collection[int],
    as_of: date,
    *,
    points: Mapping[int, Sequence[Point]] | None = None,
) -> dict[int, Money]:
    """Budget, earned value and earned schedule of programmes on a day. Two statements, one with the points given.

    Args:
        points: the milestones of each programme as the plan stood on that day, where somebody has them; otherwise
            they are read.
    """
    cells: dict[int, list[Amount]] = defaultdict(list)
    for cell in amounts_as_of(programme_ids, as_of):
        cells[cell.programme_id].append(cell)
    if points is None:
        points = _points(list(cells), as_of) if cells else {}
    return {
        programme_id: _money(
            cells.get(programme_id, []),
            list(points.get(programme_id, ())) if programme_id in cells else [],
            as_of,
        )
        for programme_id in programme_ids
    }


def _points(programme_ids: Collection[int], as_of: date) -> dict[int, list[Point]]:
    """The milestones of programmes as they were known on a day, no more of them than earned value needs. One statement."""
    rows = (
        MilestoneForecast.objects.known_by(as_of)
        .filter(milestone__programme_id__in=list(programme_ids), milestone__deleted_at__isnull=True)
        .order_by("milestone_id", "-effective_on", "-known_at", "-pk")
        .distinct("milestone_id")
        .values_list("milestone__programme_id", "baseline_on", "actual_on")
    )
    found: dict[int, list[Point]] = defaultdict(list)
    for programme_id, baseline_on, actual_on in rows:
        found[programme_id].append(Point(baseline_on, actual_on))
    return found


def schedules_as_of(programme_ids: Collection[int], as_of: date) -> dict[int, Schedule | None]:
    """The earned schedule alone, from the baseline and the milestones. Two statements."""
    cells: dict[int, list[Amount]] = defaultdict(list)
    for cell in amounts_as_of(programme_ids, as_of, [AmountKind.BASELINE]):
        cells[cell.programme_id].append(cell)
    points = _points(list(cells), as_of) if cells else {}
    found: dict[int, Schedule | None] = dict.fromkeys(programme_ids)
    for programme_id, baseline in cells.items():
        periods = periods_of(baseline)
        found[programme_id] = schedule(
            periods, progress(periods, points.get(programme_id, []), as_of)
        )
    return found


def performance_as_of(programme_ids: Collection[int], as_of: date) -> dict[int, Performance]:
    """The figures of earned value alone."""
    return {key: each.performance for key, each in money_as_of(programme_ids, as_of).items()}


def _money(cells: list[Amount], points: list[Point], as_of: date) -> Money:
    periods = periods_of(cells)
    day = paid_to(cells, as_of)
    done = progress(periods, points, day)
    worked = done if day == as_of else progress(periods, points, as_of)
    expected = still_expected(cells, as_of)
    performance = Performance(
        bac=sum(period.planned for period in periods),
        pv=planned_value(periods, day),
        ev=done.worth if done else None,
        ac=actual_cost(cells, as_of),
        to_go=sum(cell.amount for cell in expected) if expected else None,
    )
    return Money(performance, schedule(periods, worked), day, periods, points, cells, expected)


def periods_of(cells: Iterable[Amount]) -> list[Period]:
    """The baseline by month, first month first."""
    planned: dict[date, int] = defaultdict(int)
    for cell in cells:
        if cell.kind == AmountKind.BASELINE:
            planned[cell.month] += cell.amount
    return [Period(month, planned[month]) for month in sorted(planned)]


def actual_cost(cells: Iterable[Amount], as_of: date) -> int | None:
    """AC: what was paid for months up to a day; None where nobody recorded any."""
    paid = [cell.amount for cell in cells if cell.kind == AmountKind.ACTUAL and cell.month <= as_of]
    return sum(paid) if paid else None


def paid_to(cells: Collection[Amount], as_of: date) -> date:
    """The day up to which the books are kept: the last one before a month nothing is paid of, where something was to be."""
    paid = [cell.month for cell in cells if cell.kind == AmountKind.ACTUAL and cell.month <= as_of]
    if not paid:
        return as_of
    last = max(paid)
    to_come = [
        cell.month
        for cell in cells
        if cell.month > last
        and cell.amount
        and cell.kind in (AmountKind.BASELINE, AmountKind.FORECAST)
    ]
    return min([as_of, *(month - timedelta(days=1) for month in to_come)])


def still_expected(cells: Iterable[Amount], as_of: date) -> list[Amount]:
    """What the leads expect to be paid still: forecasts where nothing is paid yet; nothing where there is none.

    In a month to come without a forecast the baseline stands in, because a month of which nothing is said is not free.
    To come are those after the last month that is over and of which the programme paid anything; books of later ones
    are open.
    """
    every = list(cells)
    paid = {
        (cell.line_id, cell.month)
        for cell in every
        if cell.kind == AmountKind.ACTUAL and cell.month <= as_of
    }
    forecast = {
        (cell.line_id, cell.month) for cell in every if cell.kind == AmountKind.FORECAST
    } - paid
    if not forecast:
        return []
    over = max((month for _line, month in paid if next_month(month) <= as_of), default=date.min)

    def is_expected(cell: Amount) -> bool:
        place = cell.line_id, cell.month
        if cell.kind == AmountKind.FORECAST:
            return place in forecast
        is_silent = place not in forecast and place not in paid
        return cell.kind == AmountKind.BASELINE and is_silent and cell.month > over

    return [cell for cell in every if is_expected(cell)]
