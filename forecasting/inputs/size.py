"""Size: how large a programme is among the others of its day, as reported or by the people it affects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from programmes.choices import FactKind
from programmes.models import ReportedFact

from ..versions import table_of
from .asking import AT, Asked, Place, Table
from .people import People

_SIZE = (
    AT
    + f"""
SELECT at.id, at.day, f.ratio
FROM at CROSS JOIN LATERAL (
    SELECT ratio FROM {table_of(ReportedFact)} f
    WHERE f.programme_id = at.id AND f.kind = '{FactKind.SIZE}' AND f.ratio > 0
      AND f.effective_on <= at.day AND f.known_at <= at.until
    ORDER BY f.effective_on DESC, f.known_at DESC, f.id DESC LIMIT 1
) f"""
)


def add_size(asked: Asked, people: People, places: Sequence[Place], table: Table) -> None:
    """How large a programme is among the others of its day: as reported, else by the people it affects.

    The two are told apart: each is set against the programmes of which the same is known. Of a programme that affects
    nobody anybody named, size is not known; it is no small one.
    """
    reported: dict[Place, float] = {
        (programme, day): size for programme, day, size in asked.rows(_SIZE)
    }
    of_day = np.array([day.toordinal() for _programme, day in places])
    is_reported = np.array([place in reported for place in places], dtype=bool)
    sizes = np.array([_size(reported.get(place), people.headcount(place)) for place in places])
    for day in np.unique(of_day):
        for kind in (is_reported, ~is_reported):
            alike = (of_day == day) & kind & ~np.isnan(sizes)
            if alike.any():
                table["log_size"][alike] = _standardised(sizes[alike])


def _size(reported: float | None, people: int) -> float:
    """The logarithm of a size; NaN where nothing is known of it."""
    if reported is not None:
        return float(np.log(reported))
    return float(np.log1p(people)) if people else np.nan


def _standardised(values: Any) -> Any:
    """Distance from the mean in standard deviations; 0 where all are alike."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))
