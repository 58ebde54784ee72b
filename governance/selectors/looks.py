"""Decisions to look at again, and what was found."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from pmo_portal.accounts.members import Member
from programmes.models import Programme
from programmes.selectors import programmes_for

from ..models import Decision, DecisionLook


def decisions_again(member: Member, programme: Programme | None = None) -> QuerySet[Decision]:
    """What was decided and has a day to look at again, or was looked at; with the `last_verdict`."""
    last = DecisionLook.objects.filter(decision=OuterRef("pk")).order_by("-line")
    found = (
        Decision.objects.decided()
        .annotate(
            last_verdict=Subquery(last.values("verdict")[:1]),
            last_look_on=Subquery(last.values("effective_on")[:1]),
        )
        .filter(Q(review_on__isnull=False) | Q(last_verdict__isnull=False))
        .select_related("programme", "tenant", "group")
    )
    if programme is not None:
        return found.filter(programme=programme)
    return found.filter(programme__in=programmes_for(member))


def looks_counted(member: Member, programme: Programme | None, on: date) -> dict[str, int]:
    """How many there are, are due on a day, come later, and did not work. One statement."""
    counted: dict[str, int] = (
        decisions_again(member, programme)
        .order_by()
        .aggregate(
            all=Count("pk"),
            due=Count("pk", filter=Q(review_on__lte=on)),
            coming=Count("pk", filter=Q(review_on__gt=on)),
            failed=Count("pk", filter=Q(last_verdict="failed")),
        )
    )
    return counted


def looks_of(decision: Decision) -> list[DecisionLook]:
    """What was found, the last look first."""
    return list(decision.looks.select_related("author").order_by("-line"))
