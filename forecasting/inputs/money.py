"""Money: the indices of programmes that keep their budget here, where no other tool reports any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from programmes.earned_value import Point
from programmes.models import BudgetLine, Milestone, MilestoneForecast
from programmes.selectors import money_as_of

from ..versions import stood, table_of
from .asking import DAYS, Asked, Place, Table

SLOPE_OVER = timedelta(weeks=6)
# Indices of a budget kept here are told by its milestones, between which nothing new is known: with so many due they
# count for half, and none counts for more than the prior has seen of weekly ones (three standard deviations).
HALF_AT = 4
FARTHEST = 0.18

# The milestones money is earned with, one by one.
_POINTS = (
    DAYS
    + f"""
SELECT m.programme_id, days.day, m.baseline_on, f.actual_on
FROM days JOIN {stood(Milestone, "programme", "baseline_on")} m
    ON m.programme_id = ANY(%(budgeted)s) AND m.since <= days.until AND days.until < m.before
CROSS JOIN LATERAL (
    SELECT actual_on FROM {table_of(MilestoneForecast)} f
    WHERE f.milestone_id = m.id AND f.effective_on <= days.day AND f.known_at <= days.until
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) f
ORDER BY m.id"""
)


def add_own_money(asked: Asked, at: Mapping[Place, int], table: Table) -> None:
    """The indices of programmes that keep their budget here, where no other tool reports any.

    They compare all that was earned since the start, so the weeks need no smoothing. Before a milestone is due or
    reached there is no index, and few of them say little.
    """
    budgeted = set(
        BudgetLine.all_objects.order_by().values_list("programme_id", flat=True).distinct()
    )
    for day in asked.days if budgeted else ():
        places = {
            programme: index
            for (programme, on), index in at.items()
            if on == day
            and programme in budgeted
            and np.isnan(table["spi_s"][index])
            and np.isnan(table["cpi_s"][index])
        }
        if not places:
            continue
        points = _points([day - SLOPE_OVER, day], list(places))
        earlier = money_as_of(list(places), day - SLOPE_OVER, points=points[day - SLOPE_OVER])
        for programme, money in money_as_of(list(places), day, points=points[day]).items():
            index, performance = places[programme], money.performance
            sureness = _sureness(money, day)
            now = _index(money)
            if now is not None:
                before = _index(earlier[programme])
                was = 1.0
                if before is not None:
                    was = _held(before, _sureness(earlier[programme], day - SLOPE_OVER))
                table["spi_s"][index] = _held(now, sureness)
                table["spi_slope_6w"][index] = table["spi_s"][index] - was
            if performance.cpi is not None:
                table["cpi_s"][index] = _held(performance.cpi, sureness)
            if performance.ac is not None and performance.pv:
                table["burn_ratio_s"][index] = _held(performance.ac / performance.pv, 1.0)


def _points(days: Sequence[date], budgeted: list[int]) -> dict[date, dict[int, list[Point]]]:
    """The milestones of programmes on some days, as the plan stood on each."""
    found: dict[date, dict[int, list[Point]]] = {day: {} for day in days}
    for programme, day, baseline, actual in Asked(days).rows_of_days(_POINTS, budgeted=budgeted):
        found[day].setdefault(programme, []).append(Point(baseline, actual))
    return found


def _index(money: Any) -> float | None:
    """The schedule index in time, where there is a baseline curve; in money where that has no answer."""
    in_time = money.schedule.index if money.schedule else None
    found = in_time if in_time is not None else money.performance.spi
    return found


def _sureness(money: Any, day: date) -> float:
    """How much an index says, 0 to 1, by the milestones that were due."""
    due = sum(point.baseline_on <= day for point in money.points)
    return due / (due + HALF_AT)


def _held(ratio: float, sureness: float) -> float:
    """A ratio drawn towards 1 by what is not known, and held where the prior has been."""
    away = sureness * (ratio - 1.0)
    return 1.0 + min(max(away, -FARTHEST), FARTHEST)
