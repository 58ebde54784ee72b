"""Writes of governance. Each asks the rule first; `acting=None` is the portal itself."""

from .actions import create_action, finish_action, remove_action, reopen_action, revise_action
from .decisions import (
    decide,
    give_input,
    remove_decision,
    request_decision,
    revise_decision,
    withdraw_decision,
)
from .groups import create_group, leave_seat, remove_group, revise_group, revise_seat, seat_member

__all__ = [
    "create_action",
    "create_group",
    "decide",
    "finish_action",
    "give_input",
    "leave_seat",
    "remove_action",
    "remove_decision",
    "remove_group",
    "reopen_action",
    "request_decision",
    "revise_action",
    "revise_decision",
    "revise_group",
    "revise_seat",
    "seat_member",
    "withdraw_decision",
]
