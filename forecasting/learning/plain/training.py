"""Training on a plain table: told from named columns, split by group and in time.

The evaluation, the way of splitting and the calibration that serve the portal's own scores, for any table whose rows
have a group (a project, a team, an organisation) and a time. How much each learner says is decided on rows that are
later than those it was learned from, or, where the groups to tell will be new ones, on groups left out; where together
they tell them no better than the base rate, the base rate is told. Nothing is drawn without a seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..judging.metrics import log_loss
from ..linear import logit, sigmoid, solve, with_level
from .candidates import BASE, CANDIDATES, LEAST, MOST, RECORD, RIDGES, TREES_OF, Tell
from .table import FEW_GROUPS, Array, Table, folds, splits

# With fewer rows, or fewer of either outcome, nothing is told but the base rate.
LEAST_ROWS, LEAST_EVENTS = 40, 8
# A candidate is only used where it tells held-out rows better than the base rate, by this much log loss.
LEAST_GAIN = 0.001
# Level and weights of the log-odds are held to leaving them as they are as if by this.
HELD_BY = 80.0
# Where groups are few, as many rows as a group says something new.
GROUP_COUNTS = 50.0
# The learners together, and in how many folds their weights are tried.
TOGETHER, BLENDED_IN = "together", 5


@dataclass(frozen=True)
class Trained:
    """What was learned, ready to tell.

    Attributes:
        name: of the candidate that is used.
        tell: from a table to probabilities.
        base: the share of events it was learned from.
        losses: log loss of every candidate on the rows held out; empty when there were too few rows to choose.
        why: in a sentence, why it is used.
    """

    name: str
    tell: Tell
    base: float
    losses: Mapping[str, float]
    why: str


def train(table: Table, *, new_groups: bool = False) -> Trained:
    """Learn to tell the outcomes of a table.

    Args:
        new_groups: whether the groups to tell will be ones nobody has seen; then the choice is made on groups
            left out, else on later rows.

    Raises:
        ValueError: no row has a known outcome.
    """
    known = table.known
    asked = known.only(known.asked)
    if not len(asked):
        raise ValueError("No row to learn from has a known outcome.")
    if _too_few(asked):
        return _fallen_back(asked, {}, f"{len(asked)} rows with {asked.events} events are too few to learn from")  # fmt: skip
    held = _held_out(known, new_groups)
    if held is None:
        return _fallen_back(asked, {}, "no part could be held out with enough left to learn from")
    label, group, told = held
    weight = _weight(group)
    losses = {name: log_loss(label, each, weight) for name, each in told.items()}
    learners = (min(RIDGES, key=lambda name: losses[name]), *TREES_OF)
    told[TOGETHER] = _blended(label, group, [told[name] for name in learners], weight)
    losses[TOGETHER] = log_loss(label, told[TOGETHER], weight)
    # Of few rows the best of several learners is often chance; the weights of all of them are told by the rows.
    best = min((TOGETHER, RECORD, BASE), key=lambda name: losses[name])
    if losses[BASE] - losses[best] < LEAST_GAIN:
        return _fallen_back(asked, losses, "nothing told held-out rows better than the base rate")
    parts = learners if best == TOGETHER else (best,)
    return Trained(
        best,
        _teller(parts, known, calibration(label, [told[name] for name in parts], weight)),
        asked.share,
        losses,
        "it told held-out rows best",
    )


def _too_few(table: Table) -> bool:
    return len(table) < LEAST_ROWS or min(table.events, len(table) - table.events) < LEAST_EVENTS


def _fallen_back(asked: Table, losses: Mapping[str, float], why: str) -> Trained:
    # As if one more of each outcome had been seen: nothing is impossible or certain.
    chance = (asked.events + 1) / (len(asked) + 2)
    return Trained(BASE, lambda rows: np.full(len(rows), chance), asked.share, losses, why)


def _weight(group: Array) -> Array | None:
    """Where groups are few, each counts the same and as a few rows, which share what is its own; else each row does."""
    _names, at = np.unique(group, return_inverse=True)
    sizes = np.bincount(at)
    if len(sizes) >= FEW_GROUPS:
        return None
    return np.asarray(min(GROUP_COUNTS, sizes.mean()) / sizes[at])


def _held_out(table: Table, new_groups: bool) -> tuple[Array, Array, dict[str, Array]] | None:
    """Outcomes and groups of the rows that were held out, and what each candidate told of them."""
    pieces: list[tuple[Table, dict[str, Array]]] = []
    for learned, told in splits(table, new_groups):
        inside, outside = table.only(learned), table.only(told)
        if not _too_few(inside):
            pieces.append((outside, {name: make(inside)(outside) for name, make in CANDIDATES.items()}))  # fmt: skip
    if not pieces:
        return None
    every = {name: np.concatenate([each[name] for _rows, each in pieces]) for name in CANDIDATES}
    return (
        np.concatenate([rows.happened for rows, _each in pieces]),
        np.concatenate([rows.group for rows, _each in pieces]),
        every,
    )


def _blended(label: Array, group: Array, parts: Sequence[Array], weight: Array | None) -> Array:
    """What the learners told together, each fold of groups weighed by what the others were told."""
    blended = np.empty(len(label))
    fold = folds(group, BLENDED_IN)
    for number in np.unique(fold):
        out = fold == number
        found = calibration(label[~out], [each[~out] for each in parts], None if weight is None else weight[~out])  # fmt: skip
        blended[out] = mixed(found, [each[out] for each in parts])
    return blended


def _teller(parts: Sequence[str], known: Table, weights: Array) -> Tell:
    tellers = [CANDIDATES[name](known) for name in parts]
    return lambda rows: np.clip(mixed(weights, [each(rows) for each in tellers]), LEAST, MOST)


def calibration(label: Array, told: Sequence[Array], weight: Array | None = None) -> Array:
    """Level and weights of log-odds that fit the outcomes best, held to their mean as it is; none is below nothing."""
    odds = np.column_stack([logit(np.clip(each, LEAST, MOST)) for each in told])
    return solve(
        with_level(odds),
        label,
        penalty=HELD_BY,
        towards=np.array([0.0, *np.full(len(told), 1 / len(told))]),
        weight=weight,
        directions=[1] * len(told),
    )


def mixed(weights: Array, told: Sequence[Array]) -> Array:
    """Chances of several, by the level and weights of their log-odds."""
    odds = np.column_stack([logit(np.clip(each, LEAST, MOST)) for each in told])
    return np.asarray(sigmoid(weights[0] + odds @ weights[1:]))
