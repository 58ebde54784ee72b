"""How far an organisation's own history carries: the shipped prior, or a model of its own held to it.

With few crises of its own an organisation is told the prior. From then on it is told the prior moved by its own
crises, unless programmes that were left out speak against that; the more crises it has, the less the prior still
says. Crises count, not weeks: one crisis makes about four rows. How often crises come here is seen long before that, so
the prior, wherever it is told, is told on the level of here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from .judging.evaluation import SLICE_EVENTS, Later, Verdict, judge
from .levels import Level
from .linear import LinearModel, Matrix, Rows
from .names import OWN_FROM, RECALIBRATED_FROM
from .outcomes import HORIZON
from .pooling import folds, level_of, levelled, own_model


class Stage(StrEnum):
    """What a score rests on."""

    PRIOR = "prior"
    RECALIBRATED = "recalibrated"
    OWN = "own"


# Of the last so many weeks it is asked how they would have been told by what was learned before them.
LATER_WEEKS = 13

FROM = {Stage.RECALIBRATED: RECALIBRATED_FROM, Stage.OWN: OWN_FROM}


@dataclass(frozen=True)
class Learned:
    """What is to be used, and what came of trying more.

    Attributes:
        model: the one to use; at the stage of the prior the prior, on the level of here where one is known.
        stage: what its scores rest on.
        rows, programmes, events: what there was to learn from.
        told: what the model tried says of the programmes it was not learned from; empty where none was.
        verdict: whether that may be used instead of the prior; None where nothing was tried.
        is_judged: whether the verdict is of these rows, and not of those of an earlier week.
        reached: the stage that so much history allows, whatever came of it.
        refused: what was tried and is not to be used; None where nothing was, or nobody asked for it.
        level: that on which the prior is told; None where it is not used, or told as it is.
    """

    model: LinearModel
    stage: Stage
    rows: int
    programmes: int
    events: int
    told: Matrix
    verdict: Verdict | None = None
    is_judged: bool = True
    reached: Stage = Stage.PRIOR
    refused: LinearModel | None = None
    level: Level | None = None


def count_events(rows: Rows) -> int:
    """How many events rows tell of: the runs of rows before one, within a programme.

    Rows farther apart than the horizon are before two events: one may follow another so soon that all weeks between are not asked about.
    """
    if rows.day is None:
        raise ValueError("Events are told apart by the day of each row.")
    _names, group = np.unique(rows.group, return_inverse=True)
    order = np.lexsort((rows.day, group))
    label, group, day = rows.label[order], group[order], rows.day[order]
    is_near = (group[1:] == group[:-1]) & (np.diff(day) <= HORIZON.days)
    goes_on = np.concatenate([[False], label[:-1] & is_near])[: len(label)]
    return int((label & ~goes_on).sum())


def stage_reached(programmes: int, events: int) -> Stage:
    """The stage that so much history allows."""
    reached = Stage.PRIOR
    for stage, (fewest, least) in FROM.items():
        if programmes >= fewest and events >= least:
            reached = stage
    return reached


def is_enough(rows: Rows) -> bool:
    """Whether there is enough to try a model of an organisation's own."""
    if not len(rows):
        return False
    return stage_reached(len(np.unique(rows.group)), count_events(rows)) is not Stage.PRIOR


def learn_crises(
    rows: Rows,
    prior: LinearModel,
    *,
    unfinished: Rows | None = None,
    slices: Mapping[str, npt.NDArray[np.bool_]] | None = None,
    about: Mapping[str, Any] | None = None,
    keep_refused: bool = False,
) -> Learned:
    """Learn from an organisation's own rows, and decide whether what was learned may be used.

    Args:
        rows: with the day and portfolio of each; every one with its outcome known.
        unfinished: rows whose horizon is not over, with the share that is; learned from, but nothing is judged by
            them.
        slices: parts that must not surely be told worse, as masks over the rows.
        keep_refused: whether a model that is not to be used is made as well, which takes a fit more.
    """
    programmes = len(np.unique(rows.group))
    events = count_events(rows) if len(rows) else 0
    stage = stage_reached(programmes, events)
    nothing = Learned(prior, Stage.PRIOR, len(rows), programmes, events, np.empty(0))
    nothing = on_level(nothing, rows, prior, unfinished=unfinished, about=about)
    if stage is Stage.PRIOR:
        return nothing
    told = told_by_others(rows, prior, unfinished)
    verdict = judge(
        rows.label,
        told,
        prior.probability(rows.raw, rows.pool),
        rows.group,
        slices,
        told_later(rows, prior),
    )
    made = None
    if verdict.promoted or keep_refused:
        made = own_model(_joined(rows, unfinished), prior, about=about)
    return settled(replace(nothing, stage=stage, told=told, verdict=verdict), made)


def on_level(
    tried: Learned,
    rows: Rows,
    prior: LinearModel,
    *,
    unfinished: Rows | None = None,
    about: Mapping[str, Any] | None = None,
) -> Learned:
    """The prior on the level of here in the place of the prior; as it was where too few programmes say anything about that.

    It is not put to a test: two numbers, drawn towards what happened as far as that carries, have no order to be wrong about.
    """
    model, level = prior_here(rows, prior, unfinished, about=about)
    return tried if level is None else replace(tried, model=model, level=level)


def prior_here(
    rows: Rows,
    prior: LinearModel,
    unfinished: Rows | None = None,
    *,
    about: Mapping[str, Any] | None = None,
) -> tuple[LinearModel, Level | None]:
    """The prior on the level of here, and the level; as it is and without one where too few programmes say anything about that."""
    if not _has_level(rows):
        return prior, None
    level = _level(_joined(rows, unfinished), prior)
    return levelled(prior, level, about=about), level


def told_on_level(rows: Rows, prior: LinearModel, unfinished: Rows | None = None) -> Matrix | None:
    """What the prior says of programmes on the level of the others, each left out once; None where too few programmes say anything about that."""
    if not _has_level(rows):
        return None

    def make(learned_from: Rows, prior: LinearModel) -> LinearModel:
        return levelled(prior, _level(learned_from, prior))

    return told_by_others(rows, prior, unfinished, make=make)


def _has_level(rows: Rows) -> bool:
    return len(np.unique(rows.group)) >= RECALIBRATED_FROM[0]


def _level(rows: Rows, prior: LinearModel) -> Level:
    return level_of(rows, prior, level_spread=float(prior.spread[0]))


def settled(tried: Learned, made: LinearModel | None) -> Learned:
    """What follows from the verdict on a model that was tried: it is used, or the prior is and it is kept beside it.

    Args:
        tried: with what is used otherwise as its model, and the stage reached.
        made: the model that was tried; None where it is refused and nobody asked for it.
    """
    assert tried.verdict is not None
    if tried.verdict.promoted:
        assert made is not None
        return replace(tried, model=made, reached=tried.stage, level=None)
    return replace(tried, stage=Stage.PRIOR, reached=tried.stage, refused=made)


def learn_on(
    before: Learned,
    rows: Rows,
    prior: LinearModel,
    *,
    unfinished: Rows | None = None,
    about: Mapping[str, Any] | None = None,
) -> Learned:
    """What was judged fit for use, or the prior, moved by what came since; nothing is judged anew."""
    now = replace(before, is_judged=False)
    if before.stage is Stage.PRIOR:
        return on_level(now, rows, prior, unfinished=unfinished, about=about)
    return replace(now, model=own_model(_joined(rows, unfinished), prior, about=about))


def told_by_others(
    rows: Rows,
    prior: LinearModel,
    unfinished: Rows | None = None,
    *,
    make: Callable[[Rows, LinearModel], LinearModel] = own_model,
) -> Matrix:
    """What models say of programmes they were not learned from: each is left out once, with all its rows.

    Args:
        make: how a model is learned from rows and the prior.
    """
    fold = folds(rows.group)
    told = np.empty(len(rows))
    for number in range(int(fold.max()) + 1):
        out = fold == number
        pool = None if rows.pool is None else rows.pool[out]
        more = unfinished
        if unfinished is not None:
            more = unfinished.only(~np.isin(unfinished.group, rows.group[out]))
        learned_from = _joined(rows.only(~out), more)
        told[out] = make(learned_from, prior).probability(rows.raw[out], pool)
    return told


def told_later(
    rows: Rows,
    prior: LinearModel,
    *,
    make: Callable[[Rows, LinearModel], LinearModel] = own_model,
) -> Later | None:
    """What a model says of the last weeks that was learned before them; None where either holds too few events, or no row says its day.

    Between the two lies an embargo of one horizon: only windows that were over when the last weeks began are learned from, as
    nobody could have known more then.

    Args:
        make: how a model is learned from rows and the prior.
    """
    if rows.day is None:
        return None
    since = int(rows.day.max()) - 7 * LATER_WEEKS
    weeks = rows.day > since
    before = rows.only(rows.day + HORIZON.days <= since)
    if min(before.label.sum(), rows.label[weeks].sum()) < SLICE_EVENTS:
        return None
    pool = None if rows.pool is None else rows.pool[weeks]
    return Later(weeks, make(before, prior).probability(rows.raw[weeks], pool))


def _joined(rows: Rows, unfinished: Rows | None) -> Rows:
    """Rows whose horizon is over and rows of which a share is, the former with all of it."""
    if unfinished is None or not len(unfinished):
        return rows
    assert unfinished.exposure is not None
    pool = day = None
    if rows.pool is not None and unfinished.pool is not None:
        pool = np.concatenate([rows.pool, unfinished.pool])
    if rows.day is not None and unfinished.day is not None:
        day = np.concatenate([rows.day, unfinished.day])
    return Rows(
        raw=np.concatenate([rows.raw, unfinished.raw]),
        label=np.concatenate([rows.label, unfinished.label]),
        group=np.concatenate([rows.group, unfinished.group]),
        pool=pool,
        day=day,
        exposure=np.concatenate([np.ones(len(rows)), unfinished.exposure]),
    )
