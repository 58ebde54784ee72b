"""What else happens when a record is brought back, or an earlier version of it."""

from __future__ import annotations

from typing import Any

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.history import services as history

from . import events, services
from .models import BudgetLine, Milestone, MilestoneLink, Programme, RaidItem, StatusReport

events.announce_returns(
    {
        Programme: events.programme_changed,
        Milestone: events.milestone_changed,
        RaidItem: events.raid_item_changed,
        StatusReport: events.status_reported,
        BudgetLine: events.budget_changed,
    }
)


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
