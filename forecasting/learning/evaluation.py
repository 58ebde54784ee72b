"""How sure a measured difference is: intervals over programmes, reliability by bins, and the rule of promotion.

Rows of one programme resemble each other, so what is drawn again and again are programmes, never rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .metrics import Array, calibration_error, calibration_slope, quality

DRAWS = 1000
# A challenger replaces what is in use when the lower end of this middle share of its gain is above nothing...
SURE = 0.80
# ... its log-odds are neither too bold nor too timid...
SLOPES = (0.8, 1.25)
# ... and no slice is told worse by more than this. Slices with fewer events say nothing about calibration.
SLICE_WORSE, SLICE_EVENTS = 0.02, 20


@dataclass(frozen=True)
class Interval:
    """A measure with the range its value would take on other programmes of the same kind."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger is to replace what is in use, and why.

    Attributes:
        promoted: whether.
        gain: in log loss for each row, with the middle 80 % of it over programmes.
        slope: of the challenger's log-odds; 1 is calibrated.
        reasons: keys of what spoke against it: `gain`, `slope`, or `slice:NAME`; empty when promoted.
    """

    promoted: bool
    gain: Interval
    slope: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Bin:
    """Rows that were told about the same: how many, what they were told, and how often it happened."""

    rows: int
    told: float
    events: int
    low: float
    high: float

    @property
    def observed(self) -> float:
        return self.events / self.rows


def surprise(label: Array, told: Array) -> Array:
    """The log loss of each row, in nats."""
    sure = np.clip(told, 1e-9, 1 - 1e-9)
    return np.where(label, -np.log(sure), -np.log1p(-sure))


def weights_of_draws(groups: Array, draws: int = DRAWS) -> tuple[Array, Array]:
    """How often each group is drawn in each of many samples (draws x groups), and the group of each row."""
    names, at = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(len(names))
    return rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws), at


def mean_interval(values: Array, groups: Array, *, share: float = SURE) -> Interval:
    """The mean of values of rows, with an interval over groups."""
    drawn, at = weights_of_draws(groups)
    sums, counts = np.bincount(at, values), np.bincount(at)
    means = (drawn @ sums) / (drawn @ counts)
    low, high = np.quantile(means, [(1 - share) / 2, (1 + share) / 2])
    return Interval(float(np.mean(values)), float(low), float(high))


def samples(groups: Array, draws: int) -> Iterator[Array]:
    """Rows of many samples of groups, drawn with repetition; the same groups give the same samples."""
    drawn, at = weights_of_draws(groups, draws)
    rows_of = np.split(np.argsort(at, kind="stable"), np.cumsum(np.bincount(at))[:-1])
    for counts in drawn:
        yield np.concatenate([np.repeat(rows_of[g], counts[g]) for g in np.flatnonzero(counts)])


def measures(
    label: Array, told: Array, groups: Array, *, share: float = 0.9, draws: int = 100
) -> dict[str, Interval]:
    """AUC, average precision, Brier skill, calibration error and slope, each with its interval over groups.

    Samples without both outcomes are left out.

    Raises:
        ValueError: one of the two outcomes never happened.
    """
    point = quality(label, told)
    found = [
        quality(label[rows], told[rows])
        for rows in samples(groups, draws)
        if 0 < label[rows].sum() < len(rows)
    ]
    made = {}
    for name in ("auc", "ap", "skill", "error", "slope"):
        value = getattr(point, name)
        each = [getattr(one, name) for one in found] or [value]
        low, high = np.quantile(each, [(1 - share) / 2, (1 + share) / 2])
        made[name] = Interval(value, float(low), float(high))
    return made


def promote(
    label: Array,
    challenger: Array,
    champion: Array,
    groups: Array,
    slices: Mapping[str, npt.NDArray[np.bool_]] | None = None,
) -> Verdict:
    """The rule of promotion, on rows that neither of the two was learned from.

    Args:
        slices: parts that must not be told worse, as masks over the rows.
    """
    gain = mean_interval(surprise(label, champion) - surprise(label, challenger), groups)
    happened = np.asarray(label, dtype=float)
    slope = calibration_slope(happened, challenger) if 0 < happened.sum() < len(happened) else 1.0
    reasons = []
    if gain.low <= 0:
        reasons.append("gain")
    if not SLOPES[0] <= slope <= SLOPES[1]:
        reasons.append("slope")
    for name, mask in (slices or {}).items():
        if happened[mask].sum() < SLICE_EVENTS:
            continue
        worse = calibration_error(happened[mask], challenger[mask], bins=5) - calibration_error(
            happened[mask], champion[mask], bins=5
        )
        if worse > SLICE_WORSE:
            reasons.append(f"slice:{name}")
    return Verdict(not reasons, gain, slope, tuple(reasons))


def reliability(label: Array, told: Array, bins: int = 10) -> list[Bin]:
    """Told against observed, over bins of the same number of rows, each with Wilson's 90 % interval."""
    order = np.argsort(told, kind="stable")
    made = []
    for part in np.array_split(order, min(bins, len(order))) if len(order) else ():
        events, rows = int(np.sum(label[part])), len(part)
        low, high = wilson(events, rows)
        made.append(Bin(rows, float(np.mean(told[part])), events, low, high))
    return made


def wilson(events: int, rows: int, z: float = 1.645) -> tuple[float, float]:
    """The range of a share that so many of so many allow (Wilson 1927); 90 % unless told otherwise."""
    if not rows:
        return 0.0, 1.0
    share, spread = events / rows, z * z / rows
    middle = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))
