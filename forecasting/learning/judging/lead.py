"""How long before something happens alerts had named where it would, beside the same alerts dealt out by lot.

An alert of every week goes to a share of all that are told, the loudest ones. A programme that is told a high risk is
mostly told one a week later too, so a long row of alerts is no merit in itself: alerts that knew nothing, and
only stayed where they are, would be early as well. What counts is by how much longer they had stood where
something happened than at any other place told that same week.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..outcomes import HORIZON
from .evaluation import Interval, mean_interval
from .metrics import Array

# Alerts are looked for so far back, and a longer row of them counts as this: nobody prepares for longer.
MOST_WEEKS = 12
_WEEK = 7
# A unit and a day as one number.
_APART = 10_000_000


def alerted(day: Array, told: Array, share: float) -> npt.NDArray[np.bool_]:
    """Who is given an alert: each day the loudest share of those that are told, at least one."""
    chosen = np.zeros(len(day), dtype=bool)
    for each in np.unique(day):
        week = np.flatnonzero(day == each)
        count = int(np.ceil(share * len(week)))
        chosen[week[np.argsort(-told[week], kind="stable")[:count]]] = True
    return chosen


def lead_times(
    day: Array, of: Array, label: Array, alert: Array, groups: Array
) -> dict[str, Any] | None:
    """By how many weeks alerts were ahead of what happened, and by how many the same alerts dealt out by lot.

    Looked at is the last week told before each event. `unbroken` are the weeks up to it in which an alert was given one after the
    other; `first` are those since the first alert of the last twelve, also where none was given in between. By lot is the mean of the
    same figure over all that were told that week: the same budget, alerts that stay as long, and no knowledge of where it would happen.

    Args:
        day: of each row, as an ordinal, a week apart.
        of: what each row is of: a programme, or an item of one.
        label: whether something happened within four weeks.
        alert: whether an alert was given.
        groups: over which the intervals are taken: programmes.

    Returns the events, the share of them with an alert in the last week, and for `unbroken` and `first` what the alerts reached, what by
    lot, and the difference, each with the middle 90 % over programmes; None where nothing happened.
    """
    last = _last_before(day, of, label)
    if not len(last):
        return None
    found: dict[str, Any] = {"events": len(last), "named": float(np.mean(alert[last]))}
    _days, on = np.unique(day, return_inverse=True)
    for name, weeks in (
        ("unbroken", _unbroken(day, of, alert)),
        ("first", _since_first(day, of, alert)),
    ):
        by_lot = (np.bincount(on, weeks) / np.bincount(on))[on[last]]
        found[name] = {
            "weeks": _mean(weeks[last], groups[last]),
            "by_lot": _mean(by_lot, groups[last]),
            "above": _mean(weeks[last] - by_lot, groups[last]),
        }
    return found


def _mean(values: Array, groups: Array) -> list[float]:
    made: Interval = mean_interval(values, groups, share=0.9)
    return [made.value, made.low, made.high]


def _last_before(day: Array, of: Array, label: Array) -> Array:
    """The last row told before each event: where a run of rows before one ends."""
    order, same = _in_order(day, of)
    before, on = label[order], day[order]
    goes_on = np.zeros(len(order), dtype=bool)
    # So long after one event the next rows speak of another.
    goes_on[:-1] = same[1:] & before[1:] & (np.diff(on) <= HORIZON.days)
    return order[before & ~goes_on]


def _unbroken(day: Array, of: Array, alert: Array) -> Array:
    """For each row, how many weeks running up to it an alert was given."""
    order, same = _in_order(day, of)
    on, given = day[order], alert[order]
    goes_on = np.zeros(len(order), dtype=bool)
    goes_on[1:] = same[1:] & given[:-1] & (np.diff(on) <= _WEEK)
    started = np.maximum.accumulate(np.where(given & ~goes_on, np.arange(len(order)), 0))
    weeks = np.empty(len(order))
    weeks[order] = np.where(given, (on - on[started]) / _WEEK + 1, 0.0)
    return np.minimum(weeks, MOST_WEEKS)


def _since_first(day: Array, of: Array, alert: Array) -> Array:
    """For each row, how many weeks ago the first alert of the last twelve weeks was given, this week being one; 0 without any."""
    _names, unit = np.unique(of, return_inverse=True)
    key = unit.astype(np.int64) * _APART + day
    given = np.append(np.sort(key[alert]), np.iinfo(np.int64).max)
    first = given[np.searchsorted(given, key - _WEEK * MOST_WEEKS + 1)]
    return np.where(first <= key, (key - first) / _WEEK + 1, 0.0)


def _in_order(day: Array, of: Array) -> tuple[Array, Array]:
    """Rows by what they are of and day, and whether each is of the same as the one before it."""
    _names, unit = np.unique(of, return_inverse=True)
    order = np.lexsort((day, unit))
    same = np.zeros(len(order), dtype=bool)
    same[1:] = np.diff(unit[order]) == 0
    return order, same
