"""What somebody agreed to do."""

from __future__ import annotations

from django.db.models import QuerySet

from pmo_portal.accounts.members import Member
from programmes.models import Programme
from programmes.selectors import programmes_for

from ..models import Action


def actions_for(member: Member, programme: Programme | None = None) -> QuerySet[Action]:
    """The actions of a programme, or of every programme the member sees."""
    actions = Action.objects.select_related("programme", "owner", "decision", "tenant")
    if programme is not None:
        return actions.filter(programme=programme)
    return actions.filter(programme__in=programmes_for(member))


def action_by_number(member: Member, number: int) -> Action | None:
    """An action by its number, deleted ones included."""
    return (
        Action.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "owner", "decision", "tenant")
        .first()
    )
