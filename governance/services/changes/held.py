"""What every write of a change request begins and ends with: it is held, it must be open, and others are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from programmes.events import announce

from ... import events, selectors
from ...choices import CHANGE_APPROVED, ChangeStatus
from ...models import ChangeRequest, ChangeSignature

# Set when words change: what was waiting for signatures, or rejected, is put to both leads again.
ASSESSED_AGAIN: dict[str, Any] = {
    "status": ChangeStatus.ASSESSING,
    "decided_on": None,
    "decided_at": None,
}


def locked(request: ChangeRequest) -> ChangeRequest:
    """The request as it stands, held: whoever writes any part of it waits here for the one before.

    Raises:
        Gone.
    """
    current = ChangeRequest.all_objects.select_for_update(of=("self",)).get(pk=request.pk)
    if current.deleted_at is not None:
        raise history.Gone(current)
    # Not read again: both are the ground of the rules that were just asked.
    current.programme, current.tenant = request.programme, request.tenant
    return current


def must_be_open(request: ChangeRequest) -> ChangeRequest:
    """The request as it stands, held, where its words may still change.

    Raises:
        Gone.
        ValidationError: both leads approved it, or it was withdrawn.
    """
    current = locked(request)
    if current.status in CHANGE_APPROVED:
        raise ValidationError(
            _("What both leads approved is not changed. Raise another request instead.")
        )
    if current.is_withdrawn:
        raise ValidationError(_("It was withdrawn. Take it up again first."))
    return current


def must_be_complete(request: ChangeRequest) -> None:
    """Refuse what cannot be signed yet.

    Raises:
        ValidationError: what is missing, in sentences.
    """
    missing = selectors.change_lacks(request)
    if missing:
        raise ValidationError(missing)


def take_off(
    request: ChangeRequest,
    *,
    at: datetime,
    because: str,
    acting: Member | None,
    function: str = "",
    unlike: str = "",
) -> None:
    """Take signatures off: of one function where it is named; with `unlike` those under another text than that."""
    signatures = ChangeSignature.objects.filter(request=request, withdrawn_at__isnull=True)
    if function:
        signatures = signatures.filter(function=function)
    if unlike:
        signatures = signatures.exclude(digest=unlike)
    with acting_as(user_id=history.user_id_of(acting), action="withdraw signature"):
        signatures.update(withdrawn_at=at, withdrawn_because=because[:200])


def announce_changed(request: ChangeRequest) -> None:
    """Tell higher apps that it changed."""
    announce(
        events.change_request_changed,
        tenant_id=request.tenant_id,
        programme_id=request.programme_id,
    )
