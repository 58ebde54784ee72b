"""Lists and single records, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.common.tracking import last_called
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


@dataclass(frozen=True)
class Closing:
    """Since when a programme is closed, and its stage until then; empty where nobody told it here."""

    on: date
    stage_before: str


def closings(programmes: Iterable[Programme]) -> dict[int, Closing]:
    """The closing of each of some programmes that is closed now. One statement.

    What another tool keeps was over on its last day: here it was only heard of afterwards.
    """
    closed = [each for each in programmes if each.is_closed]
    if not closed:
        return {}
    versions = event_model(Programme).objects.filter(pgh_obj_id__in=[each.pk for each in closed])
    since: dict[int, date] = {}
    before: dict[int, str] = {}
    for pk, stage, at in versions.order_by("pgh_id").values_list(
        "pgh_obj_id", "stage", "pgh_created_at"
    ):
        if stage == Stage.CLOSED:
            since.setdefault(pk, timezone.localdate(at))
        else:
            before[pk] = stage
            since.pop(pk, None)
    for each in closed:
        if each.source and each.ends_on and each.ends_on <= clock.today():
            since[each.pk] = each.ends_on
    return {pk: Closing(on, before.get(pk, "")) for pk, on in since.items()}


def closed_on(programme: Programme) -> date | None:
    """Since when a programme is closed; None where it is not."""
    found = closings([programme]).get(programme.pk)
    return found.on if found else None


def as_they_stood(programmes: Iterable[Programme], on: date) -> list[Programme]:
    """Programmes for a page of an earlier day: those closed since have the stage they had before. Nothing is saved."""
    found = list(programmes)
    closed = closings(found)
    for each in found:
        if each.pk in closed and closed[each.pk].on > on:
            each.stage = closed[each.pk].stage_before
    return found


def closed_by(on: date) -> list[int]:
    """The programmes that were closed on a day and still are. Two statements."""
    closed = Programme.objects.filter(stage=Stage.CLOSED).only("stage", "source", "ends_on")
    return [pk for pk, closing in closings(closed).items() if closing.on <= on]


def programmes_for(member: Member) -> QuerySet[Programme]:
    """The programmes a member sees."""
    return Programme.objects.visible_to(member).select_related(
        "tenant", "delivery_lead", "change_lead"
    )


def programme_for(member: Member, code: str) -> Programme | None:
    """A programme by its code; where the member sees none that has it now, the one that had it last, or None."""
    seen = programmes_for(member).select_related("sponsor")
    return (
        seen.filter(code=code).first() or seen.filter(pk=last_called(Programme, code=code)).first()
    )


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
