"""Takes snapshots and computes scores. Only jobs and commands import this module: it needs numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from pmo_portal.tenants.context import current_tenant_id

from . import inputs
from .choices import Target
from .learning import features, prior
from .learning.inputset import Matrix
from .learning.linear import LinearModel
from .learning.trend import trend
from .models import RiskScore, RiskSnapshot

BATCH = 1000
TREND_WEEKS = 12
RISING_WEEKS = 6
# Less than half a point a week is no trend that anybody would act on.
LEAST_SLOPE = 0.005

Key = tuple[int, int | None]


@dataclass
class Scored:
    """What was computed, ready to be kept: today's scores, and the weekly snapshots that were missing.

    `around`: the inputs of programmes on that day, for what else looks at them.
    """

    as_of: date
    scores: list[RiskScore] = field(default_factory=list)
    snapshots: list[RiskSnapshot] = field(default_factory=list)
    around: dict[inputs.Place, Matrix] = field(default_factory=dict)


def mondays_before(day: date, count: int) -> list[date]:
    """The last Mondays that are over, oldest first."""
    last = day - timedelta(days=day.weekday() or 7)
    return [last - timedelta(weeks=back) for back in reversed(range(count))]


def take_snapshots(days: Sequence[date], *, at: datetime) -> list[RiskSnapshot]:
    """The inputs of every programme on days of which none is kept yet; not written."""
    kept = set(
        RiskSnapshot.objects.filter(as_of__in=days, feature_set=features.CRISIS.version)
        .values_list("as_of", flat=True)
        .distinct()
    )
    wanted = [day for day in days if day not in kept]
    if not wanted:
        return []
    made = inputs.read(wanted)
    return [
        RiskSnapshot(
            programme_id=programme,
            as_of=day,
            feature_set=features.CRISIS.version,
            raw=made.raw[index].tolist(),
            taken_at=at,
        )
        for index, (programme, day) in enumerate(made.places)
    ]


def compute(*, as_of: date, at: datetime) -> Scored:
    """The scores of every programme and unit on a day, and what they were in the weeks before. Nothing is written.

    Raises:
        FileNotFoundError: no model is shipped.
    """
    model = prior.load(Target.CRISIS_4W)
    weeks = mondays_before(as_of, TREND_WEEKS)
    scored = Scored(as_of, snapshots=take_snapshots(weeks, at=at))
    made = inputs.read([as_of], with_units=True)
    scored.around = dict(zip(made.places, made.raw, strict=True))
    keys: list[Key] = [(programme, None) for programme, _day in made.places]
    keys += [(programme, unit) for programme, unit, _day in made.units]
    if not keys:
        return scored
    raw = np.concatenate([made.raw, made.unit_raw])
    series = _series(model, weeks, scored.snapshots)
    scored.scores = _scores(model, keys, raw, series, as_of=as_of, at=at)
    return scored


def _series(
    model: LinearModel, weeks: Sequence[date], fresh: Sequence[RiskSnapshot]
) -> dict[int, list[tuple[date, float]]]:
    """What this model says of the snapshots of the last weeks, by programme, oldest first."""
    kept = RiskSnapshot.objects.filter(
        as_of__in=weeks, feature_set=features.CRISIS.version, unit__isnull=True
    ).values_list("programme_id", "as_of", "raw")
    rows = [*kept, *((each.programme_id, each.as_of, each.raw) for each in fresh)]
    if not rows:
        return {}
    told = model.probability(np.array([raw for _programme, _day, raw in rows], dtype=float))
    found: dict[int, list[tuple[date, float]]] = {}
    for (programme, day, _raw), risk in zip(rows, told, strict=True):
        found.setdefault(programme, []).append((day, float(risk)))
    return {programme: sorted(points) for programme, points in found.items()}


def _scores(
    model: LinearModel,
    keys: list[Key],
    raw: Matrix,
    series: dict[int, list[tuple[date, float]]],
    *,
    as_of: date,
    at: datetime,
) -> list[RiskScore]:
    told = model.probability(raw)
    low, high = model.band(raw)
    shares = model.contributions(raw)
    values = features.CRISIS.design(raw)
    unknown = features.CRISIS.missing(raw)
    start = float(model.log_odds(model.reference[None, :])[0])
    digest, version = model.digest, str(model.about.get("version", ""))
    found = []
    for index, (programme, unit) in enumerate(keys):
        points = (
            [] if unit is not None else [*series.get(programme, ()), (as_of, float(told[index]))]
        )
        found.append(
            RiskScore(
                programme_id=programme,
                unit_id=unit,
                as_of=as_of,
                probability=float(told[index]),
                low=float(low[index]),
                high=float(high[index]),
                level=model.level(float(told[index])),
                raw=raw[index].tolist(),
                terms=[
                    {
                        "name": name,
                        "share": float(shares[index, at_term]),
                        "value": round(float(values[index, at_term]), 4),
                    }
                    for at_term, name in enumerate(model.inputs.terms)
                    if shares[index, at_term]
                ],
                start=start,
                missing=[
                    name
                    for at_input, name in enumerate(features.CRISIS.names)
                    if unknown[index, at_input]
                ],
                series=[[day.isoformat(), round(risk, 4)] for day, risk in points],
                direction=_direction(points),
                base=model.base,
                model=digest,
                model_version=version,
                is_assumed=bool(model.about.get("assumed", False)),
                computed_at=at,
            )
        )
    return found


def _direction(points: list[tuple[date, float]]) -> str:
    if not points:
        return "unknown"
    last = points[-1][0]
    recent = [(-(last - day).days / 7, risk) for day, risk in points]
    return trend([each for each in recent if each[0] >= -RISING_WEEKS], least=LEAST_SLOPE).direction


@transaction.atomic
def keep(scored: Scored) -> dict[str, int]:
    """Write snapshots and scores; a score that is the same as before stays the current one.

    Returns how many were computed, written and ended.
    """
    RiskSnapshot.objects.bulk_create(scored.snapshots, batch_size=BATCH, ignore_conflicts=True)
    current = {
        (row.programme_id, row.unit_id): row
        for row in RiskScore.objects.filter(is_current=True)
        .select_for_update(of=("self",))
        .only("programme_id", "unit_id", "as_of", "raw", "model")
    }
    fresh, over = [], []
    for score in scored.scores:
        before = current.pop((score.programme_id, score.unit_id), None)
        if before is not None:
            if (
                before.model == score.model
                and before.as_of == score.as_of
                and _alike(before, score)
            ):
                continue
            over.append(before.pk)
        fresh.append(score)
    # Programmes that were closed or removed, units they no longer touch.
    over += [row.pk for row in current.values()]
    RiskScore.objects.filter(pk__in=over).update(is_current=False)
    tenant_id = current_tenant_id()
    for score in fresh:
        score.tenant_id = tenant_id
    RiskScore.objects.bulk_create(fresh, batch_size=BATCH)
    return {"computed": len(scored.scores), "written": len(fresh), "ended": len(over)}


def _alike(before: Any, after: RiskScore) -> bool:
    return bool(np.array_equal(np.array(before.raw), np.array(after.raw), equal_nan=True))
