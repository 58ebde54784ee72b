"""Who may do what where both functions meet, one file per subject."""

from . import charters, escalations, meetings, steering
from .charters import Side
from .steering import sits_in, speaks_for

__all__ = ["Side", "charters", "escalations", "meetings", "sits_in", "speaks_for", "steering"]
