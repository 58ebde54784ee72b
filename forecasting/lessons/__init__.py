"""Learning from an organisation's own past: what there is to learn from, what is learned, and what follows from it.

Only jobs and commands import this package: it needs numpy.
"""

from .drafting import Draft, learn_from
from .gathering import Gathered, gather, is_due
from .keeping import keep_lesson

__all__ = ["Draft", "Gathered", "gather", "is_due", "keep_lesson", "learn_from"]
