"""Training as it was known on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, FloatField, Q, QuerySet
from django.db.models.functions import Cast

from pmo_portal.accounts.members import Member
from pmo_portal.common.levels import State
from pmo_portal.history.models import WithdrawableQuerySet
from pmo_portal.tenants.models import BusinessUnit
from programmes.choices import Stage
from programmes.selectors import programmes_for

from .. import status
from ..models import TrainingProgress


def training_of(programme: Any) -> WithdrawableQuerySet:
    """Every entry, those that were taken back included."""
    return TrainingProgress.objects.filter(programme=programme).select_related(
        "unit", "withdrawn_by"
    )


def training_now(member: Member, *, as_of: date) -> QuerySet[TrainingProgress]:
    """The newest entry of every unit in all programmes that go on and this member sees, with `behind`: planned less
    completed, a share; None without a plan."""
    newest = (
        TrainingProgress.objects.known_by(as_of)
        .filter(programme__in=programmes_for(member).exclude(stage=Stage.CLOSED))
        .order_by("programme_id", "unit_id", "-effective_on", "-known_at", "-pk")
        .distinct("programme_id", "unit_id")
        .values("pk")
    )
    return (
        TrainingProgress.objects.filter(pk__in=newest)
        .select_related("unit", "programme", "tenant")
        .annotate(
            completed_share=Cast("completed", FloatField()) / F("required"),
            behind=F("planned_share") - Cast("completed", FloatField()) / F("required"),
        )
    )


def training_entries_now(programme: Any) -> dict[int, TrainingProgress]:
    """The newest entry of every unit of a programme that stands, by the unit's key."""
    return {
        entry.unit_id: entry
        for entry in TrainingProgress.objects.standing()
        .filter(programme=programme)
        .order_by("unit_id", "-effective_on", "-known_at", "-pk")
        .distinct("unit_id")
    }


def units_in_training(programme: Any) -> list[BusinessUnit]:
    """The units a programme touches, and those of which training was recorded, in the order of the tree."""
    recorded = TrainingProgress.objects.standing().filter(programme=programme)
    return list(
        BusinessUnit.objects.filter(
            Q(pk__in=programme.unit_links.values("unit_id")) | Q(pk__in=recorded.values("unit_id"))
        ).order_by("path")
    )


@dataclass(frozen=True)
class Training:
    """The latest known progress of a unit; `path` is its place in the tree."""

    unit_id: int
    path: str
    required: int
    completed: int
    share: float
    planned_share: float | None
    gap: float | None
    effective_on: date


def training_for(programme_ids: Collection[int], *, as_of: date) -> dict[int, dict[int, Training]]:
    """Training by programme and unit. One statement."""
    rows = (
        TrainingProgress.objects.known_by(as_of)
        .filter(programme_id__in=programme_ids)
        .order_by("programme_id", "unit_id", "-effective_on", "-known_at", "-pk")
        .distinct("programme_id", "unit_id")
        .annotate(path=F("unit__path"))
    )
    found: dict[int, dict[int, Training]] = {pk: {} for pk in programme_ids}
    for row in rows:
        found[row.programme_id][row.unit_id] = Training(
            row.unit_id,
            row.path,
            row.required,
            row.completed,
            row.share,
            row.planned_share,
            row.gap,
            row.effective_on,
        )
    return found


def training_as_of(unit_ids: Collection[int], programme: Any, as_of: date) -> dict[int, Training]:
    found = training_for([programme.pk], as_of=as_of)[programme.pk]
    return {unit_id: found[unit_id] for unit_id in unit_ids if unit_id in found}


@dataclass(frozen=True)
class UnitTraining:
    """One line of the summary: the unit, its latest progress, and what it amounts to."""

    unit: BusinessUnit
    found: Training
    state: State


def training_summary(programme: Any, *, as_of: date) -> list[UnitTraining]:
    """The latest of every unit, those furthest behind their plan first."""
    found = training_for([programme.pk], as_of=as_of)[programme.pk]
    units = BusinessUnit.objects.in_bulk(list(found))
    rows = [
        UnitTraining(units[unit_id], each, status.training_state(each.gap))
        for unit_id, each in found.items()
    ]
    return sorted(rows, key=lambda row: (-(row.found.gap or 0), row.unit.path))
