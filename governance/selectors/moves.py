"""Go-lives that were moved."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from pmo_portal.accounts.members import Member
from programmes.models import Milestone, Programme
from programmes.selectors import programmes_for

from ..models import GoliveMove

_RELATED = ("programme", "milestone", "person", "decision", "tenant")


def moves_for(member: Member, programme: Programme | None = None) -> Any:
    """The moves of a programme, or of every programme the member sees."""
    moves = GoliveMove.objects.select_related(*_RELATED)
    if programme is not None:
        return moves.filter(programme=programme)
    return moves.filter(programme__in=programmes_for(member))


def move_by_number(member: Member, number: int) -> GoliveMove | None:
    """A move by its number, deleted ones included."""
    return (
        GoliveMove.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(*_RELATED, "milestone__programme", "milestone__tenant")
        .first()
    )


def moves_of(milestone: Milestone) -> QuerySet[GoliveMove]:
    return GoliveMove.objects.filter(milestone=milestone).select_related(*_RELATED)
