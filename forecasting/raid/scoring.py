"""Computes the risk of every open RAID item and keeps it. Only jobs and commands import this module: it needs numpy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import Q

from pmo_portal.tenants import bulk
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.selectors import thresholds
from programmes import raid
from programmes.choices import RAID_ENDED, RaidStatus, Stage
from programmes.models import Programme, RaidItem, RaidUpdate

from ..choices import Target
from ..crises import weeks_before
from ..crises.scoring import is_told_alike, told_of
from ..in_force import registry
from ..in_force.registry import InForce
from ..inputs import Asked
from ..learning.raid.escalation import RAID
from ..models import RaidScore, RiskScore
from . import inputs as raid_inputs, outcomes as raid_outcomes, weeks as raid_weeks
from .inputs import Happened, RaidInputs, Signals
from .weeks import Before

# So many items are told and kept at once: of a very large organisation all of them do not fit beside each other.
BLOCK = 20_000
# An item's likes are counted in sets: what it is about, how it is rated, whether anything is done.
Like = tuple[str, str, bool]


@dataclass
class OpenItems:
    """Every item that is open on a day, with what a model needs to tell how likely each is to escalate.

    The weeks before have to be looked at, a day at a time (`look_at`), before any score is asked for.
    """

    as_of: date
    at: datetime
    used: InForce
    made: RaidInputs
    happened: Sequence[Happened]
    portfolio: Mapping[int, str]
    before: Before
    alike: Mapping[Like, tuple[int, int]]

    @property
    def lacking(self) -> list[date]:
        """The days of the weeks before that are to be looked at."""
        return self.before.lacking

    def look_at(self, day: date) -> None:
        """Tell a day of the weeks before."""
        self.before.look_at(day, portfolio=self.portfolio, happened=self.happened)

    def blocks(self) -> Iterator[RaidInputs]:
        """The items, some at a time."""
        for start in range(0, len(self.made), BLOCK):
            yield self.made.part(slice(start, start + BLOCK))

    def scores_of(self, some: RaidInputs) -> list[RaidScore]:
        """The scores of some of them; not written."""
        items = some.items.tolist()
        told = told_of(
            self.used,
            some.raw,
            [self.portfolio.get(programme, "") for programme in some.programmes.tolist()],
            [self.before.of(item) for item in items],
            as_of=self.as_of,
            at=self.at,
        )
        found = []
        for item, like, fields in zip(items, _likes(some), told, strict=True):
            ended, escalated = self.alike.get(like, (0, 0))
            found.append(RaidScore(item_id=item, alike=ended, alike_escalated=escalated, **fields))
        return found


def open_items(*, as_of: date, at: datetime) -> OpenItems:
    """Read what is open on a day, and what was told of it before.

    Raises:
        FileNotFoundError: no model is shipped.
    """
    happened = raid_outcomes.happened(until=as_of)
    used = registry.in_force(Target.RAID_ESCALATES_4W)
    made = raid_inputs.read([as_of], signals=_signals_told(as_of), happened=happened)
    return OpenItems(
        as_of,
        at,
        used,
        made,
        happened,
        portfolio=dict(Programme.objects.values_list("pk", "portfolio")),
        before=raid_weeks.carried(used.model, made.items, weeks_before.of_trend(as_of)),
        alike=_alike(as_of, happened),
    )


def _signals_told(as_of: date) -> Signals | None:
    """The inputs of programmes, as their scores of that day were told from them; None where one that is under way has none."""
    told = RiskScore.objects.filter(is_current=True, unit__isnull=True, as_of=as_of)
    rows = told.values_list("programme_id", "raw").iterator(chunk_size=raid_weeks.AT_ONCE)
    found = {(programme, as_of): raw for programme, raw in rows}
    return found if all(place in found for place in Asked([as_of]).places) else None


def compute_raid_scores(*, as_of: date, at: datetime) -> list[RaidScore]:
    """The risk of every open item on a day, and what it was in the weeks before, all at once. Nothing is written.

    Raises:
        FileNotFoundError: no model is shipped.
    """
    items = open_items(as_of=as_of, at=at)
    for day in items.lacking:
        items.look_at(day)
    return items.scores_of(items.made)


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

    An item is counted as it stood before its end, whatever it had been. Of what was left open in a programme that is
    over nothing is known (decision 0078). Eight statements.
    """
    appetite = thresholds().raid_appetite
    followed = raid_outcomes.followed_until(as_of)
    escalated = {each.item for each in happened if each.on <= followed[each.programme]}
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
def keep_raid_scores(scores: Sequence[RaidScore], *, at: datetime) -> dict[str, int]:
    """Write the scores of every open item, computed at a moment, and end those of all others.

    Returns how many were computed, written and ended.
    """
    kept = keep_some(scores)
    ended = end_others([each.item_id for each in scores], at=at)
    return {**kept, "items_ended": kept["items_ended"] + ended}


@transaction.atomic
def keep_some(scores: Sequence[RaidScore]) -> dict[str, int]:
    """Write the scores of some items; one that is the same as before stays the current one, and so does one that another
    run computed later. An item that ended by now, or whose programme did, has none.

    Returns how many were computed, written and ended.
    """
    with connection.cursor() as cursor:
        # Two runs that write a first score of one item would each be refused by the other.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"pmo-items:{current_tenant_id()}"]
        )
    items = [each.item_id for each in scores]
    open_now = set(
        RaidItem.objects.filter(pk__in=items, programme__deleted_at__isnull=True)
        .exclude(status__in=RAID_ENDED)
        .exclude(programme__stage=Stage.CLOSED)
        .values_list("pk", flat=True)
    )
    current = {
        row.item_id: row
        for row in RaidScore.objects.filter(is_current=True, item__in=items)
        .select_for_update(of=("self",))
        .only("item_id", "as_of", "raw", "probability", "model", "direction", "alike", "alike_escalated", "computed_at")
    }  # fmt: skip
    fresh, over = [], []
    for score in scores:
        before = current.get(score.item_id)
        is_open = score.item_id in open_now
        if before is not None:
            if is_open and (before.computed_at > score.computed_at or _alike_rows(before, score)):
                continue
            over.append(before.pk)
        if is_open:
            fresh.append(score)
    _end(over)
    bulk.insert(RaidScore, fresh)
    return {"items": len(scores), "items_written": len(fresh), "items_ended": len(over)}


@transaction.atomic
def end_others(items: Collection[int], *, at: datetime) -> int:
    """End the scores of all items but those that were open at a moment; not those that were computed later. Returns how many."""
    still = set(items)
    current = RaidScore.objects.filter(is_current=True, computed_at__lte=at)
    rows = current.values_list("pk", "item_id").iterator(chunk_size=raid_weeks.AT_ONCE)
    over = [pk for pk, item in rows if item not in still]
    _end(over)
    return len(over)


def _end(scores: Sequence[int]) -> None:
    # The weeks before are told by the score that takes its place.
    RaidScore.objects.filter(pk__in=scores).update(is_current=False, series=[])


def _alike_rows(before: RaidScore, after: RaidScore) -> bool:
    return (
        (before.as_of, before.model, before.direction, before.alike, before.alike_escalated)
        == (after.as_of, after.model, after.direction, after.alike, after.alike_escalated)
    ) and is_told_alike(before, after)
