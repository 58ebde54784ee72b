"""What somebody agreed to do."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from pmo_portal.accounts.members import Member
from programmes.models import Programme
from programmes.selectors import programmes_for

from ..choices import ActionStatus
from ..models import Action


def actions_for(member: Member, programme: Programme | None = None) -> QuerySet[Action]:
    """The actions of a programme, or of every programme the member sees."""
    actions = Action.objects.select_related("programme", "owner", "decision", "tenant")
    if programme is not None:
        return actions.filter(programme=programme)
    return actions.filter(programme__in=programmes_for(member))


def actions_counted(member: Member, on: date) -> dict[str, int]:
    """How many are open, how many of these late, and how many nobody owns. One statement."""
    is_open = Q(status=ActionStatus.OPEN)
    counted: dict[str, int] = (
        actions_for(member)
        .order_by()
        .aggregate(
            open=Count("pk", filter=is_open),
            late=Count("pk", filter=is_open & Q(due_on__lt=on)),
            unowned=Count("pk", filter=is_open & Q(owner__isnull=True)),
        )
    )
    return counted


def action_by_number(member: Member, number: int) -> Action | None:
    """An action by its number, deleted ones included."""
    return (
        Action.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "owner", "decision", "tenant")
        .first()
    )
