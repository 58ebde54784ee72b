"""Whether the chances of two and eight weeks come true as those of four do, which they are made from.

Two weeks are half of the four, eight are chained from them (`whatif.within`). So they may be off where four are right: a
crisis may be likelier early in four weeks than late, and what goes on after four weeks is a projection.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from .inputset import Matrix
from .judging.metrics import Array
from .judging.watch import poisson_interval
from .walk import NEVER, NOT_ASKED, History, Walked
from .whatif import Rates, State, assumed_rates, measured_rates, within

WEEKS = (2, 4, 8)


@dataclass(frozen=True)
class Window:
    """What was told of so many weeks, and what came in them.

    Attributes:
        rows: how many were told and are over.
        told, came: the sum of the chances, and the rows in whose weeks a crisis began.
        events: the crises these are about: each began in the weeks of several rows.
        low, high: between which the ratio of come to told lies, 95 %.
    """

    weeks: int
    rows: int
    told: float
    came: int
    events: int
    low: float
    high: float

    @property
    def ratio(self) -> float | None:
        return self.came / self.told if self.told else None

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


def compared(weeks: int, told: Matrix, days_until: Matrix, of: Array, day: Array) -> Window:
    """Calibration in the large over windows of so many weeks that are over.

    The same crisis lies in the windows of several weeks running, so the interval is that of as many counts as there are crises (exact
    Poisson; Garwood 1936), not of as many as there are rows.

    Args:
        told: the chance of each row.
        days_until: until the next crisis began after it; infinite where none did.
        of, day: the programme and the day of each row, as an ordinal.
    """
    came = days_until <= 7 * weeks
    began = np.column_stack([of[came], day[came] + days_until[came]])
    events = len(np.unique(began, axis=0)) if came.any() else 0
    due, seen = float(told.sum()), int(came.sum())
    low, high = poisson_interval(events)
    # Without any crisis, as many rows as one would have been in.
    each = seen / events if events else weeks
    return Window(
        weeks=weeks,
        rows=len(told),
        told=due,
        came=seen,
        events=events,
        low=low * each / due if due else 0.0,
        high=high * each / due if due else 0.0,
    )


def of_two_weeks(four: Matrix) -> Matrix:
    """The chance within two weeks: half of the four, as if each were alike."""
    return np.asarray(1 - np.sqrt(1 - four))


def of_eight_weeks(history: History, walked: Walked, trained: Matrix) -> Matrix:
    """What a walk would have said of eight weeks, each row by the model of its week and by rates measured before it.

    Args:
        trained: as in `whatif.State`.
    """
    rows = history.rows
    assert rows.day is not None
    told = np.full(len(rows), np.nan)
    rates: Rates | None = None
    for turn, (day, learned) in enumerate(walked.learned):
        bare = replace(learned.model, members=learned.model.members[:0])
        if rates is None or learned.is_judged:
            earlier = rows.day < day.toordinal()
            rates = _rates(history, earlier, trained, bare)
        now = np.flatnonzero(walked.turn == turn)
        if len(now):
            pool = None if rows.pool is None else rows.pool[now]
            told[now] = within(State(rows.raw[now], trained[now], pool), bare, rates)[0]
    return told


def _rates(history: History, earlier: Array, trained: Matrix, model: Any) -> Rates:
    if not earlier.any():
        return assumed_rates(model)
    return measured_rates(history.rows.only(earlier), trained[earlier, 1], model)


def of_walk(
    history: History, walked: Walked, eight: Matrix, *, since: date | None = None
) -> list[dict[str, Any]]:
    """What a walk told of two, four and eight weeks beside what came, as plain values.

    Only windows that were followed to their end count, as everywhere.

    Args:
        eight: as of `of_eight_weeks`.
    """
    rows, began_on = history.rows, history.began_on
    assert rows.day is not None
    if began_on is None or not len(rows):
        return []
    asked = (walked.turn >= 0) & (began_on != NOT_ASKED)
    if since is not None:
        asked &= rows.day >= since.toordinal()
    last = int(rows.day.max())
    followed = np.array([history.last_spoken(group, last) for group in rows.group.tolist()])
    return beside(
        walked.probability,
        eight,
        days_until=np.where(began_on == NEVER, np.inf, (began_on - rows.day).astype(float)),
        of=rows.group,
        day=rows.day,
        followed=np.where(asked, followed, 0),
    )


def beside(
    four: Matrix,
    eight: Matrix,
    *,
    days_until: Matrix,
    of: Array,
    day: Array,
    followed: Array | int,
) -> list[dict[str, Any]]:
    """What was told of two, four and eight weeks beside what came, as plain values (`Window`).

    Args:
        four, eight: the chances of each row; NaN where nothing was told.
        days_until, of, day: as in `compared`.
        followed: the last day on which something is known of each row, as an ordinal.
    """
    told = {2: of_two_weeks(four), 4: four, 8: eight}
    found = []
    for weeks in WEEKS:
        at = np.flatnonzero((day + 7 * weeks <= followed) & ~np.isnan(told[weeks]))
        found.append(compared(weeks, told[weeks][at], days_until[at], of[at], day[at]).as_dict())
    return found
