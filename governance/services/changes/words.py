"""What is asked for, and what both functions say it means. Any change of words takes signatures off, visibly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import next_reference
from programmes.models import Milestone

from ... import selectors
from ...choices import ChangeStatus
from ...models import (
    ChangeMilestone,
    ChangeRequest,
    ChangeUnit,
    DeliveryImpact,
    PeopleImpact,
)
from ..escalations import voice_of
from .held import ASSESSED_AGAIN, announce_changed, locked, must_be_open, take_off

Half = TypeVar("Half", DeliveryImpact, PeopleImpact)


@transaction.atomic
def raise_change(
    request: ChangeRequest,
    *,
    milestones: Iterable[Milestone] = (),
    at: datetime,
    acting: Member | None,
) -> ChangeRequest:
    """Ask for a change. Both functions are asked from now on what it means for their side.

    Raises:
        NotAllowed: the member speaks for neither function of the programme.
        ValidationError: it touches nothing, or is needed before it was raised.
    """
    ask(acting, "governance.change_create", request.programme)
    if acting is not None:
        request.raised_by = voice_of(acting, request.programme)
        request.raised_person = acting.person
    touched = _in_order(milestones)
    request.milestone_refs = [each.reference for each in touched]
    request.known_at = at
    request.number = next_reference("CR")
    history.create(request, acting=acting)
    _link_milestones(request, touched)
    for half in (DeliveryImpact, PeopleImpact):
        history.create(half(request=request), acting=acting, action="ask for it")
    announce_changed(request)
    return request


@transaction.atomic
def revise_change(
    request: ChangeRequest,
    *,
    changes: Mapping[str, Any],
    milestones: Iterable[Milestone] | None = None,
    version: int | None = None,
    at: datetime,
    acting: Member | None,
) -> ChangeRequest:
    """Change what is asked for. A rejected request is assessed again from then on.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: both leads approved it, or it was withdrawn.
    """
    ask(acting, "governance.change_edit", request)
    before = must_be_open(request)
    values = {name: value for name, value in changes.items() if name in selectors.CHANGE_WORDS}
    touched = None if milestones is None else _in_order(milestones)
    if touched is not None:
        values["milestone_refs"] = [each.reference for each in touched]
    if any(getattr(before, name) != value for name, value in values.items()):
        values |= ASSESSED_AGAIN
    revised = history.revise(request, changes=values, version=version, acting=acting)
    if touched is not None:
        _link_milestones(revised, touched)
    if revised.version != before.version:
        take_off(revised, at=at, because=_("The request was changed"), acting=acting)
        announce_changed(revised)
    return revised


@transaction.atomic
def say_delivery(
    impact: DeliveryImpact,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> DeliveryImpact:
    """Delivery says what the change means for plan and money, or why it means nothing.

    Raises:
        NotAllowed: it is the half of the other function.
        EditConflict, Gone.
        ValidationError: nothing is said, both leads approved it, or it was withdrawn.
    """
    ask(acting, "governance.change_delivery", impact)
    return _say(impact, changes, version=version, at=at, on=on, acting=acting)


@transaction.atomic
def say_people(
    impact: PeopleImpact,
    *,
    changes: Mapping[str, Any],
    units: Iterable[BusinessUnit] | None = None,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> PeopleImpact:
    """Change says whom it hits and how much, or why it means nothing for people.

    Raises:
        NotAllowed: it is the half of the other function.
        EditConflict, Gone.
        ValidationError: nothing is said, both leads approved it, or it was withdrawn.
    """
    ask(acting, "governance.change_people", impact)
    values = dict(changes)
    hit = None if units is None else sorted(units, key=lambda each: each.path)
    if hit is not None:
        values["unit_codes"] = [each.code for each in hit]
    said = _say(impact, values, version=version, at=at, on=on, acting=acting)
    if hit is not None:
        said.unit_links.all().delete()
        ChangeUnit.objects.bulk_create(ChangeUnit(impact=said, unit=each) for each in hit)
    return said


def _say(
    impact: Half,
    changes: Mapping[str, Any],
    *,
    version: int | None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> Half:
    request = must_be_open(impact.request)
    before = impact.version if version is None else version
    values = {name: value for name, value in changes.items() if name in impact.edited_fields}
    current = type(impact).all_objects.get(pk=impact.pk)
    if not current.is_said or any(getattr(current, name) != values[name] for name in values):
        values |= {"said_on": on, "said_by": acting.person if acting else impact.said_by}
    said = history.revise(
        impact, changes=values, version=version, acting=acting, action="say what it means"
    )
    if said.version != before:
        if request.status != ChangeStatus.ASSESSING:
            request = history.revise(
                request, changes=ASSESSED_AGAIN, acting=acting, action="assess again"
            )
        because = _("%(half)s was changed") % {"half": impact}
        take_off(request, at=at, because=because, acting=acting)
        announce_changed(request)
    said.request = request
    return said


@transaction.atomic
def remove_change(request: ChangeRequest, *, at: datetime, acting: Member | None) -> ChangeRequest:
    """Delete a request raised by mistake.

    Raises:
        NotAllowed: the other function raised it.
        ValidationError: both leads approved it.
    """
    ask(acting, "governance.change_edit", request)
    current = locked(request)
    if current.is_frozen:
        raise ValidationError(_("What both leads approved is not removed."))
    if current.is_ready:
        take_off(current, at=at, because=_("The request was removed"), acting=acting)
    history.remove(current, at=at, acting=acting)
    announce_changed(current)
    return current


def _in_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    return sorted(milestones, key=lambda each: each.number)


def _link_milestones(request: ChangeRequest, milestones: Iterable[Milestone]) -> None:
    request.milestone_links.all().delete()
    ChangeMilestone.objects.bulk_create(
        ChangeMilestone(request=request, milestone=each) for each in milestones
    )
