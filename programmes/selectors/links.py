"""What waits for what, and the room that leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member

from ..critical_path import Link, Loop, Point, Room, rooms, too_early
from ..models import Milestone, MilestoneLink, Programme

_RELATED = ("before__programme", "before__tenant", "after__programme", "after__tenant", "tenant")
_STANDING = Q(
    before__deleted_at__isnull=True,
    before__programme__deleted_at__isnull=True,
    after__deleted_at__isnull=True,
    after__programme__deleted_at__isnull=True,
)


def links_of(programme_ids: Collection[int]) -> QuerySet[MilestoneLink]:
    """Links of which one end lies in these programmes. Two statements.

    Removed milestones, and those of removed programmes, are left out.

    Each end is found by its own index first: one condition over both ends would join every link of the
    organisation to its milestones.
    """
    ids = list(programme_ids)
    before, after = (
        MilestoneLink.objects.filter(**{f"{end}__programme__in": ids})
        .order_by()
        .values_list("pk", flat=True)
        for end in ("before", "after")
    )
    return MilestoneLink.objects.filter(_STANDING, pk__in=list(before.union(after))).select_related(
        *_RELATED
    )


def links_around(milestone: Milestone) -> tuple[list[MilestoneLink], list[MilestoneLink]]:
    """What a milestone waits for, and what waits for it."""
    found = (
        MilestoneLink.objects.filter(_STANDING, Q(before=milestone) | Q(after=milestone))
        .select_related(*_RELATED)
        .order_by("before__forecast_on", "after__forecast_on", "number")
    )
    every = list(found)
    return (
        [link for link in every if link.after_id == milestone.pk],
        [link for link in every if link.before_id == milestone.pk],
    )


def named_programmes(member: Member, programme_ids: Collection[int]) -> set[int]:
    """Those of these programmes that may be named to the member; what else is linked stays without a name."""
    seen = Programme.objects.visible_to(member).filter(pk__in=programme_ids)
    return set(seen.values_list("pk", flat=True))


def linked_as(milestone: Milestone, named: Collection[int]) -> str:
    """The reference of a linked milestone, or that it is one of a programme that may not be named."""
    if milestone.programme_id in named:
        return milestone.reference
    return _("a milestone of another programme")


def link_by_number(member: Member, number: int) -> MilestoneLink | None:
    """A link by its number, removed ones included."""
    return (
        MilestoneLink.all_objects.filter(
            number=number, after__programme__in=Programme.objects.visible_to(member)
        )
        .select_related(*_RELATED)
        .first()
    )


@dataclass(frozen=True)
class Rooms:
    """What links leave of a plan.

    Attributes:
        of: the room of each milestone by its number in the database; nothing where it cannot be told.
        clashes: working days by link that does not hold, by the numbers of its ends.
        loop: milestones that wait for each other as they may be named, the first one again at the end.
    """

    of: dict[int, Room]
    clashes: dict[tuple[int, int], int]
    loop: str = ""


def rooms_of(
    milestones: Iterable[Any],
    links: Iterable[MilestoneLink],
    *,
    on: date,
    named: Collection[int],
) -> Rooms:
    """The room of milestones and of those they are linked to; `named` are the programmes that may be named.

    New links close no loop; where one stands all the same, no room can be told, and the loop is named.
    """
    given = {each.pk: each for each in milestones}
    every = list(links)
    for link in every:
        for end in (link.before, link.after):
            given.setdefault(end.pk, end)
    points = [
        Point(
            key=each.pk,
            expected_on=each.actual_on or max(each.forecast_on, on),
            is_done=each.actual_on is not None,
            is_fixed=each.is_golive,
        )
        for each in given.values()
    ]
    drawn = [Link(link.before_id, link.after_id, link.lag) for link in every]
    clashes = too_early(points, drawn)
    try:
        return Rooms(rooms(points, drawn), clashes)
    except Loop as loop:
        return Rooms({}, clashes, " → ".join(linked_as(given[key], named) for key in loop.keys))
