"""Takes snapshots and computes scores. Only jobs and commands import this module: it needs numpy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isclose
from typing import Any

import numpy as np
from django.db import transaction

from pmo_portal.tenants import bulk
from programmes.choices import Stage
from programmes.models import Programme

from .. import drivers, inputs
from ..choices import RiskLevel, Target
from ..in_force import registry
from ..in_force.registry import InForce
from ..learning import features
from ..learning.inputset import InputSet, Matrix
from ..learning.names import PORTFOLIO
from ..models import RaidScore, RiskScore, RiskSnapshot
from . import weeks_before
from .projection import Programmes, eight_weeks, projections
from .weeks_before import ChanceByDay, Key


@dataclass
class Scored:
    """What was computed, ready to be kept: today's scores, and the weekly snapshots that were missing."""

    as_of: date
    scores: list[RiskScore] = field(default_factory=list)
    snapshots: list[RiskSnapshot] = field(default_factory=list)


def take_snapshots(
    days: Sequence[date], *, at: datetime, as_of: date | None = None
) -> list[RiskSnapshot]:
    """The inputs of every programme on those of some days of which none is kept yet; not written.

    A programme that was added, or whose history came in, after others were kept gets its own, told beside all of that
    day.

    Args:
        as_of: where given, the inputs of units are taken as well, on the days their trend of that day looks back over.
    """
    missing = set(inputs.not_kept(days))
    asked = {day for _programme, day in missing}
    with_units = asked.intersection(weeks_before.of_trend(as_of)) if as_of else set()
    made = []
    for some in (asked - with_units, with_units):
        if some:
            read = inputs.read(sorted(some), with_units=some is with_units)
            made += _snapshots(read, missing, at)
    return made


def _snapshots(
    made: inputs.Inputs, missing: Collection[inputs.Place], at: datetime
) -> list[RiskSnapshot]:
    found = [
        RiskSnapshot(programme_id=programme, as_of=day, raw=raw.tolist(), trained=trained.tolist())
        for (programme, day), raw, trained in zip(made.places, made.raw, made.trained, strict=True)
        if (programme, day) in missing
    ]
    found += [
        RiskSnapshot(programme_id=programme, unit_id=unit, as_of=day, raw=raw.tolist())
        for (programme, unit, day), raw in zip(made.units, made.unit_raw, strict=True)
        if (programme, day) in missing
    ]
    for each in found:
        each.feature_set, each.taken_at = features.CRISIS.version, at
    return found


def compute_scores(*, as_of: date, at: datetime) -> Scored:
    """The scores of every programme and unit on a day, and what they were in the weeks before. Nothing is written.

    Raises:
        FileNotFoundError: no model is shipped.
    """
    used = registry.in_force(Target.CRISIS_4W)
    looked_back = weeks_before.of_trend(as_of)
    scored = Scored(as_of, snapshots=take_snapshots(looked_back, at=at, as_of=as_of))
    made = inputs.read([as_of], with_units=True)
    keys: list[Key] = [(programme, None) for programme, _day in made.places]
    keys += [(programme, unit) for programme, unit, _day in made.units]
    if not keys:
        return scored
    raw = np.concatenate([made.raw, made.unit_raw])
    portfolio = dict(Programme.objects.values_list("pk", "portfolio"))
    series = weeks_before.of_snapshots(used.model, looked_back, scored.snapshots, portfolio)
    scored.scores = scores_of(used, keys, raw, series, portfolio, as_of=as_of, at=at)
    programmes = Programmes(
        [programme for programme, _day in made.places],
        made.raw,
        made.trained,
        portfolio,
        as_of,
        [each for each in scored.snapshots if each.unit_id is None],
    )
    ahead, eight = projections(used.model, programmes), eight_weeks(used.model, programmes)
    for score in scored.scores:
        if score.unit_id is None:
            score.whatif = ahead.get(score.programme_id, {})
            score.eight = eight.get(score.programme_id, [])
    return scored


def scores_of(
    used: InForce,
    keys: list[Key],
    raw: Matrix,
    series: Mapping[Key, ChanceByDay],
    portfolio: Mapping[int, str],
    *,
    as_of: date,
    at: datetime,
) -> list[RiskScore]:
    """What a model says of rows of inputs, ready to be kept.

    Args:
        series: what it says of earlier weeks, by programme and unit.
        portfolio: of each programme.
    """
    pools = [portfolio.get(programme, "") for programme, _unit in keys]
    told = told_of(used, raw, pools, [series.get(key, {}) for key in keys], as_of=as_of, at=at)
    for fields in told:
        if drivers.is_nothing_known(fields["raw"]):
            # The chance is the average of all; a level would take it for a word on this one.
            fields["level"] = RiskLevel.UNKNOWN
    return [
        RiskScore(programme_id=programme, unit_id=unit, **fields)
        for (programme, unit), fields in zip(keys, told, strict=True)
    ]


def told_of(
    used: InForce,
    raw: Matrix,
    pools: Sequence[str],
    earlier: Sequence[ChanceByDay],
    *,
    as_of: date,
    at: datetime,
) -> list[dict[str, Any]]:
    """The fields that scores of programmes, of units and of RAID items have in common, a row each.

    Args:
        pools: the portfolio of each row.
        earlier: what the model says of earlier weeks of each row.
    """
    model = used.model
    asked = model.inputs
    told = model.probability(raw, pools)
    low, high = model.band(raw, pools)
    shares = model.contributions(raw)
    shifts = model.shifts(pools, len(raw))
    values, unknown = asked.design(raw), asked.missing(raw)
    same = {
        "as_of": as_of,
        "start": float(model.log_odds(model.reference[None, :])[0]),
        "base": model.base,
        "model": model.digest,
        "model_version": used.version,
        "stage": used.stage,
        "computed_at": at,
    }
    found = []
    for index, before in enumerate(earlier):
        over_weeks: ChanceByDay = {**before, as_of: float(told[index])}
        found.append(
            {
                **same,
                "probability": float(told[index]),
                "low": float(low[index]),
                "high": float(high[index]),
                "level": model.level(float(told[index])),
                "raw": raw[index].tolist(),
                "terms": _terms(asked, shares[index], values[index], float(shifts[index])),
                "missing": [
                    name for name, is_not in zip(asked.names, unknown[index], strict=True) if is_not
                ],
                "series": weeks_before.as_series(over_weeks),
                "direction": weeks_before.direction_of(over_weeks),
            }
        )
    return found


def _terms(inputs: InputSet, shares: Matrix, values: Matrix, shift: float) -> list[dict[str, Any]]:
    """What each term adds to the log-odds of a row, and its portfolio where that adds anything."""
    found = [
        {"name": name, "share": float(shares[at]), "value": round(float(values[at]), 4)}
        for at, name in enumerate(inputs.terms)
        if shares[at]
    ]
    if shift:
        found.append({"name": PORTFOLIO, "share": shift, "value": 1.0})
    return found


def keep_snapshots(snapshots: Sequence[RiskSnapshot]) -> None:
    """Write snapshots; one that is kept already stays as it is."""
    bulk.insert(RiskSnapshot, snapshots, ignore_conflicts=True)


def schedules_told() -> dict[int, float]:
    """The smoothed schedule index of each programme, as its score was told from it; NaN where it is not known."""
    at = features.CRISIS.names.index("spi_s")
    told = RiskScore.objects.filter(is_current=True, unit__isnull=True)
    return dict(told.values_list("programme_id", f"raw__{at}"))


@transaction.atomic
def keep_scores(scored: Scored) -> dict[str, int]:
    """Write snapshots and scores; a score that is the same as before stays the current one.

    A programme that is closed or removed by now has none, whatever it was on the day of the scores.

    Returns how many were computed, written and ended.
    """
    keep_snapshots(scored.snapshots)
    # Of units nothing but the trend looks at them.
    over_for_units = RiskSnapshot.objects.filter(as_of__lt=weeks_before.of_trend(scored.as_of)[0])
    over_for_units.filter(unit__isnull=False).delete()
    going_on = set(Programme.objects.exclude(stage=Stage.CLOSED).values_list("pk", flat=True))
    current = {
        (row.programme_id, row.unit_id): row
        for row in RiskScore.objects.filter(is_current=True)
        .select_for_update(of=("self",))
        .only(
            "programme_id",
            "unit_id",
            "as_of",
            "raw",
            "probability",
            "model",
            "whatif",
            "eight",
            "direction",
        )
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
                and before.direction == score.direction
                and is_told_alike(before, score)
            ):
                continue
            over.append(before.pk)
        fresh.append(score)
    # Programmes that were closed or removed, units they no longer touch.
    over += [row.pk for row in current.values()]
    # The weeks before are told by the score that takes its place.
    RiskScore.objects.filter(pk__in=over).update(is_current=False, series=[])
    bulk.insert(RiskScore, fresh)
    return {"computed": len(scored.scores), "written": len(fresh), "ended": len(over)}


def is_told_alike(before: RiskScore | RaidScore, after: RiskScore | RaidScore) -> bool:
    """Whether two scores come from the same inputs and say the same: a portfolio is no input, and moves what is told.

    The last digits of a chance depend on how many are computed at once.
    """
    return isclose(before.probability, after.probability, abs_tol=1e-9) and bool(
        np.array_equal(np.array(before.raw), np.array(after.raw), equal_nan=True)
    )
