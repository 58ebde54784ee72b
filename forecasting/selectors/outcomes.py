"""What came of scores."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from pmo_portal.accounts.members import Member
from programmes.selectors import programmes_for

from ..models import RaidOutcome, RiskOutcome


def touched_since(day: date) -> list[dict[str, Any]]:
    """Of the scores told since a day whose weeks are over, by what people did: how many, the mean risk told, and how
    many came true. One statement."""
    rows = (
        RiskOutcome.objects.filter(as_of__gte=day, programme__deleted_at__isnull=True)
        .order_by()
        .values("touch")
        .annotate(
            rows=Count("pk"), told=Avg("probability"), came=Count("pk", filter=Q(happened=True))
        )
    )
    return [dict(each) for each in rows]


def outcomes_for(member: Member) -> QuerySet[RiskOutcome]:
    """What came of the scores of the programmes a member sees."""
    found = RiskOutcome.objects.filter(programme__deleted_at__isnull=True)
    if not member.sees_all_programmes:
        found = found.filter(programme__in=programmes_for(member))
    return found.select_related("programme__tenant")


def raid_outcomes_for(member: Member) -> QuerySet[RaidOutcome]:
    """What came of the scores of the RAID items a member sees."""
    found = RaidOutcome.objects.filter(
        item__deleted_at__isnull=True, item__programme__deleted_at__isnull=True
    )
    if not member.sees_all_programmes:
        found = found.filter(item__programme__in=programmes_for(member))
    return found.select_related("item__programme__tenant", "item__tenant")
