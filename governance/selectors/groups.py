"""Steering groups and who sits in them."""

from __future__ import annotations

from django.db.models import F, Prefetch, QuerySet

from pmo_portal.accounts.members import Member
from programmes.models import Programme
from programmes.selectors import programmes_for

from .. import voices
from ..models import GroupMember, SteeringGroup

_SEATS = Prefetch("members", GroupMember.objects.select_related("person"))


def groups_of(programme: Programme) -> QuerySet[SteeringGroup]:
    return (
        SteeringGroup.objects.filter(programme=programme)
        .select_related("programme", "tenant")
        .prefetch_related(_SEATS)
    )


def group_by_number(member: Member, number: int) -> SteeringGroup | None:
    """A group by its number, deleted ones included."""
    return (
        SteeringGroup.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "tenant")
        .prefetch_related(_SEATS)
        .first()
    )


def seats_for(member: Member, programme: Programme | None = None) -> QuerySet[GroupMember]:
    """The seats of a programme's groups, or of all the member sees; those given up among them, as long as they are kept."""
    found = GroupMember.all_objects.filter(group__deleted_at__isnull=True).select_related(
        "person", "group__programme", "group__tenant"
    )
    if programme is not None:
        return found.filter(group__programme=programme)
    return found.filter(group__programme__in=programmes_for(member))


def last_seat(group: SteeringGroup, handle: str) -> GroupMember | None:
    """The seat a person has in a group, or the one they left last, as long as it is kept."""
    seats = GroupMember.all_objects.filter(group=group, person__handle=handle)
    return (
        seats.select_related("person", "group")
        .order_by(F("deleted_at").desc(nulls_first=True))
        .first()
    )


def missing_functions(group: SteeringGroup) -> list[str]:
    """The functions without a voting member in a group."""
    return voices.missing_functions(
        {seat.function for seat in group.members.all() if seat.is_voting}
    )
