"""The figures of adoption as plain geometry. Nothing here knows Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROW_HEIGHT = 34
# Narrow, so that it can be read on a phone without being moved.
WIDTH = 368
LEFT, RIGHT = 150.0, 316.0
# Longer names would run out of the drawing; the table says them in full.
LONGEST_NAME = 20


@dataclass(frozen=True)
class TrainingBar:
    """One unit: the share that completed as a bar, the share planned by now as a line, None without a plan."""

    name: str
    text: str
    width: float
    planned_x: float | None
    y: float
    text_y: float
    is_behind: bool


@dataclass(frozen=True)
class TrainingBars:
    width: int
    height: int
    left: float
    right: float
    across: float
    names_x: float
    bar_height: float
    bars: tuple[TrainingBar, ...]


def training_bars(rows: Sequence[tuple[str, float, float | None, bool]]) -> TrainingBars:
    """Bars for `(unit, share completed, share planned or None, is behind)`, in the order given, from 0 to 1."""
    across = RIGHT - LEFT
    bars = tuple(
        TrainingBar(
            name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…",
            f"{round(100 * share)}%",
            round(across * min(max(share, 0.0), 1.0), 1),
            None if planned is None else round(LEFT + across * min(max(planned, 0.0), 1.0), 1),
            index * ROW_HEIGHT + 8.0,
            index * ROW_HEIGHT + ROW_HEIGHT / 2,
            is_behind,
        )
        for index, (name, share, planned, is_behind) in enumerate(rows)
    )
    return TrainingBars(
        WIDTH, len(rows) * ROW_HEIGHT + 4, LEFT, RIGHT, across, LEFT - 12, ROW_HEIGHT - 16.0, bars
    )
