"""Escalations, and how both sides answer each other."""

from __future__ import annotations

import statistics
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from pmo_portal.accounts.members import Member
from programmes.models import Programme
from programmes.schedule import working_days_between
from programmes.selectors import programmes_for

from ..choices import EscalationStatus
from ..models import CRISIS_FROM, Escalation


def escalations_for(member: Member, programme: Programme | None = None) -> QuerySet[Escalation]:
    """The escalations of a programme, or of every programme the member sees."""
    found = Escalation.objects.select_related(
        "programme", "tenant", "raid_item", "milestone", "decision", "view_by"
    )
    if programme is not None:
        return found.filter(programme=programme)
    return found.filter(programme__in=programmes_for(member))


def escalation_by_number(member: Member, number: int) -> Escalation | None:
    """An escalation by its number, removed ones included."""
    return (
        Escalation.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "tenant", "raid_item", "milestone", "decision", "view_by")
        .first()
    )


def escalations_about(item: object) -> QuerySet[Escalation]:
    """Of a RAID item or a milestone, newest first."""
    field = "milestone" if type(item).__name__ == "Milestone" else "raid_item"
    return (
        Escalation.objects.filter(**{field: item})
        .select_related("programme", "tenant")
        .order_by("-effective_on", "-number")
    )


@dataclass(frozen=True)
class Pairing:
    """How escalations are answered: how many, how many with both views, and how fast."""

    open: int
    waiting: int
    late: int
    all: int
    paired: int
    days_to_pair: float | None

    @property
    def share(self) -> float | None:
        return self.paired / self.all if self.all else None


def pairing(escalations: QuerySet[Escalation], *, on: date) -> Pairing:
    """What escalations say of both sides. Two statements."""
    still, unanswered = Q(status=EscalationStatus.OPEN), Q(status=EscalationStatus.OPEN, view="")
    counts = escalations.select_related(None).aggregate(
        open=Count("pk", filter=still),
        waiting=Count("pk", filter=unanswered),
        late=Count("pk", filter=unanswered & Q(view_due_on__lt=on)),
        all=Count("pk"),
        paired=Count("pk", filter=~Q(view="")),
    )
    answered = escalations.select_related(None).filter(view_on__isnull=False)
    days = [
        working_days_between(raised, answered_on)
        for raised, answered_on in answered.values_list("effective_on", "view_on")
        if answered_on is not None
    ]
    return Pairing(**counts, days_to_pair=statistics.median(days) if days else None)


def crisis_escalations(
    programme_ids: Collection[int] | None = None,
) -> dict[int, list[tuple[date, date | None]]]:
    """Severe escalations by programme: the day they were raised and the day they were closed or None."""
    rows = Escalation.objects.filter(severity__gte=CRISIS_FROM).order_by("effective_on")
    if programme_ids is not None:
        rows = rows.filter(programme_id__in=programme_ids)
    found: dict[int, list[tuple[date, date | None]]] = {}
    for programme, began, ended in rows.values_list("programme_id", "effective_on", "closed_on"):
        found.setdefault(programme, []).append((began, ended))
    return found
