"""What engagement is usual in an organisation: the middle of what its units said last. No Django in here.

There is one such figure on a day, for inputs, for the rule before go-lives and for readiness; where too few units have
figures, whoever needs one says what stands in.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

# Figures of fewer units than this make nothing "usual".
FEWEST_UNITS = 5
# A figure older than this is no part of what is usual today; published surveys come once a year.
LOOKS_BACK = timedelta(days=550)
# Stands in where nothing is measured: pages call it assumed.
ASSUMED = 64.0

# What a unit said itself, in whichever survey: the day, when it was known, and the mean; oldest first.
Said = Sequence[tuple[date, datetime, float]]


def middle(latest: Collection[float]) -> float | None:
    """The median of the latest figure of each unit; None where too few units have one."""
    return statistics.median(latest) if len(latest) >= FEWEST_UNITS else None


def measured(units: Iterable[Said], day: date, until: datetime) -> float | None:
    """The same on a day, of the figures that were known by a moment."""
    latest = []
    for said in units:
        for on, known_at, mean in reversed(said):
            if on <= day and known_at <= until:
                if on >= day - LOOKS_BACK:
                    latest.append(mean)
                break
    return middle(latest)
