"""What came in the weeks since a change, whatever was told of them: by it a level is found, and a lesson is judged.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..learning.inputset import Matrix
from ..learning.judging import watch
from ..learning.judging.metrics import Array
from ..learning.outcomes import HORIZON
from ..learning.walk import NOT_ASKED
from ..lessons.past import Past
from ..raid.history import RaidHistory


@dataclass(frozen=True)
class WeeksSince:
    """A row for each programme, or open RAID item, and week of which the next one is over.

    Attributes:
        told: what began in each; its probabilities say nothing.
        raw, pool: the inputs of each, and the portfolio of its programme.
    """

    told: watch.ToldWeeks
    raw: Matrix
    pool: Array


def of_programmes(past: Past, since: date, as_of: date) -> WeeksSince:
    """The weeks of programmes since a day."""
    rows, began_on = past.history.rows, past.history.began_on
    assert rows.day is not None
    assert began_on is not None
    at = np.flatnonzero(
        (rows.day >= since.toordinal())
        & (rows.day + 7 <= as_of.toordinal())
        & (began_on != NOT_ASKED)
    )
    away = (began_on[at] - rows.day[at]).astype(float)
    pool = rows.pool[at] if rows.pool is not None else np.full(len(at), "")
    return WeeksSince(_told(rows.day[at], rows.group[at], away, as_of), rows.raw[at], pool)


def of_items(history: RaidHistory, since: date, as_of: date) -> WeeksSince:
    """The weeks of open RAID items since a day."""
    days = np.array([day.toordinal() for day in history.made.days], dtype=np.int64)
    escalated: dict[int, list[int]] = defaultdict(list)
    for each in history.happened:
        escalated[each.item].append(each.on.toordinal())
    away = np.full(len(days), np.inf)
    for index, item in enumerate(history.made.items.tolist()):
        for on in escalated.get(item, ()):
            if on >= days[index]:
                away[index] = min(away[index], on - days[index])
    watched = np.array(
        [history.watched[each].toordinal() for each in history.made.programmes.tolist()],
        dtype=np.int64,
    )
    at = np.flatnonzero(
        (days >= since.toordinal())
        & (days + 7 <= np.minimum(watched, as_of.toordinal()))
        & (away > 0)
    )
    told = _told(days[at], history.made.programmes[at], away[at], as_of)
    return WeeksSince(told, history.made.raw[at], np.array(history.pools, dtype=object)[at])


def _told(days: Array, group: Array, away: Matrix, as_of: date) -> watch.ToldWeeks:
    return watch.ToldWeeks(
        week=days,
        programme=group,
        probability=np.full(len(days), 0.5),
        began=np.where(away <= HORIZON.days, away, np.nan),
        over=days + HORIZON.days <= as_of.toordinal(),
    )
