"""Writes of delivery. Each asks the rule first; `acting=None` is the portal itself (imports, jobs).

Where a fact must be asked about a day later, the service writes its fact row (`MilestoneForecast`, `RaidUpdate`)
together with the record. `at` is the moment it became known and `on` the day it speaks of; both come from the
edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit, Person
from pmo_portal.tenants.services import next_reference

from . import events, selectors
from .choices import RAID_ENDED, RAID_PREFIX, ProgrammeRole, RaidKind
from .models import (
    Milestone,
    MilestoneForecast,
    MilestoneUnit,
    Programme,
    ProgrammeMember,
    ProgrammeUnit,
    RaidItem,
    RaidItemMilestone,
    RaidItemUnit,
    RaidUpdate,
    StatusReport,
)


def _ask(acting: Member | None, action: str, obj: Any = None) -> None:
    if acting is not None:
        require(acting, action, obj)


def _author(acting: Member | None) -> Person | None:
    return acting.person if acting else None


# --- Programmes ------------------------------------------------------------------------------------


@transaction.atomic
def create_programme(
    programme: Programme, *, units: Iterable[BusinessUnit] = (), acting: Member | None
) -> Programme:
    """Create a programme with the units it lands in.

    Raises:
        NotAllowed: the member is neither PMO lead nor change lead.
        ValidationError: the code is taken, the two leads are one person, the dates do not follow.
    """
    _ask(acting, "programmes.programme_create")
    programme.number = next_reference("P")
    programme.code = programme.code.upper()
    history.create(programme, acting=acting)
    _link_units(programme, units)
    events.announce(
        events.programme_changed, tenant_id=programme.tenant_id, programme_id=programme.pk
    )
    return programme


@transaction.atomic
def revise_programme(
    programme: Programme,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    units: Iterable[BusinessUnit] | None = None,
    acting: Member | None,
) -> Programme:
    """Change what a programme is; `units` replaces the units it lands in.

    Raises:
        NotAllowed, EditConflict, Gone, ValidationError.
    """
    _ask(acting, "programmes.programme_change", programme)
    programme = history.revise(programme, changes=changes, version=version, acting=acting)
    if units is not None:
        _link_units(programme, units)
    events.announce(
        events.programme_changed, tenant_id=programme.tenant_id, programme_id=programme.pk
    )
    return programme


@transaction.atomic
def remove_programme(programme: Programme, *, at: datetime, acting: Member | None) -> Programme:
    _ask(acting, "programmes.programme_change", programme)
    history.remove(programme, at=at, acting=acting)
    events.announce(
        events.programme_changed, tenant_id=programme.tenant_id, programme_id=programme.pk
    )
    return programme


def _link_units(programme: Programme, units: Iterable[BusinessUnit]) -> None:
    wanted = {unit.pk: unit for unit in units}
    kept = set(programme.unit_links.values_list("unit_id", flat=True))
    programme.unit_links.exclude(unit_id__in=wanted).delete()
    ProgrammeUnit.objects.bulk_create(
        ProgrammeUnit(programme=programme, unit=unit)
        for pk, unit in wanted.items()
        if pk not in kept
    )


@transaction.atomic
def set_member(
    programme: Programme, *, person: Person, role: str, acting: Member | None
) -> ProgrammeMember:
    """Make somebody a contributor or viewer of a programme, or change which.

    Raises:
        NotAllowed: only the two leads may.
        ValidationError: a lead of the programme cannot work on the other side of it.
    """
    _ask(acting, "programmes.programme_change", programme)
    other_side = {
        ProgrammeRole.CONTRIBUTOR_DELIVERY: programme.change_lead_id,
        ProgrammeRole.CONTRIBUTOR_CHANGE: programme.delivery_lead_id,
    }.get(ProgrammeRole(role))
    if other_side == person.pk:
        raise ValidationError(_("A lead of one half does not contribute to the other."))
    with acting_as(user_id=history.user_id_of(acting), action="set programme member"):
        member, _created = ProgrammeMember.objects.update_or_create(
            programme=programme, person=person, defaults={"role": role}
        )
    return member


@transaction.atomic
def remove_member(member: ProgrammeMember, *, acting: Member | None) -> None:
    _ask(acting, "programmes.programme_change", member.programme)
    with acting_as(user_id=history.user_id_of(acting), action="remove programme member"):
        member.delete()


# --- Milestones ------------------------------------------------------------------------------------


@transaction.atomic
def create_milestone(
    milestone: Milestone,
    *,
    units: Iterable[BusinessUnit] = (),
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Add a milestone and the first word on its date.

    Raises:
        NotAllowed: the track belongs to the other function.
        ValidationError.
    """
    _ask(acting, "programmes.milestone_change", milestone)
    milestone.number = next_reference("M")
    history.create(milestone, acting=acting)
    MilestoneUnit.objects.bulk_create(
        MilestoneUnit(milestone=milestone, unit=unit) for unit in units
    )
    _say_forecast(milestone, previous=None, reason="", at=at, on=on, acting=acting)
    return milestone


@transaction.atomic
def revise_milestone(
    milestone: Milestone,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    units: Iterable[BusinessUnit] | None = None,
    reason: str = "",
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Change a milestone; a new forecast or achievement is kept with its reason.

    Raises:
        NotAllowed: the track, before or after the change, belongs to the other function.
        EditConflict, Gone, ValidationError.
    """
    _ask(acting, "programmes.milestone_change", milestone)
    before = Milestone.all_objects.get(pk=milestone.pk)
    _ask(acting, "programmes.milestone_change", before)
    revised = history.revise(before, changes=changes, version=version, acting=acting)
    _ask(acting, "programmes.milestone_change", revised)
    if units is not None:
        wanted = {unit.pk for unit in units}
        kept = set(revised.unit_links.values_list("unit_id", flat=True))
        revised.unit_links.exclude(unit_id__in=wanted).delete()
        MilestoneUnit.objects.bulk_create(
            MilestoneUnit(milestone=revised, unit_id=pk) for pk in sorted(wanted - kept)
        )
    last = revised.forecasts.first()
    if last is None or (last.forecast_on, last.actual_on) != (
        revised.forecast_on,
        revised.actual_on,
    ):
        previous = last.forecast_on if last else None
        _say_forecast(revised, previous=previous, reason=reason, at=at, on=on, acting=acting)
    else:
        _milestone_changed(revised)
    return revised


def move_forecast(
    milestone: Milestone,
    *,
    to: date,
    reason: str,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Expect a milestone on another date, and say why.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: no reason was given.
    """
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Say why the date moves: it is kept with the milestone.")}
        )
    return revise_milestone(
        milestone,
        changes={"forecast_on": to},
        version=version,
        reason=reason,
        at=at,
        on=on,
        acting=acting,
    )


def achieve_milestone(
    milestone: Milestone,
    *,
    achieved_on: date,
    version: int | None = None,
    at: datetime,
    on: date,
    acting: Member | None,
) -> Milestone:
    """Say that a milestone was reached.

    Raises:
        NotAllowed, EditConflict, Gone.
        ValidationError: the day has not come yet.
    """
    if achieved_on > on:
        raise ValidationError({"actual_on": _("A milestone cannot be achieved in the future.")})
    return revise_milestone(
        milestone, changes={"actual_on": achieved_on}, version=version, at=at, on=on, acting=acting
    )


@transaction.atomic
def remove_milestone(milestone: Milestone, *, at: datetime, acting: Member | None) -> Milestone:
    _ask(acting, "programmes.milestone_change", milestone)
    history.remove(milestone, at=at, acting=acting)
    _milestone_changed(milestone)
    return milestone


def _say_forecast(
    milestone: Milestone,
    *,
    previous: date | None,
    reason: str,
    at: datetime,
    on: date,
    acting: Member | None,
) -> None:
    MilestoneForecast.objects.create(
        milestone=milestone,
        forecast_on=milestone.forecast_on,
        previous_on=previous,
        actual_on=milestone.actual_on,
        reason=reason,
        author=_author(acting),
        effective_on=on,
        known_at=at,
    )
    _milestone_changed(milestone)


def _milestone_changed(milestone: Milestone) -> None:
    events.announce(
        events.milestone_changed,
        tenant_id=milestone.tenant_id,
        programme_id=milestone.programme_id,
    )


# --- RAID ------------------------------------------------------------------------------------------


@transaction.atomic
def create_raid_item(
    item: RaidItem,
    *,
    units: Iterable[BusinessUnit] = (),
    milestones: Iterable[Milestone] = (),
    at: datetime,
    acting: Member | None,
) -> RaidItem:
    """Open a RAID item; its first rating becomes the first entry of its log.

    Raises:
        NotAllowed: the side belongs to the other function.
        ValidationError.
    """
    _ask(acting, "programmes.raid_change", item)
    item.number = next_reference(RAID_PREFIX[RaidKind(item.kind)])
    history.create(item, acting=acting)
    item.refresh_from_db(fields=["score"])
    _link_raid(item, units, milestones)
    _log(item, text="", on=item.opened_on, at=at, acting=acting)
    return item


@transaction.atomic
def revise_raid_item(
    item: RaidItem,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    units: Iterable[BusinessUnit] | None = None,
    milestones: Iterable[Milestone] | None = None,
    text: str = "",
    at: datetime,
    on: date,
    acting: Member | None,
) -> RaidItem:
    """Change an item; a new rating or status is logged so that any day can be read again.

    Closing without a date closes it on the day; opening it again forgets that date.

    Raises:
        NotAllowed: the side, before or after the change, belongs to the other function.
        EditConflict, Gone, ValidationError.
    """
    before = RaidItem.all_objects.get(pk=item.pk)
    _ask(acting, "programmes.raid_change", before)
    wanted = dict(changes)
    ends = wanted.get("status", before.status) in RAID_ENDED
    if ends and not wanted.get("closed_on", before.closed_on):
        wanted["closed_on"] = on
    if not ends:
        wanted["closed_on"] = None
    rating = (before.probability, before.impact, before.status)
    revised = history.revise(before, changes=wanted, version=version, acting=acting)
    _ask(acting, "programmes.raid_change", revised)
    revised.refresh_from_db(fields=["score"])
    if units is not None and milestones is not None:
        _link_raid(revised, units, milestones)
    if text.strip() or rating != (revised.probability, revised.impact, revised.status):
        _log(revised, text=text, on=on, at=at, acting=acting)
    else:
        _raid_changed(revised)
    return revised


@transaction.atomic
def add_raid_update(
    item: RaidItem, *, text: str, at: datetime, on: date, acting: Member | None
) -> RaidUpdate:
    """Add a word to the thread of an item. Everybody who keeps one side of the programme may.

    Raises:
        NotAllowed.
        ValidationError: there is no text.
    """
    _ask(acting, "programmes.raid_create", item.programme)
    if not text.strip():
        raise ValidationError({"text": _("Write what is new.")})
    return _log(item, text=text.strip(), on=on, at=at, acting=acting)


@transaction.atomic
def remove_raid_item(item: RaidItem, *, at: datetime, acting: Member | None) -> RaidItem:
    _ask(acting, "programmes.raid_change", item)
    history.remove(item, at=at, acting=acting)
    _raid_changed(item)
    return item


def _link_raid(
    item: RaidItem, units: Iterable[BusinessUnit], milestones: Iterable[Milestone]
) -> None:
    item.unit_links.all().delete()
    item.milestone_links.all().delete()
    RaidItemUnit.objects.bulk_create(RaidItemUnit(item=item, unit=unit) for unit in units)
    RaidItemMilestone.objects.bulk_create(
        RaidItemMilestone(item=item, milestone=milestone) for milestone in milestones
    )


def _log(item: RaidItem, *, text: str, on: date, at: datetime, acting: Member | None) -> RaidUpdate:
    update = RaidUpdate.objects.create(
        item=item,
        text=text,
        author=_author(acting),
        probability=item.probability,
        impact=item.impact,
        status=item.status,
        effective_on=on,
        known_at=at,
    )
    _raid_changed(item)
    return update


def _raid_changed(item: RaidItem) -> None:
    events.announce(
        events.raid_item_changed, tenant_id=item.tenant_id, programme_id=item.programme_id
    )


# --- Status ----------------------------------------------------------------------------------------


@transaction.atomic
def report_status(report: StatusReport, *, at: datetime, acting: Member | None) -> StatusReport:
    """Report one half of a programme; what the figures say on that day is kept beside the word.

    Raises:
        NotAllowed: the half belongs to the other function.
        ValidationError.
    """
    _ask(acting, "programmes.status_change", report)
    report.number = next_reference("SR")
    report.known_at = at
    report.author = report.author or _author(acting)
    if not report.reported_source:
        told = selectors.computed_status(
            report.programme, report.effective_on, halves=(report.half,)
        )
        report.computed_rating, report.computed_reasons = told[report.half]
    history.create(report, acting=acting)
    _status_reported(report)
    return report


@transaction.atomic
def revise_status(
    report: StatusReport,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
) -> StatusReport:
    """Correct a report; the trail keeps what it said before.

    Raises:
        NotAllowed, EditConflict, Gone, ValidationError.
    """
    _ask(acting, "programmes.status_change", report)
    revised = history.revise(report, changes=changes, version=version, acting=acting)
    _status_reported(revised)
    return revised


@transaction.atomic
def remove_status(report: StatusReport, *, at: datetime, acting: Member | None) -> StatusReport:
    _ask(acting, "programmes.status_change", report)
    history.remove(report, at=at, acting=acting)
    _status_reported(report)
    return report


def _status_reported(report: StatusReport) -> None:
    events.announce(
        events.status_reported, tenant_id=report.tenant_id, programme_id=report.programme_id
    )
