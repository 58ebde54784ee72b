"""Steering groups and their seats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference
from programmes.events import announce

from .. import events
from ..models import GroupMember, SteeringGroup


@transaction.atomic
def create_group(group: SteeringGroup, *, acting: Member | None) -> SteeringGroup:
    ask(acting, "governance.group_change", group)
    group.number = next_reference("SG")
    history.create(group, acting=acting)
    _group_changed(group)
    return group


@transaction.atomic
def revise_group(
    group: SteeringGroup,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> SteeringGroup:
    ask(acting, "governance.group_change", group)
    group = history.revise(group, changes=changes, version=version, acting=acting)
    _group_changed(group)
    return group


@transaction.atomic
def remove_group(group: SteeringGroup, *, at: datetime, acting: Member | None) -> SteeringGroup:
    ask(acting, "governance.group_change", group)
    history.remove(group, at=at, acting=acting)
    _group_changed(group)
    return group


@transaction.atomic
def seat_member(seat: GroupMember, *, acting: Member | None) -> GroupMember:
    """Give somebody a seat. A new chair takes over from the one before, who stays a member.

    Raises:
        NotAllowed, Gone: the group was removed.
        ValidationError: the person sits there already.
    """
    ask(acting, "governance.group_change", seat.group)
    history.held(seat.group)
    if seat.is_chair:
        _give_up_chair(seat.group, acting=acting)
    history.create(seat, acting=acting)
    _group_changed(seat.group)
    return seat


@transaction.atomic
def revise_seat(
    seat: GroupMember,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> GroupMember:
    """Change what somebody speaks for, or whether they vote or chair.

    Raises:
        NotAllowed, EditConflict.
        Gone: the group was removed, or the seat was left.
    """
    ask(acting, "governance.group_change", seat.group)
    history.held(seat.group)
    if (
        changes.get("is_chair")
        and not GroupMember.objects.filter(pk=seat.pk, is_chair=True).exists()
    ):
        _give_up_chair(seat.group, acting=acting)
    seat = history.revise(seat, changes=changes, version=version, acting=acting)
    _group_changed(seat.group)
    return seat


@transaction.atomic
def leave_seat(seat: GroupMember, *, at: datetime, acting: Member | None) -> None:
    """Free a seat. Whether it had the chair stays in the record, as what it comes back with."""
    ask(acting, "governance.group_change", seat.group)
    history.remove(seat, at=at, acting=acting)
    _group_changed(seat.group)


@transaction.atomic
def restore_seat(seat: GroupMember, *, acting: Member | None) -> GroupMember:
    """Give a seat that was left back, as it was. Whoever chairs since then keeps the chair.

    Raises:
        NotAllowed, Gone: the group was removed.
        ValidationError: the person was given a seat of the group meanwhile.
    """
    ask(acting, "governance.group_change", seat.group)
    history.held(seat.group)
    if seat.deleted_at is None:
        raise ValidationError(_("This person is a member already."))
    chairs_now = GroupMember.objects.filter(group=seat.group_id, is_chair=True)
    changes = {"is_chair": False} if seat.is_chair and chairs_now.exists() else None
    history.restore(seat, acting=acting, changes=changes)
    _group_changed(seat.group)
    return seat


def _give_up_chair(group: SteeringGroup, *, acting: Member | None) -> None:
    for chair in GroupMember.objects.filter(group=group, is_chair=True):
        history.revise(
            chair, changes={"is_chair": False}, acting=acting, action="hand over the chair"
        )


def _group_changed(group: SteeringGroup) -> None:
    announce(events.group_changed, tenant_id=group.tenant_id, programme_id=group.programme_id)
