"""Money as it was known on a day. The number of statements is the same for any number of programmes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock

from ..choices import AmountKind
from ..earned_schedule import Schedule, schedule
from ..earned_value import Performance, Period, Point, earned_value, planned_value
from ..models import BudgetAmount, BudgetLine, Programme
from .as_of import milestones_as_of


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


@dataclass(frozen=True)
class Amount:
    """One cell as it counted on a day."""

    programme_id: int
    line_id: int
    half: str
    category: str
    month: date
    kind: str
    amount: int


def amounts_as_of(programme_ids: Collection[int], as_of: date) -> list[Amount]:
    """Every cell of every line that said something by a day; a line that was removed counts until then. One statement."""
    rows = (
        BudgetAmount.objects.known_by(as_of)
        .filter(
            Q(line__deleted_at__isnull=True) | Q(line__deleted_at__gt=clock.end_of(as_of)),
            line__programme_id__in=list(programme_ids),
        )
        .order_by("line_id", "month", "kind", "-effective_on", "-known_at", "-pk")
        .distinct("line_id", "month", "kind")
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
    return [Amount(*row) for row in rows if row[-1] is not None]


@dataclass
class Money:
    """The money of one programme on a day, and what it says."""

    performance: Performance
    schedule: Schedule | None
    periods: list[Period] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)

    @property
    def is_planned(self) -> bool:
        return bool(self.amounts)


def money_as_of(
    programme_ids: Collection[int],
    as_of: date,
    *,
    points: Mapping[int, Sequence[Point]] | None = None,
) -> dict[int, Money]:
    """Budget, earned value and earned schedule of programmes on a day. Three statements.

    Args:
        points: the milestones of each programme as the plan stood on that day, where somebody has them; otherwise
            against the baseline of now.
    """
    cells: dict[int, list[Amount]] = defaultdict(list)
    for cell in amounts_as_of(programme_ids, as_of):
        cells[cell.programme_id].append(cell)
    if points is None:
        points = _points_as_of(list(cells), as_of)
    return {
        programme_id: _money(
            cells.get(programme_id, []),
            list(points.get(programme_id, ())) if programme_id in cells else [],
            as_of,
        )
        for programme_id in programme_ids
    }


def _points_as_of(programme_ids: list[int], as_of: date) -> dict[int, list[Point]]:
    found: dict[int, list[Point]] = defaultdict(list)
    for each in milestones_as_of(programme_ids, as_of) if programme_ids else ():
        found[each.milestone.programme_id].append(Point(each.milestone.baseline_on, each.actual_on))
    return found


def performance_as_of(programme_ids: Collection[int], as_of: date) -> dict[int, Performance]:
    """The figures of earned value alone."""
    return {key: each.performance for key, each in money_as_of(programme_ids, as_of).items()}


def _money(cells: list[Amount], points: list[Point], as_of: date) -> Money:
    periods = periods_of(cells)
    earned = earned_value(periods, points, as_of)
    performance = Performance(
        bac=sum(period.planned for period in periods),
        pv=planned_value(periods, as_of),
        ev=earned,
        ac=actual_cost(cells, as_of),
        to_go=to_go(cells, as_of),
    )
    return Money(performance, schedule(periods, earned, as_of), periods, points, cells)


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


def to_go(cells: Iterable[Amount], as_of: date) -> int | None:
    """What is expected to be paid still: forecasts of months without actual cost on their line; None without any."""
    every = list(cells)
    paid = {
        (cell.line_id, cell.month)
        for cell in every
        if cell.kind == AmountKind.ACTUAL and cell.month <= as_of
    }
    expected = [
        cell.amount
        for cell in every
        if cell.kind == AmountKind.FORECAST and (cell.line_id, cell.month) not in paid
    ]
    return sum(expected) if expected else None
