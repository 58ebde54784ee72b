"""Confidence in a half of a programme, 0 to 100: the mean of its four figures, each put on one scale. No Django in here.

Every figure stands on the scorecard with its rows behind it. On the scale 75 is where a figure counts as on
track, 50 where it counts as off track, and 90 the best it can say: nothing makes certain. Between the points
named below it is a straight line. Both halves are
made of the same number of figures. A figure that is not known is left out and counted as missing; a half without
any known figure has no confidence, which is not zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float]]

BEST, ON_TRACK, OFF_TRACK = 90.0, 75.0, 50.0
OF_FIGURES = 4

# Percent of due milestones met: what is expected is 95 (`limits.MET_ON_TRACK`); three of four is off track.
MET: Points = ((0, 0), (75, OFF_TRACK), (95, ON_TRACK), (100, BEST))
# Open items of the half at or above the appetite: one is at risk, four are off track.
RED_ITEMS: Points = ((0, BEST), (1, ON_TRACK), (4, OFF_TRACK), (12, 0))
# Share of people trained behind the plan, in points; the borders are those of adoption's training state.
TRAINING_BEHIND: Points = ((0, BEST), (5, ON_TRACK), (20, OFF_TRACK), (60, 0))
# Resistance, 0 to 1; the borders are those of adoption's resistance state.
RESISTANCE: Points = ((0, BEST), (0.20, ON_TRACK), (0.40, OFF_TRACK), (1, 0))
# What a lead, or a publisher, said, on five steps.
RATING: Mapping[str, float] = {
    "green": BEST,
    "amber_green": ON_TRACK,
    "amber": OFF_TRACK,
    "amber_red": 30.0,
    "red": 10.0,
}


@dataclass(frozen=True)
class Confidence:
    """`parts` holds every figure of the half by its key, None where it is not known."""

    parts: tuple[tuple[str, float | None], ...]

    @property
    def known(self) -> int:
        return sum(value is not None for _key, value in self.parts)

    @property
    def value(self) -> float | None:
        values = [value for _key, value in self.parts if value is not None]
        return round(sum(values) / len(values), 1) if values else None


def on_scale(value: float | None, points: Points) -> float | None:
    """Where a figure stands on the scale of 0 to 100; beyond the first and last point it stays there."""
    if value is None:
        return None
    first, last = points[0], points[-1]
    if value <= first[0]:
        return first[1]
    if value >= last[0]:
        return last[1]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if x1 <= value <= x2 and x2 > x1:
            return round(y1 + (y2 - y1) * (value - x1) / (x2 - x1), 1)
    return last[1]


def slip_points(amber: int, red: int) -> Points:
    """Working days behind the baseline: the tenant's own borders; three times the red one is nothing."""
    amber, red = max(amber, 1), max(red, amber + 1)
    return ((0, BEST), (amber, ON_TRACK), (red, OFF_TRACK), (3 * red, 0))


def engagement_points(target: float, floor: float) -> Points:
    """The index with the tenant's own borders."""
    return ((0, 0), (floor, OFF_TRACK), (max(target, floor + 1), ON_TRACK), (100, BEST))


def delivery(
    *,
    met: float | None,
    slip: float | None,
    red_items: float | None,
    rating: str,
    slip_amber: int,
    slip_red: int,
) -> Confidence:
    return Confidence(
        (
            ("met", on_scale(met, MET)),
            ("slip", on_scale(slip, slip_points(slip_amber, slip_red))),
            ("red", on_scale(red_items, RED_ITEMS)),
            ("reported", RATING.get(rating)),
        )
    )


def adoption(
    *,
    engagement: float | None,
    training_behind: float | None,
    resistance: float | None,
    rating: str,
    target: float,
    floor: float,
) -> Confidence:
    return Confidence(
        (
            ("engagement", on_scale(engagement, engagement_points(target, floor))),
            ("training", on_scale(training_behind, TRAINING_BEHIND)),
            ("resistance", on_scale(resistance, RESISTANCE)),
            ("reported", RATING.get(rating)),
        )
    )
