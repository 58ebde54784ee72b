"""Computes the risk of every open RAID item and keeps it. Only jobs and commands import this module: it needs numpy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
from django.db import transaction
from django.db.models import Q

from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.selectors import thresholds
from programmes import raid
from programmes.choices import RAID_ENDED, RaidStatus
from programmes.models import Programme, RaidItem, RaidUpdate

from . import raid_inputs, raid_outcomes, raid_weeks, registry, weeks_before
from .choices import Target
from .learning.escalation import RAID
from .models import RaidScore, RiskSnapshot
from .raid_inputs import Happened, RaidInputs, Signals
from .registry import InForce
from .scoring import told_of
from .weeks_before import ChanceByDay

BATCH = 1000
# An item's likes are counted in sets: what it is about, how it is rated, whether anything is done.
Like = tuple[str, str, bool]


@dataclass
class RaidScores:
    """What was computed, ready to be kept."""

    as_of: date
    scores: list[RaidScore] = field(default_factory=list)


def compute_raid_scores(
    *,
    as_of: date,
    at: datetime,
    signals: Signals | None = None,
    fresh: Sequence[RiskSnapshot] = (),
) -> RaidScores:
    """The risk of every open item on a day, and what it was in the weeks before. Nothing is written.

    Args:
        signals: the inputs of programmes on that day, where they were read already.
        fresh: snapshots of programmes that were taken and are not kept yet.

    Raises:
        FileNotFoundError: no model is shipped.
    """
    happened = raid_outcomes.happened(until=as_of)
    used = registry.in_force(Target.RAID_ESCALATES_4W)
    made = raid_inputs.read([as_of], signals=signals, happened=happened)
    scored = RaidScores(as_of)
    if len(made):
        portfolio = dict(Programme.objects.values_list("pk", "portfolio"))
        earlier = raid_weeks.before(
            used.model,
            made.items.tolist(),
            weeks_before.of_trend(as_of),
            portfolio=portfolio,
            happened=happened,
            fresh=fresh,
        )
        scored.scores = _scores(used, made, happened, portfolio, earlier, as_of=as_of, at=at)
    return scored


def _scores(
    used: InForce,
    made: RaidInputs,
    happened: Sequence[Happened],
    portfolio: Mapping[int, str],
    earlier: Mapping[int, ChanceByDay],
    *,
    as_of: date,
    at: datetime,
) -> list[RaidScore]:
    pools = [portfolio.get(programme, "") for programme in made.programmes.tolist()]
    items = made.items.tolist()
    told = told_of(used, made.raw, pools, [earlier[item] for item in items], as_of=as_of, at=at)
    alike = _alike(as_of, happened)
    found = []
    for item, like, fields in zip(items, _likes(made), told, strict=True):
        ended, escalated = alike.get(like, (0, 0))
        found.append(RaidScore(item_id=item, alike=ended, alike_escalated=escalated, **fields))
    return found


# --- items like this one -----------------------------------------------------------------------------------


def _like(category: str, score: int | None, *, mitigated: bool, appetite: int) -> Like:
    return category, str(raid.severity(score, appetite=appetite)), mitigated


def _likes(made: RaidInputs) -> list[Like]:
    """Of which kind each open item is."""
    appetite = thresholds().raid_appetite
    category = dict(
        RaidItem.objects.filter(pk__in=made.items.tolist()).values_list("pk", "category")
    )
    at = {name: made.raw[:, index] for index, name in enumerate(RAID.names)}
    return [
        _like(
            category.get(item, ""),
            None if np.isnan(score) else round(score),
            mitigated=bool(mitigated),
            appetite=appetite,
        )
        for item, score, mitigated in zip(
            made.items.tolist(), at["score"].tolist(), at["mitigated"].tolist(), strict=True
        )
    ]


def _alike(as_of: date, happened: Sequence[Happened]) -> dict[Like, tuple[int, int]]:
    """For each kind of item: how many ended or escalated by a day as such a one, and how many of them escalated.

    An item is counted as it stood before its end, whatever it had been. Two statements.
    """
    appetite = thresholds().raid_appetite
    escalated = {each.item for each in happened}
    known = RaidUpdate.objects.known_by(as_of).filter(item__deleted_at__isnull=True)
    ended = known.filter(status__in=RAID_ENDED).values("item_id")
    last = (
        known.filter(Q(item_id__in=ended) | Q(item_id__in=list(escalated)))
        .exclude(status__in=RAID_ENDED)
        .order_by("item_id", "-effective_on", "-known_at", "-pk")
        .distinct("item_id")
        .values_list("item_id", "item__category", "probability", "impact", "status")
    )
    found: dict[Like, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for item, category, likely, heavy, status in last:
        like = _like(
            category,
            raid.score(likely, heavy),
            mitigated=status == RaidStatus.MONITORING,
            appetite=appetite,
        )
        count, of_them = found[like]
        found[like] = count + 1, of_them + (item in escalated)
    return dict(found)


# --- keeping ------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_raid_scores(scored: RaidScores) -> dict[str, int]:
    """Write the scores; one that is the same as before stays the current one, and one of an ended item ends.

    Returns how many were computed, written and ended.
    """
    tenant_id = current_tenant_id()
    current = {
        row.item_id: row
        for row in RaidScore.objects.filter(is_current=True)
        .select_for_update(of=("self",))
        .only("item_id", "as_of", "raw", "model", "direction", "alike", "alike_escalated")
    }
    fresh, over = [], []
    for score in scored.scores:
        before = current.pop(score.item_id, None)
        if before is not None:
            if _alike_rows(before, score):
                continue
            over.append(before.pk)
        fresh.append(score)
    over += [row.pk for row in current.values()]
    # The weeks before are told by the score that takes its place.
    RaidScore.objects.filter(pk__in=over).update(is_current=False, series=[])
    for score in fresh:
        score.tenant_id = tenant_id
    RaidScore.objects.bulk_create(fresh, batch_size=BATCH)
    return {"items": len(scored.scores), "items_written": len(fresh), "items_ended": len(over)}


def _alike_rows(before: RaidScore, after: RaidScore) -> bool:
    return (
        (before.as_of, before.model, before.direction, before.alike, before.alike_escalated)
        == (after.as_of, after.model, after.direction, after.alike, after.alike_escalated)
    ) and bool(np.array_equal(np.array(before.raw), np.array(after.raw), equal_nan=True))
