"""Impacts with what was said of them last."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from pmo_portal.accounts.members import Member
from programmes.selectors import programmes_for

from ..choices import ReviewStage
from ..models import Impact, ImpactReview

# From so many points on two views are a disagreement for the joint agenda.
DISAGREE_FROM = 2


def impacts_of(programme: Any) -> QuerySet[Impact]:
    """The impacts of a programme with the two views of their newest review."""
    return _with_views(Impact.objects.filter(programme=programme))


def impacts_for(member: Member) -> QuerySet[Impact]:
    """Those of all programmes this member sees, with the two views of their newest review."""
    return _with_views(Impact.objects.filter(programme__in=programmes_for(member)))


def _with_views(impacts: QuerySet[Impact]) -> QuerySet[Impact]:
    newest = ImpactReview.objects.filter(impact=OuterRef("pk")).order_by(
        "-effective_on", "-known_at", "-pk"
    )
    return (
        impacts.select_related("programme", "tenant", "milestone__programme", "milestone__tenant")
        .prefetch_related("units")
        .annotate(
            project_says=Subquery(newest.values("project_rating")[:1]),
            unit_says=Subquery(newest.values("unit_rating")[:1]),
            reviewed_on=Subquery(newest.values("effective_on")[:1]),
        )
    )


def impact_by_number(member: Member, number: int) -> Impact | None:
    """An impact by its number, removed ones included."""
    return (
        Impact.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "tenant", "milestone__programme", "milestone__tenant")
        .first()
    )


def timeline(programme: Any) -> list[tuple[Impact, list[ImpactReview | None]]]:
    """Every impact with the last review of each stage, in the order of `ReviewStage`. Two statements."""
    reviews = Prefetch("reviews", ImpactReview.objects.order_by("effective_on", "known_at", "pk"))
    found = []
    for impact in (
        Impact.objects.filter(programme=programme)
        .select_related("programme", "tenant")
        .prefetch_related(reviews)
        .order_by("number")
    ):
        by_stage = {review.stage: review for review in impact.reviews.all()}
        found.append((impact, [by_stage.get(str(stage)) for stage in ReviewStage]))
    return found


def disagrees(project: int | None, unit: int | None) -> bool:
    """Whether both views are far enough apart to be talked about."""
    return project is not None and unit is not None and abs(project - unit) >= DISAGREE_FROM


def reviews_of(impact: Impact) -> QuerySet[ImpactReview]:
    """Everything said of an impact, newest first."""
    return impact.reviews.select_related("author").order_by("-effective_on", "-known_at", "-pk")
