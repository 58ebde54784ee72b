"""What the model in use says of the last weeks, from the inputs that were kept of each of them, and whether it rises.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any

import numpy as np

from ..choices import Direction
from ..learning import features
from ..learning.linear import LinearModel
from ..learning.trend import trend
from ..lessons.weeks import mondays
from ..models import RiskSnapshot

TREND_WEEKS = 12
RISING_WEEKS = 6
# Less than half a point a week is no trend that anybody would act on.
LEAST_SLOPE = 0.005
# So many snapshots are read at once: of ten thousand programmes and their units twelve weeks do not fit beside each other.
AT_ONCE = 5000

Key = tuple[int, int | None]
# What is told of some days; no chance where there was nothing to ask.
ChanceByDay = dict[date, float | None]


def of_trend(as_of: date) -> list[date]:
    """The Mondays a trend looks back over, oldest first."""
    return mondays(as_of - timedelta(weeks=TREND_WEEKS), as_of)


def of_snapshots(
    model: LinearModel,
    weeks: Sequence[date],
    fresh: Sequence[RiskSnapshot],
    portfolio: Mapping[int, str],
) -> dict[Key, ChanceByDay]:
    """What a model says of the snapshots of some weeks, by programme and unit. One statement.

    Args:
        fresh: snapshots that were taken and are not kept yet.
        portfolio: of each programme.
    """
    kept = RiskSnapshot.objects.filter(as_of__in=weeks, feature_set=features.CRISIS.version)
    rows = chain(
        kept.values_list("programme_id", "unit_id", "as_of", "raw").iterator(chunk_size=AT_ONCE),
        ((each.programme_id, each.unit_id, each.as_of, each.raw) for each in fresh),
    )
    found: dict[Key, ChanceByDay] = defaultdict(dict)
    for some in _in_groups(rows):
        pools = [portfolio.get(programme, "") for programme, _unit, _day, _raw in some]
        raw = np.array([raw for _programme, _unit, _day, raw in some], dtype=float)
        told = model.probability(raw, pools).tolist()
        for (programme, unit, day, _raw), risk in zip(some, told, strict=True):
            found[programme, unit][day] = risk
    return found


def _in_groups(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


def direction_of(told: ChanceByDay) -> Direction:
    """Whether the chances of single weeks rise or fall over the last six weeks, the day of the last one included."""
    last = max(told)
    recent = [
        (-(last - day).days / 7, chance)
        for day, chance in sorted(told.items())
        if chance is not None and day >= last - timedelta(weeks=RISING_WEEKS)
    ]
    return Direction(trend(recent, least=LEAST_SLOPE).direction)


def as_series(told: ChanceByDay) -> list[list[Any]]:
    """As it is kept beside a score, oldest first."""
    return [
        [day.isoformat(), None if chance is None else round(chance, 4)]
        for day, chance in sorted(told.items())
    ]


def carried(series: Iterable[Sequence[Any]], days: Sequence[date]) -> ChanceByDay:
    """What was kept of some days beside a score that the same model told."""
    wanted = {day.isoformat(): day for day in days}
    return {wanted[day]: chance for day, chance in series if day in wanted}
