"""Milestones; every word on their dates is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import next_reference

from .. import events
from ..models import (
    Milestone,
    MilestoneForecast,
    MilestoneUnit,
)
from .acting import author_of


@transaction.atomic
def create_milestone(
    milestone: Milestone,
    *,
    units: Iterable[BusinessUnit] = (),
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Add a milestone and the first word on its date.

    Raises:
        NotAllowed: the track belongs to the other function.
        ValidationError.
    """
    ask(acting, "programmes.milestone_change", milestone)
    milestone.number = next_reference("M")
    history.create(milestone, acting=acting)
    MilestoneUnit.objects.bulk_create(
        MilestoneUnit(milestone=milestone, unit=unit) for unit in units
    )
    _say_forecast(milestone, previous=None, reason="", at=at, on=on, acting=acting)
    return milestone


@transaction.atomic
def revise_milestone(
    milestone: Milestone,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    units: Iterable[BusinessUnit] | None = None,
    reason: str = "",
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Change a milestone; a new forecast, baseline or achievement is kept with its reason.

    Raises:
        NotAllowed: the track, before or after the change, belongs to the other function.
        EditConflict, Gone, ValidationError.
    """
    ask(acting, "programmes.milestone_change", milestone)
    before = Milestone.all_objects.get(pk=milestone.pk)
    ask(acting, "programmes.milestone_change", before)
    revised = history.revise(before, changes=changes, version=version, acting=acting)
    ask(acting, "programmes.milestone_change", revised)
    if units is not None:
        wanted = {unit.pk for unit in units}
        kept = set(revised.unit_links.values_list("unit_id", flat=True))
        revised.unit_links.exclude(unit_id__in=wanted).delete()
        MilestoneUnit.objects.bulk_create(
            MilestoneUnit(milestone=revised, unit_id=pk) for pk in sorted(wanted - kept)
        )
        if wanted != kept:
            history.links_changed(revised, since=before.version, acting=acting)
    last = revised.forecasts.first()
    if last is None or _dates(last) != _dates(revised):
        previous = last.forecast_on if last else None
        _say_forecast(revised, previous=previous, reason=reason, at=at, on=on, acting=acting)
    else:
        _milestone_changed(revised)
    return revised


def _dates(said: Milestone | MilestoneForecast) -> tuple[date, date, date | None]:
    return said.baseline_on, said.forecast_on, said.actual_on


def agree_baselines(
    milestones: Iterable[Milestone],
    *,
    reason: str,
    at: datetime,
    on: date,
    acting: Member | None,
) -> list[Milestone]:
    """Count slip from the forecasts of milestones from now on, because both functions agreed to them.

    Returns:
        Those whose baseline is another now; reached ones and those on their baseline stay.

    Raises:
        NotAllowed: whoever keeps no baseline of the programme.
    """
    moved = []
    for milestone in milestones:
        ask(acting, "programmes.baseline_keep", milestone.programme)
        if milestone.actual_on is None and milestone.baseline_on != milestone.forecast_on:
            revised = history.revise(
                milestone,
                changes={"baseline_on": milestone.forecast_on},
                acting=acting,
                action="agree on another baseline",
            )
            _say_forecast(revised, previous=revised.forecast_on, reason=reason, at=at, on=on, acting=acting)  # fmt: skip
            moved.append(revised)
    return moved


def move_forecast(
    milestone: Milestone,
    *,
    to: date,
    reason: str,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Expect a milestone on another date, and say why.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: no reason was given.
    """
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Say why the date moves: it is kept with the milestone.")}
        )
    return revise_milestone(
        milestone,
        changes={"forecast_on": to},
        version=version,
        reason=reason,
        at=at,
        on=on,
        acting=acting,
    )


def achieve_milestone(
    milestone: Milestone,
    *,
    achieved_on: date,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Say that a milestone was reached.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: the day has not come yet.
    """
    if achieved_on > on:
        raise ValidationError({"actual_on": _("A milestone cannot be achieved in the future.")})
    return revise_milestone(
        milestone, changes={"actual_on": achieved_on}, version=version, at=at, on=on, acting=acting
    )


@transaction.atomic
def remove_milestone(milestone: Milestone, *, at: datetime, acting: Member | None) -> Milestone:
    ask(acting, "programmes.milestone_change", milestone)
    history.remove(milestone, at=at, acting=acting)
    _milestone_changed(milestone)
    return milestone


def _say_forecast(
    milestone: Milestone,
    *,
    previous: date | None,
    reason: str,
    at: datetime,
    on: date,
    acting: Member | None,
) -> None:
    MilestoneForecast.objects.create(
        milestone=milestone,
        baseline_on=milestone.baseline_on,
        forecast_on=milestone.forecast_on,
        previous_on=previous,
        actual_on=milestone.actual_on,
        reason=reason,
        author=author_of(acting),
        effective_on=on,
        known_at=at,
    )
    _milestone_changed(milestone)


def _milestone_changed(milestone: Milestone) -> None:
    events.announce(
        events.milestone_changed,
        tenant_id=milestone.tenant_id,
        programme_id=milestone.programme_id,
    )
