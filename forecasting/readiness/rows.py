"""Units before go-lives as cards show them: in words, with what adds up to the chance and the weeks before as drawings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import figures
from ..crises import trends
from ..models import AdoptionShortfall
from .forecast import Readiness

# Bars of fewer points are not drawn larger.
LEAST_POINTS = 20


def shown(rows: Iterable[AdoptionShortfall]) -> list[tuple[Readiness, dict[str, Any]]]:
    """What `_readiness.html` shows of each: the words, and `bars` beside what `crises.trends.shown` finds."""
    return [
        (told, {"bars": _bars(told), **trends.of_readiness(told.row)})
        for told in map(Readiness, rows)
    ]


def _bars(told: Readiness) -> figures.Bars:
    rows = [(each.label, 100 * each.share) for each in told.top]
    return figures.driver_bars(rows, digits=0, least=LEAST_POINTS)
