"""Who may do what where both functions meet, one file per subject."""

from . import changes, charters, escalations, judgements, meetings, steering, weight
from .charters import Side
from .steering import sits_in, speaks_for
from .weight import HEAD_START

__all__ = [
    "HEAD_START",
    "Side",
    "changes",
    "charters",
    "escalations",
    "judgements",
    "meetings",
    "sits_in",
    "speaks_for",
    "steering",
    "weight",
]
