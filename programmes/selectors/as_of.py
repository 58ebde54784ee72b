"""What was known on a day. One statement for any number of programmes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pmo_portal.common import clock
from pmo_portal.common.clock import end_of
from pmo_portal.common.levels import State
from pmo_portal.history.selectors import as_they_stood
from pmo_portal.tenants.models import TenantSettings
from pmo_portal.tenants.selectors import thresholds

from .. import raid as scoring, schedule
from ..choices import RAID_ENDED
from ..models import (
    Milestone,
    MilestoneForecast,
    RaidUpdate,
    StatusReport,
)
from ..raid_trend import Said


@dataclass(frozen=True)
class MilestoneAsOf:
    """A milestone as it was known on a day."""

    milestone: Milestone
    baseline_on: date
    forecast_on: date
    actual_on: date | None
    said_on: date
    state: State
    slip: int


def milestones_as_of(
    programme_ids: Collection[int], as_of: date, *, settings: TenantSettings | None = None
) -> list[MilestoneAsOf]:
    """Every milestone known by a day with what was said of it by then, soonest first. One statement."""
    limits = settings or thresholds()
    latest = (
        MilestoneForecast.objects.known_by(as_of)
        .filter(milestone__programme_id__in=list(programme_ids), milestone__deleted_at__isnull=True)
        .select_related("milestone", "milestone__owner", "milestone__programme")
        .order_by("milestone_id", "-effective_on", "-known_at", "-pk")
        .distinct("milestone_id")
    )
    found = [_as_of(row, as_of, limits) for row in latest]
    return sorted(found, key=lambda each: (each.forecast_on, each.milestone.number))


def _as_of(row: MilestoneForecast, as_of: date, limits: TenantSettings) -> MilestoneAsOf:
    milestone = row.milestone
    state = schedule.milestone_state(
        baseline_on=row.baseline_on,
        forecast_on=row.forecast_on,
        actual_on=row.actual_on,
        on=as_of,
        amber_days=limits.slip_amber_days,
        red_days=limits.slip_red_days,
    )
    expected = row.actual_on or max(row.forecast_on, as_of)
    return MilestoneAsOf(
        milestone=milestone,
        baseline_on=row.baseline_on,
        forecast_on=row.forecast_on,
        actual_on=row.actual_on,
        said_on=row.effective_on,
        state=state,
        slip=schedule.slip_days(baseline_on=row.baseline_on, expected_on=expected),
    )


def reports_as_of(programme_ids: Collection[int], as_of: date) -> list[StatusReport]:
    """Every status report known by a day in the words of that day, newest first. Two statements at most.

    A report that was corrected later says on the days before what it said then.
    """
    known = (
        StatusReport.objects.filter(
            programme_id__in=list(programme_ids), known_at__lte=end_of(as_of)
        )
        .select_related("author")
        .order_by("pk")
    )
    said = list(known) if as_of >= clock.today() else as_they_stood(known, end_of(as_of))
    return sorted(
        (report for report in said if report.effective_on <= as_of),
        key=lambda report: (report.effective_on, report.known_at, report.pk),
        reverse=True,
    )


def status_as_of(
    programme_ids: Collection[int], as_of: date
) -> dict[tuple[int, str, str], StatusReport]:
    """The last report of each programme, half and opinion known by a day. Two statements at most."""
    found: dict[tuple[int, str, str], StatusReport] = {}
    for report in reports_as_of(programme_ids, as_of):
        found.setdefault((report.programme_id, report.half, report.opinion), report)
    return found


@dataclass(frozen=True)
class RaidAsOf:
    """A RAID item as it was rated on a day."""

    item_id: int
    programme_id: int
    kind: str
    side: str
    probability: int | None
    impact: int | None
    status: str
    said_on: date

    @property
    def score(self) -> int | None:
        return scoring.score(self.probability, self.impact)

    @property
    def is_open(self) -> bool:
        return self.status not in RAID_ENDED


def raid_as_of(programme_ids: Collection[int], as_of: date) -> list[RaidAsOf]:
    """Every item known by a day with its rating of then. One statement."""
    latest = (
        RaidUpdate.objects.known_by(as_of)
        .filter(item__programme_id__in=list(programme_ids), item__deleted_at__isnull=True)
        .select_related("item")
        .order_by("item_id", "-effective_on", "-known_at", "-pk")
        .distinct("item_id")
    )
    return [
        RaidAsOf(
            item_id=row.item_id,
            programme_id=row.item.programme_id,
            kind=row.item.kind,
            side=row.item.side,
            probability=row.probability,
            impact=row.impact,
            status=row.status,
            said_on=row.effective_on,
        )
        for row in latest
    ]


def raid_log(programme_ids: Collection[int], as_of: date) -> list[Said]:
    """Every entry of the logs of all items, as known by a day, in the order of their days. One statement."""
    entries = (
        RaidUpdate.objects.known_by(as_of)
        .filter(item__programme_id__in=list(programme_ids), item__deleted_at__isnull=True)
        .order_by("effective_on", "known_at", "pk")
        .values_list("item_id", "effective_on", "status", "probability", "impact")
    )
    return [
        Said(item, on, status not in RAID_ENDED, scoring.score(probability, impact))
        for item, on, status, probability, impact in entries
    ]
