"""Go-lives that were moved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
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


def close_moves(programme_ids: Collection[int], as_of: date) -> QuerySet[GoliveMove]:
    """Go-lives put off within two weeks of their date, as known on a day: each is a crisis by definition."""
    return (
        GoliveMove.objects.known_by(as_of)
        .close()
        .filter(programme_id__in=list(programme_ids))
        .order_by("programme_id", "effective_on", "number")
    )


def unexplained_moves(programme_ids: Collection[int]) -> dict[int, int]:
    """How many moves nobody has given a reason for, by programme. One statement."""
    found = dict.fromkeys(programme_ids, 0)
    rows = GoliveMove.objects.unexplained().filter(programme_id__in=list(programme_ids))
    for programme_id in rows.values_list("programme_id", flat=True):
        found[programme_id] += 1
    return found
