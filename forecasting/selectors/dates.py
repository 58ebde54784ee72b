"""By when milestones are reached."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from pmo_portal.accounts.members import Member
from programmes.selectors import programmes_for

from ..choices import LIKELY_MISSED, Stage as ModelStage
from ..models import MilestoneOutlook, SlipRecord


def outlooks_for(member: Member, programme: Any = None) -> QuerySet[MilestoneOutlook]:
    """The current outlooks of open milestones a member sees, of all programmes or of one."""
    rows = MilestoneOutlook.objects.filter(
        is_current=True,
        milestone__deleted_at__isnull=True,
        milestone__actual_on__isnull=True,
        milestone__programme__deleted_at__isnull=True,
    )
    if programme is not None:
        rows = rows.filter(milestone__programme=programme)
    elif not member.sees_all_programmes:
        rows = rows.filter(milestone__programme__in=programmes_for(member))
    return rows.select_related("milestone__programme__tenant", "milestone__tenant")


def outlook_of(milestone: Any) -> MilestoneOutlook | None:
    """The current outlook of a milestone that was read with its programme. One statement."""
    row = MilestoneOutlook.objects.filter(milestone=milestone, is_current=True).first()
    if row is not None:
        row.milestone = milestone
    return row


def outlook_counts(rows: QuerySet[MilestoneOutlook]) -> dict[str, Any]:
    """How many milestones have an outlook, are likely to miss, are told by assumption; and as of when. One statement."""
    return rows.order_by().aggregate(
        milestones=Count("pk"),
        missed=Count("pk", filter=Q(missed__gte=LIKELY_MISSED)),
        assumed=Count("pk", filter=Q(stage=ModelStage.PRIOR)),
        as_of=Max("as_of"),
    )


def slip_record() -> SlipRecord | None:
    """What is known of the organisation's own slips. One statement."""
    return SlipRecord.objects.order_by("-as_of", "-pk").first()
