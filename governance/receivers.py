"""What else happens when an earlier version of a record is put back."""

from __future__ import annotations

from typing import Any

from pmo_portal.accounts.members import Member
from pmo_portal.history import services as history

from . import services
from .models import Action, Decision, SteeringGroup

# What a question is. Who decided what, when and as which function is never put back.
_OF_A_QUESTION = ("question", "context", "group", "milestone", "requested_on", "due_on")


def _decision(record: Decision, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    kept = {name: value for name, value in changes.items() if name in _OF_A_QUESTION}
    return services.revise_decision(record, changes=kept, acting=acting)


def _action(record: Action, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_action(record, changes=changes, acting=acting)


def _group(record: SteeringGroup, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_group(record, changes=changes, acting=acting)


history.put_back_with(Decision, _decision)
history.put_back_with(Action, _action)
history.put_back_with(SteeringGroup, _group)
