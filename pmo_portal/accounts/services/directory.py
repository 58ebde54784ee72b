"""What an administrator keeps about the organisation: unit tree, people, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.common import editing
from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.models import BusinessUnit, Person, TenantSettings
from pmo_portal.tenants.services import free_handle, place_unit

from ..members import Member
from ..permissions import require


@transaction.atomic
def create_unit(unit: BusinessUnit, *, parent: BusinessUnit | None, acting: Member) -> BusinessUnit:
    """Add a unit to the tree.

    Raises:
        NotAllowed.
        ValidationError: the code is taken or malformed.
    """
    require(acting, "accounts.unit_change")
    _refuse_taken_code(unit.code)
    with acting_as(user_id=acting.user.pk, action=editing.action_of("create", unit)):
        return place_unit(unit, parent=parent)


@transaction.atomic
def revise_unit(
    unit: BusinessUnit, *, changes: Mapping[str, Any], version: int | None = None, acting: Member
) -> BusinessUnit:
    """Rename, move or retire a unit; the paths of everything below follow.

    Raises:
        NotAllowed, EditConflict.
        ValidationError: it would be part of itself, its code is taken, or it is retired before what lies
            below it.
    """
    require(acting, "accounts.unit_change", unit)
    # Moves in one tree wait for each other: two of them at once could make a ring.
    tree = {found.pk: found for found in BusinessUnit.objects.select_for_update().order_by("path")}
    current = tree[unit.pk]
    code = changes.get("code", current.code)
    parent = changes.get("parent", current.parent)
    parent = tree[parent.pk] if parent else None
    if code != current.code:
        _refuse_taken_code(code)
    below = [found for found in tree.values() if found.path.startswith(f"{current.path}/")]
    if parent is not None and (parent.pk == current.pk or parent in below):
        raise ValidationError({"parent": _("A unit cannot be part of a unit below it.")})
    if not changes.get("is_active", True) and any(found.is_active for found in below):
        raise ValidationError(
            {"is_active": _("Units below it are in use. Move or retire those first.")}
        )
    path = f"{parent.path}/{code}" if parent else code
    old_path = current.path
    revised = editing.revise(
        unit, changes={**changes, "path": path}, version=version, acting=acting
    )
    if path != old_path:
        for child in below:
            child.path = path + child.path[len(old_path) :]
        with acting_as(user_id=acting.user.pk, action=_("move with the unit above")):
            BusinessUnit.objects.bulk_update(below, ["path"])
    return revised


def create_person(person: Person, *, acting: Member) -> Person:
    """Add somebody to the directory; their short name for addresses is made from the name.

    Raises:
        NotAllowed.
        ValidationError: a field does not hold.
    """
    require(acting, "accounts.person_change")
    person.handle = free_handle(person.name)
    return editing.create(person, acting=acting)


def revise_person(
    person: Person, *, changes: Mapping[str, Any], version: int | None = None, acting: Member
) -> Person:
    """Change an entry of the directory; the short name in addresses stays.

    Raises:
        NotAllowed, EditConflict.
        ValidationError: a field does not hold.
    """
    require(acting, "accounts.person_change", person)
    return editing.revise(person, changes=changes, version=version, acting=acting)


def revise_thresholds(
    thresholds: TenantSettings,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member,
) -> TenantSettings:
    """Change the thresholds of the organisation.

    Raises:
        NotAllowed, EditConflict.
        ValidationError: two thresholds contradict each other, or fewer than five answers would be shown.
    """
    require(acting, "accounts.thresholds_change", thresholds)
    return editing.revise(
        thresholds, changes=changes, version=version, acting=acting, action="change thresholds"
    )


def _refuse_taken_code(code: str) -> None:
    if BusinessUnit.objects.filter(code=code).exists():
        raise ValidationError({"code": _("Another unit has this code.")})
