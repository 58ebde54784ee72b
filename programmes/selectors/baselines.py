"""Baselines kept of a plan, and how far the plan has moved since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from ..models import BaselineDate, Milestone, PlanBaseline
from ..schedule import slip_days


def baselines_of(programme: Any) -> QuerySet[PlanBaseline]:
    """The baselines of a programme, the newest first, with the number of their milestones."""
    return (
        PlanBaseline.objects.filter(programme=programme)
        .select_related("programme", "tenant", "author")
        .annotate(
            adoption=Count("dates", filter=Q(dates__milestone__track="adoption")),
            delivery=Count("dates", filter=Q(dates__milestone__track="delivery")),
        )
        .order_by("-number")
    )


def dates_of(baseline: PlanBaseline) -> QuerySet[BaselineDate]:
    """What a baseline says of each milestone, milestones removed since among them."""
    return BaselineDate.objects.filter(baseline=baseline).select_related(
        "milestone__programme", "milestone__tenant", "milestone__owner"
    )


@dataclass(frozen=True)
class Moved:
    """One milestone, then and now. `slip` is in working days, None where it is not in the plan any more."""

    milestone: Milestone
    then: date
    now: date | None
    slip: int | None


def moved(row: BaselineDate) -> Moved:
    """A date of a baseline beside the plan of today."""
    milestone = row.milestone
    if milestone.deleted_at is not None:
        return Moved(milestone, row.expected_on, None, None)
    now = milestone.actual_on or milestone.forecast_on
    return Moved(
        milestone, row.expected_on, now, slip_days(baseline_on=row.expected_on, expected_on=now)
    )


def added_since(baseline: PlanBaseline) -> QuerySet[Milestone]:
    """Milestones of the plan that the baseline does not know."""
    return (
        Milestone.objects.filter(programme=baseline.programme)
        .exclude(pk__in=BaselineDate.objects.filter(baseline=baseline).values("milestone_id"))
        .select_related("programme", "tenant")
        .order_by("forecast_on", "number")
    )
