"""Programmes, the units they land in, and who works on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.choices import Function
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.accounts.selectors import function_of
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit, Person
from pmo_portal.tenants.services import next_reference

from .. import events
from ..choices import ProgrammeRole
from ..models import (
    Programme,
    ProgrammeMember,
    ProgrammeUnit,
)

# Of which function a lead may not be, with what is said then.
_SIDE_OF_A_LEAD = {
    "delivery_lead": (
        Function.CHANGE,
        gettext_lazy(
            "%(person)s has an adoption role and cannot speak for delivery. Name somebody else, "
            "or ask an administrator to give them another role first."
        ),
    ),
    "change_lead": (
        Function.DELIVERY,
        gettext_lazy(
            "%(person)s has a delivery role and cannot speak for adoption. Name somebody else, "
            "or ask an administrator to give them another role first."
        ),
    ),
}


def _refuse_leads_of_the_other_side(named: Mapping[str, Any]) -> None:
    """Who holds a role of one function is not named as the lead of the other."""
    for field, (other, sentence) in _SIDE_OF_A_LEAD.items():
        person = named.get(field)
        if person is not None and function_of(person) == other:
            raise ValidationError({field: sentence % {"person": person.name}})


def _refuse_the_code_of_a_removed_one(code: str, *, but: int | None = None) -> None:
    """Codes stay with programmes that may still come back; those that are there the model refuses itself."""
    if Programme.all_objects.filter(code=code, deleted_at__isnull=False).exclude(pk=but).exists():
        raise ValidationError(
            {"code": _("A programme that was removed has this code. Choose another one.")}
        )


@transaction.atomic
def create_programme(
    programme: Programme, *, units: Iterable[BusinessUnit] = (), acting: Member | None
) -> Programme:
    """Create a programme with the units it lands in.

    Raises:
        NotAllowed: the member is neither PMO lead nor change lead.
        ValidationError: the code is taken, the two leads are one person or of the other side, the dates do not follow.
    """
    ask(acting, "programmes.programme_create")
    _refuse_leads_of_the_other_side({name: getattr(programme, name) for name in _SIDE_OF_A_LEAD})
    programme.number = next_reference("P")
    programme.code = programme.code.upper()
    _refuse_the_code_of_a_removed_one(programme.code)
    history.create(programme, acting=acting)
    _link_units(programme, units)
    events.announce(
        events.programme_changed, tenant_id=programme.tenant_id, programme_id=programme.pk
    )
    return programme


@transaction.atomic
def revise_programme(
    programme: Programme,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    units: Iterable[BusinessUnit] | None = None,
    acting: Member | None,
) -> Programme:
    """Change what a programme is; `units` replaces the units it lands in.

    Raises:
        NotAllowed, EditConflict, Gone, ValidationError.
    """
    ask(acting, "programmes.programme_change", programme)
    _refuse_leads_of_the_other_side(
        # Whoever was named before their role changed stands in the way of no other change.
        {name: given for name, given in changes.items() if getattr(programme, name) != given}
    )
    if "code" in changes:
        _refuse_the_code_of_a_removed_one(changes["code"], but=programme.pk)
    since = version if version is not None else programme.version
    programme = history.revise(programme, changes=changes, version=version, acting=acting)
    if units is not None and _link_units(programme, units):
        history.links_changed(programme, since=since, acting=acting)
    events.announce(
        events.programme_changed, tenant_id=programme.tenant_id, programme_id=programme.pk
    )
    return programme


@transaction.atomic
def remove_programme(programme: Programme, *, at: datetime, acting: Member | None) -> Programme:
    ask(acting, "programmes.programme_change", programme)
    history.remove(programme, at=at, acting=acting)
    events.announce(
        events.programme_changed, tenant_id=programme.tenant_id, programme_id=programme.pk
    )
    return programme


def _link_units(programme: Programme, units: Iterable[BusinessUnit]) -> bool:
    """Say where it lands; tells whether that is new."""
    wanted = {unit.pk: unit for unit in units}
    kept = set(programme.unit_links.values_list("unit_id", flat=True))
    programme.unit_links.exclude(unit_id__in=wanted).delete()
    ProgrammeUnit.objects.bulk_create(
        ProgrammeUnit(programme=programme, unit=unit)
        for pk, unit in wanted.items()
        if pk not in kept
    )
    return wanted.keys() != kept


@transaction.atomic
def set_member(
    programme: Programme, *, person: Person, role: str, acting: Member | None
) -> ProgrammeMember:
    """Make somebody a contributor or viewer of a programme, or change which.

    Raises:
        NotAllowed: only the two leads may.
        ValidationError: a lead of the programme cannot work on the other side of it.
    """
    ask(acting, "programmes.programme_change", programme)
    _refuse_other_half(programme, person.pk, role)
    known = ProgrammeMember.objects.select_for_update(of=("self",))
    member = known.filter(programme=programme, person=person).first()
    if member is not None:
        return history.revise(member, changes={"role": role}, acting=acting)
    member = ProgrammeMember(programme=programme, person=person, role=role)
    return history.create(member, acting=acting)


@transaction.atomic
def remove_member(
    member: ProgrammeMember, *, at: datetime, acting: Member | None
) -> ProgrammeMember:
    ask(acting, "programmes.programme_change", member.programme)
    return history.remove(member, at=at, acting=acting)


@transaction.atomic
def restore_member(member: ProgrammeMember, *, acting: Member | None) -> ProgrammeMember:
    """Bring back who was taken off a programme, in the role they had.

    Raises:
        NotAllowed: only the two leads may.
        ValidationError: the person was given a role again meanwhile, or leads the other side now.
    """
    ask(acting, "programmes.programme_change", member.programme)
    if member.deleted_at is None:
        raise ValidationError(_("This person works on the programme already."))
    _refuse_other_half(member.programme, member.person_id, member.role)
    return history.restore(member, acting=acting)


def _refuse_other_half(programme: Programme, person_id: int, role: str) -> None:
    other_side = {
        ProgrammeRole.CONTRIBUTOR_DELIVERY: programme.change_lead_id,
        ProgrammeRole.CONTRIBUTOR_CHANGE: programme.delivery_lead_id,
    }.get(ProgrammeRole(role))
    if other_side == person_id:
        raise ValidationError({"role": _("A lead of one half does not contribute to the other.")})
