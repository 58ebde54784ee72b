"""What follows from an approved request: a baseline of the plan, and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from programmes import services as programmes
from programmes.models import PlanBaseline

from ...choices import ChangeStatus
from ...models import (
    ChangeRequest,
)
from ...selectors import milestones_touched
from .held import announce_changed, locked


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

    The dates expected of the milestones it touches were agreed with it: they are their baselines from now on.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: it is not approved, a baseline was kept already, the name is taken, the plan is empty.
    """
    ask(acting, "governance.change_offer", request)
    current = locked(request)
    if current.status != ChangeStatus.APPROVED:
        raise ValidationError(_("The baseline follows once both leads have approved it."))
    if current.baseline is not None:
        raise ValidationError(_("A baseline was kept from it already."))
    programmes.agree_baselines(
        milestones_touched(request), reason=_reason(request), at=at, on=on, acting=acting
    )
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
    announce_changed(request)
    return request


def _reason(request: ChangeRequest) -> str:
    words = {"reference": request.reference, "title": request.title}
    return (_("Change request %(reference)s: %(title)s") % words)[:400]


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
    if locked(request).status != ChangeStatus.APPROVED:
        raise ValidationError(_("Only what both leads approved is carried out."))
    request = history.revise(
        request,
        changes={"status": status, "outcome": outcome, "closed_on": on},
        version=version,
        acting=acting,
        action="close change request",
    )
    announce_changed(request)
    return request


@transaction.atomic
def resume_change(request: ChangeRequest, *, acting: Member | None) -> ChangeRequest:
    """It was closed too early: it is approved, and its end is open again.

    Raises:
        NotAllowed.
        ValidationError: it is not closed.
    """
    ask(acting, "governance.change_offer", request)
    current = locked(request)
    if not current.is_closed:
        raise ValidationError(_("It is not closed."))
    request = history.revise(
        current,
        changes={"status": ChangeStatus.APPROVED, "closed_on": None},
        acting=acting,
        action="open change request again",
    )
    announce_changed(request)
    return request
