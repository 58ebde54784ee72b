"""How good probabilities are: order, size, and both against what the base rate alone would say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from ..linear import logit, solve, with_level

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Quality:
    """Of probabilities told for rows whose outcome is known.

    Attributes:
        rows, events: how many.
        base: share of events.
        auc: chance that an event was told a higher risk than a non-event (0.5: no better than a coin).
        ap: average precision (the base rate: no better than a coin).
        log_loss: mean, nats.
        skill: Brier skill against the base rate; 1 is perfect, 0 the base rate, below 0 worse than it.
        error: expected calibration error over bins of equal size.
        slope: of the log-odds that would fit best; 1 is calibrated, below 1 too bold.
    """

    rows: int
    events: int
    base: float
    auc: float
    ap: float
    log_loss: float
    skill: float
    error: float
    slope: float


def quality(label: Array, told: Array) -> Quality:
    """Measure told probabilities.

    Raises:
        ValueError: one of the two outcomes never happened, so that nothing can be told apart.
    """
    happened = np.asarray(label, dtype=float)
    if not 0 < happened.sum() < len(happened):
        raise ValueError("Quality needs rows of both outcomes.")
    base = float(happened.mean())
    return Quality(
        rows=len(happened),
        events=int(happened.sum()),
        base=base,
        auc=float(roc_auc_score(happened, told)),
        ap=float(average_precision_score(happened, told)),
        log_loss=log_loss(happened, told),
        skill=skill(happened, told),
        error=calibration_error(happened, told),
        slope=calibration_slope(happened, told),
    )


def skill(label: Array, told: Array) -> float:
    """Brier skill against the base rate."""
    base = float(np.mean(label))
    return 1 - float(((told - label) ** 2).mean()) / (base * (1 - base))


def log_loss(label: Array, told: Array, weight: Array | None = None) -> float:
    """Mean surprise, in nats."""
    sure = np.clip(told, 1e-9, 1 - 1e-9)
    return float(-np.average(label * np.log(sure) + (1 - label) * np.log1p(-sure), weights=weight))


def calibration_error(label: Array, told: Array, bins: int = 10) -> float:
    """Mean distance between told and observed share, over bins with the same number of rows."""
    order = np.argsort(told, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    gaps = [len(part) * abs(told[part].mean() - label[part].mean()) for part in parts]
    return float(sum(gaps) / len(order))


def calibration_slope(label: Array, told: Array) -> float:
    """The factor on the told log-odds that would fit the outcomes best."""
    odds = logit(np.clip(told, 1e-6, 1 - 1e-6))[:, None]
    return float(solve(with_level(odds), np.asarray(label, dtype=float), penalty=1e-6)[1])


class ToldAndCame:
    """Told probabilities with what came, put in order once and measured with many weights of their rows."""

    def __init__(self, label: Array, told: Array) -> None:
        self._order = np.argsort(told, kind="stable")
        self._label = np.asarray(label, dtype=float)[self._order]
        self._told = np.asarray(told, dtype=float)[self._order]
        self._level = np.unique(self._told, return_inverse=True)[1]

    def measures(self, weight: Array, names: Sequence[str]) -> dict[str, float] | None:
        """What `quality` says of so many of each row; None where one of the two outcomes is not among them."""
        weight = np.asarray(weight)[self._order]
        came = np.bincount(self._level, weight * self._label)
        not_came = np.bincount(self._level, weight * (1 - self._label))
        if not came.sum() or not not_came.sum():
            return None
        return {name: self._measure(name, weight, came, not_came) for name in names}

    def _measure(self, name: str, weight: Array, came: Array, not_came: Array) -> float:
        if name == "auc":
            below = np.cumsum(not_came) - not_came
            return float(came @ (below + not_came / 2) / (came.sum() * not_came.sum()))
        if name == "ap":
            hits, misses = np.cumsum(came[::-1]), np.cumsum(not_came[::-1])
            seen = np.maximum(hits + misses, 1e-12)
            return float((hits / seen) @ came[::-1] / came.sum())
        if name == "skill":
            base = float(came.sum() / weight.sum())
            off = float(weight @ (self._told - self._label) ** 2 / weight.sum())
            return 1 - off / (base * (1 - base))
        if name == "error":
            label, told = (np.repeat(each, weight) for each in (self._label, self._told))
            parts = zip(*(np.array_split(each, min(10, len(told))) for each in (label, told)), strict=True)  # fmt: skip
            gaps = [len(came) * abs(said.mean() - came.mean()) for came, said in parts]
            return float(sum(gaps) / len(told))
        odds = logit(np.clip(self._told, 1e-6, 1 - 1e-6))[:, None]
        return float(
            solve(with_level(odds), self._label, penalty=1e-6, weight=weight.astype(float))[1]
        )


MEASURES = ("auc", "ap", "skill", "error", "slope")
