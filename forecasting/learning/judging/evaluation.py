"""How sure a measured difference is: intervals over programmes, reliability by bins, and what may come into use.

Rows of one programme resemble each other, so what is drawn again and again are programmes, never rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from ..linear import logit, sigmoid, solve, with_level
from .metrics import MEASURES, Array, ToldAndCame

DRAWS = 1000
# What speaks against a model must be beyond chance: the middle share of an interval over programmes.
SURE = 0.80
# That a model's order is more than a coin's is to be surer than that.
ORDER_SURE = 0.99
# The last weeks are few, and are asked again every four: what speaks against a model there is to be surer (decision 0039).
LATER_SURE = 0.90
# Log-odds are too bold below these slopes and too timid above.
SLOPES = (0.8, 1.25)
# Slices with fewer events say nothing.
SLICE_EVENTS = 20
# Log-odds that differ by less are all the same.
SAME = 1e-6


@dataclass(frozen=True)
class Interval:
    """A measure with the range its value would take on other programmes of the same kind."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """Whether a model may come into use, and why.

    Attributes:
        promoted: whether.
        gain: in log loss for each row over what would be used otherwise, with the middle 80 % of it over programmes.
        slope: of its log-odds, with the middle 80 %; 1 is calibrated.
        reasons: keys of what spoke against it: `order`, `gain`, `slope`, `slice:NAME` or `later`; empty when promoted.
        later: the gain in the last weeks of what was learned before them, with the middle 90 % of it; None where that could not be tried.
    """

    promoted: bool
    gain: Interval
    slope: Interval
    reasons: tuple[str, ...]
    later: Interval | None = None


@dataclass(frozen=True)
class Later:
    """The last weeks, as a mask over the rows, and what was learned before them says of each of their rows."""

    weeks: npt.NDArray[np.bool_]
    told: Array


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
    label: Array,
    told: Array,
    groups: Array,
    *,
    share: float = 0.9,
    draws: int = 100,
    names: Sequence[str] = MEASURES,
) -> dict[str, Interval]:
    """AUC, average precision, Brier skill, calibration error and slope, each with its interval over groups.

    Samples without both outcomes are left out.

    Args:
        names: which of them.

    Raises:
        ValueError: one of the two outcomes never happened.
    """
    ordered = ToldAndCame(label, told)
    point = ordered.measures(np.ones(len(label), dtype=np.int64), names)
    if point is None:
        raise ValueError("Measures need rows of both outcomes.")
    drawn, at = weights_of_draws(groups, draws)
    found = [
        each for each in (ordered.measures(counts[at], names) for counts in drawn) if each
    ] or [point]
    made = {}
    for name in names:
        each = [one[name] for one in found]
        low, high = np.quantile(each, [(1 - share) / 2, (1 + share) / 2])
        made[name] = Interval(point[name], float(low), float(high))
    return made


def slope_interval(label: Array, told: Array, groups: Array, *, share: float = SURE) -> Interval:
    """The factor on the told log-odds that would fit the outcomes best, with an interval over groups.

    The interval is the sandwich of the logistic regression with one score for each group (Liang and Zeger 1986).

    Raises:
        ValueError: one of the two outcomes never happened.
    """
    happened, odds = _both(label, told)
    if np.ptp(odds) < SAME:
        return Interval(0.0, -np.inf, np.inf)
    full = with_level(odds[:, None])
    point = solve(full, happened, penalty=1e-6)
    return _sandwich(full, happened, sigmoid(full @ point), groups, float(point[1]), share)


def level_interval(label: Array, told: Array, groups: Array, *, share: float = SURE) -> Interval:
    """What, added to all of the told log-odds, would fit the outcomes best: calibration in the large (Cox 1958).

    0 is right; above it more happens than is told. The interval is that of `slope_interval`.

    Raises:
        ValueError: one of the two outcomes never happened.
    """
    happened, odds = _both(label, told)
    full = with_level(np.empty((len(odds), 0)))
    level = float(solve(full, happened, penalty=0.0, offset=odds)[0])
    chance = sigmoid(odds + level)
    return _sandwich(full, happened, chance, groups, level, share)


def _both(label: Array, told: Array) -> tuple[Array, Array]:
    """Outcomes as numbers, and the log-odds that were told."""
    happened = np.asarray(label, dtype=float)
    if not 0 < happened.sum() < len(happened):
        raise ValueError("Calibration needs rows of both outcomes.")
    return happened, logit(np.clip(told, 1e-6, 1 - 1e-6))


def _sandwich(
    full: Array, happened: Array, chance: Array, groups: Array, value: float, share: float
) -> Interval:
    """The interval of the last coefficient of a logistic regression, with one score for each group."""
    bread = np.linalg.inv((full * (chance * (1 - chance))[:, None]).T @ full)
    _names, at = np.unique(groups, return_inverse=True)
    pulls = np.column_stack(
        [np.bincount(at, column) for column in (full * (happened - chance)[:, None]).T]
    )
    off = float(np.sqrt((bread @ (pulls.T @ pulls) @ bread)[-1, -1]))
    half = NormalDist().inv_cdf((1 + share) / 2) * off
    return Interval(value, value - half, value + half)


def base_loss(label: Array, groups: Array, *, share: float = 0.9) -> Interval:
    """The log loss of the base rate, in nats for each row, with an interval over groups.

    In each sample of groups it is told how often it happens there, and nothing else.
    """
    drawn, at = weights_of_draws(groups)
    happened = drawn @ np.bincount(at, np.asarray(label, dtype=float)) / (drawn @ np.bincount(at))
    low, high = np.quantile(_entropy(happened), [(1 - share) / 2, (1 + share) / 2])
    return Interval(float(_entropy(np.mean(label))), float(low), float(high))


def _entropy(share: Array | np.floating[Any]) -> Array:
    """The log loss of a share that is told and comes, in nats."""
    sure = np.clip(share, 1e-9, 1 - 1e-9)
    return np.asarray(-(sure * np.log(sure) + (1 - sure) * np.log1p(-sure)))


def judge(
    label: Array,
    told: Array,
    otherwise: Array,
    groups: Array,
    slices: Mapping[str, npt.NDArray[np.bool_]] | None = None,
    later: Later | None = None,
) -> Verdict:
    """Whether what was learned may be used, on rows of programmes it was not learned from.

    What is judged is what stands there already, moved as far as the evidence carries, so it needs no proof of a gain;
    it needs an order that is not a coin's, and nothing that surely speaks against it.

    Programmes that were left out share their weeks with those learned from, so they say nothing of a change with time. So the last weeks
    must not surely be told worse by what was learned before them either, unless learning from these weeks made up
    for it: their programmes, left out, are now told surely better.

    Args:
        otherwise: what would be told if it were not used.
        slices: parts that must not surely be told worse, as masks over the rows.
        later: the same of the last weeks.
    """
    gains = surprise(label, otherwise) - surprise(label, told)
    gain = mean_interval(gains, groups)
    if not 0 < np.sum(label) < len(label):
        return Verdict(False, gain, Interval(0.0, -np.inf, np.inf), ("order",))
    reasons = []
    slope = slope_interval(label, told, groups)
    if slope_interval(label, told, groups, share=ORDER_SURE).low <= 0:
        reasons.append("order")
    if gain.high <= 0:
        reasons.append("gain")
    if slope.high < SLOPES[0] or slope.low > SLOPES[1]:
        reasons.append("slope")
    for name, mask in (slices or {}).items():
        if (
            np.sum(label[mask]) >= SLICE_EVENTS
            and mean_interval(gains[mask], groups[mask]).high <= 0
        ):
            reasons.append(f"slice:{name}")
    since = None
    if later is not None:
        weeks = later.weeks
        lost = surprise(label[weeks], otherwise[weeks]) - surprise(label[weeks], later.told)
        since = mean_interval(lost, groups[weeks], share=LATER_SURE)
        now = mean_interval(gains[weeks], groups[weeks], share=LATER_SURE)
        if since.high <= 0 and now.low <= 0:
            reasons.append("later")
    return Verdict(not reasons, gain, slope, tuple(reasons), since)


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
