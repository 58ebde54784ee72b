"""Reads of delivery. Everything that takes several programmes needs the same number of statements for any number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal.accounts.members import Member
from pmo_portal.common.levels import State, worst
from pmo_portal.common.registry import Found, triggers_of
from pmo_portal.tenants.models import TenantSettings
from pmo_portal.tenants.selectors import thresholds

from . import raid as scoring
from . import rules, schedule, status
from .choices import RAID_ENDED, FactKind, Half, ProgrammeRole, RaidKind, RaidSide
from .models import (
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


def facts_of(programme: Programme) -> QuerySet[ReportedFact]:
    """What others reported of a programme, newest first."""
    return programme.facts.order_by("-effective_on", "kind")


def forecasts_of(milestone: Milestone) -> QuerySet[MilestoneForecast]:
    """Everything said of a milestone's date, newest first."""
    return milestone.forecasts.select_related("author")


def updates_of(item: RaidItem) -> QuerySet[RaidUpdate]:
    """The log of an item, oldest first, as a conversation is read."""
    return item.updates.select_related("author").order_by("effective_on", "known_at", "pk")


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


def raid_item_for(member: Member, kind: str, number: int) -> RaidItem | None:
    """A RAID item by kind and number, deleted ones included."""
    return (
        RaidItem.all_objects.filter(
            kind=kind, number=number, programme__in=Programme.objects.visible_to(member)
        )
        .select_related("programme", "owner", "tenant")
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


# --- As of a day -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MilestoneAsOf:
    """A milestone as it was known on a day."""

    milestone: Milestone
    forecast_on: date
    actual_on: date | None
    said_on: date
    state: State
    slip: int


def milestones_as_of(
    programme_ids: Collection[int], as_of: date, *, settings: TenantSettings | None = None
) -> list[MilestoneAsOf]:
    """Every milestone known by a day with what was said of it by then, soonest first. One statement."""
    limits = settings or thresholds()
    latest = (
        MilestoneForecast.objects.known_by(as_of)
        .filter(milestone__programme_id__in=list(programme_ids), milestone__deleted_at__isnull=True)
        .select_related("milestone", "milestone__owner", "milestone__programme")
        .order_by("milestone_id", "-effective_on", "-known_at", "-pk")
        .distinct("milestone_id")
    )
    found = [_as_of(row, as_of, limits) for row in latest]
    return sorted(found, key=lambda each: (each.forecast_on, each.milestone.number))


def _as_of(row: MilestoneForecast, as_of: date, limits: TenantSettings) -> MilestoneAsOf:
    milestone = row.milestone
    state = schedule.milestone_state(
        baseline_on=milestone.baseline_on,
        forecast_on=row.forecast_on,
        actual_on=row.actual_on,
        on=as_of,
        amber_days=limits.slip_amber_days,
        red_days=limits.slip_red_days,
    )
    expected = row.actual_on or max(row.forecast_on, as_of)
    return MilestoneAsOf(
        milestone=milestone,
        forecast_on=row.forecast_on,
        actual_on=row.actual_on,
        said_on=row.effective_on,
        state=state,
        slip=schedule.slip_days(baseline_on=milestone.baseline_on, expected_on=expected),
    )


def status_as_of(
    programme_ids: Collection[int], as_of: date
) -> dict[tuple[int, str, str], StatusReport]:
    """The last report of each programme, half and opinion known by a day. One statement."""
    latest = (
        StatusReport.objects.known_by(as_of)
        .filter(programme_id__in=list(programme_ids))
        .select_related("author")
        .order_by("programme_id", "half", "opinion", "-effective_on", "-known_at", "-pk")
        .distinct("programme_id", "half", "opinion")
    )
    return {(row.programme_id, row.half, row.opinion): row for row in latest}


@dataclass(frozen=True)
class RaidCounts:
    """Open items of a programme: all, those at or above the appetite, those past their review."""

    open: int = 0
    above_appetite: int = 0
    overdue: int = 0


def raid_counts(
    programme_ids: Collection[int], on: date, *, settings: TenantSettings | None = None
) -> dict[int, RaidCounts]:
    """Open RAID items by programme, as they stand now. One statement."""
    limits = settings or thresholds()
    rows = (
        RaidItem.objects.open()
        .filter(programme_id__in=list(programme_ids))
        .values("programme_id")
        .annotate(
            open=Count("pk"),
            above=Count("pk", filter=Q(score__gte=limits.raid_appetite)),
            late=Count("pk", filter=Q(review_on__lt=on)),
        )
        .order_by()
    )
    return {row["programme_id"]: RaidCounts(row["open"], row["above"], row["late"]) for row in rows}


@dataclass(frozen=True)
class RaidAsOf:
    """A RAID item as it was rated on a day."""

    item_id: int
    programme_id: int
    kind: str
    side: str
    probability: int | None
    impact: int | None
    status: str
    said_on: date

    @property
    def score(self) -> int | None:
        return scoring.score(self.probability, self.impact)

    @property
    def is_open(self) -> bool:
        return self.status not in RAID_ENDED


def raid_as_of(programme_ids: Collection[int], as_of: date) -> list[RaidAsOf]:
    """Every item known by a day with its rating of then. One statement."""
    latest = (
        RaidUpdate.objects.known_by(as_of)
        .filter(item__programme_id__in=list(programme_ids), item__deleted_at__isnull=True)
        .select_related("item")
        .order_by("item_id", "-effective_on", "-known_at", "-pk")
        .distinct("item_id")
    )
    return [
        RaidAsOf(
            item_id=row.item_id,
            programme_id=row.item.programme_id,
            kind=row.item.kind,
            side=row.item.side,
            probability=row.probability,
            impact=row.impact,
            status=row.status,
            said_on=row.effective_on,
        )
        for row in latest
    ]


def facts_as_of(
    programme_ids: Collection[int], as_of: date, kinds: Collection[FactKind]
) -> dict[tuple[int, str], ReportedFact]:
    """The last reported fact of each programme and kind known by a day. One statement."""
    latest = (
        ReportedFact.objects.known_by(as_of)
        .filter(programme_id__in=list(programme_ids), kind__in=list(kinds))
        .order_by("programme_id", "kind", "-effective_on", "-known_at", "-pk")
        .distinct("programme_id", "kind")
    )
    return {(row.programme_id, row.kind): row for row in latest}


def upcoming_golives(*, on: date, within_weeks: int) -> QuerySet[Milestone]:
    """Go-lives expected within some weeks, of programmes that are not closed, soonest first."""
    return (
        Milestone.objects.golives()
        .pending()
        .between(on, on + timedelta(weeks=within_weeks))
        .filter(programme__deleted_at__isnull=True)
        .exclude(programme__stage="closed")
        .select_related("programme")
        .prefetch_related("units")
        .order_by("forecast_on", "number")
    )


def computed_status(
    programme: Programme, on: date, *, halves: Collection[str] = tuple(Half.values)
) -> dict[str, tuple[State, list[str]]]:
    """What the figures say of each half on a day, with the sentences that made it so."""
    told = triggers_of(programme, on, halves)
    return {
        half: status.computed(
            [status.Indicator(state, reason) for of, state, reason in told if of == half]
        )
        for half in halves
    }


_SIDES = {
    Half.DELIVERY: (RaidSide.DELIVERY, RaidSide.BOTH),
    Half.ADOPTION: (RaidSide.PEOPLE, RaidSide.BOTH),
}


def triggers(
    programme: Programme, on: date, halves: Collection[str]
) -> list[tuple[str, State, str]]:
    """What plan and RAID log say of each half; both read once. Surveys and training are asked elsewhere."""
    limits = thresholds()
    plan = milestones_as_of([programme.pk], on, settings=limits)
    log = [each for each in raid_as_of([programme.pk], on) if each.is_open]
    return [
        (half, state, reason)
        for half in halves
        for state, reason in (
            *_of_schedule(
                [each for each in plan if each.milestone.track == half and each.state != State.DONE]
            ),
            *_of_log(
                [each for each in log if each.side in _SIDES[Half(half)]], limits.raid_appetite
            ),
        )
    ]


def _of_log(rated: list[RaidAsOf], appetite: int) -> list[tuple[State, str]]:
    if not rated:
        return []
    high = [each for each in rated if (each.score or 0) >= appetite]
    reason = _(
        "%(high)d of %(open)d open RAID items are at or above the appetite of %(appetite)d."
    ) % {"high": len(high), "open": len(rated), "appetite": appetite}
    return [(State.WARN if high else State.OK, reason)]


def _of_schedule(pending: list[MilestoneAsOf]) -> list[tuple[State, str]]:
    if not pending:
        return []
    state = worst([each.state for each in pending])
    latest = max(pending, key=lambda each: each.slip)
    if latest.slip <= 0:
        return [(state, _("No pending milestone is late."))]
    reason = ngettext(
        "%(milestone)s is expected %(days)d working day after its baseline.",
        "%(milestone)s is expected %(days)d working days after its baseline.",
        latest.slip,
    )
    return [(state, reason % {"milestone": latest.milestone.name, "days": latest.slip})]


# --- Finding ---------------------------------------------------------------------------------------


def search(member: Member, words: str) -> list[Found]:
    """Programmes, milestones and RAID items whose name contains the words."""
    visible = Programme.objects.visible_to(member)
    found = [
        Found(programme.code, programme.name, _("Programme"), programme.get_absolute_url())
        for programme in visible.filter(
            Q(name__icontains=words) | Q(code__iexact=words)
        ).select_related("tenant")[:20]
    ]
    for milestone in Milestone.objects.filter(
        name__icontains=words, programme__in=visible
    ).select_related("tenant", "programme")[:20]:
        found.append(
            Found(milestone.reference, milestone.name, _("Milestone"), milestone.get_absolute_url())
        )
    for item in RaidItem.objects.filter(
        title__icontains=words, programme__in=visible
    ).select_related("tenant", "programme")[:20]:
        found.append(
            Found(item.reference, item.title, item.get_kind_display(), item.get_absolute_url())
        )
    return found


def raid_finder(kind: RaidKind) -> Any:
    """The finder of references of one kind of RAID item."""
    return lambda member, number: raid_item_for(member, kind, number)
