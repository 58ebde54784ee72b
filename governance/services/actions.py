"""What somebody agreed to do."""

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

from .. import events
from ..choices import ActionStatus
from ..models import Action


@transaction.atomic
def create_action(action: Action, *, acting: Member | None) -> Action:
    ask(acting, "governance.action_create", action.programme)
    return record_action(action, acting=acting)


def record_action(action: Action, *, acting: Member | None) -> Action:
    """Keep an action that a person may record for another reason, such as minuting the meeting it came out of.

    Asks no rule: whoever calls it has asked one.
    """
    action.number = next_reference("ACT")
    history.create(action, acting=acting)
    _action_changed(action)
    return action


@transaction.atomic
def revise_action(
    action: Action,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> Action:
    ask(acting, "governance.action_change", action)
    action = history.revise(action, changes=changes, version=version, acting=acting)
    _action_changed(action)
    return action


@transaction.atomic
def finish_action(
    action: Action, *, on: date, dropped: bool = False, acting: Member | None
) -> Action:
    """Say that an action is done, or that nobody will do it.

    Raises:
        NotAllowed, Gone.
        ValidationError: somebody has said one or the other already; their word and its day stay.
    """
    if not action.is_open:
        said = {"action": action.reference, "status": action.get_status_display().lower()}
        raise ValidationError(_("%(action)s is %(status)s already.") % said)
    status = ActionStatus.DROPPED if dropped else ActionStatus.DONE
    return revise_action(action, changes={"status": status, "done_on": on}, acting=acting)


def reopen_action(action: Action, *, acting: Member | None) -> Action:
    return revise_action(
        action, changes={"status": ActionStatus.OPEN, "done_on": None}, acting=acting
    )


@transaction.atomic
def remove_action(action: Action, *, at: datetime, acting: Member | None) -> Action:
    ask(acting, "governance.action_change", action)
    history.remove(action, at=at, acting=acting)
    _action_changed(action)
    return action


def _action_changed(action: Action) -> None:
    announce(events.action_changed, tenant_id=action.tenant_id, programme_id=action.programme_id)
