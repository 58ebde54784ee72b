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


def organisation(
    programmes: int = 80,
    weeks: int = 40,
    *,
    seed: int = 0,
    rate: float = 1.0,
    effect: float = 1.0,
    pool_spread: float = 0.0,
) -> Rows:
    """Weekly rows of programmes in four portfolios, labelled by crises that follow a late schedule.

    Args:
        rate: by which the chance of a crisis is multiplied.
        effect: of everything that brings a crisis about; 0 makes it a coin.
        pool_spread: how far portfolios differ in log-odds.
    """
    rng = np.random.default_rng([seed, programmes])
    raw = np.repeat(raw_rows(programmes, seed=seed), weeks, axis=0)
    raw += rng.normal(0, 0.02, raw.shape)
    group = np.repeat(np.arange(programmes), weeks)
    pool = np.array([f"Portfolio {number % 4}" for number in group])
    week = np.tile(np.arange(weeks), programmes)
    terms = features.CRISIS.design(raw)
    at = {name: index for index, name in enumerate(features.CRISIS.terms)}
    pull = -9 * (terms[:, at["spi_s"]] - 1) + 1.5 * terms[:, at["near_x_eng_low"]]
    of_pool = dict(zip(sorted(set(pool)), rng.normal(0, pool_spread or 1e-12, 4), strict=False))
    odds = -4.6 + effect * pull + np.array([of_pool[name] for name in pool])
    chance = np.clip(rate * sigmoid(odds), 0, 0.5)
    starts = rng.random(len(group)) < chance
    label = np.zeros(len(group), dtype=bool)
    for ahead in range(1, 5):
        label |= np.concatenate([starts[ahead:], [False] * ahead]) & (week < weeks - ahead)
    kept = week < weeks - 4
    day = 738000 + 7 * week
    return Rows(raw[kept], label[kept], group[kept], pool[kept], day[kept])
