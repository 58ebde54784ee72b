"""The score itself: a logistic regression on named terms, with directions, a band and drivers that add up.

    log-odds = intercept + sum over terms of weight x (value - mean) / scale

A model is plain numbers and is kept as JSON. What a term may do is bounded by its direction (`features`): worse
training or lower engagement can never lower a score, whatever an accident of the data suggests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from .inputset import InputSet, Matrix
from .limits import HIGHEST, LOWEST, level_against

# When a model is found: steps at most, and the slope and the gain at which no better one is looked for.
MOST_STEPS, FLAT, SETTLED = 60, 1e-9, 1e-13
# Curvature is summed over so many rows at a time, which stay in the cache of a core.
BLOCK = 4096
# The middle share of what is possible that a band spans.
BAND = (10.0, 90.0)


class NotEnough(ValueError):
    """The rows do not carry a model: none, or only one outcome."""


def sigmoid(values: Any) -> Any:
    """Probabilities of log-odds; beyond 35 either way they are taken as 35."""
    return 1.0 / (1.0 + np.exp(-np.clip(values, -35, 35)))


def logit(chance: Any) -> Any:
    """Log-odds of probabilities between 0 and 1."""
    return np.log(chance) - np.log1p(-np.asarray(chance))


def around(told: Matrix, members: Matrix, beyond: float = 0.0) -> tuple[Matrix, Matrix]:
    """The band of risks that are told: where members lie, and as far about what is told as they do about their own middle.

    The likeliest point and the middle of what is possible are two things where weights lie on the edge of where they may
    go: members then say more than is told, and their band alone would have what is told at its lower end, or outside.
    What no term can tell is independent of what members leave open, so distances add up by their squares.

    Args:
        told: probabilities.
        members: probabilities, members x rows.
        beyond: as in `LinearModel`.
    """
    centre, each = (logit(np.clip(chance, LOWEST, HIGHEST)) for chance in (told, members))
    low, middle, high = np.percentile(each, [BAND[0], 50.0, BAND[1]], axis=0)
    least, most = beyond * ndtri(np.array(BAND) / 100)
    low = sigmoid(centre - np.hypot(np.maximum(middle - low, centre - low), least))
    high = sigmoid(centre + np.hypot(np.maximum(high - middle, high - centre), most))
    # To the last digit: turning chances into log-odds and back is not exact.
    return np.clip(np.minimum(low, told), LOWEST, 1), np.clip(np.maximum(high, told), 0, HIGHEST)


# The portfolio of each row.
Pools = Sequence[str] | npt.NDArray[Any]


@dataclass(frozen=True)
class LinearModel:
    """Weights per term and what goes with them.

    Attributes:
        inputs: what it is a model of; the order of its terms is that of every array here.
        mean, scale: of each term over the rows it was learned from.
        intercept, weights: on standardised terms.
        pools: what a group of programmes (a portfolio) adds to the log-odds; nothing for one it never saw.
        members: intercept, weights and pools of the models whose spread makes the band, one row each.
        spread: how far intercept and weights of one organisation lie from these, in standard deviations; empty
            where nobody knows.
        beyond: how far cases lie apart in log-odds by what no term tells, in standard deviations; it widens the
            band of a model that has members.
        reference: raw inputs of a programme nothing is the matter with; drivers are measured from it.
        base: the mean risk in what it was learned from, 0 to 1.
        about: where it comes from: rows, events, dates, versions; for its card.
    """

    inputs: InputSet
    mean: Matrix
    scale: Matrix
    intercept: float
    weights: Matrix
    members: Matrix
    reference: Matrix
    base: float
    pools: Mapping[str, float] = field(default_factory=dict)
    spread: Matrix = field(default_factory=lambda: np.empty(0))
    beyond: float = 0.0
    about: Mapping[str, Any] = field(default_factory=dict)

    # --- scores ---------------------------------------------------------------------------------

    def standardised(self, raw: Matrix) -> Matrix:
        terms = self.inputs.design(raw)
        terms -= self.mean
        terms /= self.scale
        return terms

    def shifts(self, pool: Pools | None, count: int) -> Matrix:
        """What the pool of each row adds to its log-odds."""
        if pool is None or not self.pools:
            return np.zeros(count)
        return np.array([self.pools.get(name, 0.0) for name in pool])

    def log_odds(self, raw: Matrix, pool: Pools | None = None) -> Matrix:
        own = self.standardised(raw) @ self.weights
        return np.asarray(self.intercept + own + self.shifts(pool, len(raw)))

    def probability(self, raw: Matrix, pool: Pools | None = None) -> Matrix:
        """The risk of each row, 0 to 1, never quite either."""
        return np.clip(sigmoid(self.log_odds(raw, pool)), LOWEST, HIGHEST)

    def band(self, raw: Matrix, pool: Pools | None = None) -> tuple[Matrix, Matrix]:
        """Between which risks it lies, by the members of the model and what is beyond its terms; the score itself where it has no members."""
        score = self.probability(raw, pool)
        if not len(self.members):
            return score, score
        members = sigmoid(self.odds_of_members(self.standardised(raw), pool))
        return around(score, members, self.beyond)

    def odds_of_members(self, terms: Matrix, pool: Pools | None = None) -> Matrix:
        """The log-odds that each member says of standardised rows, members x rows."""
        known = [terms]
        if self.pools:
            names = np.asarray(pool if pool is not None else [""] * len(terms))
            known.append((names[:, None] == np.array(sorted(self.pools))).astype(float))
        return np.asarray(self.members[:, :1] + self.members[:, 1:] @ np.column_stack(known).T)

    def level(self, chance: float) -> str:
        """`low`, `elevated` or `high`, against the base of this model."""
        return level_against(chance, self.base)

    def contributions(self, raw: Matrix, reference: Matrix | None = None) -> Matrix:
        """What each term adds to the log-odds compared with the reference, rows x terms.

        A row's sum is the log-odds of its score less those of the reference and the shift of its pool.
        """
        start = self.reference if reference is None else reference
        return self.weights * (self.standardised(raw) - self.standardised(start[None, :]))  # type: ignore[no-any-return]

    def drivers(self, raw: Matrix, reference: Matrix | None = None) -> dict[str, Matrix]:
        """The contributions with the terms of one subject put together, by driver."""
        made = self.contributions(raw, reference)
        totals = {driver: np.zeros(len(made)) for driver in self.inputs.drivers}
        for index, term in enumerate(self.inputs.terms):
            totals[self.inputs.driver_of[term]] += made[:, index]
        return totals

    # --- keeping --------------------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        def listed(values: Matrix) -> Any:
            # A database keeps no minus before nought.
            return (np.round(values, 9) + 0.0).tolist()

        return {
            "feature_set": self.inputs.version,
            "terms": list(self.inputs.terms),
            "mean": listed(self.mean),
            "scale": listed(self.scale),
            "intercept": round(self.intercept, 9),
            "weights": listed(self.weights),
            "pools": {name: round(self.pools[name], 9) + 0.0 for name in sorted(self.pools)},
            "members": listed(self.members),
            "spread": listed(self.spread),
            "beyond": round(self.beyond, 9),
            "reference": listed(self.reference),
            "base": round(self.base, 9),
            "about": dict(self.about),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], inputs: InputSet) -> Self:
        """Read a kept model.

        Raises:
            ValueError: it was made for other inputs than these.
        """
        if kept["feature_set"] != inputs.version or tuple(kept["terms"]) != inputs.terms:
            raise ValueError(f"The model was made for the inputs {kept['feature_set']}.")
        pools = kept.get("pools", {})
        return cls(
            inputs=inputs,
            mean=np.array(kept["mean"]),
            scale=np.array(kept["scale"]),
            intercept=float(kept["intercept"]),
            weights=np.array(kept["weights"]),
            pools=dict(pools),
            members=np.array(kept["members"]).reshape(-1, 1 + len(kept["terms"]) + len(pools)),
            spread=np.array(kept.get("spread", [])),
            beyond=float(kept.get("beyond", 0.0)),
            reference=np.array(kept["reference"]),
            base=float(kept["base"]),
            about=kept["about"],
        )

    @property
    def digest(self) -> str:
        """The same numbers give the same digest, on every machine."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Rows:
    """What a model is learned from: one row per programme and week at risk.

    Attributes:
        raw: rows x raw inputs, NaN for what was not known.
        label: whether it happened within the horizon.
        group: of which programme (and world) a row is; rows of one group stay together.
        pool: in which portfolio that is; empty where nobody knows.
        day: of a row, as an ordinal; what was known by then is what it holds.
        weight: how much a row counts.
        exposure: the share of its horizon that is over, above 0 to 1; `label` speaks of that share. All of it
            where nothing is said.
    """

    raw: Matrix
    label: npt.NDArray[np.bool_]
    group: npt.NDArray[Any]
    pool: npt.NDArray[Any] | None = None
    day: npt.NDArray[Any] | None = None
    weight: Matrix | None = None
    exposure: Matrix | None = None

    def __len__(self) -> int:
        return len(self.label)

    def only(self, wanted: npt.NDArray[Any]) -> Rows:
        """Some of the rows, by a mask or by their numbers."""
        return Rows(
            *(
                None if each is None else each[wanted]
                for each in (
                    self.raw, self.label, self.group, self.pool, self.day, self.weight, self.exposure,
                )
            )  # type: ignore[arg-type]
        )  # fmt: skip


def scaling(terms: Matrix, weight: Matrix | None = None) -> tuple[Matrix, Matrix]:
    """Mean and standard deviation of each term; a term that never varies gets scale 1 and so no weight."""
    mean = np.average(terms, axis=0, weights=weight)
    scale = np.sqrt(np.average((terms - mean) ** 2, axis=0, weights=weight))
    return mean, np.where(scale > 1e-9, scale, 1.0)


def with_level(terms: Matrix) -> Matrix:
    """Terms behind a column of ones, which the intercept is the weight of."""
    return np.column_stack([np.ones(len(terms)), terms])


def curvature(full: Matrix, weight: Matrix) -> Matrix:
    """The sum over rows of weight x the row's terms x its terms."""
    root, made = np.sqrt(weight)[:, None], np.zeros((full.shape[1], full.shape[1]))
    for start in range(0, len(full), BLOCK):
        part = full[start : start + BLOCK] * root[start : start + BLOCK]
        made += part.T @ part
    return made


def solve(
    full: Matrix,
    label: Matrix,
    *,
    penalty: float | Matrix,
    towards: Matrix | None = None,
    weight: Matrix | None = None,
    directions: Sequence[int] | None = None,
    offset: Matrix | None = None,
    start: Matrix | None = None,
) -> Matrix:
    """Intercept and weights that maximise the likelihood less `penalty` / 2 x squared distance from `towards`; of rows `with_level`.

    A penalty for each (intercept first) or one for all. The intercept is not penalised unless there is something
    to be near to. Weights keep their directions. Deterministic: the problem is convex and starts from the same
    point (`start`, where something close is known). `offset` is what is added to the log-odds of each row as it is.
    Newton steps over the weights that are free to move (Bertsekas 1982, projected Newton methods).

    Raises:
        NotEnough: no rows or a single outcome, and nothing to start from.
    """
    if towards is None and (not len(label) or label.min() == label.max()):
        raise NotEnough("A model needs rows of both outcomes.")
    width = full.shape[1]
    anchor = np.zeros(width) if towards is None else towards
    strength = np.broadcast_to(np.asarray(penalty, dtype=float), (width,)).copy()
    if towards is None:
        strength[0] = 0.0
    counts = np.ones(len(label)) if weight is None else weight
    way = np.array([0, *(directions or [0] * (width - 1))])

    def allowed(point: Matrix) -> Matrix:
        return np.where(way * point < 0, 0.0, point)

    def loss(point: Matrix, odds: Matrix) -> float:
        away = point - anchor
        return float(counts @ (np.logaddexp(0.0, odds) - label * odds) + strength @ away**2 / 2)

    point = allowed(anchor.copy() if start is None else start)
    if towards is None and start is None:
        point[0] = logit(np.average(label, weights=counts))
    known = np.zeros(len(label)) if offset is None else offset
    odds = known + full @ point
    value = loss(point, odds)
    for _turn in range(MOST_STEPS):
        chance = sigmoid(odds)
        slope = full.T @ (counts * (chance - label)) + strength * (point - anchor)
        held = (way != 0) & (point == 0) & (way * slope > 0)
        free = np.flatnonzero(~held)
        if np.abs(slope[free]).max(initial=0.0) < FLAT * max(1.0, counts.sum()):
            break
        bend = curvature(full, counts * chance * (1 - chance))[np.ix_(free, free)]
        bend[np.diag_indices_from(bend)] += strength[free] + 1e-9
        step = np.zeros(width)
        step[free] = -np.linalg.solve(bend, slope[free])
        for _halving in range(40):
            tried = allowed(point + step)
            its_odds = known + full @ tried
            its_value = loss(tried, its_odds)
            if its_value <= value:
                break
            step /= 2
        else:
            break
        settled = value - its_value <= SETTLED * abs(value)
        point, odds, value = tried, its_odds, its_value
        if settled:
            break
    return point


def fit(
    rows: Rows,
    inputs: InputSet,
    *,
    penalty: float,
    about: Mapping[str, Any] | None = None,
) -> LinearModel:
    """Learn a model from rows; the median of the rows is the reference of its drivers.

    Args:
        penalty: on the squared standardised weights; larger keeps them nearer to nothing.

    Raises:
        NotEnough: no rows or a single outcome.
    """
    if not len(rows):
        raise NotEnough("A model needs rows.")
    terms = inputs.design(rows.raw)
    mean, scale = scaling(terms, rows.weight)
    point = solve(
        with_level((terms - mean) / scale),
        rows.label.astype(float),
        penalty=penalty,
        weight=rows.weight,
        directions=inputs.directions,
    )
    return LinearModel(
        inputs=inputs,
        mean=mean,
        scale=scale,
        intercept=float(point[0]),
        weights=point[1:],
        members=np.empty((0, len(point))),
        reference=np.median(inputs.filled(rows.raw), axis=0),
        base=float(np.average(rows.label, weights=rows.weight)),
        about=about or {},
    )
