"""The people a milestone touches, unit by unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import BusinessUnit, TenantSettings
from pmo_portal.tenants.selectors import thresholds

from .. import status
from .readings import Reading, engagement_as_of
from .signals import Resistance, resistance_as_of
from .training import Training, training_as_of


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


def touched_units(units: list[BusinessUnit], programme: Any, *, as_of: date) -> list[Touched]:
    ids = [unit.pk for unit in units]
    limits = thresholds()
    readings = engagement_as_of(ids, programme, as_of)
    training = training_as_of(ids, programme, as_of)
    resistance = resistance_as_of(ids, programme, as_of)
    rows = []
    for unit in units:
        reading, trained, resisting = (
            readings[unit.pk],
            training.get(unit.pk),
            resistance.get(unit.pk),
        )
        rows.append(
            Touched(
                unit,
                reading,
                trained,
                resisting,
                _engagement_state(reading, limits, as_of),
                status.training_state(trained.gap if trained else None),
                status.resistance_state(resisting.value if resisting else None),
            )
        )
    return rows


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
