"""The people a milestone touches, unit by unit, and those of one unit, programme by programme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import BusinessUnit, TenantSettings
from pmo_portal.tenants.selectors import thresholds
from programmes.models import Milestone, Programme

from .. import status
from ..models import EngagementActivity, Impact, ResistanceSignal, TrainingProgress
from .readings import Reading, engagement_as_of, readings
from .signals import Resistance, resistance_as_of, resistance_for
from .training import Training, training_as_of, training_for


@dataclass(frozen=True)
class Touched:
    """What is known of one unit on a day."""

    unit: BusinessUnit
    reading: Reading
    training: Training | None
    resistance: Resistance | None
    engagement_state: State
    training_state: State
    resistance_state: State


@dataclass(frozen=True)
class ByProgramme:
    """What is known of a unit for one programme; without one, for the organisation.

    `is_common` says that the engagement is the one of the organisation: nothing newer was asked for the programme.
    """

    programme: Programme | None
    known: Touched
    is_common: bool = False


def touched_units(units: list[BusinessUnit], programme: Any, *, as_of: date) -> list[Touched]:
    ids = [unit.pk for unit in units]
    limits = thresholds()
    readings_by_unit = engagement_as_of(ids, programme, as_of)
    training = training_as_of(ids, programme, as_of)
    resistance = resistance_as_of(ids, programme, as_of)
    return [
        _touched(
            unit,
            readings_by_unit[unit.pk],
            training.get(unit.pk),
            resistance.get(unit.pk),
            limits,
            as_of,
        )
        for unit in units
    ]


def known_of_unit(
    unit: BusinessUnit, programmes: Iterable[Programme], *, as_of: date
) -> list[ByProgramme]:
    """A unit for the organisation and for each of some programmes. The same number of statements for any number of them."""
    by_id = {each.pk: each for each in programmes}
    limits = thresholds()
    asked = readings({None: [unit.pk], **{pk: [unit.pk] for pk in by_id}}, as_of=as_of)
    training, resistance = training_for(by_id, as_of=as_of), resistance_for(by_id, as_of=as_of)
    common = asked[None][unit.pk]
    found = [ByProgramme(None, _touched(unit, common, None, None, limits, as_of))]
    for pk, programme in by_id.items():
        reading = asked[pk][unit.pk]
        known = _touched(
            unit, reading, training[pk].get(unit.pk), resistance[pk].get(unit.pk), limits, as_of
        )
        found.append(ByProgramme(programme, known, reading == common))
    return found


def programmes_reaching(unit: BusinessUnit, programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    """Those of some programmes that reach a unit: named by the programme, by one of its milestones, impacts or
    activities, or with training or a sign of resistance on record for it."""
    ways: list[QuerySet[Any]] = [
        Milestone.objects.filter(unit_links__unit=unit),
        Impact.objects.filter(unit_links__unit=unit),
        EngagementActivity.objects.filter(unit_links__unit=unit),
        TrainingProgress.objects.standing().filter(unit=unit),
        ResistanceSignal.objects.filter(unit=unit),
    ]
    reaches = Q(pk__in=unit.programme_links.values("programme_id"))
    for way in ways:
        reaches |= Q(pk__in=way.order_by().values("programme_id"))
    return programmes.filter(reaches)


def _touched(
    unit: BusinessUnit,
    reading: Reading,
    training: Training | None,
    resistance: Resistance | None,
    limits: TenantSettings,
    as_of: date,
) -> Touched:
    return Touched(
        unit,
        reading,
        training,
        resistance,
        _engagement_state(reading, limits, as_of),
        status.training_state(training.gap if training else None),
        status.resistance_state(resistance.value if resistance else None),
    )


def _engagement_state(reading: Reading, limits: TenantSettings, as_of: date) -> State:
    """Of a survey that still speaks for the day; an older one is shown and judges nothing."""
    if not status.speaks(reading.effective_on, as_of, is_published=reading.is_published):
        return State.NONE
    return status.engagement_state(
        reading.value,
        target=limits.engagement_target,
        floor=limits.engagement_floor,
        is_inherited=reading.inherited_from is not None,
    )


def people_touched(milestone: Any, *, as_of: date) -> list[Touched]:
    """The units of a milestone; nothing where none are linked."""
    units = list(milestone.units.order_by("path"))
    return touched_units(units, milestone.programme, as_of=as_of) if units else []
