"""One model out of many organisations: what holds across them, and how far a single one may lie from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from . import features
from .linear import LinearModel, Matrix, Rows, fit, scaling, sigmoid, solve
from .metrics import log_loss

PENALTIES = (10.0, 30.0, 100.0, 300.0, 1000.0)
# How hard a single organisation is held to what holds across all.
TRUSTS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FOLDS = 5
_DIRECTIONS = [features.DIRECTION_OF[name] for name in features.TERMS]


def learn_prior(worlds: Sequence[Rows], *, about: Mapping[str, Any] | None = None) -> LinearModel:
    """The model of a programme nothing is known of but its inputs, in an organisation nobody has measured.

    The penalty is the one that tells worlds left out best. Each world then gets a model of its own, held to
    the common one as hard as serves its own left-out programmes best; their spread is the band.

    Args:
        worlds: rows of each, with programmes as groups. Every world counts the same.

    Raises:
        ValueError: fewer worlds than folds.
    """
    if len(worlds) < FOLDS:
        raise ValueError(f"A prior is learned from at least {FOLDS} worlds.")
    losses = {penalty: _loss_of_worlds_left_out(worlds, penalty) for penalty in PENALTIES}
    penalty = min(losses, key=lambda each: losses[each])
    pooled = fit(together(worlds), penalty=penalty, about=about)
    trusts = {trust: _loss_of_programmes_left_out(worlds, pooled, trust) for trust in TRUSTS}
    trust = min(trusts, key=lambda each: trusts[each])
    members = np.array([own_weights(world, pooled, trust=trust) for world in worlds])
    told = {
        "penalty": penalty,
        "trust": trust,
        "worlds": len(worlds),
        "rows": sum(len(world) for world in worlds),
        "events": int(sum(world.label.sum() for world in worlds)),
        "log_loss_of_worlds_left_out": round(losses[penalty], 5),
        **dict(pooled.about),
    }
    return replace(pooled, members=members, about=told)


def together(worlds: Sequence[Rows]) -> Rows:
    """The rows of all worlds, each world with the same weight in sum."""
    usual = np.mean([len(world) for world in worlds])
    return Rows(
        raw=np.concatenate([world.raw for world in worlds]),
        label=np.concatenate([world.label for world in worlds]),
        group=np.concatenate(
            [[f"{index}/{name}" for name in world.group] for index, world in enumerate(worlds)]
        ),
        weight=np.concatenate([np.full(len(world), usual / len(world)) for world in worlds]),
    )


def own_weights(rows: Rows, model: LinearModel, *, trust: float) -> Matrix:
    """Intercept and weights of one organisation's rows, held to a model's on its standardisation."""
    return solve(
        model.standardised(rows.raw),
        rows.label.astype(float),
        penalty=trust,
        towards=np.concatenate([[model.intercept], model.weights]),
        directions=_DIRECTIONS,
    )


def folds(groups: npt.NDArray[Any], count: int = FOLDS) -> npt.NDArray[np.int_]:
    """A fold for each row; rows of a group share one. The same groups get the same folds."""
    names, at = np.unique(groups, return_inverse=True)
    turn = np.random.default_rng(len(names)).permutation(len(names))
    return np.asarray(turn[at] % count)


def _loss_of_worlds_left_out(worlds: Sequence[Rows], penalty: float) -> float:
    """Mean log loss of worlds by models that never saw them, every world counting the same."""
    losses = []
    for fold in range(FOLDS):
        learned = together([each for at, each in enumerate(worlds) if at % FOLDS != fold])
        terms = features.design(learned.raw)
        mean, scale = scaling(terms, learned.weight)
        point = solve(
            (terms - mean) / scale,
            learned.label.astype(float),
            penalty=penalty,
            weight=learned.weight,
            directions=_DIRECTIONS,
        )
        for world in worlds[fold::FOLDS]:
            told = sigmoid(point[0] + ((features.design(world.raw) - mean) / scale) @ point[1:])
            losses.append(log_loss(world.label, told))
    return float(np.mean(losses))


def _loss_of_programmes_left_out(
    worlds: Sequence[Rows], pooled: LinearModel, trust: float
) -> float:
    losses = []
    for world in worlds:
        half = folds(world.group, 2) == 0
        point = own_weights(world.only(half), pooled, trust=trust)
        rest = world.only(~half)
        told = sigmoid(point[0] + pooled.standardised(rest.raw) @ point[1:])
        losses.append(log_loss(rest.label, told))
    return float(np.mean(losses))
