"""The inputs of scores as they were known on some days, for every programme of the tenant at once.

Each family of inputs is one set-based statement over all programmes and all days. A row of a source counts on
a day when it was known by the end of it and speaks of it or an earlier one; a record that is edited in place says what it said
then (`versions`). Nothing else is read, so that a day of the past gives the same inputs whenever it is asked for.
Only jobs and commands import this package: it needs numpy.
"""

from .asking import AT, Asked, Place, days_not_kept, not_kept
from .money import FARTHEST
from .people import SURVEYED, Waves, surveyed
from .reading import Inputs, read

__all__ = [
    "AT",
    "FARTHEST",
    "SURVEYED",
    "Asked",
    "Inputs",
    "Place",
    "Waves",
    "days_not_kept",
    "not_kept",
    "read",
    "surveyed",
]
