"""What came of the scores of RAID items, and whether their inputs lie as they did.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np

from . import raid_outcomes
from .learning import watch
from .learning.escalation import RAID
from .learning.outcomes import HORIZON
from .models import RaidOutcome, RaidScore
from .raid_inputs import Happened


def closed(
    as_of: date, *, since: date, happened: Sequence[Happened] | None = None
) -> list[RaidOutcome]:
    """The scores of Mondays whose four weeks are over, with what came; those kept already are left out.

    An item that had escalated that very day, when nobody knew yet, says nothing, nor does one whose programme was not watched to the end.
    """
    kept = set(
        RaidOutcome.objects.filter(as_of__gte=since).values_list("item_id", "as_of").iterator()
    )
    days: dict[int, list[date]] = defaultdict(list)
    for each in raid_outcomes.happened(until=as_of) if happened is None else happened:
        days[each.item].append(each.on)
    watched = raid_outcomes.watched_until(as_of)
    scores = (
        RaidScore.objects.filter(as_of__gte=since, as_of__lt=as_of - HORIZON)
        .filter(as_of__week_day=2)
        .order_by("item_id", "as_of", "-computed_at", "-pk")
        .distinct("item_id", "as_of")
        .values_list("item_id", "item__programme_id", "as_of", "probability", "model", "stage")
    )
    found = []
    for item, programme, day, probability, model, stage in scores.iterator(chunk_size=5000):
        came = days.get(item, ())
        if (item, day) in kept or day in came or day + HORIZON > watched.get(programme, as_of):
            continue
        found.append(
            RaidOutcome(
                item_id=item,
                as_of=day,
                probability=probability,
                happened=any(day < on <= day + HORIZON for on in came),
                model=model,
                stage=stage,
                known_on=as_of,
            )
        )
    return found


def inputs(as_of: date, *, now: timedelta, before: timedelta) -> list[dict[str, Any]]:
    """Whether the inputs of late lie as those of the year before did, and how often each was not known.

    Args:
        now, before: how far back either goes.
    """
    rows = (
        RaidScore.objects.filter(as_of__gt=as_of - before, as_of__lte=as_of)
        .filter(as_of__week_day=2)
        .order_by("item_id", "as_of", "-computed_at", "-pk")
        .distinct("item_id", "as_of")
        .values_list("item__programme_id", "as_of", "raw")
    )
    parts: dict[bool, list[Any]] = {True: [], False: []}
    programmes = set()
    for programme, day, raw in rows.iterator(chunk_size=5000):
        # A score of other inputs than today's cannot be compared.
        if len(raw) == len(RAID.names):
            parts[day > as_of - now].append(raw)
            programmes.add(programme)
    earlier, late = (
        np.array(parts[which], dtype=float).reshape(-1, len(RAID.names)) for which in (False, True)
    )
    return [
        {**asdict(each), "state": each.state}
        for each in watch.inputs_watched(RAID, earlier, late, programmes=len(programmes))
    ]
