"""How far an organisation's own history carries: the shipped prior, or a model of its own held to it.

With few crises of its own an organisation is told the prior. From then on it is told the prior moved by its own
crises, unless programmes that were left out speak against that; the more crises it has, the less the prior still
says. Crises count, not weeks: one crisis makes about four rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from .evaluation import Verdict, judge
from .linear import LinearModel, Matrix, Rows
from .names import OWN_FROM, RECALIBRATED_FROM
from .pooling import folds, own_model


class Stage(StrEnum):
    """What a score rests on."""

    PRIOR = "prior"
    RECALIBRATED = "recalibrated"
    OWN = "own"


FROM = {Stage.RECALIBRATED: RECALIBRATED_FROM, Stage.OWN: OWN_FROM}


@dataclass(frozen=True)
class Learned:
    """What is to be used, and what came of trying more.

    Attributes:
        model: the one to use; the prior itself at its stage.
        stage: what its scores rest on.
        rows, programmes, events: what there was to learn from.
        told: what the model tried says of the programmes it was not learned from; empty where none was.
        verdict: whether that may be used instead of the prior; None where nothing was tried.
    """

    model: LinearModel
    stage: Stage
    rows: int
    programmes: int
    events: int
    told: Matrix
    verdict: Verdict | None = None


def count_events(rows: Rows) -> int:
    """How many events rows tell of: the runs of rows before one, within a programme."""
    if rows.day is None:
        raise ValueError("Events are told apart by the day of each row.")
    _names, group = np.unique(rows.group, return_inverse=True)
    order = np.lexsort((rows.day, group))
    label, group = rows.label[order], group[order]
    goes_on = np.concatenate([[False], label[:-1] & (group[1:] == group[:-1])])[: len(label)]
    return int((label & ~goes_on).sum())


def stage_reached(programmes: int, events: int) -> Stage:
    """The stage that so much history allows."""
    reached = Stage.PRIOR
    for stage, (fewest, least) in FROM.items():
        if programmes >= fewest and events >= least:
            reached = stage
    return reached


def learn(
    rows: Rows,
    prior: LinearModel,
    *,
    slices: Mapping[str, npt.NDArray[np.bool_]] | None = None,
    about: Mapping[str, Any] | None = None,
) -> Learned:
    """Learn from an organisation's own rows, and decide whether what was learned may be used.

    Args:
        rows: with the day and portfolio of each; every one with its outcome known.
        slices: parts that must not surely be told worse, as masks over the rows.
    """
    programmes = len(np.unique(rows.group))
    events = count_events(rows) if len(rows) else 0
    stage = stage_reached(programmes, events)
    if stage is Stage.PRIOR:
        return Learned(prior, stage, len(rows), programmes, events, np.empty(0))
    told = told_by_others(rows, prior)
    verdict = judge(rows.label, told, prior.probability(rows.raw, rows.pool), rows.group, slices)
    if not verdict.promoted:
        return Learned(prior, Stage.PRIOR, len(rows), programmes, events, told, verdict)
    model = own_model(rows, prior, about=about)
    return Learned(model, stage, len(rows), programmes, events, told, verdict)


def told_by_others(rows: Rows, prior: LinearModel) -> Matrix:
    """What models say of programmes they were not learned from: each is left out once, with all its rows."""
    fold = folds(rows.group)
    told = np.empty(len(rows))
    for number in range(int(fold.max()) + 1):
        out = fold == number
        pool = None if rows.pool is None else rows.pool[out]
        told[out] = own_model(rows.only(~out), prior).probability(rows.raw[out], pool)
    return told
