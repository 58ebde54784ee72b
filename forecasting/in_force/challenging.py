"""What a lesson made and what does not come into use: measured beside what does, and kept as the challenger.

There is one for each target: that of the last lesson. When another lesson takes its place it is removed, so that the
registry does not grow by a model a week; one that an event names stays as a retired model. Only jobs and commands
import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
from django.db.models import Max

from ..choices import ModelStatus, Origin, Target
from ..learning.judging.challenge import compare
from ..learning.judging.metrics import Array
from ..learning.linear import LinearModel, Rows, logit, sigmoid
from ..learning.stages import count_events
from ..models import Lesson, ModelEvent, RiskModel
from .standing import standing_of

LIBRARIES = ("numpy", "scipy", "scikit-learn")


@dataclass(frozen=True)
class Challenger:
    """A model that is kept beside what is in use.

    Attributes:
        stage: that its history allows.
        compared: beside what is in use; empty where something else came into use while it was learned.
    """

    model: LinearModel
    stage: str
    compared: Mapping[str, Any] = field(default_factory=dict)


def compared_beside(
    model: LinearModel,
    beside: LinearModel,
    rows: Rows,
    told: Array,
    *,
    stage: str,
    shift: float,
    named: str | None = None,
    items: Array | None = None,
) -> Challenger:
    """A challenger, compared with what is in use on the rows it was learned from.

    What is in use is asked only about days after it was learned itself; a correction of its level counts as none, though
    it was made of some of these weeks. The shipped prior was learned elsewhere.

    Args:
        told: by models that were not learned from the programme of a row, on a level that lies `shift` below that of the
            challenger, in log-odds.
        named: the digest of what it stands beside, where that is told on a level; by itself that of `beside`.
        items: the RAID item of each row, where it is about items: one that escalates is one event, however many weeks
            come before it.
    """
    learned_on = beside.about.get("learned_on")
    since = date.fromisoformat(learned_on) if learned_on else None
    odds = logit(np.clip(told, 1e-9, 1 - 1e-9)) + shift
    found = compare(
        rows,
        sigmoid(odds),
        beside.probability(rows.raw, rows.pool),
        count=lambda wanted: (
            count_events(rows.only(wanted))
            if items is None
            else len(np.unique(items[wanted & rows.label]))
        ),
        since=since.toordinal() if since else None,
    )
    found |= {"since": since.isoformat() if since else None, "beside": named or beside.digest}
    return Challenger(model, stage, found)


def next_number(target: Target) -> int:
    """The number of the next model: never one that was given to a model before, also where that was removed."""
    made = RiskModel.objects.filter(target=target).aggregate(last=Max("number"))["last"]
    tried = Lesson.objects.filter(target=target).aggregate(last=Max("challenger"))["last"]
    return max(made or 0, tried or 0) + 1


def fields_of(model: LinearModel) -> dict[str, Any]:
    """The fields of a row of the registry that follow from the numbers of a model."""
    return {
        "feature_set": model.inputs.version,
        "numbers": model.as_dict(),
        "digest": model.digest,
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def learned_by(lesson: Lesson, **more: Any) -> dict[str, Any]:
    """The fields of a row of the registry that say what it was learned from and how it did."""
    return {
        "rows": lesson.rows,
        "programmes": lesson.programmes,
        "events": lesson.events,
        "measured": {"verdict": lesson.verdict, **more},
    }


def keep_challenger(challenger: Challenger | None, lesson: Lesson, *, start: str) -> None:
    """Put the challenger of a lesson in the place of the one before, where it made one and no person said no to it.

    Args:
        start: the digest of what is told after this lesson where no model is in use.
    """
    target = Target(lesson.target)
    number = next_number(target)
    before = RiskModel.objects.filter(target=target, status=ModelStatus.CANDIDATE).first()
    if before is not None:
        _leave(before)
    in_use = (
        RiskModel.objects.filter(target=target, status=ModelStatus.CHAMPION)
        .values_list("digest", flat=True)
        .first()
    )
    if challenger is None or standing_of(target).declines(in_use or start):
        return
    lesson.challenger = number
    RiskModel.objects.create(
        target=target,
        number=number,
        origin=Origin.LEARNED,
        status=ModelStatus.CANDIDATE,
        stage=challenger.stage,
        made_on=lesson.as_of,
        **learned_by(lesson, compared=dict(challenger.compared)),
        **fields_of(challenger.model),
    )


def _leave(model: RiskModel) -> None:
    """Take a challenger out of its place: retired where an event names it, else removed."""
    if ModelEvent.objects.filter(model=model).exists():
        model.status = ModelStatus.RETIRED
        model.save(update_fields=["status"])
    else:
        model.delete()
