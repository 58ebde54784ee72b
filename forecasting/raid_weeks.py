"""What the model in use says of open RAID items in the last weeks.

What it said of earlier Mondays is carried from score to score. What is missing there, because the model is another, the item is new or a night
was left out, is told from records as they stood on those days (decision 0035); an item that could not escalate then has no chance on
that day. A Monday that was looked at is not looked at again under the same model, also where entries come in later that speak of it.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import Min
from django.utils import timezone

from programmes.models import RaidUpdate

from . import raid_history, raid_inputs, weeks_before
from .learning.linear import LinearModel
from .models import RaidScore, RiskSnapshot
from .raid_inputs import Happened
from .weeks_before import ChanceByDay


def before(
    model: LinearModel,
    items: Collection[int],
    days: Sequence[date],
    *,
    portfolio: Mapping[int, str],
    happened: Sequence[Happened],
    fresh: Sequence[RiskSnapshot] = (),
) -> dict[int, ChanceByDay]:
    """What a model says of open items on some earlier days, by item.

    Args:
        portfolio: of each programme.
        happened: escalations; each counts from when it was known.
        fresh: snapshots of programmes that were taken and are not kept yet.
    """
    told = _carried(model.digest, days)
    found = {item: told.get(item, {}) for item in items}
    for day, missing in _missing(found, days).items():
        read = _told_on(day, model, portfolio, happened, fresh) if missing else {}
        for item, each in found.items():
            each.setdefault(day, read.get(item) if item in missing else None)
    return found


def _carried(digest: str, days: Sequence[date]) -> dict[int, ChanceByDay]:
    """What the same model said of those days, as kept beside the last score of each item."""
    rows = RaidScore.objects.filter(is_current=True, model=digest).values_list("item_id", "series")
    return {
        item: weeks_before.carried(series, days) for item, series in rows.iterator(chunk_size=5000)
    }


def _missing(found: Mapping[int, ChanceByDay], days: Sequence[date]) -> dict[date, set[int]]:
    """The days nothing is known of for some items, with those that were known then."""
    lacking = [item for item, told in found.items() if len(told) < len(days)]
    missing: dict[date, set[int]] = {
        day: set() for day in days if any(day not in found[item] for item in lacking)
    }
    known = RaidUpdate.objects.filter(item__in=lacking).order_by().values_list("item_id")
    for item, known_at in known.annotate(Min("known_at")):
        since = timezone.localdate(known_at)
        for day, wanted in missing.items():
            if day >= since and day not in found[item]:
                wanted.add(item)
    return missing


def _told_on(
    day: date,
    model: LinearModel,
    portfolio: Mapping[int, str],
    happened: Sequence[Happened],
    fresh: Sequence[RiskSnapshot],
) -> dict[int, float]:
    signals = raid_history.signals_of([day], fresh=fresh)
    made = raid_inputs.read([day], signals=signals, happened=happened)
    if not len(made):
        return {}
    pools = [portfolio.get(programme, "") for programme in made.programmes.tolist()]
    risks = model.probability(made.raw, pools).tolist()
    return dict(zip(made.items.tolist(), risks, strict=True))
