"""Stakeholder groups, engagement activities, and the hours they take from the people of each unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.common.days import monday_of
from programmes.models import Milestone
from programmes.selectors import programmes_for

from ..choices import Position
from ..models import EngagementActivity, StakeholderGroup
from .tree import Tree


def groups_of(programme: Any) -> QuerySet[StakeholderGroup]:
    """The groups of a programme, with the number of activities for them."""
    return (
        StakeholderGroup.objects.filter(programme=programme)
        .select_related("programme", "tenant", "unit", "owner")
        .annotate(planned=Count("activities", filter=Q(activities__deleted_at__isnull=True)))
    )


def group_by_number(member: Member, number: int) -> StakeholderGroup | None:
    """A group by its number, removed ones included."""
    return (
        StakeholderGroup.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "tenant", "unit", "owner")
        .first()
    )


def matrix(groups: Collection[StakeholderGroup]) -> list[tuple[StakeholderGroup, list[str]]]:
    """Groups with a mark for each position: C where they stand, D where they need to, both, or none.

    The heaviest and farthest from where they need to be come first.
    """
    order = sorted(groups, key=lambda each: (-each.influence, -(each.steps or 0), each.number))
    return [
        (
            group,
            [
                ("C" if group.position == position else "") + ("D" if group.wanted == position else "")
                for position in Position
            ],
        )
        for group in order
    ]  # fmt: skip


def activities_of(programme: Any) -> QuerySet[EngagementActivity]:
    """The activities of a programme with whom they are for."""
    return _with_audience(EngagementActivity.objects.filter(programme=programme))


@dataclass(frozen=True)
class ComesBefore:
    """An activity that comes before a milestone, and whether the date it was made for still holds.

    Attributes:
        is_too_late: whether it is still to be held, on a day after the milestone.
        told: the date expected on the day it was held, where another one is expected since; people heard of that one.
            None once the milestone is reached: then there is nothing to tell them.
    """

    activity: EngagementActivity
    is_too_late: bool
    told: date | None


def activities_before(milestone: Milestone) -> list[ComesBefore]:
    """The activities that come before a milestone, in the order of their days. Three statements at most."""
    found = list(
        activities_of(milestone.programme)
        .filter(milestone=milestone)
        .order_by("planned_on", "number")
    )
    if not found:
        return []
    words = list(
        milestone.forecasts.order_by("effective_on", "known_at", "pk").values_list(
            "effective_on", "forecast_on"
        )
    )
    expected = milestone.actual_on or milestone.forecast_on
    made = []
    for activity in found:
        held = activity.held_on
        said = [to for on, to in words if held is not None and on <= held]
        is_old = milestone.actual_on is None and said and said[-1] != milestone.forecast_on
        told = said[-1] if is_old else None
        made.append(ComesBefore(activity, held is None and activity.planned_on > expected, told))
    return made


def activities_for(member: Member) -> QuerySet[EngagementActivity]:
    """Those of all programmes this member sees, with whom they are for."""
    return _with_audience(EngagementActivity.objects.filter(programme__in=programmes_for(member)))


def _with_audience(activities: QuerySet[EngagementActivity]) -> QuerySet[EngagementActivity]:
    return activities.select_related(
        "programme", "tenant", "group__programme", "group__tenant", "owner"
    ).prefetch_related("units")


def activity_by_number(member: Member, number: int) -> EngagementActivity | None:
    """An activity by its number, removed ones included."""
    return (
        EngagementActivity.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(
            "programme", "tenant", "group__programme", "group__tenant", "owner", "milestone__programme", "milestone__tenant"
        )
        .first()
    )  # fmt: skip


def activity_counts(programme: Any) -> dict[str, int]:
    """How many activities there are, are overdue, are ahead, and were held."""
    return counts_of_activities(EngagementActivity.objects.filter(programme=programme))


def counts_of_activities(activities: QuerySet[EngagementActivity]) -> dict[str, int]:
    """How many there are, are overdue, are ahead, and were held. One statement."""
    today, is_open = clock.today(), Q(held_on__isnull=True)
    return activities.order_by().aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=is_open & Q(planned_on__lt=today)),
        ahead=Count("pk", filter=is_open & Q(planned_on__gte=today)),
        held=Count("pk", filter=Q(held_on__isnull=False)),
    )


def load_by_week(
    unit_ids: Collection[int], programmes: Any, *, first: date, weeks: int
) -> dict[int, dict[date, float]]:
    """Hours that activities take from each person of a unit, by unit and Monday; a unit or week without any is left out.

    What was held counts on its day, what is planned on the day it is planned for. Hours for a unit are those of the
    units below it too, once where several on the way up are ticked. Where no unit is, the stakeholder group speaks:
    the hours are of its unit alone, as a group is some of the people and nobody said where below they work. Two
    statements.

    Args:
        programmes: those whose activities the reader may see.
        first: a Monday.
    """
    last = first + timedelta(weeks=weeks)
    tree = Tree()
    within: dict[int, set[int]] = defaultdict(set)
    for unit in unit_ids:
        for node in tree.upwards(unit):
            within[node.pk].add(unit)
    rows = (
        EngagementActivity.objects.filter(hours__gt=0, programme__in=programmes)
        .annotate(day=Coalesce("held_on", "planned_on"))
        .filter(day__gte=first, day__lt=last)
        .order_by("pk")
        .values_list("pk", "day", "hours", "group__unit", "unit_links__unit")
    )
    found: dict[int, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for (_pk, day, hours, group_unit), links in groupby(rows, key=lambda row: row[:4]):
        ticked = {unit for *_rest, unit in links if unit is not None}
        if ticked:
            reached = set[int]().union(*(within[unit] for unit in ticked))
        else:
            reached = {group_unit}.intersection(unit_ids)
        for unit in reached:
            found[unit][monday_of(day)] += float(hours or 0)
    return {unit: dict(by_week) for unit, by_week in found.items()}
