"""What may tell the outcomes of a plain table, from the base rate to boosted trees.

Each is learned from a table and gives a function from rows to probabilities. Imputation, scaling and the list of words
are part of what is learned, so that nothing of held-out rows gets into them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .table import Array, Table

Tell = Callable[[Table], Array]
BASE, RECORD = "base rate", "record"
# Nobody is told that something is impossible or certain.
LEAST, MOST = 0.002, 0.998
# Inverse penalties of the ridge that are tried.
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)
# A record is held to the base rate as by so many rows. Rarer words say nothing.
HELD_BY, RARE = 10.0, 10
# From so many rows on boosted trees may be finer, and a forest has no more to add.
MANY, SOME = 15_000, 2_000
TREES, LEAST_LEAF = 300, 12
# A number nobody knows, for trees that need one.
UNKNOWN = -9.0e6


def _base_rate(table: Table) -> Tell:
    base = float(np.clip(table.share, LEAST, MOST))
    return lambda rows: np.full(len(rows), base)


def _record(table: Table) -> Tell:
    """What became of the past rows of the same team or agency, held to the base rate; nothing else."""
    words, at = np.unique(table.record, return_inverse=True)
    base = table.share
    shares = (np.bincount(at, table.happened) + HELD_BY * base) / (np.bincount(at) + HELD_BY)
    of_word = dict(zip(words, shares, strict=True))
    return lambda rows: np.clip([of_word.get(word, base) for word in rows.record], LEAST, MOST)


def _ridge(strength: float, table: Table) -> Tell:
    """Logistic regression under a ridge penalty.

    Args:
        strength: the inverse of the penalty, on standardised inputs.
    """
    inputs = Inputs(table)
    made, happened, weight = _of_both(inputs.flat(table), table.label)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=500))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(made, happened, logisticregression__sample_weight=weight)
    return lambda rows: _chance(model, inputs.flat(rows))


def _of_both(made: Array, label: Array) -> tuple[Array, Array, Array | None]:
    """Rows for learners that know two outcomes only: where it was close, a row is in parts of both."""
    if np.isin(label, (0, 1)).all():
        return made, label, None
    return (
        np.vstack([made, made]),
        np.repeat([1.0, 0.0], len(label)),
        np.concatenate([label, 1 - label]),
    )


def _boosted(table: Table) -> Tell:
    """Boosted trees, each of which sees a third of the columns: the more rows, the finer."""
    inputs = Inputs(table)
    rows, happened, weight = _of_both(inputs.flat(table, filled=False), table.label)
    rounds, leaves, least = _fineness(len(table))
    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.05,
        max_leaf_nodes=leaves,
        min_samples_leaf=least * len(rows) // len(table),
        l2_regularization=10.0,
        max_features=0.3,
        early_stopping=False,
        random_state=0,
    ).fit(rows, happened, weight)
    return lambda rows: _chance(model, inputs.flat(rows, filled=False))


def _fineness(count: int) -> tuple[int, int, int]:
    """How many trees are boosted, their leaves, and the fewest rows of a leaf."""
    if count >= MANY:
        return 300, 24, 60
    return (150, 8, 60) if count >= SOME else (80, 4, min(30, max(5, count // 10)))


def _forest(table: Table) -> Tell:
    """Trees cut at random (Geurts et al. 2006), which do well on few rows; shallow where rows are many."""
    inputs = Inputs(table)
    model = ExtraTreesRegressor(
        TREES if len(table) < MANY else TREES // 3,
        min_samples_leaf=max(LEAST_LEAF, len(table) // 1000),
        max_features=0.5,
        random_state=0,
    ).fit(np.nan_to_num(inputs.flat(table, filled=False), nan=UNKNOWN), table.label)

    def tell(rows: Table) -> Array:
        made = np.nan_to_num(inputs.flat(rows, filled=False), nan=UNKNOWN)
        return np.clip(model.predict(made), LEAST, MOST)

    return tell


def _chance(model: Any, made: Array) -> Array:
    return np.clip(model.predict_proba(made)[:, 1], LEAST, MOST)


# The strength of the ridge is chosen by the rows held out, which are told as those to tell will be.
RIDGES: Mapping[str, Callable[[Table], Tell]] = {
    f"ridge {strength}": partial(_ridge, strength) for strength in STRENGTHS
}
TREES_OF: Mapping[str, Callable[[Table], Tell]] = {"boosted": _boosted, "forest": _forest}
CANDIDATES: Mapping[str, Callable[[Table], Tell]] = {
    BASE: _base_rate,
    RECORD: _record,
    **RIDGES,
    **TREES_OF,
}


class Inputs:
    """From a table to a matrix, by means and words of the rows it was learned from."""

    def __init__(self, table: Table) -> None:
        self.means = {
            name: float(np.nanmean(values))
            for name, values in table.numbers.items()
            if not np.isnan(values).all()
        }
        self.gaps = [name for name in self.means if np.isnan(table.numbers[name]).any()]
        self.words = {name: _frequent(values) for name, values in table.categories.items()}

    def flat(self, rows: Table, *, filled: bool = True) -> Array:
        """A column for each number and each frequent word; what is unknown is the mean, with a column that says so.

        Args:
            filled: whether; else unknown numbers stay NaN.
        """
        columns: list[Array] = []
        for name, mean in self.means.items():
            values = np.asarray(rows.numbers[name], dtype=float)
            columns.append(np.where(np.isnan(values), mean, values) if filled else values)
        if filled:
            columns += [np.isnan(rows.numbers[name]).astype(float) for name in self.gaps]
        for name, frequent in self.words.items():
            columns += [(rows.categories[name] == word).astype(float) for word in frequent]
        return np.column_stack(columns) if columns else np.zeros((len(rows), 1))


def _frequent(values: Array) -> list[str]:
    words, counts = np.unique(values.astype(str), return_counts=True)
    return [str(word) for word, count in zip(words, counts, strict=True) if count >= RARE]
