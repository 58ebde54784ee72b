"""Change requests: raised by one function, assessed by both, signed by both leads, carried out, closed.

Any change of words before the second signature takes the first one off, visibly. What both leads approved is
never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit, Person
from pmo_portal.tenants.services import next_reference
from programmes import services as programmes
from programmes.events import announce
from programmes.models import Milestone, PlanBaseline

from .. import events, selectors
from ..choices import CHANGE_APPROVED, ChangeStatus, ChangeVerdict, Voice
from ..models import (
    ChangeMilestone,
    ChangeRequest,
    ChangeSignature,
    ChangeUnit,
    DeliveryImpact,
    PeopleImpact,
)
from ..rules import Side
from .escalations import voice_of
from .signing import role_of

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
    _changed(request)
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
    before = _must_be_open(request)
    values = {name: value for name, value in changes.items() if name in selectors.CHANGE_WORDS}
    touched = None if milestones is None else _in_order(milestones)
    if touched is not None:
        values["milestone_refs"] = [each.reference for each in touched]
    if any(getattr(before, name) != value for name, value in values.items()):
        values |= _ASSESSED_AGAIN
    revised = history.revise(request, changes=values, version=version, acting=acting)
    if touched is not None:
        _link_milestones(revised, touched)
    if revised.version != before.version:
        _take_off(revised, at=at, because=_("The request was changed"), acting=acting)
        _changed(revised)
    return revised


# Set when words change: what was waiting for signatures, or rejected, is put to both leads again.
_ASSESSED_AGAIN: dict[str, Any] = {
    "status": ChangeStatus.ASSESSING,
    "decided_on": None,
    "decided_at": None,
}


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
    request = _must_be_open(impact.request)
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
                request, changes=_ASSESSED_AGAIN, acting=acting, action="assess again"
            )
        because = _("%(half)s was changed") % {"half": impact}
        _take_off(request, at=at, because=because, acting=acting)
        _changed(request)
    said.request = request
    return said


@transaction.atomic
def offer_change(
    request: ChangeRequest, *, version: int | None = None, acting: Member | None
) -> ChangeRequest:
    """Put it to both leads.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: a half is not said, or something of it is missing, in sentences.
    """
    ask(acting, "governance.change_offer", request)
    current = _must_be_open(request)
    if current.status != ChangeStatus.ASSESSING:
        raise ValidationError(_("Only what is being assessed is put to both leads."))
    _must_be_complete(current)
    request = history.revise(
        request,
        changes={"status": ChangeStatus.READY},
        version=version,
        acting=acting,
        action="put change request to both leads",
    )
    _changed(request)
    return request


@transaction.atomic
def sign_change(
    request: ChangeRequest,
    *,
    function: str,
    verdict: str = ChangeVerdict.APPROVED,
    reason: str = "",
    digest: str | None = None,
    person: Person | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> ChangeRequest:
    """Approve or reject for one side the words as they stand. Two approvals approve it, one rejection rejects it.

    `digest` is the fingerprint of what the signer read.

    Raises:
        NotAllowed: it is the other side's signature.
        ValidationError: it does not wait for signatures, the words changed since they were read, the side has
            signed already, a rejection has no reason, or the signer has no entry in the directory.
    """
    side = Side(request.programme, function)
    ask(acting, "governance.change_sign", side)
    current = _locked(request)
    if current.status != ChangeStatus.READY:
        raise ValidationError(_("It does not wait for signatures."))
    _must_be_complete(current)
    words = selectors.change_digest(current)
    if digest is not None and digest != words:
        raise ValidationError(_("It was changed while you read it. Read it again, then sign."))
    if verdict == ChangeVerdict.REJECTED and not reason.strip():
        raise ValidationError({"reason": _("Say why: the other side has to know what would do.")})
    signer = person or (acting.person if acting else None)
    if signer is None:
        raise ValidationError(_("Only somebody with an entry in the directory can sign."))
    # The words are held still from here on, but a lead of the programme may have changed since the other one signed.
    _take_off(
        current,
        at=at,
        because=_("The leads of the programme changed"),
        acting=acting,
        unlike=words,
    )
    valid = ChangeSignature.objects.filter(request=request, withdrawn_at__isnull=True)
    if valid.filter(function=function).exists():
        raise ValidationError(_("This side has signed already."))
    if valid.filter(person=signer).exists():
        raise ValidationError(_("Nobody signs for both sides."))
    with acting_as(user_id=history.user_id_of(acting), action="sign change request"):
        ChangeSignature.objects.create(
            request=request,
            function=function,
            verdict=verdict,
            reason=reason.strip() if verdict == ChangeVerdict.REJECTED else "",
            person=signer,
            role_then=role_of(signer, side),
            digest=words,
            signed_at=at,
            signed_on=on,
        )
    if verdict == ChangeVerdict.REJECTED:
        current = _settle(current, ChangeStatus.REJECTED, at=at, on=on, acting=acting)
    elif set(valid.values_list("function", flat=True)) == set(Voice.values):
        current = _settle(current, ChangeStatus.APPROVED, at=at, on=on, acting=acting)
    _changed(current)
    return current


def _settle(
    request: ChangeRequest, status: ChangeStatus, *, at: datetime, on: date, acting: Member | None
) -> ChangeRequest:
    return history.revise(
        request,
        changes={"status": status, "decided_on": on, "decided_at": at},
        acting=acting,
        action="approve change request"
        if status == ChangeStatus.APPROVED
        else "reject change request",
    )


@transaction.atomic
def unsign_change(
    request: ChangeRequest, *, function: str, at: datetime, acting: Member | None
) -> ChangeRequest:
    """Take one side's signature back before the other side has signed.

    Raises:
        NotAllowed: it is the other side's signature.
        ValidationError: it is settled.
    """
    ask(acting, "governance.change_sign", Side(request.programme, function))
    current = _locked(request)
    if current.status != ChangeStatus.READY:
        raise ValidationError(_("It is settled, so the signatures stay."))
    _take_off(current, at=at, because=_("Withdrawn"), acting=acting, function=function)
    _changed(current)
    return current


@transaction.atomic
def withdraw_change(
    request: ChangeRequest, *, at: datetime, acting: Member | None
) -> ChangeRequest:
    """Ask for it no longer; it stays readable.

    Raises:
        NotAllowed: the other function raised it.
        ValidationError: both leads approved it.
    """
    ask(acting, "governance.change_edit", request)
    current = _must_be_open(request)
    _take_off(current, at=at, because=_("The request was withdrawn"), acting=acting)
    request = history.revise(
        current,
        changes={**_ASSESSED_AGAIN, "status": ChangeStatus.WITHDRAWN},
        acting=acting,
        action="withdraw change request",
    )
    _changed(request)
    return request


@transaction.atomic
def take_up_change(request: ChangeRequest, *, at: datetime, acting: Member | None) -> ChangeRequest:
    """Assess again what was withdrawn or rejected, with the words it had.

    Raises:
        NotAllowed: the other function raised it.
        ValidationError: it is neither.
    """
    ask(acting, "governance.change_edit", request)
    current = _locked(request)
    if current.status not in (ChangeStatus.WITHDRAWN, ChangeStatus.REJECTED):
        raise ValidationError(_("Only what was withdrawn or rejected is taken up again."))
    _take_off(current, at=at, because=_("The request was taken up again"), acting=acting)
    request = history.revise(
        current, changes=_ASSESSED_AGAIN, acting=acting, action="take up change request again"
    )
    _changed(request)
    return request


@transaction.atomic
def keep_change_baseline(
    request: ChangeRequest,
    *,
    name: str,
    reason: str,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> ChangeRequest:
    """Keep the plan as it stands after an approved change, and that it came from it.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: it is not approved, a baseline was kept already, the name is taken, the plan is empty.
    """
    ask(acting, "governance.change_offer", request)
    current = _locked(request)
    if current.status != ChangeStatus.APPROVED:
        raise ValidationError(_("The baseline follows once both leads have approved it."))
    if current.baseline is not None:
        raise ValidationError(_("A baseline was kept from it already."))
    baseline = programmes.keep_baseline(
        PlanBaseline(programme=request.programme, name=name, reason=reason),
        at=at,
        on=on,
        acting=acting,
    )
    request = history.revise(
        request,
        changes={"baseline": baseline},
        version=version,
        acting=acting,
        action="keep baseline from change request",
    )
    _changed(request)
    return request


@transaction.atomic
def close_change(
    request: ChangeRequest,
    *,
    status: str,
    outcome: str,
    version: int | None = None,
    on: date,
    acting: Member | None,
) -> ChangeRequest:
    """Say what came of an approved request: implemented, or not carried out after all.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: it is not approved, or nothing is said of what came of it.
    """
    ask(acting, "governance.change_offer", request)
    if _locked(request).status != ChangeStatus.APPROVED:
        raise ValidationError(_("Only what both leads approved is carried out."))
    request = history.revise(
        request,
        changes={"status": status, "outcome": outcome, "closed_on": on},
        version=version,
        acting=acting,
        action="close change request",
    )
    _changed(request)
    return request


@transaction.atomic
def resume_change(request: ChangeRequest, *, acting: Member | None) -> ChangeRequest:
    """It was closed too early: it is approved, and its end is open again.

    Raises:
        NotAllowed.
        ValidationError: it is not closed.
    """
    ask(acting, "governance.change_offer", request)
    current = _locked(request)
    if not current.is_closed:
        raise ValidationError(_("It is not closed."))
    request = history.revise(
        current,
        changes={"status": ChangeStatus.APPROVED, "closed_on": None},
        acting=acting,
        action="open change request again",
    )
    _changed(request)
    return request


@transaction.atomic
def remove_change(request: ChangeRequest, *, at: datetime, acting: Member | None) -> ChangeRequest:
    """Delete a request raised by mistake.

    Raises:
        NotAllowed: the other function raised it.
        ValidationError: both leads approved it.
    """
    ask(acting, "governance.change_edit", request)
    current = _locked(request)
    if current.is_frozen:
        raise ValidationError(_("What both leads approved is not removed."))
    if current.is_ready:
        _take_off(current, at=at, because=_("The request was removed"), acting=acting)
    history.remove(current, at=at, acting=acting)
    _changed(current)
    return current


def _locked(request: ChangeRequest) -> ChangeRequest:
    """The request as it stands, held: whoever writes any part of it waits here for the one before."""
    current = ChangeRequest.all_objects.select_for_update(of=("self",)).get(pk=request.pk)
    if current.deleted_at is not None:
        raise history.Gone(current)
    # Not read again: both are the ground of the rules that were just asked.
    current.programme, current.tenant = request.programme, request.tenant
    return current


def _must_be_open(request: ChangeRequest) -> ChangeRequest:
    current = _locked(request)
    if current.status in CHANGE_APPROVED:
        raise ValidationError(
            _("What both leads approved is not changed. Raise another request instead.")
        )
    if current.is_withdrawn:
        raise ValidationError(_("It was withdrawn. Take it up again first."))
    return current


def _must_be_complete(request: ChangeRequest) -> None:
    missing = selectors.change_lacks(request)
    if missing:
        raise ValidationError(missing)


def _in_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    return sorted(milestones, key=lambda each: each.number)


def _link_milestones(request: ChangeRequest, milestones: Iterable[Milestone]) -> None:
    request.milestone_links.all().delete()
    ChangeMilestone.objects.bulk_create(
        ChangeMilestone(request=request, milestone=each) for each in milestones
    )


def _take_off(
    request: ChangeRequest,
    *,
    at: datetime,
    because: str,
    acting: Member | None,
    function: str = "",
    unlike: str = "",
) -> None:
    """Of one function where it is named; with `unlike` those under another text than that."""
    signatures = ChangeSignature.objects.filter(request=request, withdrawn_at__isnull=True)
    if function:
        signatures = signatures.filter(function=function)
    if unlike:
        signatures = signatures.exclude(digest=unlike)
    with acting_as(user_id=history.user_id_of(acting), action="withdraw signature"):
        signatures.update(withdrawn_at=at, withdrawn_because=because[:200])


def _changed(request: ChangeRequest) -> None:
    announce(
        events.change_request_changed,
        tenant_id=request.tenant_id,
        programme_id=request.programme_id,
    )
