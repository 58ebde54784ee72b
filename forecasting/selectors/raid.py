"""Which RAID items may escalate."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from pmo_portal.accounts.members import Member
from programmes.selectors import programmes_for

from ..choices import RiskLevel, Stage
from ..models import RaidScore


def raid_scores_for(member: Member, programme: Any = None) -> QuerySet[RaidScore]:
    """The current scores of open items a member sees, of all programmes or of one."""
    scores = RaidScore.objects.filter(
        is_current=True, item__deleted_at__isnull=True, item__programme__deleted_at__isnull=True
    )
    if programme is not None:
        scores = scores.filter(item__programme=programme)
    elif not member.sees_all_programmes:
        scores = scores.filter(item__programme__in=programmes_for(member))
    return scores.select_related("item__programme__tenant", "item__tenant", "item__owner")


def raid_score_of(item: Any) -> RaidScore | None:
    """The current score of an item that was read with its programme. One statement."""
    score = RaidScore.objects.filter(item=item, is_current=True).first()
    if score is not None:
        score.item = item
    return score


def raid_levels(scores: QuerySet[RaidScore]) -> dict[str, Any]:
    """How many items are scored and how many stand high or elevated, and as of when. One statement."""
    return scores.order_by().aggregate(
        scored=Count("pk"),
        high=Count("pk", filter=Q(level=RiskLevel.HIGH)),
        elevated=Count("pk", filter=Q(level=RiskLevel.ELEVATED)),
        assumed=Count("pk", filter=Q(stage=Stage.PRIOR)),
        as_of=Max("as_of"),
        lowest_base=Min("base"),
        highest_base=Max("base"),
    )
