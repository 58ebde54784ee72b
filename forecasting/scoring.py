"""Takes snapshots and computes scores. Only jobs and commands import this module: it needs numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from pmo_portal.tenants.context import current_tenant_id
from programmes.choices import Stage
from programmes.models import Programme

from . import inputs, registry
from .choices import Target
from .learning import features
from .learning.inputset import InputSet, Matrix
from .learning.linear import LinearModel
from .learning.names import PORTFOLIO
from .learning.trend import trend
from .models import RiskScore, RiskSnapshot
from .projection import longer, projections
from .registry import InForce, mondays

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

    @property
    def schedules(self) -> dict[int, float]:
        """The smoothed schedule index of each programme; NaN where it is not known."""
        at = features.CRISIS.names.index("spi_s")
        return {row.programme_id: row.raw[at] for row in self.scores if row.unit_id is None}


def take_snapshots(days: Sequence[date], *, at: datetime) -> list[RiskSnapshot]:
    """The inputs of every programme on those of some days of which none is kept yet; not written.

    A programme that was added, or whose history came in, after others were kept gets its own, told beside all of that
    day.
    """
    missing = set(inputs.not_kept(days))
    if not missing:
        return []
    made = inputs.read(sorted({day for _programme, day in missing}))
    return [
        RiskSnapshot(
            programme_id=programme,
            as_of=day,
            feature_set=features.CRISIS.version,
            raw=made.raw[index].tolist(),
            trained=made.trained[index].tolist(),
            taken_at=at,
        )
        for index, (programme, day) in enumerate(made.places)
        if (programme, day) in missing
    ]


def compute(*, as_of: date, at: datetime) -> Scored:
    """The scores of every programme and unit on a day, and what they were in the weeks before. Nothing is written.

    Raises:
        FileNotFoundError: no model is shipped.
    """
    used = registry.in_force(Target.CRISIS_4W)
    weeks = mondays(as_of - timedelta(weeks=TREND_WEEKS), as_of)
    scored = Scored(as_of, snapshots=take_snapshots(weeks, at=at))
    made = inputs.read([as_of], with_units=True)
    scored.around = dict(zip(made.places, made.raw, strict=True))
    keys: list[Key] = [(programme, None) for programme, _day in made.places]
    keys += [(programme, unit) for programme, unit, _day in made.units]
    if not keys:
        return scored
    raw = np.concatenate([made.raw, made.unit_raw])
    portfolio = dict(Programme.objects.values_list("pk", "portfolio"))
    series = _series(used.model, weeks, scored.snapshots, portfolio)
    scored.scores = scores_of(used, keys, raw, series, portfolio, as_of=as_of, at=at)
    known = ([programme for programme, _day in made.places], made.raw, made.trained, portfolio)
    ahead = projections(used.model, *known, as_of=as_of, fresh=scored.snapshots)
    eight = longer(used.model, *known, as_of=as_of, fresh=scored.snapshots)
    for score in scored.scores:
        if score.unit_id is None:
            score.whatif = ahead.get(score.programme_id, {})
            score.eight = eight.get(score.programme_id, [])
    return scored


def _series(
    model: LinearModel,
    weeks: Sequence[date],
    fresh: Sequence[RiskSnapshot],
    portfolio: Mapping[int, str],
) -> dict[int, list[tuple[date, float]]]:
    """What this model says of the snapshots of the last weeks, by programme, oldest first."""
    kept = RiskSnapshot.objects.filter(
        as_of__in=weeks, feature_set=features.CRISIS.version, unit__isnull=True
    ).values_list("programme_id", "as_of", "raw")
    rows = [*kept, *((each.programme_id, each.as_of, each.raw) for each in fresh)]
    if not rows:
        return {}
    pools = [portfolio.get(programme, "") for programme, _day, _raw in rows]
    told = model.probability(np.array([raw for _programme, _day, raw in rows], dtype=float), pools)
    found: dict[int, list[tuple[date, float]]] = {}
    for (programme, day, _raw), risk in zip(rows, told, strict=True):
        found.setdefault(programme, []).append((day, float(risk)))
    return {programme: sorted(points) for programme, points in found.items()}


def scores_of(
    used: InForce,
    keys: list[Key],
    raw: Matrix,
    series: dict[int, list[tuple[date, float]]],
    portfolio: Mapping[int, str],
    *,
    as_of: date,
    at: datetime,
) -> list[RiskScore]:
    """What a model says of rows of inputs, ready to be kept.

    Args:
        series: what it says of earlier weeks, by programme.
        portfolio: of each programme.
    """
    model = used.model
    pools = [portfolio.get(programme, "") for programme, _unit in keys]
    told = model.probability(raw, pools)
    low, high = model.band(raw, pools)
    shares = model.contributions(raw)
    shifts = model.shifts(pools, len(raw))
    values = features.CRISIS.design(raw)
    unknown = features.CRISIS.missing(raw)
    start = float(model.log_odds(model.reference[None, :])[0])
    digest = model.digest
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
                terms=terms_of(model.inputs, shares[index], values[index], float(shifts[index])),
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
                model_version=used.version,
                stage=used.stage,
                computed_at=at,
            )
        )
    return found


def terms_of(
    inputs: InputSet, shares: Matrix, values: Matrix, shift: float
) -> list[dict[str, Any]]:
    """What each term adds to the log-odds of a row, and its portfolio where that adds anything."""
    found = [
        {"name": name, "share": float(shares[at]), "value": round(float(values[at]), 4)}
        for at, name in enumerate(inputs.terms)
        if shares[at]
    ]
    if shift:
        found.append({"name": PORTFOLIO, "share": shift, "value": 1.0})
    return found


def _direction(points: list[tuple[date, float]]) -> str:
    if not points:
        return "unknown"
    last = points[-1][0]
    recent = [(-(last - day).days / 7, risk) for day, risk in points]
    return trend([each for each in recent if each[0] >= -RISING_WEEKS], least=LEAST_SLOPE).direction


def keep_snapshots(snapshots: Sequence[RiskSnapshot]) -> None:
    """Write snapshots; one that is kept already stays as it is."""
    tenant_id = current_tenant_id()
    for each in snapshots:
        each.tenant_id = tenant_id
    RiskSnapshot.objects.bulk_create(snapshots, batch_size=BATCH, ignore_conflicts=True)


@transaction.atomic
def keep(scored: Scored) -> dict[str, int]:
    """Write snapshots and scores; a score that is the same as before stays the current one.

    A programme that is closed or removed by now has none, whatever it was on the day of the scores.

    Returns how many were computed, written and ended.
    """
    keep_snapshots(scored.snapshots)
    going_on = set(Programme.objects.exclude(stage=Stage.CLOSED).values_list("pk", flat=True))
    current = {
        (row.programme_id, row.unit_id): row
        for row in RiskScore.objects.filter(is_current=True)
        .select_for_update(of=("self",))
        .only("programme_id", "unit_id", "as_of", "raw", "model", "whatif", "eight")
    }
    fresh, over = [], []
    for score in scored.scores:
        if score.programme_id not in going_on:
            continue
        before = current.pop((score.programme_id, score.unit_id), None)
        if before is not None:
            if (
                before.model == score.model
                and before.as_of == score.as_of
                and before.whatif == score.whatif
                and before.eight == score.eight
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
