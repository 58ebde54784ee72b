"""The nightly look at what was told: scores are closed, models checked once a week, and alarms followed by a remedy.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from pmo_portal.common.days import monday_of
from pmo_portal.tenants.context import current_tenant_id

from .. import services
from ..choices import Happening, Target
from ..crises.outcomes import crises_of
from ..in_force import registry
from ..in_force.standing import standing_of
from ..learning import windows
from ..learning.judging import watch
from ..learning.judging.watch import Remedy
from ..learning.limits import HIGH_FROM, WATCHED, begins
from ..lessons import past
from ..models import ModelCheck, RaidOutcome, RiskOutcome
from ..raid import outcomes as raid_outcomes
from . import inputs, remedies
from .closing import closed_items, closed_programmes
from .remedies import BATCH, Finding
from .told import Begun, Followed, Heard, heard


@dataclass
class Findings:
    """What was found, ready to be kept."""

    outcomes: list[RiskOutcome] = field(default_factory=list)
    of_items: list[RaidOutcome] = field(default_factory=list)
    checks: list[Finding] = field(default_factory=list)


def look(as_of: date) -> Findings:
    """Close what can be closed, and once a week check the models in force. Nothing is written."""
    crises = crises_of()
    followed = {
        Target.CRISIS_4W: past.followed_until(as_of),
        Target.RAID_ESCALATES_4W: raid_outcomes.followed_until(as_of),
    }
    found = Findings(
        outcomes=closed_programmes(as_of, crises, followed[Target.CRISIS_4W]),
        of_items=closed_items(as_of, followed[Target.RAID_ESCALATES_4W]),
    )
    monday = monday_of(as_of)
    for target in Target:
        if ModelCheck.objects.filter(target=target, as_of=monday).exists():
            continue
        check = _check(target, monday, as_of, crises, followed[target])
        if check is not None:
            found.checks.append(check)
    return found


def _check(
    target: Target, monday: date, as_of: date, crises: Begun, followed: Followed
) -> Finding | None:
    """Compare what people were told of late, by whichever models, with what came; None where they were told nothing yet.

    Where no programme was followed for half a year, the check says so: an alarm of before does not stand for ever.
    """
    used, standing = registry.in_force(target), standing_of(target)
    since = half_year = as_of - WATCHED
    if standing.anew is not None:
        # Until then people were told by what a remedy or a decision took out of use.
        since = max(since, standing.anew + timedelta(days=1))
    lately = heard(target, since, as_of, crises, followed)
    if not len(lately) and (
        since > half_year or not ModelCheck.objects.filter(target=target).exists()
    ):
        return None
    high_from = np.array([begins(HIGH_FROM * base) for base in lately.bases])
    found = watch.watch(lately.told, until=as_of.toordinal(), high_from=high_from)
    figures = found.as_dict()
    figures["since"] = since.isoformat()
    figures["told_by"] = lately.told_by
    figures["windows"] = _windows(lately) if target is Target.CRISIS_4W else []
    read_inputs = inputs.of_programmes if target is Target.CRISIS_4W else inputs.of_items
    of_late = read_inputs(as_of) if len(lately) else []
    figures["inputs"] = [{**asdict(each), "state": each.state} for each in of_late]
    figures["input_alarms"] = watch.input_alarms(of_late)
    alarms = [*found.alarms, *figures["input_alarms"]]
    check = ModelCheck(
        target=target,
        as_of=monday,
        model=used.model.digest,
        figures=figures,
        alarms=alarms,
    )
    made = Finding(
        check, watch.remedy(alarms, remedies.tried(target, as_of)), changed=found.changed
    )
    if made.remedy is Remedy.LEVEL and found.changed is not None:
        made.corrected = remedies.corrected(target, used, found.changed.since, lately, as_of)
        if made.corrected is None:
            made.remedy = Remedy.LEARN
    return made


def _windows(lately: Heard) -> list[dict[str, Any]]:
    """What was told of two, four and eight weeks beside what came."""
    told = lately.told
    return windows.beside(
        told.probability,
        lately.eight,
        days_until=lately.days_until,
        of=told.programme,
        day=told.week,
        followed=lately.followed,
    )


@transaction.atomic
def keep_findings(found: Findings, *, on: date) -> dict[str, int]:
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
    stands = [each for each in found.checks if not remedies.is_overtaken(each)]
    for each in stands:
        _note_inputs(each.check, on)
        each.check.save()
        if each.remedy is not None:
            remedies.carry_out(each, each.remedy, on)
    if len(stands) < len(found.checks):
        services.ask_to_watch()
    return {
        "closed": len(found.outcomes) + len(found.of_items),
        "checked": len(stands),
        "alarms": sum(1 for each in stands if each.remedy is not None),
    }


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
