"""RAID items, the log of each of them, and their escalations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from pmo_portal.tenants.services import next_reference
from programmes.choices import RAID_PREFIX, RaidCategory, RaidKind, RaidSide, RaidStatus
from programmes.models import Programme, RaidItem, RaidUpdate

from ...choices import EventKind
from .adding import BATCH, Key, Writing, follow
from .happened import add_events


def write_raid(writing: Writing) -> None:
    """RAID items by their name in the bundle, with when they closed and escalated; what people said of them here since stays."""
    kept = {
        (each.programme_id, each.external_id): each
        for each in RaidItem.all_objects.filter(programme_id__in=writing.ids()).exclude(
            external_id=""
        )
    }
    new = [
        _raid_item(writing.programmes[row[1]], row)
        for row in writing.bundle["raid"]
        if (writing.programmes[row[1]].pk, row[0]) not in kept
    ]
    by_kind: dict[str, list[RaidItem]] = defaultdict(list)
    for item in new:
        by_kind[item.kind].append(item)
    for kind, items in by_kind.items():
        first = next_reference(RAID_PREFIX[RaidKind(kind)], count=len(items))
        for offset, item in enumerate(items):
            item.number = first + offset
    RaidItem.objects.bulk_create(new, batch_size=BATCH)
    earlier = {each.pk for each in kept.values()}
    kept |= {(each.programme_id, each.external_id): each for each in new}
    named = {row[0]: kept[writing.programmes[row[1]].pk, row[0]] for row in writing.bundle["raid"]}
    updates = _raid_updates(writing, named)
    by_id = {each.pk: each for each in named.values()}
    changed: set[int] = set()
    for update in updates:
        item = by_id[update.item_id]
        if item.pk not in earlier:
            continue
        # What people said of an item here since stays.
        if update.status == RaidStatus.CLOSED and item.closed_on is None:
            follow(item, closed_on=update.effective_on, status=str(RaidStatus.CLOSED))
            changed.add(item.pk)
        elif update.text == _("Escalated") and item.escalated_on is None:
            follow(item, escalated_on=update.effective_on)
            changed.add(item.pk)
    writing.count(_("RAID items"), len(new), len(changed), len(named) - len(new) - len(changed))
    add_events(
        writing,
        [
            (row[1], EventKind.RAID_ESCALATED, row[7], row[0])
            for row in writing.bundle["raid"]
            if row[7]
        ],
        _("Escalated RAID items"),
        writing.known.once_past,
    )


def _raid_updates(writing: Writing, items: dict[str, RaidItem]) -> list[RaidUpdate]:
    kept = {
        (item, on, text): status
        for item, on, text, status in RaidUpdate.objects.filter(
            item_id__in=[each.pk for each in items.values()]
        ).values_list("item_id", "effective_on", "text", "status")
    }
    log: dict[str, list[tuple[date, str, datetime, bool | None]]] = defaultdict(list)
    for row in writing.bundle["raid"]:
        log[row[0]].append((row[2], "", writing.known.on(row[2]), None))
        if row[7]:
            log[row[0]].append((row[7], _("Escalated"), writing.known.once_past(row[7]), None))
        if row[8]:
            log[row[0]].append((row[8], _("Closed"), writing.known.once_past(row[8]), None))
    for name, on, mitigated in writing.bundle["raid_updates"]:
        text = _("Mitigation in place") if mitigated else _("Looked at")
        log[name].append((on, text, writing.known.on(on), bool(mitigated)))

    def rows() -> Iterator[tuple[Key, Any, models.Model]]:
        for name, entries in log.items():
            item, status = items[name], RaidStatus.IDENTIFIED
            for on, text, known_at, mitigated in sorted(entries, key=lambda each: each[2]):
                if mitigated is not None and status != RaidStatus.CLOSED:
                    status = RaidStatus.MONITORING if mitigated else RaidStatus.ASSESSED
                if text == _("Closed"):
                    status = RaidStatus.CLOSED
                update = RaidUpdate(
                    item=item,
                    text=text,
                    probability=item.probability,
                    impact=item.impact,
                    status=status,
                    effective_on=on,
                    known_at=known_at,
                )
                yield (item.pk, on, text), str(status), update

    return writing.add(RaidUpdate, rows(), kept, _("Updates of RAID items"))


def _raid_item(programme: Programme, row: tuple[Any, ...]) -> RaidItem:
    external, _programme, opened, kind, category, probability, impact, escalated, closed = row
    known = category if category in RaidCategory.values else RaidCategory.OTHER
    return RaidItem(
        programme=programme,
        kind=kind,
        side=RaidSide.PEOPLE if category == RaidCategory.PEOPLE else RaidSide.DELIVERY,
        title=f"{(category or known).capitalize()}: {RaidKind(kind).label.lower()} {external}"[
            :200
        ],
        category=known,
        probability=probability,
        impact=impact,
        status=RaidStatus.CLOSED if closed else RaidStatus.IDENTIFIED,
        opened_on=opened,
        closed_on=closed,
        escalated_on=escalated,
        external_id=external[:60],
    )
