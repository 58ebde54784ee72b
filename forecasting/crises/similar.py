"""Which weeks of other programmes were most like that of each programme now, and what came of them.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from pmo_portal.tenants.context import current_tenant_id

from ..learning.features import CRISIS
from ..learning.similar import nearest
from ..lessons import past
from ..models import RiskScore, SimilarWeeks

# Weeks of so long are looked through; programmes and their reporting change.
LOOKS_BACK = timedelta(days=3 * 365)
# Every so many-th week of a long past is looked through: neighbours in time hardly differ.
MOST_ROWS = 40_000
BATCH = 1000


def is_due(monday: date) -> bool:
    """Once a week."""
    return not SimilarWeeks.objects.filter(as_of=monday).exists()


def find_similar(as_of: date, monday: date, *, at: datetime) -> list[SimilarWeeks]:
    """The most similar weeks of every programme that has a score. Nothing is written."""
    scores = list(
        RiskScore.objects.filter(is_current=True, unit__isnull=True)
        .order_by("programme_id")
        .only("programme_id", "raw")
    )
    if not scores:
        return []
    history = past.kept(until=as_of).history.known_by(as_of.toordinal())
    if not len(history) or history.day is None:
        return []
    recent = history.only(history.day >= (as_of - LOOKS_BACK).toordinal())
    looked = recent.only(np.arange(len(recent)) % max(1, -(-len(recent) // MOST_ROWS)) == 0)
    now = np.array([score.raw for score in scores], dtype=float)
    groups = np.array([score.programme_id for score in scores])
    made = []
    for score, near in zip(scores, nearest(now, groups, looked, CRISIS), strict=True):
        if near is None or looked.day is None:
            continue
        weeks = [
            {
                "programme": int(looked.group[row]),
                "day": date.fromordinal(int(looked.day[row])).isoformat(),
                "came": bool(looked.label[row]),
                "distance": round(float(distance), 3),
            }
            for row, distance in zip(near.rows.tolist(), near.distances.tolist(), strict=True)
        ]
        made.append(
            SimilarWeeks(
                programme_id=score.programme_id,
                as_of=monday,
                weeks=weeks,
                came=sum(each["came"] for each in weeks),
                computed_at=at,
            )
        )
    return made


@transaction.atomic
def keep_similar(made: Sequence[SimilarWeeks]) -> int:
    """What was found takes the place of what was found before; without anything, nothing is touched."""
    if not made:
        return 0
    tenant_id = current_tenant_id()
    for row in made:
        row.tenant_id = tenant_id
    SimilarWeeks.objects.all().delete()
    SimilarWeeks.objects.bulk_create(made, batch_size=BATCH)
    return len(made)
