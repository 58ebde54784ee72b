"""Whether the inputs of late lie as those of the year before did, and how often each was not known.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models.functions import Mod

from ..learning.features import CRISIS
from ..learning.judging import watch
from ..learning.raid.escalation import RAID
from ..lessons import past
from ..models import RaidScore, RiskSnapshot

# Inputs of so many weeks are compared with those of the year before.
NOW, BEFORE = timedelta(weeks=13), timedelta(weeks=65)
# Inputs of about so many items are enough to see whether they moved.
MOST_ITEMS = 5000


def of_programmes(as_of: date) -> list[watch.Input]:
    """The inputs of programmes. As in learning, what a tool ceased to report is left out."""
    rows = RiskSnapshot.objects.filter(
        unit__isnull=True, feature_set=CRISIS.version, as_of__gt=as_of - BEFORE, as_of__lte=as_of
    ).values_list("programme_id", "as_of", "raw")
    parts: dict[bool, list[Any]] = {True: [], False: []}
    programmes: dict[bool, set[int]] = {True: set(), False: set()}
    spoken = past.spoken_of()
    for programme, day, raw in rows.iterator(chunk_size=5000):
        if not past.is_followed(programme, day, spoken):
            continue
        parts[day > as_of - NOW].append(raw)
        programmes[day > as_of - NOW].add(programme)
    before, now = (np.array(parts[late], dtype=float).reshape(-1, len(CRISIS.names)) for late in (False, True))  # fmt: skip
    return watch.inputs_watched(CRISIS, before, now, programmes=min(map(len, programmes.values())))


def of_items(as_of: date) -> list[watch.Input]:
    """The inputs of RAID items. Where there are very many items, those of every so many stand for all."""
    step = max(1, RaidScore.objects.filter(is_current=True).count() // MOST_ITEMS)
    rows = (
        RaidScore.objects.filter(as_of__gt=as_of - BEFORE, as_of__lte=as_of)
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
            parts[day > as_of - NOW].append(raw)
            programmes[day > as_of - NOW].add(programme)
    earlier, late = (
        np.array(parts[which], dtype=float).reshape(-1, len(RAID.names)) for which in (False, True)
    )
    return watch.inputs_watched(RAID, earlier, late, programmes=min(map(len, programmes.values())))
