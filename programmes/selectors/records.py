"""Lists and single records, for those who may see them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.history.selectors import event_model

from .. import rules
from ..choices import RAID_ENDED, ProgrammeRole, RaidKind, Stage
from ..models import (
    Milestone,
    MilestoneForecast,
    Programme,
    ProgrammeMember,
    ProgrammeUnit,
    RaidItem,
    RaidUpdate,
    ReportedFact,
    StatusReport,
)


def closed_on(programme: Programme) -> date | None:
    """Since when a programme is closed; None where it is not. One statement.

    What another tool keeps was over on its last day: here it was only heard of afterwards.
    """
    if not programme.is_closed:
        return None
    if programme.source and programme.ends_on and programme.ends_on <= clock.today():
        return programme.ends_on
    versions = event_model(Programme).objects.filter(pgh_obj_id=programme.pk)
    since = None
    for stage, at in versions.order_by("pgh_id").values_list("stage", "pgh_created_at"):
        since = (since or at) if stage == Stage.CLOSED else None
    return timezone.localdate(since) if since else None


def programmes_for(member: Member) -> QuerySet[Programme]:
    """The programmes a member sees."""
    return Programme.objects.visible_to(member).select_related(
        "tenant", "delivery_lead", "change_lead"
    )


def programme_for(member: Member, code: str) -> Programme | None:
    """A programme by its code, or None where the member sees none."""
    return programmes_for(member).select_related("sponsor").filter(code=code).first()


def is_contributor(member: Member, programme: Programme, side: str) -> bool:
    """Whether a member contributes to a side (`delivery` or `change`) of a programme."""
    return rules.works_on(member, programme, ProgrammeRole(f"contributor_{side}"))


def milestones_of(programme: Programme) -> QuerySet[Milestone]:
    return (
        Milestone.objects.filter(programme=programme)
        .select_related("owner", "programme", "tenant")
        .prefetch_related("units")
    )


def milestone_for(member: Member, number: int) -> Milestone | None:
    """A milestone by its number, deleted ones included."""
    return (
        Milestone.all_objects.filter(
            number=number, programme__in=Programme.objects.visible_to(member)
        )
        .select_related("programme", "owner", "tenant")
        .first()
    )


def units_touched(programme: Programme) -> QuerySet[ProgrammeUnit]:
    """The units a programme lands in, with their place in the tree."""
    return programme.unit_links.select_related("unit", "unit__parent").order_by("unit__path")


def members_of(programme: Programme) -> QuerySet[ProgrammeMember]:
    return programme.members.select_related("programme", "person").order_by("person__name")


def last_membership(programme: Programme, handle: str) -> ProgrammeMember | None:
    """The role a person has on a programme, or the one they had last, as long as it is kept."""
    roles = ProgrammeMember.all_objects.filter(programme=programme, person__handle=handle)
    return (
        roles.select_related("programme", "person")
        .order_by(F("deleted_at").desc(nulls_first=True))
        .first()
    )


def facts_of(programme: Programme) -> QuerySet[ReportedFact]:
    """What others reported of a programme, newest first."""
    return programme.facts.order_by("-effective_on", "kind")


def forecasts_of(milestone: Milestone) -> QuerySet[MilestoneForecast]:
    """Everything said of a milestone's date, newest first."""
    return milestone.forecasts.select_related("author")


def chain_of(item: RaidItem) -> list[RaidItem]:
    """What an item came from and what it turned into, oldest first, itself among them; as long as conversions go."""
    found = [item]
    while (source := found[0].converted_from) is not None:
        found.insert(0, source)
    related = RaidItem.objects.select_related("programme", "tenant", "converted_from")
    while (made := related.filter(converted_from=found[-1]).first()) is not None:
        found.append(made)
    return found


def updates_of(*items: RaidItem) -> QuerySet[RaidUpdate]:
    """The log of an item, or of several that came out of each other, oldest first, as a conversation is read."""
    return (
        RaidUpdate.objects.filter(item__in=items)
        .select_related("author", "item", "owner")
        .order_by("effective_on", "known_at", "pk")
    )


def reports_of(programme: Programme) -> QuerySet[StatusReport]:
    return StatusReport.objects.filter(programme=programme).select_related(
        "programme", "author", "tenant"
    )


def raid_items_for(member: Member, programme: Programme | None = None) -> QuerySet[RaidItem]:
    """The RAID log of a programme, or of every programme the member sees."""
    items = RaidItem.objects.select_related("programme", "owner", "tenant")
    if programme is not None:
        return items.filter(programme=programme)
    items = items.filter(programme__deleted_at__isnull=True)
    if member.sees_all_programmes:
        return items
    return items.filter(programme__in=Programme.objects.visible_to(member))


def open_raid(member: Member, programme: Programme) -> QuerySet[RaidItem]:
    """What is neither closed nor has occurred."""
    return raid_items_for(member, programme).exclude(status__in=RAID_ENDED)


def risk_counts(items: QuerySet[RaidItem]) -> dict[tuple[int, int], int]:
    """How many open risks there are of each probability and impact; unrated ones are left out. One statement."""
    rows = (
        items.filter(kind=RaidKind.RISK, probability__isnull=False, impact__isnull=False)
        .exclude(status__in=RAID_ENDED)
        .order_by()
        .values_list("probability", "impact")
        .annotate(count=Count("pk"))
    )
    return {(probability, impact): count for probability, impact, count in rows}


def raid_item_for(member: Member, kind: str, number: int) -> RaidItem | None:
    """A RAID item by kind and number, deleted ones included."""
    return (
        RaidItem.all_objects.filter(
            kind=kind, number=number, programme__in=Programme.objects.visible_to(member)
        )
        .select_related(
            "programme", "owner", "tenant", "converted_from__programme", "converted_from__tenant"
        )
        .first()
    )


def status_report_for(member: Member, number: int) -> StatusReport | None:
    """A status report by its number, deleted ones included."""
    return (
        StatusReport.all_objects.filter(
            number=number, programme__in=Programme.objects.visible_to(member)
        )
        .select_related("programme", "author", "tenant")
        .first()
    )


def programme_by_number(member: Member, number: int) -> Programme | None:
    return (
        Programme.all_objects.visible_to(member)
        .filter(number=number)
        .select_related("tenant")
        .first()
    )


def raid_finder(kind: RaidKind) -> Any:
    """The finder of references of one kind of RAID item."""
    return lambda member, number: raid_item_for(member, kind, number)
