"""Whether what was forecast came about, and for which days the question makes sense."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

HORIZON = timedelta(weeks=4)
# So long after a crisis another one would rather be the same.
QUIET = timedelta(weeks=6)

Crisis = tuple[date, date | None]


def at_risk(day: date, crises: Sequence[Crisis], *, quiet: timedelta = QUIET) -> bool:
    """Whether a new crisis could be told from an old one: none is open, and the last one is over for a while.

    Args:
        crises: first day and first day after; None while it goes on.
    """
    return not any(
        began <= day and (ended is None or day < ended + quiet) for began, ended in crises
    )


def label(
    day: date,
    crises: Sequence[Crisis],
    *,
    observed_until: date,
    horizon: timedelta = HORIZON,
    quiet: timedelta = QUIET,
) -> bool | None:
    """Whether a crisis begins after a day and within the horizon; None where that is not known or not asked.

    Args:
        observed_until: the last day of which anything is known. A window that ends later says nothing, even
            when something happened in the part that was seen: otherwise only bad news would count.
    """
    if not at_risk(day, crises, quiet=quiet) or day + horizon > observed_until:
        return None
    return any(day < began <= day + horizon for began, _ended in crises)
