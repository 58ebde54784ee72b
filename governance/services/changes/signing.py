"""Both leads sign or one rejects; until then it can be withdrawn, and what was withdrawn or rejected is taken up again."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.models import Person

from ... import selectors
from ...choices import ChangeStatus, ChangeVerdict, Voice
from ...models import (
    ChangeRequest,
    ChangeSignature,
)
from ...rules import Side
from ..signing import role_of
from .held import ASSESSED_AGAIN, announce_changed, locked, must_be_complete, must_be_open, take_off


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
    current = must_be_open(request)
    if current.status != ChangeStatus.ASSESSING:
        raise ValidationError(_("Only what is being assessed is put to both leads."))
    must_be_complete(current)
    request = history.revise(
        request,
        changes={"status": ChangeStatus.READY},
        version=version,
        acting=acting,
        action="put change request to both leads",
    )
    announce_changed(request)
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
    current = locked(request)
    if current.status != ChangeStatus.READY:
        raise ValidationError(_("It does not wait for signatures."))
    must_be_complete(current)
    words = selectors.change_digest(current)
    if digest is not None and digest != words:
        raise ValidationError(_("It was changed while you read it. Read it again, then sign."))
    if verdict == ChangeVerdict.REJECTED and not reason.strip():
        raise ValidationError({"reason": _("Say why: the other side has to know what would do.")})
    signer = person or (acting.person if acting else None)
    if signer is None:
        raise ValidationError(_("Only somebody with an entry in the directory can sign."))
    # The words are held still from here on, but a lead of the programme may have changed since the other one signed.
    take_off(
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
    announce_changed(current)
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
    current = locked(request)
    if current.status != ChangeStatus.READY:
        raise ValidationError(_("It is settled, so the signatures stay."))
    take_off(current, at=at, because=_("Withdrawn"), acting=acting, function=function)
    announce_changed(current)
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
    current = must_be_open(request)
    take_off(current, at=at, because=_("The request was withdrawn"), acting=acting)
    request = history.revise(
        current,
        changes={**ASSESSED_AGAIN, "status": ChangeStatus.WITHDRAWN},
        acting=acting,
        action="withdraw change request",
    )
    announce_changed(request)
    return request


@transaction.atomic
def take_up_change(request: ChangeRequest, *, at: datetime, acting: Member | None) -> ChangeRequest:
    """Assess again what was withdrawn or rejected, with the words it had.

    Raises:
        NotAllowed: the other function raised it.
        ValidationError: it is neither.
    """
    ask(acting, "governance.change_edit", request)
    current = locked(request)
    if current.status not in (ChangeStatus.WITHDRAWN, ChangeStatus.REJECTED):
        raise ValidationError(_("Only what was withdrawn or rejected is taken up again."))
    take_off(current, at=at, because=_("The request was taken up again"), acting=acting)
    request = history.revise(
        current, changes=ASSESSED_AGAIN, acting=acting, action="take up change request again"
    )
    announce_changed(request)
    return request
