"""The inputs of a risk score: their names, what stands in for what is not known, and the terms made of them.

A snapshot holds the raw inputs of one programme (or of one unit of it) on one day, in the order of `RAW`, with
NaN for what is not known. `design` fills the gaps by the written rule of each input and adds the interactions.
Both are versioned together: a change of meaning or order is a new `FEATURE_SET`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .names import (
    DIRECTION_OF,
    DRIVER_OF,
    DRIVERS,
    FEATURE_SET,
    INTERACTIONS,
    NAMES,
    RAW,
    TERMS,
    Feature,
    Term,
)

__all__ = [
    "DIRECTION_OF",
    "DRIVERS",
    "DRIVER_OF",
    "FEATURE_SET",
    "INTERACTIONS",
    "NAMES",
    "RAW",
    "TERMS",
    "Feature",
    "Matrix",
    "Term",
    "closeness",
    "design",
    "filled",
    "low_engagement",
    "missing",
    "near",
]

Matrix = npt.NDArray[np.float64]


# Below the tenant's median less two points, 62 where it is unknown, engagement counts as low; in points.
LOW_ENGAGEMENT_SCALE = 8.0
_AT = {name: index for index, name in enumerate(NAMES)}
_STANDS_IN = np.array([feature.stands_in for feature in RAW])


def filled(raw: Matrix) -> Matrix:
    """The raw inputs with every gap filled by the rule of its input.

    Args:
        raw: rows x len(RAW), NaN for what is not known.

    Raises:
        ValueError: the width is not that of `RAW`.
    """
    if raw.ndim != 2 or raw.shape[1] != len(RAW):
        raise ValueError(f"A snapshot has {len(RAW)} inputs, not {raw.shape[-1]}.")
    return np.where(np.isnan(raw), _STANDS_IN, raw)


def design(raw: Matrix) -> Matrix:
    """The terms of a model, in the order of `TERMS`: filled inputs, then interactions."""
    known = filled(np.asarray(raw, dtype=np.float64))
    factor = {name: known[:, index] for name, index in _AT.items()}
    factor["late"] = np.clip(1.0 - known[:, _AT["spi_s"]], 0.0, None)
    products = [np.prod([factor[name] for name in term.factors], axis=0) for term in INTERACTIONS]
    return np.column_stack([known, *products])


def missing(raw: Matrix) -> npt.NDArray[np.bool_]:
    """Which inputs were not known, rows x len(RAW)."""
    return np.isnan(raw)


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
