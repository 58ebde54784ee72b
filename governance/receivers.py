"""What follows from changes below, and what else happens when an earlier version of a record is put back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from pmo_portal.accounts.members import Member
from pmo_portal.common import clock
from pmo_portal.history import services as history
from pmo_portal.tenants.context import tenant_context
from programmes import events as programmes

from . import events, selectors, services
from .models import (
    Action,
    ChangeRequest,
    Charter,
    Decision,
    Escalation,
    GoliveMove,
    Meeting,
    MeetingItem,
    Review,
    SteeringGroup,
)

programmes.announce_returns(
    {
        SteeringGroup: events.group_changed,
        Decision: events.decision_changed,
        Action: events.action_changed,
        Charter: events.charter_changed,
        Review: events.review_changed,
        Escalation: events.escalation_changed,
        ChangeRequest: events.change_request_changed,
        Meeting: events.meeting_changed,
    }
)


@receiver(programmes.milestone_changed)
def note_golive_moves(sender: Any, tenant_id: UUID, programme_id: int, **kwargs: Any) -> None:
    """A go-live that moved is noted at once, so that the page that follows can ask why."""
    with tenant_context(tenant_id):
        services.note_moves(programme_id)


@receiver(programmes.programme_changed)
@receiver(programmes.milestone_changed)
@receiver(events.charter_changed)
def look_for_reviews(sender: Any, tenant_id: UUID, programme_id: int, **kwargs: Any) -> None:
    """Agreed words or other baseline dates may make a review due."""
    with tenant_context(tenant_id):
        if Charter.objects.agreed().filter(programme_id=programme_id).exists():
            services.ask_to_open_reviews()


# What a question is. Who decided what, when and as which function is never put back.
_OF_A_QUESTION = ("question", "context", "group", "milestone", "requested_on", "due_on")


def _decision(record: Decision, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    kept = {name: value for name, value in changes.items() if name in _OF_A_QUESTION}
    return services.revise_decision(record, changes=kept, acting=acting)


def _action(record: Action, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_action(record, changes=changes, acting=acting)


def _group(record: SteeringGroup, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_group(record, changes=changes, acting=acting)


history.put_back_with(Decision, _decision)
history.put_back_with(Action, _action)
history.put_back_with(SteeringGroup, _group)


def _charter(record: Charter, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_charter(record, changes=changes, at=clock.now(), acting=acting)


def _review(record: Review, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    kept = {name: value for name, value in changes.items() if name in ("due_on", "learned")}
    return services.revise_review(record, changes=kept, acting=acting)


def _move(record: GoliveMove, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.explain_move(record, changes=changes, acting=acting)


def _change(record: ChangeRequest, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    """What was asked for. Who signed what, the baseline and the end are acts, never put back."""
    kept = {name: value for name, value in changes.items() if name in selectors.CHANGE_WORDS}
    named = selectors.milestones_named(record.programme, kept.pop("milestone_refs", ()))
    return services.revise_change(
        record, changes=kept, milestones=named, at=clock.now(), acting=acting
    )


history.put_back_with(ChangeRequest, _change)
history.put_back_with(Charter, _charter)
history.put_back_with(Review, _review)
history.put_back_with(GoliveMove, _move)


# Approving, cancelling and who chaired for which side are acts, never put back.
_OF_A_MEETING = ("held_on", "starts_at", "length", "place", "chair", "chair_reason")


def _meeting(record: Meeting, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    kept = {name: value for name, value in changes.items() if name in _OF_A_MEETING}
    return services.revise_meeting(record, changes=kept, acting=acting)


def _item(record: MeetingItem, *, changes: dict[str, Any], acting: Member, note: str) -> Any:
    return services.revise_item(record, changes=changes, acting=acting)


history.put_back_with(Meeting, _meeting)
history.put_back_with(MeetingItem, _item)
