"""What waits for a member where both functions meet, one file per subject."""

from . import agreements, decisions, weighing

# In the order in which a page names them.
WAITING = (*decisions.WAITING, *agreements.WAITING, *weighing.WAITING)

__all__ = ["WAITING"]
