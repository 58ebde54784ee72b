"""Scores whose four weeks are over, with what came of the programme or the RAID item.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from pmo_portal.common.days import monday_of

from ..choices import Touch
from ..learning.limits import WATCHED
from ..learning.outcomes import HORIZON, at_risk
from ..models import RaidOutcome, RaidScore, RiskOutcome
from ..raid import outcomes as raid_outcomes
from . import interventions
from .told import Begun, Followed, programmes_told

# Mondays that were closed are looked at again for so long.
AGAIN = timedelta(weeks=2)


def closed_programmes(as_of: date, crises: Begun, followed: Followed) -> list[RiskOutcome]:
    """The scores of Mondays whose four weeks are over, with what came; those kept already are left out.

    One whose programme was not followed to the end says nothing, as in learning.
    """
    since = as_of - WATCHED
    kept = set(
        RiskOutcome.objects.filter(as_of__gte=since).values_list("programme_id", "as_of").iterator()
    )
    found = []
    for score in programmes_told(since, as_of - HORIZON):
        key = (score.programme_id, score.as_of)
        spans = crises.get(score.programme_id, ())
        is_over = score.as_of + HORIZON <= followed.get(score.programme_id, date.min)
        if key in kept or not is_over or not at_risk(score.as_of, spans):
            continue
        found.append(
            RiskOutcome(
                programme_id=score.programme_id,
                as_of=score.as_of,
                probability=score.probability,
                happened=any(
                    score.as_of < began <= score.as_of + HORIZON for began, _ended in spans
                ),
                model=score.model,
                stage=score.stage,
                known_on=as_of,
            )
        )
    touches = interventions.touches([(each.programme_id, each.as_of) for each in found], within=HORIZON)  # fmt: skip
    for each in found:
        each.touch = touches.get((each.programme_id, each.as_of), Touch.UNSEEN)
    return found


def closed_items(as_of: date, followed: Followed) -> list[RaidOutcome]:
    """The scores of Mondays whose four weeks are over, with what came; those kept already are left out.

    An item that had escalated that very day, when nobody knew yet, says nothing, nor does one whose programme was not followed to the end.
    """
    wanted = _to_close(as_of)
    if not wanted:
        return []
    kept = set(RaidOutcome.objects.filter(as_of__in=wanted).values_list("item_id", "as_of"))
    days: dict[int, list[date]] = defaultdict(list)
    for each in raid_outcomes.happened(until=as_of):
        days[each.item].append(each.on)
    scores = (
        RaidScore.objects.filter(as_of__in=wanted)
        .order_by("item_id", "as_of", "-computed_at", "-pk")
        .distinct("item_id", "as_of")
        .values_list("item_id", "item__programme_id", "as_of", "probability", "model", "stage")
    )
    found = []
    for item, programme, day, probability, model, stage in scores.iterator(chunk_size=5000):
        came = days.get(item, ())
        if (item, day) in kept or day in came or day + HORIZON > followed.get(programme, date.min):
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


def _to_close(as_of: date) -> list[date]:
    """The Mondays whose four weeks are over and that were not looked at yet; the last ones again, for what became known late."""
    last = as_of - HORIZON - timedelta(days=1)
    monday = monday_of(last)
    days = [
        monday - timedelta(weeks=back)
        for back in range(max(0, (monday - (as_of - WATCHED)).days // 7 + 1))
    ]
    done = set(
        RaidOutcome.objects.filter(as_of__in=days).order_by().values_list("as_of", flat=True).distinct()
    )  # fmt: skip
    return [day for day in days if day not in done or day > monday - AGAIN]
