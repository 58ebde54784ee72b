"""One model out of many organisations: what holds across them, and how far a single one may lie from it.

An organisation of its own is then learned by moving away from that as far as its own events carry
(`own_model`): with none it stays where it was, with hundreds it hardly matters where it started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from .inputset import InputSet
from .judging.metrics import log_loss
from .levels import Level
from .linear import LinearModel, Matrix, Rows, curvature, fit, scaling, sigmoid, solve, with_level

PENALTIES = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)
FOLDS = 5
# Rows of four weeks running tell of the same four weeks: one event makes about four of them.
EVIDENCE = 0.25
# Where the search for the spread starts, and what it may not fall below, in standard deviations.
FIRST_SPREAD, LEAST_SPREAD = 0.2, 0.02
ROUNDS = 12
# A term this near to what all worlds had is no other.
SAME = 1e-9
# Portfolios of one organisation differ by so much in log-odds where nobody has measured it.
USUAL_POOL_SPREAD = 0.5
# How far the slope of its log-odds may lie from the prior's where an organisation has no weights of its own: to be
# calmer than the prior takes less evidence than to be bolder, which costs more where it is wrong.
CALMER_SPREAD, BOLDER_SPREAD = 0.5, 0.25
DRAWS, SWEEPS = 60, 20
# Of a term's distance from the prior its typical size counts as one measurement (Student's t with one degree of
# freedom), that of portfolios as two; so a term lies near the prior or far from it, and few lie in between.
SPREAD_COUNTS, POOL_SPREAD_COUNTS = 4, 2
# The distances are found again and again until none changes by a larger share.
OWN_ROUNDS, SAME_SPREAD = 4, 0.05


def learn_prior(
    worlds: Sequence[Rows],
    inputs: InputSet,
    *,
    beyond: float = 0.0,
    about: Mapping[str, Any] | None = None,
) -> LinearModel:
    """The model of a programme nothing is known of but its inputs, in an organisation nobody has measured.

    The penalty is the one that tells worlds left out best. How far single worlds lie from what they have in
    common is estimated for each term (empirical Bayes, by expectation and maximisation); the worlds themselves
    are the band.

    Args:
        worlds: rows of each, with programmes as groups. Every world counts the same.
        beyond: how far cases of these worlds lie apart by what no input shows (`LinearModel.beyond`).

    Raises:
        ValueError: fewer worlds than folds.
    """
    if len(worlds) < FOLDS:
        raise ValueError(f"A prior is learned from at least {FOLDS} worlds.")
    losses = {penalty: _loss_of_worlds_left_out(worlds, inputs, penalty) for penalty in PENALTIES}
    penalty = min(losses, key=lambda each: losses[each])
    pooled = fit(together(worlds), inputs, penalty=penalty, about=about)
    spread, pool_spread, members = _spread_of(worlds, pooled)
    told = {
        "penalty": penalty,
        "pool_spread": round(pool_spread, 4),
        "worlds": len(worlds),
        "rows": sum(len(world) for world in worlds),
        "events": int(sum(world.label.sum() for world in worlds)),
        "log_loss_of_worlds_left_out": round(losses[penalty], 5),
        **dict(pooled.about),
    }
    return replace(pooled, members=members, spread=spread, beyond=beyond, about=told)


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


@dataclass(frozen=True)
class _Seen:
    """Rows of one organisation as a model sees them: terms and portfolios behind a column of ones, and what is added to their log-odds."""

    full: Matrix
    label: Matrix
    pools: tuple[str, ...]
    offset: Matrix | None


@dataclass(frozen=True)
class _Own:
    """What one organisation's rows say: the likeliest point, its pools' names, how sure it is of each, and how fast it
    becomes less likely towards where weights may not go.
    """

    point: Matrix
    pools: tuple[str, ...]
    covariance: Matrix
    slope: Matrix


def own_model(
    rows: Rows, prior: LinearModel, *, about: Mapping[str, Any] | None = None
) -> LinearModel:
    """The model of one organisation: the prior, moved as far as its own events carry.

    Weights keep their directions. How far each goes starts from how far single organisations lay from the prior
    when it was learned, portfolios from how far portfolios did, and is then found from the rows themselves: what
    they hardly move is held closer, what they move far is let go (automatic relevance determination, MacKay
    1992, around the prior instead of nought). The level keeps its own. The band are draws from what the rows leave
    open (`draws`); an input that neither the worlds of the prior nor these rows ever moved is known by nobody and
    widens no band. The same rows give the same model.

    Args:
        rows: some of which may speak of a part of their horizon only (`Rows.exposure`): a risk of p over all of it
            is about p times the share over a share of it, which moves the log-odds by the logarithm of the share.
    """
    prior, unseen = _on_scale_of(rows, prior)
    found = _found(rows, prior)
    width = 1 + len(prior.weights)
    members = draws(found, prior.inputs.directions)
    members[:, 1 + unseen] = prior.weights[unseen]
    return replace(
        prior,
        intercept=float(found.point[0]),
        weights=found.point[1:width],
        pools=dict(zip(found.pools, found.point[width:].tolist(), strict=True)),
        members=members,
        spread=np.empty(0),
        reference=np.median(prior.inputs.filled(rows.raw), axis=0),
        base=_base(rows),
        about=about or {},
    )


def level_of(rows: Rows, prior: LinearModel, *, level_spread: float) -> Level:
    """Where the prior lies in one organisation: level and slope of its log-odds, drawn towards what happened here.

    Two numbers are moved, so a handful of events says something about them, and none at all does too. The slope is held
    to 1 by a split normal, wider below than above (maximum a posteriori).

    Args:
        rows: some of which may speak of a part of their horizon only, as in `own_model`.
        level_spread: how far levels of organisations lie apart, in log-odds.
    """
    told = prior.log_odds(rows.raw)
    centre = float(told.mean())

    def likeliest(slope_spread: float) -> Matrix:
        """Level and slope, the latter held to 1 by a spread."""
        return solve(
            with_level((told - centre)[:, None]),
            rows.label.astype(float),
            penalty=np.array([level_spread, slope_spread]) ** -2.0,
            towards=np.array([centre, 1.0]),
            weight=np.full(len(rows), EVIDENCE),
            directions=[1],
            offset=None if rows.exposure is None else np.log(rows.exposure),
        )

    # The two halves meet at 1 without a kink, so the side on which one of them has its top is that of both.
    level, slope = likeliest(CALMER_SPREAD)
    if slope > 1:
        level, slope = likeliest(BOLDER_SPREAD)
    base = sigmoid(level + slope * (told - centre)).mean()
    return Level(float(level - slope * centre), float(slope), float(base))


def levelled(
    prior: LinearModel, level: Level, *, about: Mapping[str, Any] | None = None
) -> LinearModel:
    """The prior on a level. Drivers keep their proportions."""
    return replace(
        LinearModel.from_dict(level.of(prior.as_dict()), prior.inputs), about=about or {}
    )


def apart(rows: Rows, prior: LinearModel) -> tuple[Matrix, Matrix]:
    """Where rows put level and weights if each may go as far from the prior as organisations usually lie apart, and how
    sharply they say so: the likeliest point, and the diagonal of the Hessian of their likelihood without what the prior
    says. Portfolios are fitted beside them and left out.
    """
    usual_pool = float(prior.about.get("pool_spread", USUAL_POOL_SPREAD))
    found = _own(_seen(rows, prior), prior, prior.spread, usual_pool)
    width = 1 + len(prior.weights)
    precision = np.diag(np.linalg.inv(found.covariance))[:width]
    return found.point[:width], np.maximum(precision - prior.spread**-2.0, 0.0)


def _on_scale_of(rows: Rows, prior: LinearModel) -> tuple[LinearModel, npt.NDArray[np.int_]]:
    """The prior with a scale for the terms that no world of it moved, and which of these never vary in these rows either.

    Such a term stands in its own units, days for instance, and its weight is nought, or what other organisations say of
    one unit where the prior is shared. How far organisations lie apart is meant for one standard deviation; for one day
    it would let twenty days say anything. So it is taken by its size here, in the rows that have any, where that is more
    than one unit. A term that is the same in all rows is counted from there: it cannot be told from their level.
    """
    if len(prior.members) < 2 or not len(rows):
        return prior, np.empty(0, dtype=int)
    terms = prior.standardised(rows.raw)
    mean, scale, weights = prior.mean.copy(), prior.scale.copy(), prior.weights.copy()
    intercept, unseen = prior.intercept, []
    for at in np.flatnonzero(np.ptp(prior.members[:, 1:], axis=0) == 0):
        here = terms[:, at]
        if np.ptp(here) > SAME:
            size = max(1.0, float(np.sqrt(np.mean(here[np.abs(here) > SAME] ** 2))))
            scale[at] *= size
            weights[at] *= size
        else:
            unseen.append(at)
            mean[at] += scale[at] * here[0]
            intercept += weights[at] * here[0]
    known = replace(prior, mean=mean, scale=scale, weights=weights, intercept=float(intercept))
    return known, np.array(unseen, dtype=int)


def _base(rows: Rows) -> float:
    """How often it happens within a whole horizon."""
    if rows.exposure is None:
        return float(rows.label.mean())
    return float(rows.label.sum() / rows.exposure.sum())


def _found(rows: Rows, prior: LinearModel) -> _Own:
    """What rows say, with how far each term may lie from the prior found from them as well."""
    usual, width = prior.spread, 1 + len(prior.weights)
    usual_pool = float(prior.about.get("pool_spread", USUAL_POOL_SPREAD))
    anchor = np.concatenate([[prior.intercept], prior.weights])
    spread, pool_spread, found = usual, usual_pool, None
    seen = _seen(rows, prior)
    for _round in range(OWN_ROUNDS):
        found = _own(seen, prior, spread, pool_spread, start=found)
        unsure = np.diag(found.covariance)
        away = (found.point[:width] - anchor) ** 2 + unsure[:width]
        before, spread = spread, np.sqrt((SPREAD_COUNTS * usual**2 + away) / (SPREAD_COUNTS + 1))
        spread[0] = usual[0]
        of_pools = float(np.sum(found.point[width:] ** 2 + unsure[width:]))
        counts = POOL_SPREAD_COUNTS + len(found.pools)
        pool_spread = float(np.sqrt((POOL_SPREAD_COUNTS * usual_pool**2 + of_pools) / counts))
        if np.abs(np.log(spread / before)).max() < SAME_SPREAD:
            break
    assert found is not None
    return found


def _seen(rows: Rows, model: LinearModel) -> _Seen:
    pools = tuple(sorted(set(rows.pool.tolist()) - {""})) if rows.pool is not None else ()
    terms = model.standardised(rows.raw)
    if pools:
        terms = np.column_stack([terms, rows.pool[:, None] == np.array(pools)])  # type: ignore[index]
    return _Seen(
        with_level(terms),
        rows.label.astype(float),
        pools,
        None if rows.exposure is None else np.log(rows.exposure),
    )


def _own(
    seen: _Seen,
    model: LinearModel,
    spread: Matrix,
    pool_spread: float,
    *,
    start: _Own | None = None,
) -> _Own:
    others = len(seen.pools)
    strength = np.concatenate([spread, np.full(others, pool_spread)]) ** -2.0
    anchor = np.concatenate([[model.intercept], model.weights, np.zeros(others)])
    point = solve(
        seen.full,
        seen.label,
        penalty=strength,
        towards=anchor,
        weight=np.full(len(seen.label), EVIDENCE),
        directions=[*model.inputs.directions, *[0] * others],
        offset=seen.offset,
        start=None if start is None else start.point,
    )
    odds = seen.full @ point
    chance = sigmoid(odds if seen.offset is None else odds + seen.offset)
    bend = curvature(seen.full, EVIDENCE * chance * (1 - chance))
    bend[np.diag_indices_from(bend)] += strength
    slope = seen.full.T @ (EVIDENCE * (chance - seen.label)) + strength * (point - anchor)
    return _Own(point, seen.pools, np.asarray(np.linalg.inv(bend), dtype=float), slope)


def draws(found: _Own, directions: Sequence[int]) -> Matrix:
    """Points that rows leave possible, with the directions of the weights kept.

    Draws from Laplace's approximation cut off where a weight would turn (Gibbs sampling of a truncated normal, Geweke
    1991; a chain for each draw). Where the likeliest point lies on the edge, the slope there says how sharply the
    possible ones fall away from it: clipping draws around the point instead would make such weights too large.
    """
    width = len(found.point)
    way = np.array([0, *directions, *[0] * (width - 1 - len(directions))])
    held = (way != 0) & (found.point == 0)
    centre = found.point - found.covariance @ np.where(held, found.slope, 0.0)
    precision = np.linalg.inv(found.covariance)
    narrow = np.diag(precision)
    random = np.random.default_rng(width)
    root = np.linalg.cholesky(found.covariance + 1e-12 * np.eye(width))
    drawn = found.point + random.normal(size=(DRAWS, width)) @ root.T
    drawn = np.where(way * drawn < 0, 0.0, drawn)
    for _sweep in range(SWEEPS):
        chance = random.random((width, DRAWS))
        for at in range(width):
            away = drawn - centre
            away[:, at] = 0.0
            middle = centre[at] - away @ precision[:, at] / narrow[at]
            step = _normal(chance[at], middle * np.sqrt(narrow[at]), int(way[at]))
            drawn[:, at] = middle + step / np.sqrt(narrow[at])
    return np.asarray(drawn)


def _normal(chance: Matrix, middle: Matrix, way: int) -> Matrix:
    """Standard normal steps that leave `middle` plus the step on its way; any steps where there is none."""
    if not way:
        return np.asarray(ndtri(chance))
    steps = -ndtri(np.maximum(chance * ndtr(way * middle), np.finfo(float).tiny))
    return np.asarray(way * np.maximum(steps, -way * middle))


def _spread_of(worlds: Sequence[Rows], pooled: LinearModel) -> tuple[Matrix, float, Matrix]:
    """How far worlds lie from the pooled model in each term, and portfolios within them; and each world's own."""
    width = 1 + len(pooled.weights)
    anchor = np.concatenate([[pooled.intercept], pooled.weights])
    spread, pool_spread = np.full(width, FIRST_SPREAD), USUAL_POOL_SPREAD
    spread[0] = 1.0
    members = np.empty((0, width))
    seen = [_seen(world, pooled) for world in worlds]
    for _round in range(ROUNDS):
        fits = [_own(world, pooled, spread, pool_spread) for world in seen]
        members = np.array([each.point[:width] for each in fits])
        unsure = np.array([np.diag(each.covariance) for each in (fits)], dtype=object)
        own_unsure = np.array([np.asarray(each[:width], dtype=float) for each in unsure])
        spread = np.sqrt(((members - anchor) ** 2 + own_unsure).mean(axis=0))
        spread = np.maximum(spread, LEAST_SPREAD)
        shifts = np.concatenate([each.point[width:] for each in fits])
        if len(shifts):
            left = np.concatenate([np.diag(each.covariance)[width:] for each in fits])
            pool_spread = max(float(np.sqrt((shifts**2 + left).mean())), LEAST_SPREAD)
    return spread, pool_spread, members


def folds(groups: npt.NDArray[Any], count: int = FOLDS) -> npt.NDArray[np.int_]:
    """A fold for each row; rows of a group share one. The same groups get the same folds."""
    names, at = np.unique(groups, return_inverse=True)
    turn = np.random.default_rng(len(names)).permutation(len(names))
    return np.asarray(turn[at] % count)


def _loss_of_worlds_left_out(worlds: Sequence[Rows], inputs: InputSet, penalty: float) -> float:
    """Mean log loss of worlds by models that never saw them, every world counting the same."""
    losses = []
    for fold in range(FOLDS):
        learned = together([each for at, each in enumerate(worlds) if at % FOLDS != fold])
        terms = inputs.design(learned.raw)
        mean, scale = scaling(terms, learned.weight)
        point = solve(
            with_level((terms - mean) / scale),
            learned.label.astype(float),
            penalty=penalty,
            weight=learned.weight,
            directions=inputs.directions,
        )
        for world in worlds[fold::FOLDS]:
            told = sigmoid(point[0] + ((inputs.design(world.raw) - mean) / scale) @ point[1:])
            losses.append(log_loss(world.label, told))
    return float(np.mean(losses))
