"""What came of the scores of RAID items, and whether their inputs lie as they did.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models.functions import Mod

from . import raid_outcomes
from .learning import watch
from .learning.escalation import RAID
from .learning.outcomes import HORIZON
from .models import RaidOutcome, RaidScore
from .raid_inputs import Happened

# Mondays that were closed are looked at again for so long.
AGAIN = timedelta(weeks=2)
# Inputs of about so many items are enough to see whether they moved.
MOST_ITEMS = 5000


def closed(
    as_of: date, *, since: date, happened: Sequence[Happened] | None = None
) -> list[RaidOutcome]:
    """The scores of Mondays whose four weeks are over, with what came; those kept already are left out.

    An item that had escalated that very day, when nobody knew yet, says nothing, nor does one whose programme was not watched to the end.
    """
    wanted = _to_close(as_of, since)
    if not wanted:
        return []
    kept = set(RaidOutcome.objects.filter(as_of__in=wanted).values_list("item_id", "as_of"))
    days: dict[int, list[date]] = defaultdict(list)
    for each in raid_outcomes.happened(until=as_of) if happened is None else happened:
        days[each.item].append(each.on)
    watched = raid_outcomes.watched_until(as_of)
    scores = (
        RaidScore.objects.filter(as_of__in=wanted)
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


def _to_close(as_of: date, since: date) -> list[date]:
    """The Mondays whose four weeks are over and that were not looked at yet; the last ones again, for what became known late."""
    last = as_of - HORIZON - timedelta(days=1)
    monday = last - timedelta(days=last.weekday())
    days = [
        monday - timedelta(weeks=back) for back in range(max(0, (monday - since).days // 7 + 1))
    ]
    done = set(
        RaidOutcome.objects.filter(as_of__in=days).order_by().values_list("as_of", flat=True).distinct()
    )  # fmt: skip
    return [day for day in days if day not in done or day > monday - AGAIN]


def inputs(as_of: date, *, now: timedelta, before: timedelta) -> list[watch.Input]:
    """Whether the inputs of late lie as those of the year before did, and how often each was not known.

    Where there are very many items, those of every so many stand for all.

    Args:
        now, before: how far back either goes.
    """
    step = max(1, RaidScore.objects.filter(is_current=True).count() // MOST_ITEMS)
    rows = (
        RaidScore.objects.filter(as_of__gt=as_of - before, as_of__lte=as_of)
        .filter(as_of__week_day=2)
        .annotate(turn=Mod("item_id", step))
        .filter(turn=0)
        .order_by("item_id", "as_of", "-computed_at", "-pk")
        .distinct("item_id", "as_of")
        .values_list("item__programme_id", "as_of", "raw")
    )
    parts: dict[bool, list[Any]] = {True: [], False: []}
    programmes: dict[bool, set[int]] = {True: set(), False: set()}
    for programme, day, raw in rows.iterator(chunk_size=5000):
        # A score of other inputs than today's cannot be compared.
        if len(raw) == len(RAID.names):
            parts[day > as_of - now].append(raw)
            programmes[day > as_of - now].add(programme)
    earlier, late = (
        np.array(parts[which], dtype=float).reshape(-1, len(RAID.names)) for which in (False, True)
    )
    return watch.inputs_watched(RAID, earlier, late, programmes=min(map(len, programmes.values())))
