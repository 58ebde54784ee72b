"""Text in, domain types out."""

from .actions import ActionForm
from .decisions import DecideForm, DecisionForm, InputForm
from .filters import ActionFilter, DecisionFilter
from .groups import GroupForm, SeatForm

__all__ = [
    "ActionFilter",
    "ActionForm",
    "DecideForm",
    "DecisionFilter",
    "DecisionForm",
    "GroupForm",
    "InputForm",
    "SeatForm",
]
