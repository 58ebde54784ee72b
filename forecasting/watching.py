"""Closes scores with what came of them, watches whether they come true, and does something when they do not.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F

from pmo_portal.tenants.context import current_tenant_id

from . import interventions, past, raid_outcomes, raid_watching, registry, services
from .choices import ASSUMED, Happening, Origin, Stage, Target, Touch
from .learning import watch, windows
from .learning.features import CRISIS
from .learning.inputset import Matrix
from .learning.linear import HIGH_FROM, LinearModel
from .learning.outcomes import HORIZON, Crisis, at_risk
from .learning.watch import Remedy, Told
from .models import (
    Lesson,
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
from .standing import ALARM, standing_of
from .starting import origin_of

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
    changed: watch.Stretch | None = None


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
    touches = interventions.touches([(each.programme_id, each.as_of) for each in found], within=HORIZON)  # fmt: skip
    for each in found:
        each.touch = touches.get((each.programme_id, each.as_of), Touch.UNSEEN)
    return found


def _programmes_told(since: date, until: date) -> list[RiskScore]:
    """The last score of each programme and Monday."""
    rows = (
        RiskScore.objects.filter(unit__isnull=True, as_of__gte=since, as_of__lte=until)
        .filter(as_of__week_day=2)
        .order_by("programme_id", "as_of", "-computed_at", "-pk")
        .distinct("programme_id", "as_of")
        .only(*_KEPT, "programme_id", "eight")
    )
    return list(rows)


# --- checks -------------------------------------------------------------------------------------------------


def _check(target: Target, monday: date, as_of: date, crises: Begun) -> Finding | None:
    """Compare what people were told of late, by whichever models, with what came; None where they were told nothing yet."""
    used, standing = registry.in_force(target), standing_of(target)
    since = as_of - LOOKS_BACK
    if standing.anew is not None:
        # Until then people were told by what a remedy or a decision took out of use.
        since = max(since, standing.anew + timedelta(days=1))
    heard = _heard(target, since, as_of, crises)
    if not len(heard):
        return None
    found = watch.watch(
        heard.told, until=as_of.toordinal(), high_from=HIGH_FROM * np.array(heard.bases)
    )
    figures = found.as_dict()
    figures["since"] = since.isoformat()
    figures["told_by"] = heard.told_by
    figures["windows"] = _windows(heard, as_of) if target is Target.CRISIS_4W else []
    inputs = (
        _inputs(as_of)
        if target is Target.CRISIS_4W
        else raid_watching.inputs(as_of, now=NOW, before=BEFORE)
    )
    figures["inputs"] = [{**asdict(each), "state": each.state} for each in inputs]
    figures["input_alarms"] = watch.input_alarms(inputs)
    alarms = [*found.alarms, *figures["input_alarms"]]
    check = ModelCheck(
        target=target,
        as_of=monday,
        model=used.model.digest,
        figures=figures,
        alarms=alarms,
    )
    made = Finding(check, watch.remedy(alarms, _tried(target, as_of)), changed=found.changed)
    if made.remedy is Remedy.LEVEL and found.changed is not None:
        made.corrected = _corrected(target, used, found.changed.since, heard, as_of)
        if made.corrected is None:
            made.remedy = Remedy.LEARN
    return made


@dataclass
class Heard:
    """What people were told on the Mondays of late, a row each.

    Attributes:
        told: with what began after each.
        days_until: the next beginning after each, infinite where there was none; eight: the chance told of eight weeks, NaN
            where none was.
        scores: the keys of the rows; `bases`: the base rates their levels go by.
        told_by: the models that told it, the first one first, with how many rows each.
    """

    told: Told
    days_until: Matrix
    eight: Matrix
    scores: list[int]
    bases: list[float]
    told_by: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.scores)


_KEPT = ("pk", "as_of", "probability", "base", "model", "model_version", "stage")


def _eight(score: RiskScore | RaidScore) -> float:
    """The chance told of eight weeks; of items none is."""
    return score.eight[0] if isinstance(score, RiskScore) and score.eight else float("nan")


def _windows(heard: Heard, as_of: date) -> list[dict[str, Any]]:
    """What was told of two, four and eight weeks beside what came."""
    told = heard.told
    return windows.beside(
        told.probability,
        heard.eight,
        days_until=heard.days_until,
        of=told.programme,
        day=told.week,
        followed=as_of.toordinal(),
    )


def _heard(target: Target, since: date, as_of: date, crises: Begun) -> Heard:
    """The last score of every programme or item on each Monday, whichever model told it, and what began after each."""
    scores = _programmes_heard if target is Target.CRISIS_4W else _items_heard
    rows = scores(since, as_of, crises)
    weeks = np.array([score.as_of.toordinal() for score, *_rest in rows], dtype=np.int64)
    days_until = np.array([days for *_rest, days in rows], dtype=float)
    told = Told(
        week=weeks,
        programme=np.array([programme for _score, programme, _days in rows], dtype=np.int64),
        probability=np.array([score.probability for score, *_rest in rows], dtype=float),
        began=np.where(days_until <= HORIZON.days, days_until, np.nan),
        over=weeks + HORIZON.days <= as_of.toordinal(),
    )
    by: dict[str, dict[str, Any]] = {}
    for score, *_rest in sorted(rows, key=lambda row: row[0].as_of):
        one = by.setdefault(
            score.model,
            {
                "model": score.model,
                "version": score.model_version,
                "stage": score.stage,
                "first": score.as_of.isoformat(),
                "rows": 0,
            },
        )
        one["rows"] += 1
    return Heard(
        told,
        days_until,
        np.array([_eight(score) for score, *_rest in rows], dtype=float),
        [score.pk for score, *_rest in rows],
        [score.base for score, *_rest in rows],
        list(by.values()),
    )


def _programmes_heard(since: date, as_of: date, crises: Begun) -> list[tuple[Any, int, float]]:
    rows: list[tuple[Any, int, float]] = []
    for score in _programmes_told(since, as_of):
        spans = crises.get(score.programme_id, ())
        if at_risk(score.as_of, spans):
            began = [each for each, _ended in spans]
            rows.append((score, score.programme_id, _days_until(score.as_of, began)))
    return rows


def _items_heard(since: date, as_of: date, _crises: Begun) -> list[tuple[Any, int, float]]:
    escalated: dict[int, list[date]] = {}
    for each in raid_outcomes.happened(until=as_of):
        escalated.setdefault(each.item, []).append(each.on)
    scores = (
        RaidScore.objects.filter(as_of__gte=since, as_of__lte=as_of)
        .filter(as_of__week_day=2)
        .order_by("item_id", "as_of", "-computed_at", "-pk")
        .distinct("item_id", "as_of")
        .annotate(of=F("item__programme_id"))
        .only(*_KEPT, "item_id")
    )
    return [
        (score, score.of, _days_until(score.as_of, escalated.get(score.item_id, ())))
        for score in scores
    ]


def _days_until(day: date, began: Sequence[date]) -> float:
    """Days until the next beginning; infinite without one."""
    after = [each for each in began if day < each]
    return float((min(after) - day).days) if after else float("inf")


def _inputs(as_of: date) -> list[watch.Input]:
    """Whether the inputs of late lie as those of the year before did. As in learning, what a tool ceased to report is left out."""
    rows = RiskSnapshot.objects.filter(
        unit__isnull=True, feature_set=CRISIS.version, as_of__gt=as_of - BEFORE, as_of__lte=as_of
    ).values_list("programme_id", "as_of", "raw")
    parts: dict[bool, list[Any]] = {True: [], False: []}
    programmes: dict[bool, set[int]] = {True: set(), False: set()}
    spoken = past.spoken_of()
    for programme, day, raw in rows.iterator(chunk_size=5000):
        if not past.is_followed(programme, day, spoken):
            continue
        parts[day > as_of - NOW].append(raw)
        programmes[day > as_of - NOW].add(programme)
    before, now = (np.array(parts[late], dtype=float).reshape(-1, len(CRISIS.names)) for late in (False, True))  # fmt: skip
    return watch.inputs_watched(CRISIS, before, now, programmes=min(map(len, programmes.values())))


def _tried(target: Target, as_of: date) -> list[Remedy]:
    """What alarms of the last half year asked for, since the prior was fallen back to or a person decided.

    Lessons come every week: that one came into use is no sign that anything is right again.
    """
    found: list[Remedy] = []
    events = ModelEvent.objects.filter(
        target=target,
        happened_on__gt=as_of - LOOKS_BACK,
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


def _corrected(
    target: Target, used: InForce, since: int, heard: Heard, as_of: date
) -> LinearModel | None:
    """The model in use on the level of the weeks since a change, as it tells these weeks itself."""
    wanted = np.flatnonzero((heard.told.week >= since) & (heard.told.week + 7 <= as_of.toordinal()))
    risks = _retold(target, used.model, [heard.scores[at] for at in wanted])
    if risks is None:
        return None
    told = replace(heard.told.only(wanted), probability=risks)
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


# --- keeping ------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(found: Findings, *, on: date) -> dict[str, int]:
    """Write outcomes and checks, and do what alarms ask for.

    A check whose remedy was made for what is no longer in use is not kept, and the job is asked for again: people were
    told the same, so the alarm stands, and what follows from it is found for what is in use now.

    Returns how many scores were closed, models checked and alarms raised.
    """
    tenant_id = current_tenant_id()
    for outcome in found.outcomes:
        outcome.tenant_id = tenant_id
    RiskOutcome.objects.bulk_create(found.outcomes, batch_size=BATCH, ignore_conflicts=True)
    for of_item in found.of_items:
        of_item.tenant_id = tenant_id
    RaidOutcome.objects.bulk_create(found.of_items, batch_size=BATCH, ignore_conflicts=True)
    stands = [each for each in found.checks if not _is_overtaken(each)]
    for each in stands:
        _note_inputs(each.check, on)
        each.check.save()
        if each.remedy is not None:
            _remedied(each, each.remedy, on)
    if len(stands) < len(found.checks):
        services.ask_to_watch()
    return {
        "closed": len(found.outcomes) + len(found.of_items),
        "checked": len(stands),
        "alarms": sum(1 for each in stands if each.remedy is not None),
    }


def _is_overtaken(found: Finding) -> bool:
    """Whether something else came into use since a check that asks for a remedy: a lesson, or what a person chose.

    What is in use is locked, so that nothing comes into use before the remedy either.
    """
    if found.remedy is None:
        return False
    target = Target(found.check.target)
    services.both_locked(target)
    return registry.in_force(target).model.digest != found.check.model


def _note_inputs(check: ModelCheck, on: date) -> None:
    """Note once that inputs moved far or went missing: when the alarm begins, and when it takes in others."""
    target = Target(check.target)
    before = ModelCheck.objects.filter(target=target).first()
    known = before.figures.get("input_alarms", {}) if before else {}
    fresh = {
        alarm: names
        for alarm, names in check.figures.get("input_alarms", {}).items()
        if set(names) - set(known.get(alarm, ()))
    }
    if fresh:
        services.note(Happening.INPUTS, target, on=on, details={"inputs": fresh})


def _remedied(found: Finding, remedy: Remedy, on: date) -> None:
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
