"""Whether units will be ready."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from pmo_portal.accounts.members import Member
from programmes.selectors import programmes_for

from ..choices import LIKELY_SHORT, Stage as ModelStage
from ..models import AdoptionShortfall, ShortfallRecord


def shortfalls_for(member: Member) -> QuerySet[AdoptionShortfall]:
    """What is said of units before go-lives a member sees."""
    rows = AdoptionShortfall.objects.filter(
        is_current=True,
        milestone__deleted_at__isnull=True,
        milestone__actual_on__isnull=True,
        milestone__programme__deleted_at__isnull=True,
    )
    if not member.sees_all_programmes:
        rows = rows.filter(milestone__programme__in=programmes_for(member))
    return rows.select_related("milestone__programme__tenant", "milestone__tenant", "unit")


def shortfalls_before(milestone: Any) -> list[AdoptionShortfall]:
    """What is said of the units before a go-live that was read with its programme. One statement."""
    rows = list(
        AdoptionShortfall.objects.filter(milestone=milestone, is_current=True)
        .select_related("unit")
        .order_by(F("chance").desc(nulls_last=True), "unit__name")
    )
    for row in rows:
        row.milestone = milestone
    return rows


def shortfalls_of_unit(programme: Any, unit: Any) -> list[AdoptionShortfall]:
    """What is said of a unit before the go-lives of a programme, the nearest first. One statement."""
    rows = list(
        AdoptionShortfall.objects.filter(
            milestone__programme=programme,
            milestone__deleted_at__isnull=True,
            milestone__actual_on__isnull=True,
            unit=unit,
            is_current=True,
        )
        .select_related("milestone__tenant", "unit")
        .order_by("golive_on", "pk")
    )
    for row in rows:
        row.milestone.programme = programme
    return rows


def shortfall_counts(rows: QuerySet[AdoptionShortfall]) -> dict[str, Any]:
    """How many units are told of, likely not to be ready, partly unknown: each once, however many go-lives it meets. Then how
    often one is told of, by assumption; and as of when. One statement.
    """
    unknown = Q(training__isnull=True) | Q(engagement__isnull=True)
    return rows.order_by().aggregate(
        units=Count("unit", distinct=True),
        short=Count("unit", distinct=True, filter=Q(chance__gte=LIKELY_SHORT)),
        unknown=Count("unit", distinct=True, filter=unknown),
        told=Count("pk"),
        assumed=Count("pk", filter=Q(stage=ModelStage.PRIOR)),
        as_of=Max("as_of"),
    )


def shortfall_record() -> ShortfallRecord | None:
    """What is known of how the organisation's own units got ready. One statement."""
    return ShortfallRecord.objects.order_by("-as_of", "-pk").first()
