"""Reads of governance. Everything that takes several programmes needs the same number of statements for any number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.common.registry import Found
from programmes.models import Milestone, Programme
from programmes.selectors import programmes_for

from . import balance
from .choices import DecisionStatus
from .models import Action, Decision, DecisionInput, GroupMember, SteeringGroup

_SEATS = Prefetch("members", GroupMember.objects.select_related("person"))


def groups_of(programme: Programme) -> QuerySet[SteeringGroup]:
    return (
        SteeringGroup.objects.filter(programme=programme)
        .select_related("programme", "tenant")
        .prefetch_related(_SEATS)
    )


def group_by_number(member: Member, number: int) -> SteeringGroup | None:
    """A group by its number, deleted ones included."""
    return (
        SteeringGroup.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "tenant")
        .prefetch_related(_SEATS)
        .first()
    )


def missing_functions(group: SteeringGroup) -> list[str]:
    """The functions without a voting member in a group."""
    return balance.missing_functions(
        {seat.function for seat in group.members.all() if seat.is_voting}
    )


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
        .select_related("programme", "group", "decided_by", "milestone", "tenant")
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


def actions_for(member: Member, programme: Programme | None = None) -> QuerySet[Action]:
    """The actions of a programme, or of every programme the member sees."""
    actions = Action.objects.select_related("programme", "owner", "decision", "tenant")
    if programme is not None:
        return actions.filter(programme=programme)
    return actions.filter(programme__in=programmes_for(member))


def action_by_number(member: Member, number: int) -> Action | None:
    """An action by its number, deleted ones included."""
    return (
        Action.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("programme", "owner", "decision", "tenant")
        .first()
    )


def asks_of(programme: Programme, on: date) -> list[Decision]:
    """What the group is asked: decisions that were asked for by a day and not decided by then, soonest due first."""
    return list(
        Decision.objects.filter(programme=programme, requested_on__lte=on)
        .exclude(status=DecisionStatus.WITHDRAWN)
        .filter(Q(decided_on__isnull=True) | Q(decided_on__gt=on))
        .select_related("programme", "group", "tenant")
        .with_voices()
        .order_by("due_on", "number")
    )


@dataclass(frozen=True)
class Health:
    """How a programme is governed, as of a day. Ages in days; None where nothing waits."""

    waiting: int = 0
    overdue: int = 0
    oldest_days: int | None = None
    actions_open: int = 0
    actions_late: int = 0
    decided: int = 0
    isolated: int = 0


def health_of(programme_ids: Collection[int], as_of: date) -> dict[int, Health]:
    """Decisions and actions of each programme as of a day. Two statements.

    A decision counts as isolated when it was decided and one function had given no view by then.
    """
    wanted = list(programme_ids)
    heard = Count(
        "inputs",
        filter=Q(inputs__deleted_at__isnull=True, inputs__given_on__lte=as_of),
        distinct=True,
    )
    rows = (
        Decision.objects.filter(programme_id__in=wanted, requested_on__lte=as_of)
        .annotate(heard=heard)
        .values_list("programme_id", "status", "requested_on", "due_on", "decided_on", "heard")
    )
    decisions: dict[int, list[tuple[str, date, date, date | None, int]]] = {}
    for programme_id, *rest in rows:
        decisions.setdefault(programme_id, []).append(tuple(rest))  # type: ignore[arg-type]
    actions = {
        row["programme_id"]: row
        for row in Action.objects.filter(programme_id__in=wanted, agreed_on__lte=as_of)
        .filter(Q(done_on__isnull=True) | Q(done_on__gt=as_of))
        .values("programme_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due_on__lt=as_of)))
        .order_by()
    }
    return {
        programme_id: _health(decisions.get(programme_id, []), actions.get(programme_id, {}), as_of)
        for programme_id in wanted
    }


def _health(
    decisions: list[tuple[str, date, date, date | None, int]],
    actions: Mapping[str, Any],
    as_of: date,
) -> Health:
    waiting, decided, isolated = [], 0, 0
    for status, requested_on, due_on, decided_on, heard in decisions:
        if decided_on is not None and decided_on <= as_of:
            decided += 1
            isolated += heard < len(balance.VOICES)
        elif status != DecisionStatus.WITHDRAWN:
            waiting.append((requested_on, due_on))
    return Health(
        waiting=len(waiting),
        overdue=sum(due_on < as_of for _requested, due_on in waiting),
        oldest_days=max(((as_of - requested).days for requested, _due in waiting), default=None),
        actions_open=actions.get("open", 0),
        actions_late=actions.get("late", 0),
        decided=decided,
        isolated=isolated,
    )


def recent_decisions(programme: Programme, as_of: date, *, limit: int = 3) -> list[Decision]:
    """The last decisions taken by a day, newest first."""
    return list(
        Decision.objects.decided()
        .filter(programme=programme, decided_on__lte=as_of)
        .select_related("programme", "tenant")
        .with_voices()
        .order_by("-decided_on", "-number")[:limit]
    )


@dataclass(frozen=True)
class Overview:
    """What is asked, how it stands and what was decided last, as of a day."""

    asks: list[Decision]
    health: Health
    decided: list[Decision]


def overview_of(programme: Programme, as_of: date, *, limit: int = 3) -> Overview:
    """`asks_of`, `health_of` and `recent_decisions` of one programme, each decision read once. Two statements."""
    decisions = list(
        Decision.objects.filter(programme=programme, requested_on__lte=as_of)
        .defer("context", "rationale")
        .with_voices()
        .annotate(
            heard=Count(
                "inputs",
                filter=Q(inputs__deleted_at__isnull=True, inputs__given_on__lte=as_of),
                distinct=True,
            )
        )
    )
    for decision in decisions:
        decision.programme, decision.tenant = programme, programme.tenant
    late = Count("pk", filter=Q(due_on__lt=as_of))
    actions = (
        Action.objects.filter(programme=programme, agreed_on__lte=as_of)
        .filter(Q(done_on__isnull=True) | Q(done_on__gt=as_of))
        .aggregate(open=Count("pk"), late=late)
    )
    taken = [each for each in decisions if each.decided_on and each.decided_on <= as_of]
    waiting = [
        each
        for each in decisions
        if each.status != DecisionStatus.WITHDRAWN
        and (each.decided_on is None or each.decided_on > as_of)
    ]
    facts = [
        (each.status, each.requested_on, each.due_on, each.decided_on, each.heard)
        for each in decisions
    ]
    return Overview(
        asks=sorted(waiting, key=lambda each: (each.due_on, each.number)),
        health=_health(facts, actions, as_of),
        decided=sorted(
            (each for each in taken if each.is_decided),
            key=lambda each: (each.decided_on, each.number),
            reverse=True,
        )[:limit],
    )


def search(member: Member, words: str) -> list[Found]:
    """Decisions, actions and groups whose text contains the words."""
    found = [
        Found(each.reference, each.question, _("Decision"), each.get_absolute_url())
        for each in decisions_for(member).filter(question__icontains=words)[:20]
    ]
    found += [
        Found(each.reference, each.text, _("Action"), each.get_absolute_url())
        for each in actions_for(member).filter(text__icontains=words)[:20]
    ]
    return found + [
        Found(each.reference, each.name, _("Steering group"), each.get_absolute_url())
        for each in SteeringGroup.objects.filter(
            programme__in=programmes_for(member), name__icontains=words
        ).select_related("programme", "tenant")[:20]
    ]
