"""What people were told on the Mondays of late, by whichever model, and what began after each.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.db.models import F

from ..choices import Target
from ..learning.inputset import Matrix
from ..learning.judging.metrics import Array
from ..learning.judging.watch import ToldWeeks
from ..learning.outcomes import HORIZON, Crisis, at_risk
from ..models import RaidScore, RiskScore
from ..raid import outcomes as raid_outcomes

# The crises of each programme.
Begun = Mapping[int, Sequence[Crisis]]
# The last day on which each programme was followed (`past.followed_until`), or its items were (`raid.outcomes.followed_until`).
Followed = Mapping[int, date]
WEEK = timedelta(weeks=1)


@dataclass
class Heard:
    """What people were told on the Mondays of late, a row each.

    Attributes:
        told: with what began after each.
        days_until: the next beginning after each, infinite where there was none; eight: the chance told of eight weeks, NaN
            where none was.
        followed: the last day on which something is known of each, as an ordinal.
        scores: the keys of the rows; `bases`: the base rates their levels go by.
        told_by: the models that told it, the first one first, with how many rows each.
    """

    told: ToldWeeks
    days_until: Matrix
    eight: Matrix
    followed: Array
    scores: list[int]
    bases: list[float]
    told_by: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.scores)


_KEPT = ("pk", "as_of", "probability", "base", "model", "model_version", "stage")


def _eight(score: RiskScore | RaidScore) -> float:
    """The chance told of eight weeks; of items none is."""
    return score.eight[0] if isinstance(score, RiskScore) and score.eight else float("nan")


def heard(target: Target, since: date, as_of: date, crises: Begun, followed: Followed) -> Heard:
    """The last score of every programme or item on each Monday, whichever model told it, and what began after each.

    A week nobody followed says nothing, as in learning: neither what was to be expected in it nor what came counts.
    """
    found = (
        _programmes_heard(since, as_of, crises, followed)
        if target is Target.CRISIS_4W
        else _items_heard(since, as_of, followed)
    )
    rows = [row for row in found if row.followed >= min(row.score.as_of + WEEK, as_of)]
    weeks = np.array([row.score.as_of.toordinal() for row in rows], dtype=np.int64)
    days_until = np.array([row.days_until for row in rows], dtype=float)
    last = np.array([row.followed.toordinal() for row in rows], dtype=np.int64)
    told = ToldWeeks(
        week=weeks,
        programme=np.array([row.programme for row in rows], dtype=np.int64),
        probability=np.array([row.score.probability for row in rows], dtype=float),
        began=np.where(days_until <= HORIZON.days, days_until, np.nan),
        over=weeks + HORIZON.days <= last,
    )
    by: dict[str, dict[str, Any]] = {}
    for score in sorted((row.score for row in rows), key=lambda score: score.as_of):
        one = by.setdefault(
            score.model,
            {
                "model": score.model,
                "version": score.model_version,
                "stage": score.stage,
                "first": score.as_of.isoformat(),
                "rows": 0,
            },
        )
        one["rows"] += 1
    return Heard(
        told,
        days_until,
        np.array([_eight(row.score) for row in rows], dtype=float),
        last,
        [row.score.pk for row in rows],
        [row.score.base for row in rows],
        list(by.values()),
    )


class _Row(NamedTuple):
    """A score, of which programme, the days until the next beginning after it, and the last day that was followed."""

    score: Any
    programme: int
    days_until: float
    followed: date


def _programmes_heard(since: date, as_of: date, crises: Begun, followed: Followed) -> list[_Row]:
    rows = []
    for score in programmes_told(since, as_of):
        spans = crises.get(score.programme_id, ())
        if at_risk(score.as_of, spans):
            began = [each for each, _ended in spans]
            rows.append(
                _Row(
                    score,
                    score.programme_id,
                    _days_until(score.as_of, began),
                    followed.get(score.programme_id, date.min),
                )
            )
    return rows


def _items_heard(since: date, as_of: date, followed: Followed) -> list[_Row]:
    escalated: dict[int, list[date]] = {}
    for each in raid_outcomes.happened(until=as_of):
        escalated.setdefault(each.item, []).append(each.on)
    scores = (
        RaidScore.objects.filter(as_of__gte=since, as_of__lte=as_of)
        .filter(as_of__week_day=2)
        .order_by("item_id", "as_of", "-computed_at", "-pk")
        .distinct("item_id", "as_of")
        .annotate(of=F("item__programme_id"))
        .only(*_KEPT, "item_id")
    )
    return [
        _Row(
            score,
            score.of,
            _days_until(score.as_of, escalated.get(score.item_id, ())),
            followed.get(score.of, date.min),
        )
        for score in scores
    ]


def _days_until(day: date, began: Sequence[date]) -> float:
    """Days until the next beginning; infinite without one."""
    after = [each for each in began if day < each]
    return float((min(after) - day).days) if after else float("inf")


def programmes_told(since: date, until: date) -> list[RiskScore]:
    """The last score of each programme and Monday."""
    rows = (
        RiskScore.objects.filter(unit__isnull=True, as_of__gte=since, as_of__lte=until)
        .filter(as_of__week_day=2)
        .order_by("programme_id", "as_of", "-computed_at", "-pk")
        .distinct("programme_id", "as_of")
        .only(*_KEPT, "programme_id", "eight")
    )
    return list(rows)
