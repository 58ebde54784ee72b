"""When a RAID item escalates, and for which days the question makes sense. Plain functions, without Django.

A bundle reports escalations itself. Live, an item escalates when somebody says so, when what it warns of occurs,
when its rating rises by a level, or when its date is more than five working days past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from ..inputset import InputSet
from ..judging.evaluation import judge
from ..linear import LinearModel, Rows
from ..pooling import FOLDS, level_of, levelled, own_model
from ..stages import Learned, Stage, settled, told_by_others, told_later
from .names import FEATURE_SET, INTERACTIONS, OWN_FROM, RAW, RECALIBRATED_FROM

RAID = InputSet(version=FEATURE_SET, raw=RAW, interactions=INTERACTIONS)

# Five working days are a calendar week; the day after is "more than".
PAST_DUE = timedelta(days=8)


@dataclass(frozen=True)
class Said:
    """One entry of the log of an item: how it stood from then on.

    `level` orders ratings: 0 none, 1 low, 2 medium, 3 high. `occurred`: what it warned of came about.
    """

    on: date
    known_at: datetime
    level: int = 0
    occurred: bool = False
    ended: bool = False
    escalated_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Escalation:
    """That an item escalated: on which day, why, and since when that was known."""

    on: date
    known_at: datetime
    why: str


def escalations(log: Sequence[Said], *, until: date) -> list[Escalation]:
    """Every escalation of an item up to a day, by the definitions for live data, the first one first.

    Args:
        log: in the order in which the entries speak of days.
    """
    found: list[Escalation] = []
    before: Said | None = None
    for index, said in enumerate(log):
        if said.occurred and not (before and before.occurred):
            found.append(Escalation(said.on, said.known_at, "occurred"))
        elif before and said.level > before.level > 0 and not said.ended:
            found.append(Escalation(said.on, said.known_at, "level"))
        if said.escalated_on and (before is None or said.escalated_on != before.escalated_on):
            found.append(Escalation(said.escalated_on, said.known_at, "said"))
        late = _past_due(said, before, log[index + 1 :])
        if late is not None and late <= until:
            # Time itself tells it, once the entry is known.
            at = datetime.combine(late, time.min, tzinfo=said.known_at.tzinfo)
            found.append(Escalation(late, max(at, said.known_at), "due"))
        before = said
    return sorted(
        (each for each in found if each.on <= until), key=lambda each: (each.on, each.why)
    )


def _past_due(said: Said, before: Said | None, later: Iterable[Said]) -> date | None:
    """The first day on which the date given with an entry is past, if nobody moved it or ended the item by then."""
    if said.due_on is None or said.ended:
        return None
    if before is not None and not before.ended and before.due_on == said.due_on:
        return None
    late = max(said.due_on + PAST_DUE, said.on)
    for each in later:
        if each.on >= late:
            break
        if each.ended or each.due_on != said.due_on:
            return None
    return late


# How far the levels of organisations lie apart, in log-odds.
LEVEL_SPREAD = 0.7

# So many weeks before its date an item is due soon.
SOON = 4.0


def learn_escalation(
    rows: Rows,
    prior: LinearModel,
    *,
    escalated: int,
    about: Mapping[str, Any] | None = None,
    keep_refused: bool = False,
) -> Learned:
    """Learn from an organisation's own items, and decide whether what was learned may be used, as of crises.

    Each programme is told by a model it was not part of; where something speaks against what that says, the prior stays.

    Args:
        rows: weeks of open items whose four weeks are over.
        escalated: how many items escalated in them.
        keep_refused: whether a model that is not to be used is made as well.
    """
    programmes = len(np.unique(rows.group))
    stage = stage_reached(programmes, escalated)
    make = maker(rows, escalated)
    if make is None:
        return Learned(prior, Stage.PRIOR, len(rows), programmes, escalated, np.empty(0))
    told = told_by_others(rows, prior, make=make)
    otherwise = prior.probability(rows.raw, rows.pool)
    later = told_later(rows, prior, make=make)
    verdict = judge(rows.label, told, otherwise, rows.group, slices(rows), later)
    made = make(rows, prior, about=about) if verdict.promoted or keep_refused else None
    return settled(Learned(prior, stage, len(rows), programmes, escalated, told, verdict), made)


def maker(rows: Rows, escalated: int) -> Callable[..., LinearModel] | None:
    """How an organisation with so many escalated items learns; None where it has too few to try."""
    stage = stage_reached(len(np.unique(rows.group)), escalated)
    if stage is Stage.PRIOR or rows.label.all():
        return None
    return own_model if stage is Stage.OWN else recalibrated


def stage_reached(programmes: int, escalated: int) -> Stage:
    """The stage that so much history allows; of fewer programmes than folds none can be left out fairly."""
    if programmes < FOLDS or escalated < RECALIBRATED_FROM:
        return Stage.PRIOR
    return Stage.RECALIBRATED if escalated < OWN_FROM else Stage.OWN


def slices(rows: Rows) -> dict[str, Any]:
    """The parts of items that must not be told worse by a new model: where there is something to be done."""
    at = {name: rows.raw[:, index] for index, name in enumerate(RAID.names)}
    with np.errstate(invalid="ignore"):
        return {"due_soon": at["weeks_to_due"] <= SOON, "unmitigated": at["mitigated"] == 0}


def recalibrated(
    rows: Rows, prior: LinearModel, *, about: Mapping[str, Any] | None = None
) -> LinearModel:
    """The prior on the level and the slope of here."""
    return levelled(prior, level_of(rows, prior, level_spread=LEVEL_SPREAD), about=about)
