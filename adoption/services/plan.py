"""Stakeholder groups and engagement activities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import next_reference

from ..models import ActivityUnit, EngagementActivity, StakeholderGroup

# --- groups ------------------------------------------------------------------------------------------------


@transaction.atomic
def record_group(group: StakeholderGroup, *, acting: Member | None) -> StakeholderGroup:
    """Raises: NotAllowed, ValidationError."""
    if acting is not None:
        require(acting, "adoption.group_create", group.programme)
    group.number = next_reference("STK")
    history.create(group, acting=acting)
    return group


@transaction.atomic
def revise_group(
    group: StakeholderGroup,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> StakeholderGroup:
    """Raises: EditConflict, Gone, ValidationError, NotAllowed."""
    if acting is not None:
        require(acting, "adoption.group_change", group)
    return history.revise(group, changes=changes, version=version, acting=acting)


@transaction.atomic
def remove_group(
    group: StakeholderGroup, *, at: datetime, acting: Member | None
) -> StakeholderGroup:
    """Its activities stay, and go on to name it."""
    if acting is not None:
        require(acting, "adoption.group_change", group)
    return history.remove(group, at=at, acting=acting)


def put_back_group(
    group: StakeholderGroup, *, changes: Mapping[str, Any], acting: Member, note: str = ""
) -> StakeholderGroup:
    return revise_group(group, changes=changes, acting=acting)


history.put_back_with(StakeholderGroup, put_back_group)


# --- activities --------------------------------------------------------------------------------------------


@transaction.atomic
def plan_activity(
    activity: EngagementActivity,
    *,
    units: Iterable[BusinessUnit] = (),
    acting: Member | None,
) -> EngagementActivity:
    """Raises: NotAllowed, ValidationError."""
    if acting is not None:
        require(acting, "adoption.activity_create", activity.programme)
    activity.number = next_reference("EA")
    history.create(activity, acting=acting)
    _set_units(activity, units)
    return activity


@transaction.atomic
def revise_activity(
    activity: EngagementActivity,
    *,
    changes: Mapping[str, Any],
    units: Iterable[BusinessUnit] | None = None,
    version: int | None = None,
    acting: Member | None,
) -> EngagementActivity:
    """Raises: EditConflict, Gone, ValidationError, NotAllowed."""
    if acting is not None:
        require(acting, "adoption.activity_change", activity)
    since = version if version is not None else activity.version
    activity = history.revise(activity, changes=changes, version=version, acting=acting)
    if units is not None and _set_units(activity, units):
        history.links_changed(activity, since=since, acting=acting)
    return activity


def hold_activity(
    activity: EngagementActivity,
    *,
    held_on: date,
    reached: int | None = None,
    outcome: str = "",
    version: int | None = None,
    today: date,
    acting: Member | None,
) -> EngagementActivity:
    """Note that it was held, whom it reached and what came of it.

    Raises:
        EditConflict, Gone, ValidationError, NotAllowed.
    """
    if held_on > today:
        raise ValidationError({"held_on": _("It was held on a day that is over, or today.")})
    changes = {"held_on": held_on, "reached": reached, "outcome": outcome}
    return revise_activity(activity, changes=changes, version=version, acting=acting)


@transaction.atomic
def remove_activity(
    activity: EngagementActivity, *, at: datetime, acting: Member | None
) -> EngagementActivity:
    if acting is not None:
        require(acting, "adoption.activity_change", activity)
    return history.remove(activity, at=at, acting=acting)


def put_back_activity(
    activity: EngagementActivity, *, changes: Mapping[str, Any], acting: Member, note: str = ""
) -> EngagementActivity:
    return revise_activity(activity, changes=changes, acting=acting)


history.put_back_with(EngagementActivity, put_back_activity)


def _set_units(activity: EngagementActivity, units: Iterable[BusinessUnit]) -> bool:
    """Say whom it concerns; tells whether that is new."""
    wanted = {unit.pk: unit for unit in units}
    kept = set(activity.unit_links.values_list("unit_id", flat=True))
    activity.unit_links.exclude(unit_id__in=wanted).delete()
    ActivityUnit.objects.bulk_create(
        ActivityUnit(activity=activity, unit=unit) for pk, unit in wanted.items() if pk not in kept
    )
    return wanted.keys() != kept
