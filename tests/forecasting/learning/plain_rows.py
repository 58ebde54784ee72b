"""Plain tables to learn from, made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecasting.learning.linear import sigmoid
from forecasting.learning.plain.table import Table


def plain_rows(
    count: int = 900,
    *,
    seed: int = 0,
    groups: int = 90,
    effect: float = 1.5,
    unknown: float = 0.0,
    spread: float = 0.0,
) -> Table:
    """Rows whose outcome follows one number and one word.

    Args:
        effect: of both; 0 makes the outcome a coin.
        unknown: the share of numbers nobody knows.
        spread: how far groups differ in log-odds.
    """
    rng = np.random.default_rng(seed)
    strain, noise = rng.normal(size=count), rng.normal(size=count)
    team = rng.choice(["Alder", "Birch", "Cedar", ""], size=count).astype(object)
    group = rng.integers(0, groups, count)
    of_group = rng.normal(0, spread or 1e-12, groups)[group]
    odds = -0.8 + effect * (strain + (team == "Alder")) + of_group
    time = np.sort(rng.uniform(0, 1000, count))
    strain = np.where(rng.random(count) < unknown, np.nan, strain)
    return Table(
        {"strain": strain, "noise": noise},
        {"team": team},
        (rng.random(count) < sigmoid(odds)).astype(float),
        np.array([f"G{number}" for number in group]),
        time,
        time,
        team,
    )


def relabelled(table: Table, label: np.ndarray) -> Table:
    return replace(table, label=label)
