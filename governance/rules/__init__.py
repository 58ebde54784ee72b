"""Who may do what where both functions meet, one file per subject."""

from . import balance, changes, charters, escalations, judgements, meetings, steering
from .balance import HEAD_START
from .charters import Side
from .steering import sits_in, speaks_for

__all__ = [
    "HEAD_START",
    "Side",
    "balance",
    "changes",
    "charters",
    "escalations",
    "judgements",
    "meetings",
    "sits_in",
    "speaks_for",
    "steering",
]
