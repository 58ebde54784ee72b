"""What follows from an alarm: the level is corrected, everything is learned anew, or the prior is told again.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from .. import services
from ..choices import ASSUMED, Happening, Origin, Stage, Target
from ..in_force import registry
from ..in_force.registry import InForce
from ..in_force.standing import ALARM
from ..in_force.starting import origin_of
from ..learning.inputset import Matrix
from ..learning.judging import watch
from ..learning.judging.watch import Remedy
from ..learning.limits import WATCHED
from ..learning.linear import LinearModel
from ..models import Lesson, ModelCheck, ModelEvent, RaidScore, RiskScore
from .told import Heard

# So many rows are read with one statement.
BATCH = 1000


@dataclass
class Finding:
    """What a check of one target found, and the model with its level corrected where that is to be used."""

    check: ModelCheck
    remedy: Remedy | None = None
    corrected: LinearModel | None = None
    changed: watch.Stretch | None = None


def tried(target: Target, as_of: date) -> list[Remedy]:
    """What alarms of the last half year asked for, since the prior was fallen back to or a person decided.

    Lessons come every week: that one came into use is no sign that anything is right again.
    """
    found: list[Remedy] = []
    events = ModelEvent.objects.filter(
        target=target,
        happened_on__gt=as_of - WATCHED,
        kind__in=[
            Happening.ALARM,
            Happening.FELL_BACK,
            Happening.SET_ASIDE,
            Happening.REINSTATED,
            Happening.CHOSEN,
        ],
    ).values_list("kind", "details")
    for kind, details in events:
        if kind != Happening.ALARM:
            if kind == Happening.FELL_BACK and details.get("because") != ALARM:
                continue
            break
        if details.get("remedy"):
            found.append(Remedy(details["remedy"]))
    return found


def corrected(
    target: Target, used: InForce, since: int, lately: Heard, as_of: date
) -> LinearModel | None:
    """The model in use on the level of the weeks since a change, as it tells these weeks itself."""
    wanted = np.flatnonzero(
        (lately.told.week >= since) & (lately.told.week + 7 <= as_of.toordinal())
    )
    risks = _retold(target, used.model, [lately.scores[at] for at in wanted])
    if risks is None:
        return None
    told = replace(lately.told.only(wanted), probability=risks)
    found = watch.watch(told, until=as_of.toordinal(), high_from=1.0)
    about = {
        **used.model.about,
        **origin_of(used.model),
        "assumed": False,
        "corrected_on": as_of.isoformat(),
        "level_since": date.fromordinal(since).isoformat(),
    }
    return watch.with_level(used.model, found, risks, about)


def _retold(target: Target, model: LinearModel, scores: Sequence[int]) -> Matrix | None:
    """What a model says of the inputs of scores; None where they were told from other inputs than it knows."""
    kind, of = (
        (RiskScore, "programme__portfolio")
        if target is Target.CRISIS_4W
        else (RaidScore, "item__programme__portfolio")
    )
    rows: dict[int, tuple[Any, str]] = {}
    for start in range(0, len(scores), BATCH):
        part = kind._default_manager.filter(pk__in=scores[start : start + BATCH])
        rows |= {pk: (raw, pool) for pk, raw, pool in part.values_list("pk", "raw", of)}
    raw = [rows[pk][0] for pk in scores]
    if any(len(each) != len(model.inputs.names) for each in raw):
        return None
    return model.probability(np.array(raw, dtype=float), [rows[pk][1] for pk in scores])


def is_overtaken(found: Finding) -> bool:
    """Whether something else came into use since a check that asks for a remedy: a lesson, or what a person chose.

    What is in use is locked, so that nothing comes into use before the remedy either.
    """
    if found.remedy is None:
        return False
    target = Target(found.check.target)
    services.both_locked(target)
    return registry.in_force(target).model.digest != found.check.model


def carry_out(found: Finding, remedy: Remedy, on: date) -> None:
    """Do what follows from an alarm."""
    target = Target(found.check.target)
    details: dict[str, Any] = {"remedy": remedy.value, "alarms": found.check.alarms}
    since = date.fromordinal(found.changed.since).isoformat() if found.changed else None
    if since is not None:
        details["since"] = since
    if remedy is Remedy.LEARN:
        # A lesson of the same day answers it no more (`lessons.is_due`).
        last = Lesson.objects.filter(target=target).values_list("as_of", flat=True).first()
        details["lesson"] = last.isoformat() if last else None
    services.note(Happening.ALARM, target, on=on, details=details)
    if found.corrected is not None:
        stage = registry.in_force(target).stage
        kept = registry.enthrone(
            found.corrected,
            target,
            stage=Stage.RECALIBRATED if stage in (*ASSUMED, Stage.SHARED) else stage,
            origin=Origin.SHIFTED,
            on=on,
        )
        shifted = {"shift": found.corrected.about["level_shift"], "since": since}
        services.note(Happening.SHIFTED, target, on=on, model=kept, details=shifted)
    elif remedy is Remedy.LEARN:
        services.ask_to_learn(because="alarm")
    elif remedy is Remedy.FALL_BACK:
        before = services.retire(target)
        services.note(Happening.FELL_BACK, target, on=on, model=before, details={"because": ALARM})
    services.ask_to_score()
