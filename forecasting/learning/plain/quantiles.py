"""How large an amount may become, such as a slip in days: quantiles that cover what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import ndtr, stdtrit
from sklearn.ensemble import ExtraTreesRegressor

from .candidates import UNKNOWN, Inputs
from .table import Array, Table, splits

QUANTILES = (0.5, 0.8, 0.9)
# With fewer rows the quantiles of all rows are told; of more, so many are drawn.
LEAST_ROWS, MOST_ROWS = 60, 5000
TREES, LEAF = 300, 5
# Rows to tell are weighed so many at a time.
BLOCK = 250

Quantiles = Callable[[Table], Array]


def train_quantiles(
    table: Table, quantiles: Sequence[float] = QUANTILES, *, new_groups: bool = False
) -> Quantiles:
    """Learn the quantiles of the label of a table, which is an amount here; unknown ones are left out.

    Each quantile of a forest is moved so that it covers what it should on rows it was not learned from: later ones,
    or groups left out where the groups to tell are new (conformalised quantile regression, Romano et al. 2019).

    Returns:
        From a table to a row of quantiles for each of its rows, never falling from one to the next.

    Raises:
        ValueError: no row has a known amount.
    """
    known = table.known
    asked = known.only(known.asked)
    if not len(asked):
        raise ValueError("No row to learn from has a known amount.")
    shares = np.array(sorted(quantiles))
    missed = [
        known.label[outside][:, None] - _forest(known.only(inside), shares)(known.only(outside))
        for inside, outside in splits(known, new_groups)
        if len(inside) >= LEAST_ROWS
    ]
    moves = np.zeros(len(shares))
    if missed and sum(map(len, missed)) >= LEAST_ROWS:
        off = np.concatenate(missed)
        drawn = asked.group if new_groups else asked.time
        sure = for_one_more(shares, len(np.unique(drawn)))
        moves = np.array([np.quantile(off[:, at], share, method="higher") for at, share in enumerate(sure)])  # fmt: skip
    plain = _forest(known, shares)
    return lambda rows: np.asarray(np.maximum.accumulate(plain(rows) + moves, axis=1))


def for_one_more(shares: Array, drawn: int) -> Array:
    """The shares to cover of what is known so that they are covered in one more draw of its kind.

    Rows of one date share what befell them: a later date is one more draw of few, as a new group is one more of many.
    """
    if drawn < 2:
        return shares
    return np.asarray(ndtr(stdtrit(drawn - 1, shares) * np.sqrt(1 + 1 / drawn)))


def _forest(table: Table, shares: Array) -> Quantiles:
    """Quantiles of the rows that share leaves with a row, by how often they do (Meinshausen 2006)."""
    if len(table) < LEAST_ROWS:
        plain = np.quantile(table.label[table.asked] if table.asked.any() else table.label, shares)
        return lambda rows: np.tile(plain, (len(rows), 1))
    if len(table) > MOST_ROWS:
        drawn = np.random.default_rng(len(table)).choice(len(table), MOST_ROWS, replace=False)
        table = table.only(np.sort(drawn))
    table = table.only(np.argsort(table.label, kind="stable"))
    inputs = Inputs(table)

    def matrix(rows: Table) -> Array:
        return np.nan_to_num(inputs.flat(rows, filled=False), nan=UNKNOWN)

    model = ExtraTreesRegressor(TREES, min_samples_leaf=LEAF, max_features=0.3, random_state=0)
    leaves = model.fit(matrix(table), table.label).apply(matrix(table))

    def tell(rows: Table) -> Array:
        told = np.empty((len(rows), len(shares)))
        its = model.apply(matrix(rows)) if len(rows) else np.empty((0, TREES))
        for start in range(0, len(rows), BLOCK):
            part = its[start : start + BLOCK]
            weight = np.zeros((len(part), len(table)))
            for tree in range(TREES):
                alike = part[:, tree][:, None] == leaves[:, tree][None, :]
                weight += alike / alike.sum(axis=1, keepdims=True)
            reached = np.cumsum(weight, axis=1) / TREES
            for at, share in enumerate(shares):
                place = (reached < share - 1e-9).sum(axis=1)
                told[start : start + BLOCK, at] = table.label[np.minimum(place, len(table) - 1)]
        return told

    return tell
