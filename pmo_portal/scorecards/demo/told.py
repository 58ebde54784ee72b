"""What was told on the Mondays of the last half year, what was learned, and what came of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np

from forecasting import lessons, watching
from forecasting.choices import Target
from forecasting.crises import scoring
from forecasting.dates import slips
from forecasting.in_force import registry
from forecasting.lessons import past, weeks as weeks_to_learn
from forecasting.models import RiskScore, RiskSnapshot
from forecasting.readiness import shortfalls
from pmo_portal.tenants.context import current_tenant_id
from programmes.models import Programme

from .calendar import LONDON

WEEKS = 26


def write(*, today: date, now: datetime) -> None:
    """As nightly runs would have left it; scores of single units and of weeks before are left out."""
    weeks = weeks_to_learn.weeks_without_snapshot(today)
    scoring.keep_snapshots(scoring.take_snapshots(weeks, at=now, as_of=today))
    _tell(weeks_to_learn.mondays(today - timedelta(weeks=WEEKS), today))
    for target in Target:
        lessons.keep_lesson(lessons.learn_from(lessons.gather(target, today), at=now))
    record = slips.learn_slips(today, at=now)
    if record is not None:
        slips.keep_record(record)
    readiness = shortfalls.learn_readiness(today, at=now)
    if readiness is not None:
        shortfalls.keep_record(readiness)
    for monday in weeks_to_learn.mondays(today - timedelta(weeks=WEEKS - 5), today):
        watching.keep_findings(watching.look(monday), on=monday)


def _tell(mondays: list[date]) -> None:
    used = registry.in_force(Target.CRISIS_4W)
    portfolio = dict(Programme.objects.values_list("pk", "portfolio"))
    spoken = past.spoken_of()
    rows: dict[date, list[tuple[int, list[float]]]] = {}
    for programme, day, raw in RiskSnapshot.objects.filter(
        as_of__in=mondays, unit__isnull=True
    ).values_list("programme_id", "as_of", "raw"):
        if past.is_followed(programme, day, spoken):
            rows.setdefault(day, []).append((programme, raw))
    told = []
    for day, found in rows.items():
        keys: list[scoring.Key] = [(programme, None) for programme, _raw in found]
        at = datetime.combine(day, time(3), tzinfo=LONDON)
        told += scoring.scores_of(
            used, keys, np.array([raw for _programme, raw in found], dtype=float), {}, portfolio,
            as_of=day, at=at,
        )  # fmt: skip
    tenant_id = current_tenant_id()
    for score in told:
        score.tenant_id, score.is_current = tenant_id, False
    RiskScore.objects.bulk_create(told)
