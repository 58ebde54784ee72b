"""Decisions, what was said to them and what is asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from pmo_portal.accounts.members import Member
from programmes.choices import Rating
from programmes.models import Milestone, Programme
from programmes.selectors import programmes_for

from ..models import Decision, DecisionInput


def decisions_for(member: Member, programme: Programme | None = None) -> QuerySet[Decision]:
    """The decisions of a programme, or of every programme the member sees, with their voices counted."""
    decisions = Decision.objects.select_related(
        "programme", "group", "decided_by", "tenant"
    ).with_voices()
    if programme is not None:
        return decisions.filter(programme=programme)
    return decisions.filter(programme__in=programmes_for(member))


def decision_by_number(member: Member, number: int) -> Decision | None:
    """A decision by its number, deleted ones included."""
    return (
        Decision.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related(
            "programme",
            "group",
            "decided_by",
            "milestone",
            "tenant",
            "meeting_item__meeting__programme",
            "meeting_item__meeting__tenant",
        )
        .first()
    )


def inputs_of(decision: Decision) -> dict[str, DecisionInput]:
    """What each function said, by function."""
    return {
        each.function: each
        for each in DecisionInput.objects.filter(decision=decision).select_related("person")
    }


def decisions_about(milestone: Milestone) -> QuerySet[Decision]:
    return (
        Decision.objects.filter(milestone=milestone)
        .select_related("programme", "tenant", "decided_by")
        .with_voices()
    )


def board_statuses(programme_ids: Collection[int] | None = None) -> dict[int, list[Decision]]:
    """The decisions that set the status of each programme, the first one first."""
    decisions = (
        Decision.objects.decided()
        .exclude(sets_status="")
        .select_related("programme", "tenant")
        .order_by("decided_on", "number")
    )
    if programme_ids is not None:
        decisions = decisions.filter(programme_id__in=programme_ids)
    found: dict[int, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.programme_id, []).append(decision)
    return found


def red_by_decision(
    programme_ids: Collection[int] | None = None,
) -> dict[int, list[tuple[date, date | None]]]:
    """When the board set each programme to red, and when to something better, or None."""
    decisions = Decision.objects.decided().exclude(sets_status="").order_by("decided_on", "number")
    if programme_ids is not None:
        decisions = decisions.filter(programme_id__in=programme_ids)
    found: dict[int, list[tuple[date, date | None]]] = {}
    began: dict[int, date] = {}
    for programme, status, on in decisions.values_list("programme_id", "sets_status", "decided_on"):
        if status == Rating.RED:
            began.setdefault(programme, on)
        elif programme in began:
            found.setdefault(programme, []).append((began.pop(programme), on))
    for programme, on in began.items():
        found.setdefault(programme, []).append((on, None))
    return found
