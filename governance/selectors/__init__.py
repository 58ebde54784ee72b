"""Reads of governance. Everything that takes several programmes needs the same number of statements for any number."""

from .actions import action_by_number, actions_for
from .decisions import (
    asks_of,
    decision_by_number,
    decisions_about,
    decisions_for,
    inputs_of,
    recent_decisions,
)
from .finding import search
from .groups import group_by_number, groups_of, missing_functions
from .health import Health, Overview, health_of, overview_of

__all__ = [
    "Health",
    "Overview",
    "action_by_number",
    "actions_for",
    "asks_of",
    "decision_by_number",
    "decisions_about",
    "decisions_for",
    "group_by_number",
    "groups_of",
    "health_of",
    "inputs_of",
    "missing_functions",
    "overview_of",
    "recent_decisions",
    "search",
]
