"""Whether a series of scores rises, beyond what noise alone would do."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

# A change is called one when chance alone would bring it less often than one time in ten.
SURE = 1.645
FEWEST = 4


@dataclass(frozen=True)
class Trend:
    """The change per week and its direction: `rising`, `falling`, `steady`, or `unknown` with too few scores."""

    slope: float
    direction: str


def trend(series: Sequence[tuple[float, float]], *, least: float = 0.0) -> Trend:
    """The trend of `(week, score)` points, one for each week.

    Its slope is the median of the slopes of all pairs of points, which one odd week cannot turn (Sen, Estimates of the
    regression coefficient based on Kendall's tau, 1968). Whether it is more than noise is decided by the signs of all
    pairs (Mann-Kendall), which assumes nothing about how the noise is distributed.

    Args:
        least: a change per week smaller than this is none, however regular.
    """
    count = len(series)
    if count < FEWEST:
        return Trend(0.0, "unknown")
    slopes = _slopes(series)
    slope = statistics.median(slopes)
    balance = abs(sum((each > 0) - (each < 0) for each in slopes))
    spread = math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    if abs(slope) <= least or (balance - 1) / spread <= SURE:
        return Trend(slope, "steady")
    return Trend(slope, "rising" if slope > 0 else "falling")


def _slopes(series: Sequence[tuple[float, float]]) -> list[float]:
    return [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(series, 2)]
