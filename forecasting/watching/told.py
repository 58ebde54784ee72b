"""What people were told on the Mondays of late, by whichever model, and what began after each.

Only jobs and commands import this module: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import F

from ..choices import Target
from ..learning.inputset import Matrix
from ..learning.judging.watch import ToldWeeks
from ..learning.outcomes import HORIZON, Crisis, at_risk
from ..models import RaidScore, RiskScore
from ..raid import outcomes as raid_outcomes

# The crises of each programme.
Begun = Mapping[int, Sequence[Crisis]]


@dataclass
class Heard:
    """What people were told on the Mondays of late, a row each.

    Attributes:
        told: with what began after each.
        days_until: the next beginning after each, infinite where there was none; eight: the chance told of eight weeks, NaN
            where none was.
        scores: the keys of the rows; `bases`: the base rates their levels go by.
        told_by: the models that told it, the first one first, with how many rows each.
    """

    told: ToldWeeks
    days_until: Matrix
    eight: Matrix
    scores: list[int]
    bases: list[float]
    told_by: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.scores)


_KEPT = ("pk", "as_of", "probability", "base", "model", "model_version", "stage")


def _eight(score: RiskScore | RaidScore) -> float:
    """The chance told of eight weeks; of items none is."""
    return score.eight[0] if isinstance(score, RiskScore) and score.eight else float("nan")


def heard(target: Target, since: date, as_of: date, crises: Begun) -> Heard:
    """The last score of every programme or item on each Monday, whichever model told it, and what began after each."""
    scores = _programmes_heard if target is Target.CRISIS_4W else _items_heard
    rows = scores(since, as_of, crises)
    weeks = np.array([score.as_of.toordinal() for score, *_rest in rows], dtype=np.int64)
    days_until = np.array([days for *_rest, days in rows], dtype=float)
    told = ToldWeeks(
        week=weeks,
        programme=np.array([programme for _score, programme, _days in rows], dtype=np.int64),
        probability=np.array([score.probability for score, *_rest in rows], dtype=float),
        began=np.where(days_until <= HORIZON.days, days_until, np.nan),
        over=weeks + HORIZON.days <= as_of.toordinal(),
    )
    by: dict[str, dict[str, Any]] = {}
    for score, *_rest in sorted(rows, key=lambda row: row[0].as_of):
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
        np.array([_eight(score) for score, *_rest in rows], dtype=float),
        [score.pk for score, *_rest in rows],
        [score.base for score, *_rest in rows],
        list(by.values()),
    )


def _programmes_heard(since: date, as_of: date, crises: Begun) -> list[tuple[Any, int, float]]:
    rows: list[tuple[Any, int, float]] = []
    for score in programmes_told(since, as_of):
        spans = crises.get(score.programme_id, ())
        if at_risk(score.as_of, spans):
            began = [each for each, _ended in spans]
            rows.append((score, score.programme_id, _days_until(score.as_of, began)))
    return rows


def _items_heard(since: date, as_of: date, _crises: Begun) -> list[tuple[Any, int, float]]:
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
        (score, score.of, _days_until(score.as_of, escalated.get(score.item_id, ())))
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
