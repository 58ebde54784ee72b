"""Where delivery and change meet as peers, one file per subject."""

from .actions import Action
from .decisions import Decision, DecisionInput, DecisionOption
from .groups import GroupMember, SteeringGroup

__all__ = [
    "Action",
    "Decision",
    "DecisionInput",
    "DecisionOption",
    "GroupMember",
    "SteeringGroup",
]
