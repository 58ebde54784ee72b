"""What waits for what, and the room that leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
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

# The pending milestones of one programme and whatever is linked after them, however long the chain: an
# organisation has far more links. What is reached or removed is sorted out afterwards, because each further
# table in here lets the database choose a way of joining that takes seconds.
_LINKED_AFTER = f"""
WITH RECURSIVE linked(id) AS (
    SELECT id FROM {Milestone._meta.db_table}
    WHERE programme_id = %s AND actual_on IS NULL AND deleted_at IS NULL
    UNION
    SELECT link.after_id FROM linked
    JOIN {MilestoneLink._meta.db_table} link
        ON link.before_id = linked.id AND link.deleted_at IS NULL
)
SELECT id FROM linked"""


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
    """What links leave of the plan of a programme.

    Attributes:
        of: the room of each pending milestone by its number in the database; nothing where it cannot be told.
        loop: milestones that wait for each other as they may be named, the first one again at the end.
    """

    of: dict[int, Room]
    loop: str = ""


def rooms_of(programme: Programme, *, on: date, member: Member) -> Rooms:
    """The room of every pending milestone of a programme. Four statements, one more where a loop is to be named.

    What waits for them counts in whatever programme it lies, also where the member may not see it: a chain
    that leaves the programme can end at a go-live. A milestone for which nothing waits can move up to the end
    of the plan of its own programme.

    New links close no loop; where one stands all the same, no room can be told, and the loop is named.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LINKED_AFTER, [programme.pk])
        linked = [key for (key,) in cursor.fetchall()]
    pending = Milestone.objects.pending().filter(programme__deleted_at__isnull=True)
    found = pending.in_bulk(linked)
    lasts = (
        pending.filter(programme__in={each.programme_id for each in found.values()})
        .order_by("programme_id", "-forecast_on")
        .distinct("programme_id")
    )
    links = MilestoneLink.objects.filter(before__in=found, after__in=found)
    points = [_point(each, on) for each in (*found.values(), *lasts)]
    try:
        every = rooms(points, _drawn(links))
    except Loop as loop:
        chain = [found[key] for key in loop.keys]
        named = named_programmes(member, {each.programme_id for each in chain})
        return Rooms({}, " → ".join(linked_as(each, named) for each in chain))
    own = (key for key, each in found.items() if each.programme_id == programme.pk)
    return Rooms({key: every[key] for key in own})


def clashes_of(links: Collection[MilestoneLink], *, on: date) -> dict[tuple[int, int], int]:
    """Working days by link that does not hold, by the numbers of its ends in the database."""
    ends = {end.pk: end for link in links for end in (link.before, link.after)}
    return too_early([_point(each, on) for each in ends.values()], _drawn(links))


def _point(milestone: Milestone, on: date) -> Point[int]:
    return Point(
        key=milestone.pk,
        expected_on=milestone.actual_on or max(milestone.forecast_on, on),
        is_done=milestone.actual_on is not None,
        is_fixed=milestone.is_golive,
        plan=milestone.programme_id,
    )


def _drawn(links: Iterable[MilestoneLink]) -> list[Link[int]]:
    return [Link(link.before_id, link.after_id, link.lag) for link in links]
