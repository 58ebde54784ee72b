"""How much of what could be known was told: measures as shares of those of the best possible forecast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from forecasting.learning.judging.evaluation import Interval, samples, weights_of_draws
from forecasting.learning.judging.metrics import calibration_error

Array = npt.NDArray[Any]
DRAWS, MIDDLE = 100, (0.05, 0.95)
# Where the best possible forecast is hardly better than a coin, there is no share of it.
LEAST_SKILL = 0.005


def shares(label: Array, told: Array, best: Array) -> dict[str, float]:
    """Shares of the achievable AUC above 0.5, average precision above the base rate, and Brier skill; and more.

    Raises:
        ValueError: one of the two outcomes never happened.
    """
    happened = np.asarray(label, dtype=float)
    base = happened.mean()
    if not 0 < base < 1:
        raise ValueError("Both outcomes are needed.")
    spread = base * (1 - base)
    ours, its = float(roc_auc_score(happened, told)), float(roc_auc_score(happened, best))
    return {
        "fAUC": share(ours - 0.5, its - 0.5),
        "fAP": share(float(average_precision_score(happened, told)) - base, float(average_precision_score(happened, best)) - base),
        "fBSS": share(1 - _off(told, happened) / spread, 1 - _off(best, happened) / spread),
        "ECE": calibration_error(happened, told),
        "AUC": ours,
    }  # fmt: skip


def expected_shares(told: Array, best: Array) -> dict[str, float]:
    """The same shares without the luck of what happened: the best chances stand for the outcomes."""
    base = best.mean()
    spread = base * (1 - base)
    # What even the best forecast leaves open, and what ours leaves open beyond that.
    left = float((best * (1 - best)).mean())
    return {
        "fAUC": share(_expected_auc(told, best) - 0.5, _expected_auc(best, best) - 0.5),
        "fBSS": share(1 - (left + _off(told, best)) / spread, 1 - left / spread),
        "ECE": calibration_error(best, told),
    }


def _expected_auc(told: Array, chance: Array) -> float:
    """The chance that an event is told more than a non-event; ties count half."""
    _values, at = np.unique(told, return_inverse=True)
    events, others = np.bincount(at, chance), np.bincount(at, 1 - chance)
    below = np.cumsum(others) - others / 2
    return float((events * below).sum() / (events.sum() * others.sum()))


def share(ours: float, its: float) -> float:
    return float(ours / its) if its > LEAST_SKILL else float("nan")


def _off(told: Array, outcome: Array) -> float:
    return float(((told - outcome) ** 2).mean())


def intervals(measure: Callable[[Array], Mapping[str, float]], group: Array) -> dict[str, Interval]:
    """Measures of all rows, each with the middle 90 % over draws of groups.

    Args:
        measure: from the numbers of rows to measures; a draw for which it raises `ValueError` is left out.
    """
    point = measure(np.arange(len(group)))
    drawn: list[Mapping[str, float]] = []
    for rows in samples(group, DRAWS):
        try:
            drawn.append(measure(rows))
        except ValueError:
            continue
    made = {}
    for name, value in point.items():
        each = np.array([one[name] for one in drawn if not np.isnan(one[name])])
        low, high = np.quantile(each, MIDDLE) if len(each) else (value, value)
        made[name] = Interval(value, float(low), float(high))
    return made


def ratio(told: Array, outcome: Array, group: Array) -> Interval:
    """Told over observed, with the middle 90 % over groups; NaN where nothing was observed."""
    drawn, at = weights_of_draws(group, 1000)
    observed = drawn @ np.bincount(at, outcome)
    if not outcome.sum():
        return Interval(float("nan"), float("nan"), float("nan"))
    each = (drawn @ np.bincount(at, told))[observed > 0] / observed[observed > 0]
    low, high = np.quantile(each, MIDDLE)
    return Interval(float(told.sum() / outcome.sum()), float(low), float(high))
