"""The inputs of the score of a crisis, and how some of them are worked out.

A snapshot holds the raw inputs of one programme (or of one unit of it) on one day, in the order of
`CRISIS.names`, with NaN for what is not known.
"""

from __future__ import annotations

import numpy as np

from .inputset import InputSet, Matrix
from .names import FEATURE_SET, INTERACTIONS, RAW

CRISIS = InputSet(
    version=FEATURE_SET,
    raw=RAW,
    interactions=INTERACTIONS,
    # The shortfall of the schedule index.
    factors={"late": lambda known: np.clip(1.0 - known["spi_s"], 0.0, None)},
)

# Below the tenant's median less two points, 62 where it is unknown, engagement counts as low; in points.
LOW_ENGAGEMENT_SCALE = 8.0


def closeness(weeks: Matrix) -> Matrix:
    """How near a go-live is: 0 twelve weeks before it, 1 on its day, 0 again eight weeks after.

    Args:
        weeks: to go, negative after it.
    """
    return np.where(
        weeks >= 0, np.clip(1.0 - weeks / 12.0, 0.0, 1.0), np.clip(1.0 + weeks / 8.0, 0.0, 1.0)
    )


def near(weeks_to_golive: Matrix, *, horizon: int = 4) -> Matrix:
    """Mean closeness over the weeks a score looks ahead: what counts is the window, not today."""
    ahead = np.arange(1, horizon + 1)
    return closeness(weeks_to_golive[..., None] - ahead).mean(axis=-1)


def low_engagement(engagement: Matrix, *, usual: float) -> Matrix:
    """The weight of low engagement: softplus of the distance below the usual (the tenant's median)."""
    return np.logaddexp(0.0, (usual - 2.0 - engagement) / LOW_ENGAGEMENT_SCALE)
