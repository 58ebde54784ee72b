"""Escalations: raised by one function, answered by the other, settled above both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.services import next_reference
from programmes.events import announce
from programmes.schedule import after_working_days

from .. import events
from ..choices import EscalationStatus, Voice
from ..models import Escalation
from ..rules import speaks_for

# So many working days the other side has to say what it thinks.
VIEW_WITHIN = 2
# What the side that raises it writes; the view is the other side's, and settling it is a step of its own.
RAISED = ("title", "text", "severity", "level_from", "level_to", "raid_item", "milestone")


@transaction.atomic
def raise_escalation(escalation: Escalation, *, at: datetime, acting: Member | None) -> Escalation:
    """Put something to the next level; the other function is asked for its view from now on.

    Raises:
        NotAllowed: the member speaks for neither function of the programme.
    """
    ask(acting, "governance.escalation_create", escalation.programme)
    if acting is not None:
        escalation.raised_by = voice_of(acting, escalation.programme)
    escalation.view_due_on = after_working_days(escalation.effective_on, VIEW_WITHIN)
    escalation.known_at = at
    escalation.number = next_reference("ESC")
    history.create(escalation, acting=acting)
    _changed(escalation)
    return escalation


def voice_of(member: Member, programme: Any) -> str:
    """The function a member raises things for; delivery and change never are one person."""
    return Voice.DELIVERY if speaks_for(member, programme, Voice.DELIVERY) else Voice.CHANGE


@transaction.atomic
def revise_escalation(
    escalation: Escalation,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> Escalation:
    """Change what was raised.

    Raises:
        ValidationError: it is settled.
    """
    ask(acting, "governance.escalation_change", escalation)
    _refuse_settled(escalation, _("This is settled. Open it again to change it."))
    escalation = history.revise(escalation, changes=changes, version=version, acting=acting)
    _changed(escalation)
    return escalation


@transaction.atomic
def give_view(
    escalation: Escalation,
    *,
    view: str,
    version: int | None = None,
    on: date,
    acting: Member | None,
) -> Escalation:
    """The other function says what it sees.

    Raises:
        NotAllowed: the member does not speak for it.
        ValidationError: the escalation is closed.
    """
    ask(acting, "governance.escalation_view_give", escalation)
    if not escalation.is_open:
        raise ValidationError(_("It is closed: a view comes before the outcome."))
    changes = {
        "view": view,
        "view_on": escalation.view_on or on,
        "view_by": acting.person if acting else escalation.view_by,
    }
    escalation = history.revise(
        escalation, changes=changes, version=version, acting=acting, action="give view"
    )
    _changed(escalation)
    return escalation


@transaction.atomic
def close_escalation(
    escalation: Escalation,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    on: date,
    acting: Member | None,
) -> Escalation:
    """Settle it with an outcome, and the decision it was taken in where there is one.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: there is no outcome, or somebody settled it already.
    """
    ask(acting, "governance.escalation_close", escalation)
    _refuse_settled(escalation, _("This is settled already. Open it again to settle it anew."))
    settled = {**changes, "status": EscalationStatus.CLOSED, "closed_on": on}
    escalation = history.revise(
        escalation, changes=settled, version=version, acting=acting, action="close escalation"
    )
    _changed(escalation)
    return escalation


@transaction.atomic
def reopen_escalation(escalation: Escalation, *, acting: Member | None) -> Escalation:
    ask(acting, "governance.escalation_close", escalation)
    changes = {"status": EscalationStatus.OPEN, "closed_on": None}
    escalation = history.revise(escalation, changes=changes, acting=acting, action="reopen")
    _changed(escalation)
    return escalation


@transaction.atomic
def remove_escalation(escalation: Escalation, *, at: datetime, acting: Member | None) -> Escalation:
    """Take an open one back: raised by mistake.

    Raises:
        ValidationError: it is settled, and what the other side and those above said stands in it.
    """
    ask(acting, "governance.escalation_change", escalation)
    _refuse_settled(escalation, _("This is settled and stays on record."))
    history.remove(escalation, at=at, acting=acting)
    _changed(escalation)
    return escalation


def put_back_escalation(
    escalation: Escalation, *, changes: Mapping[str, Any], acting: Member, note: str = ""
) -> Escalation:
    """What the raising side wrote comes back. The other side's view and the settlement are not theirs to put back."""
    own = {name: value for name, value in changes.items() if name in RAISED}
    return revise_escalation(escalation, changes=own, acting=acting)


history.put_back_with(Escalation, put_back_escalation)


def _refuse_settled(escalation: Escalation, why: str) -> None:
    status = (
        Escalation.all_objects.select_for_update(of=("self",))
        .values_list("status", flat=True)
        .get(pk=escalation.pk)
    )
    if status == EscalationStatus.CLOSED:
        raise ValidationError(why)


def _changed(escalation: Escalation) -> None:
    announce(
        events.escalation_changed,
        tenant_id=escalation.tenant_id,
        programme_id=escalation.programme_id,
    )
