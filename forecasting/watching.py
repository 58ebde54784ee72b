"""Closes scores with what came of them, watches whether they come true, and does something when they do not.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from pmo_portal.tenants.context import current_tenant_id

from . import raid_outcomes, raid_watching, registry, services
from .choices import Happening, Origin, Stage, Target
from .learning import watch
from .learning.features import CRISIS
from .learning.linear import HIGH_FROM, LinearModel
from .learning.outcomes import HORIZON, Crisis, at_risk
from .learning.watch import Remedy, Told, Watched
from .models import (
    ModelCheck,
    ModelEvent,
    RaidOutcome,
    RaidScore,
    RiskOutcome,
    RiskScore,
    RiskSnapshot,
)
from .outcomes import crises_of
from .registry import InForce

# So many weeks of scores are compared with what came.
LOOKS_BACK = timedelta(weeks=26)
# Inputs of so many weeks are compared with those of the year before.
NOW, BEFORE = timedelta(weeks=13), timedelta(weeks=65)
BATCH = 1000


@dataclass
class Finding:
    """What a check of one target found, and the model with its level corrected where that is to be used."""

    check: ModelCheck
    remedy: Remedy | None = None
    corrected: LinearModel | None = None


@dataclass
class Findings:
    """What was found, ready to be kept."""

    outcomes: list[RiskOutcome] = field(default_factory=list)
    of_items: list[RaidOutcome] = field(default_factory=list)
    checks: list[Finding] = field(default_factory=list)


def look(as_of: date) -> Findings:
    """Close what can be closed, and once a week check the models in force. Nothing is written."""
    crises = crises_of()
    found = Findings(
        outcomes=_closed(as_of, crises),
        of_items=raid_watching.closed(as_of, since=as_of - LOOKS_BACK),
    )
    monday = as_of - timedelta(days=as_of.weekday())
    for target in Target:
        if ModelCheck.objects.filter(target=target, as_of=monday).exists():
            continue
        check = _check(target, monday, as_of, crises)
        if check is not None:
            found.checks.append(check)
    return found


# --- what came of scores ------------------------------------------------------------------------------------

Begun = Mapping[int, Sequence[Crisis]]


def _closed(as_of: date, crises: Begun) -> list[RiskOutcome]:
    """The scores of Mondays whose four weeks are over, with what came; those kept already are left out."""
    since = as_of - LOOKS_BACK
    kept = set(
        RiskOutcome.objects.filter(as_of__gte=since).values_list("programme_id", "as_of").iterator()
    )
    found = []
    for score in _programmes_told(since, as_of - HORIZON):
        key = (score.programme_id, score.as_of)
        spans = crises.get(score.programme_id, ())
        if key in kept or not at_risk(score.as_of, spans):
            continue
        found.append(
            RiskOutcome(
                programme_id=score.programme_id,
                as_of=score.as_of,
                probability=score.probability,
                happened=any(
                    score.as_of < began <= score.as_of + HORIZON for began, _ended in spans
                ),
                model=score.model,
                stage=score.stage,
                known_on=as_of,
            )
        )
    return found


def _programmes_told(since: date, until: date, **only: Any) -> list[RiskScore]:
    """The last score of each programme and Monday."""
    rows = (
        RiskScore.objects.filter(unit__isnull=True, as_of__gte=since, as_of__lte=until, **only)
        .filter(as_of__week_day=2)
        .order_by("programme_id", "as_of", "-computed_at", "-pk")
        .distinct("programme_id", "as_of")
        .only("programme_id", "as_of", "probability", "model", "stage")
    )
    return list(rows)


# --- checks -------------------------------------------------------------------------------------------------


def _check(target: Target, monday: date, as_of: date, crises: Begun) -> Finding | None:
    """Compare what the model in force told of late with what came; None where it told nothing yet."""
    used = registry.in_force(target)
    told = _told(target, used, as_of, crises)
    if not len(told):
        return None
    found = watch.watch(told, until=as_of.toordinal(), high_from=HIGH_FROM * used.model.base)
    figures = found.as_dict()
    figures["inputs"] = (
        _inputs(as_of)
        if target is Target.CRISIS_4W
        else raid_watching.inputs(as_of, now=NOW, before=BEFORE)
    )
    check = ModelCheck(
        target=target,
        as_of=monday,
        model=used.model.digest,
        figures=figures,
        alarms=found.alarms,
    )
    made = Finding(check, watch.remedy(found.alarms, _tried(target)))
    if made.remedy is Remedy.LEVEL:
        made.corrected = _corrected(used, found, told, as_of)
    return made


def _told(target: Target, used: InForce, as_of: date, crises: Begun) -> Told:
    """What the model in force told on the Mondays of late, and what began after each."""
    rows: list[tuple[date, int, float, float]] = []
    digest, since = used.model.digest, as_of - LOOKS_BACK
    if target is Target.CRISIS_4W:
        for score in _programmes_told(since, as_of, model=digest):
            spans = crises.get(score.programme_id, ())
            if at_risk(score.as_of, spans):
                began = [each for each, _ended in spans]
                rows.append(
                    (
                        score.as_of,
                        score.programme_id,
                        score.probability,
                        _days_until(score.as_of, began),
                    )
                )
    else:
        rows = _items_told(digest, since, as_of)
    weeks = np.array([day.toordinal() for day, *_rest in rows], dtype=np.int64)
    return Told(
        week=weeks,
        programme=np.array([programme for _day, programme, *_rest in rows], dtype=np.int64),
        probability=np.array([risk for *_rest, risk, _began in rows], dtype=float),
        began=np.array([began for *_rest, began in rows], dtype=float),
        over=weeks + HORIZON.days <= as_of.toordinal(),
    )


def _items_told(digest: str, since: date, as_of: date) -> list[tuple[date, int, float, float]]:
    escalated: dict[int, list[date]] = {}
    for each in raid_outcomes.happened(until=as_of):
        escalated.setdefault(each.item, []).append(each.on)
    scores = (
        RaidScore.objects.filter(model=digest, as_of__gte=since, as_of__lte=as_of)
        .filter(as_of__week_day=2)
        .order_by("item_id", "as_of", "-computed_at", "-pk")
        .distinct("item_id", "as_of")
        .values_list("as_of", "item__programme_id", "item_id", "probability")
    )
    return [
        (day, programme, risk, _days_until(day, escalated.get(item, ())))
        for day, programme, item, risk in scores
    ]


def _days_until(day: date, began: Sequence[date]) -> float:
    """Days until the first beginning within four weeks; NaN without one."""
    after = [each for each in began if day < each <= day + HORIZON]
    return float((min(after) - day).days) if after else float("nan")


def _inputs(as_of: date) -> list[dict[str, Any]]:
    """Whether the inputs of late lie as those of the year before did."""
    rows = RiskSnapshot.objects.filter(
        unit__isnull=True, feature_set=CRISIS.version, as_of__gt=as_of - BEFORE, as_of__lte=as_of
    ).values_list("programme_id", "as_of", "raw")
    parts: dict[bool, list[Any]] = {True: [], False: []}
    programmes = set()
    for programme, day, raw in rows.iterator(chunk_size=5000):
        parts[day > as_of - NOW].append(raw)
        programmes.add(programme)
    before, now = (np.array(parts[late], dtype=float).reshape(-1, len(CRISIS.names)) for late in (False, True))  # fmt: skip
    return [
        {**asdict(each), "state": each.state}
        for each in watch.inputs_watched(CRISIS, before, now, programmes=len(programmes))
    ]


def _tried(target: Target) -> list[Remedy]:
    """What alarms asked for since a model last came into use by learning, or went."""
    found: list[Remedy] = []
    events = ModelEvent.objects.filter(target=target).values_list("kind", "details")
    for kind, details in events[:50]:
        if kind in (Happening.PROMOTED, Happening.FELL_BACK, Happening.REINSTATED):
            break
        if kind == Happening.ALARM and details.get("remedy"):
            found.append(Remedy(details["remedy"]))
    return found


def _corrected(used: InForce, found: Watched, told: Told, as_of: date) -> LinearModel:
    about = {
        **used.model.about,
        "assumed": False,
        "corrected_on": as_of.isoformat(),
        "starts_from": used.model.digest,
    }
    return watch.with_level(used.model, found, told.probability, about)


# --- keeping ------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(found: Findings, *, on: date) -> dict[str, int]:
    """Write outcomes and checks, and do what alarms ask for.

    Returns how many scores were closed, models checked and alarms raised.
    """
    tenant_id = current_tenant_id()
    for outcome in found.outcomes:
        outcome.tenant_id = tenant_id
    RiskOutcome.objects.bulk_create(found.outcomes, batch_size=BATCH, ignore_conflicts=True)
    for of_item in found.of_items:
        of_item.tenant_id = tenant_id
    RaidOutcome.objects.bulk_create(found.of_items, batch_size=BATCH, ignore_conflicts=True)
    for each in found.checks:
        each.check.save()
        if each.remedy is not None:
            _remedied(each, each.remedy, on)
    return {
        "closed": len(found.outcomes) + len(found.of_items),
        "checked": len(found.checks),
        "alarms": sum(1 for each in found.checks if each.remedy is not None),
    }


def _remedied(found: Finding, remedy: Remedy, on: date) -> None:
    target = Target(found.check.target)
    details = {"remedy": remedy.value, "alarms": found.check.alarms}
    services.note(Happening.ALARM, target, on=on, details=details)
    if found.corrected is not None:
        stage = registry.in_force(target).stage
        kept = registry.enthrone(
            found.corrected,
            target,
            stage=Stage.RECALIBRATED if stage is Stage.PRIOR else stage,
            origin=Origin.SHIFTED,
            on=on,
        )
        shift = found.corrected.about["level_shift"]
        services.note(Happening.SHIFTED, target, on=on, model=kept, details={"shift": shift})
    elif remedy is Remedy.LEARN:
        services.ask_to_learn(because="alarm")
    elif remedy is Remedy.FALL_BACK:
        before = services.retire(target)
        services.note(Happening.FELL_BACK, target, on=on, model=before)
    services.ask_to_score()
