"""The RAID log; every rating and status is kept with its day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import ask
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import next_reference

from .. import events
from ..choices import CONVERSIONS, RAID_ENDED, RAID_PREFIX, RaidKind, RaidStatus
from ..models import (
    Milestone,
    RaidItem,
    RaidItemMilestone,
    RaidItemUnit,
    RaidUpdate,
)
from .acting import author_of


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
    ask(acting, "programmes.raid_change", item)
    # Until that day it could neither be closed nor converted.
    if item.opened_on > timezone.localdate(at):
        raise ValidationError({"opened_on": _("It is opened today or on a day before.")})
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
    """Change an item; a new rating, status, owner, review or escalation is logged so that any day can be read again.

    Closing without a date closes it on the day; opening it again forgets that date.

    Raises:
        NotAllowed: the side, before or after the change, belongs to the other function.
        EditConflict, Gone, ValidationError.
    """
    before = RaidItem.all_objects.get(pk=item.pk)
    ask(acting, "programmes.raid_change", before)
    wanted = dict(changes)
    ends = wanted.get("status", before.status) in RAID_ENDED
    if ends and not wanted.get("closed_on", before.closed_on):
        wanted["closed_on"] = on
    if not ends:
        wanted["closed_on"] = None
    stood = _standing(before)
    revised = history.revise(before, changes=wanted, version=version, acting=acting)
    ask(acting, "programmes.raid_change", revised)
    revised.refresh_from_db(fields=["score"])
    if units is not None and milestones is not None and _link_raid(revised, units, milestones):
        history.links_changed(revised, since=before.version, acting=acting)
    if text.strip() or stood != _standing(revised):
        _log(revised, text=text, on=on, at=at, acting=acting)
    else:
        _raid_changed(revised)
    return revised


def close_raid_item(
    item: RaidItem, *, version: int, at: datetime, on: date, acting: Member | None
) -> RaidItem:
    """Close an item that is open, as whoever pressed the button saw it.

    Raises:
        NotAllowed, Gone.
        ValidationError: it is ended already, or was changed since that version.
    """
    return _settle(item, RaidStatus.CLOSED, version=version, at=at, on=on, acting=acting)


def reopen_raid_item(
    item: RaidItem, *, version: int, at: datetime, on: date, acting: Member | None
) -> RaidItem:
    """Open an item again that is ended; raises as `close_raid_item` does."""
    return _settle(item, RaidStatus.MONITORING, version=version, at=at, on=on, acting=acting)


@transaction.atomic
def _settle(
    item: RaidItem,
    status: RaidStatus,
    *,
    version: int,
    at: datetime,
    on: date,
    acting: Member | None,
) -> RaidItem:
    current = RaidItem.all_objects.select_for_update(of=("self",)).get(pk=item.pk)
    ask(acting, "programmes.raid_change", current)
    if current.deleted_at is not None:
        raise history.Gone(current)
    if current.is_open == (status not in RAID_ENDED):
        raise ValidationError(
            _("It is open already.") if current.is_open else _("It is ended already.")
        )
    if current.version != version:
        raise ValidationError(_("Somebody changed it meanwhile. See what is new, and press again."))
    return revise_raid_item(current, changes={"status": status}, at=at, on=on, acting=acting)


@transaction.atomic
def add_raid_update(
    item: RaidItem, *, text: str, at: datetime, on: date, acting: Member | None
) -> RaidUpdate:
    """Add a word to the thread of an item. Everybody who keeps one side of the programme may.

    Raises:
        NotAllowed.
        ValidationError: there is no text.
        Gone: somebody removed the item meanwhile.
    """
    ask(acting, "programmes.raid_create", item.programme)
    if not text.strip():
        raise ValidationError({"text": _("Write what is new.")})
    # The log keeps how the item stands with each word: as it is now, not as it was when the page was opened.
    return _log(history.held(item), text=text.strip(), on=on, at=at, acting=acting)


_CARRIED = (
    "programme", "side", "title", "category", "cause", "event", "effect", "probability", "impact",
    "owner", "response_plan", "review_on",
)  # fmt: skip


@transaction.atomic
def convert_raid_item(
    item: RaidItem, *, kind: str, at: datetime, on: date, acting: Member | None
) -> RaidItem:
    """Make an item of another kind out of one: a risk that happened becomes an issue.

    The new item takes over what was known; the old one is ended as occurred; their threads are read as one.

    Raises:
        NotAllowed: the side belongs to the other function.
        ValidationError: it is ended, was converted already, or cannot turn into that kind.
    """
    current = RaidItem.all_objects.select_for_update(of=("self",)).get(pk=item.pk)
    ask(acting, "programmes.raid_change", current)
    if current.deleted_at is not None:
        raise history.Gone(current)
    if not current.is_open:
        raise ValidationError(_("It is ended already. Open it again first."))
    if kind not in CONVERSIONS[RaidKind(current.kind)]:
        raise ValidationError(_("It cannot turn into that."))
    if RaidItem.all_objects.filter(converted_from=current).exists():
        raise ValidationError(_("It was converted already."))
    made = RaidItem(
        kind=kind,
        opened_on=on,
        converted_from=current,
        **{name: getattr(current, name) for name in _CARRIED},
    )
    made.number = next_reference(RAID_PREFIX[RaidKind(kind)])
    history.create(made, acting=acting, action=f"convert {current.reference}")
    made.refresh_from_db(fields=["score"])
    _link_raid(made, current.units.all(), current.milestones.all())
    _log(made, text=_("Out of %(item)s") % {"item": current.reference}, on=on, at=at, acting=acting)
    revise_raid_item(
        current,
        changes={"status": RaidStatus.OCCURRED},
        text=_("Became %(item)s") % {"item": made.reference},
        at=at,
        on=on,
        acting=acting,
    )
    return made


@transaction.atomic
def unconvert_raid_item(
    made: RaidItem, *, at: datetime, on: date, acting: Member | None
) -> RaidItem:
    """Take a conversion back while nothing was done with the new item: the old one goes on as before.

    Returns the old item.

    Raises:
        ValidationError: somebody worked on the new item since, or it came from nothing.
    """
    made = RaidItem.all_objects.select_for_update(of=("self",)).get(pk=made.pk)
    source = made.converted_from
    ask(acting, "programmes.raid_change", made)
    if source is None or made.version > 1 or made.updates.count() > 1:
        raise ValidationError(_("Somebody worked on it since. Close it, and open the other again."))
    before = source.updates.exclude(status__in=RAID_ENDED).order_by("known_at", "pk").last()
    history.remove(made, at=at, acting=acting, action="take conversion back")
    _raid_changed(made)
    RaidItem.all_objects.filter(pk=made.pk).update(converted_from=None)
    return revise_raid_item(
        source,
        changes={"status": before.status if before else RaidStatus.MONITORING},
        text=_("%(item)s was taken back") % {"item": made.reference},
        at=at,
        on=on,
        acting=acting,
    )


@transaction.atomic
def remove_raid_item(item: RaidItem, *, at: datetime, acting: Member | None) -> RaidItem:
    ask(acting, "programmes.raid_change", item)
    history.remove(item, at=at, acting=acting)
    _raid_changed(item)
    return item


def _link_raid(
    item: RaidItem, units: Iterable[BusinessUnit], milestones: Iterable[Milestone]
) -> bool:
    """Say whom and what it concerns; tells whether that is new."""
    meant = {unit.pk: unit for unit in units}
    known = set(item.unit_links.values_list("unit_id", flat=True))
    item.unit_links.exclude(unit_id__in=meant).delete()
    RaidItemUnit.objects.bulk_create(
        RaidItemUnit(item=item, unit=unit) for pk, unit in meant.items() if pk not in known
    )
    # A link that stays keeps the moment since when it is known.
    wanted = {milestone.pk: milestone for milestone in milestones}
    kept = set(item.milestone_links.values_list("milestone_id", flat=True))
    item.milestone_links.exclude(milestone_id__in=wanted).delete()
    RaidItemMilestone.objects.bulk_create(
        RaidItemMilestone(item=item, milestone=milestone)
        for pk, milestone in wanted.items()
        if pk not in kept
    )
    return meant.keys() != known or wanted.keys() != kept


def _log(item: RaidItem, *, text: str, on: date, at: datetime, acting: Member | None) -> RaidUpdate:
    update = RaidUpdate.objects.create(
        item=item,
        text=text,
        author=author_of(acting),
        probability=item.probability,
        impact=item.impact,
        status=item.status,
        owner=item.owner,
        review_on=item.review_on,
        escalated_on=item.escalated_on,
        effective_on=on,
        known_at=at,
    )
    _raid_changed(item)
    return update


def _standing(item: RaidItem) -> tuple[Any, ...]:
    """What the log keeps of an item beside the words."""
    return (
        item.probability, item.impact, item.status, item.owner_id, item.review_on, item.escalated_on,
    )  # fmt: skip


def _raid_changed(item: RaidItem) -> None:
    events.announce(
        events.raid_item_changed, tenant_id=item.tenant_id, programme_id=item.programme_id
    )
