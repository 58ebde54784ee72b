"""What else happens when a record is brought back, or an earlier version of it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import Signal, receiver

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.history import services as history

from . import events, services
from .models import Milestone, MilestoneLink, Programme, RaidItem, StatusReport

_EVENT_OF: dict[type, Signal] = {
    Programme: events.programme_changed,
    Milestone: events.milestone_changed,
    RaidItem: events.raid_item_changed,
    StatusReport: events.status_reported,
}


@receiver(post_save, sender=Programme)
@receiver(post_save, sender=Milestone)
@receiver(post_save, sender=RaidItem)
@receiver(post_save, sender=StatusReport)
def announce_return(
    sender: type, instance: Any, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Undo of a removal goes past the services of this app; the figures above must hear of it."""
    if update_fields and "deleted_at" in update_fields:
        programme_id = instance.pk if sender is Programme else instance.programme_id
        events.announce(_EVENT_OF[sender], tenant_id=instance.tenant_id, programme_id=programme_id)


def _programme(record: Programme, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_programme(record, changes=changes, acting=acting)


def _milestone(record: Milestone, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    now, today = clock.now(), clock.today()
    return services.revise_milestone(
        record, changes=changes, reason=note, at=now, on=today, acting=acting
    )


def _raid_item(record: RaidItem, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    now, today = clock.now(), clock.today()
    return services.revise_raid_item(
        record, changes=changes, text=note, at=now, on=today, acting=acting
    )


def _status(record: StatusReport, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_status(record, changes=changes, acting=acting)


def _link(record: MilestoneLink, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_link(record, changes=changes, acting=acting)


history.put_back_with(Programme, _programme)
history.put_back_with(Milestone, _milestone)
history.put_back_with(RaidItem, _raid_item)
history.put_back_with(StatusReport, _status)
history.put_back_with(MilestoneLink, _link)
history.bring_back_with(MilestoneLink, services.restore_link)
