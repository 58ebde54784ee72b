"""Tables to learn from, made without a database."""

from __future__ import annotations

import numpy as np

from forecasting.learning import features
from forecasting.learning.linear import Rows, sigmoid

CENTRES = {
    "spi_s": (1.0, 0.08),
    "cpi_s": (1.0, 0.06),
    "eng_low": (0.7, 0.4),
    "near_golive": (0.3, 0.3),
    "train_gap": (0.15, 0.15),
    "weeks_to_golive": (10.0, 9.0),
}


def raw_rows(count: int, *, seed: int = 0) -> np.ndarray:
    """Raw inputs around usual values; nothing is unknown."""
    rng = np.random.default_rng(seed)
    rows = np.empty((count, len(features.CRISIS.raw)))
    for index, feature in enumerate(features.CRISIS.raw):
        centre, spread = CENTRES.get(feature.name, (feature.stands_in, 0.5))
        rows[:, index] = rng.normal(centre, spread, count)
    for name in ("near_golive", "eng_low", "train_gap"):
        at = features.CRISIS.names.index(name)
        rows[:, at] = np.abs(rows[:, at])
    return rows


def labelled(count: int = 4000, *, seed: int = 0, per_group: int = 20) -> Rows:
    """Rows in which a late schedule, and low engagement near a go-live, bring the event about."""
    raw = raw_rows(count, seed=seed)
    terms = features.CRISIS.design(raw)
    at = {name: index for index, name in enumerate(features.CRISIS.terms)}
    odds = -2.5 - 9 * (terms[:, at["spi_s"]] - 1) + 2.5 * terms[:, at["near_x_eng_low"]]
    rng = np.random.default_rng(seed + 1)
    return Rows(raw, rng.random(count) < sigmoid(odds), np.arange(count) // per_group)
