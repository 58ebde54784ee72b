"""How programmes are governed, as of a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q

from programmes.models import Programme

from .. import voices
from ..choices import DecisionStatus
from ..models import Action, Decision
from ..querysets import heard


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

    A decision counts as isolated when it was decided and one function had not been heard by then.
    """
    wanted = list(programme_ids)
    rows = (
        Decision.objects.filter(programme_id__in=wanted, requested_on__lte=as_of)
        .annotate(voices=_heard_by(as_of))
        .values_list("programme_id", "status", "requested_on", "due_on", "decided_on", "voices")
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


def _heard_by(as_of: date) -> Case:
    """How many of the two functions had been heard by a day."""
    given = Count(
        "inputs",
        filter=Q(inputs__deleted_at__isnull=True, inputs__given_on__lte=as_of),
        distinct=True,
    )
    return heard(given, when=Q(decided_on__lte=as_of))


def _health(
    decisions: list[tuple[str, date, date, date | None, int]],
    actions: Mapping[str, Any],
    as_of: date,
) -> Health:
    waiting, decided, isolated = [], 0, 0
    for status, requested_on, due_on, decided_on, said in decisions:
        if decided_on is not None and decided_on <= as_of:
            decided += 1
            isolated += said < len(voices.VOICES)
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


@dataclass(frozen=True)
class Overview:
    """What is asked, how it stands and what was decided last, as of a day."""

    asks: Sequence[Decision]
    health: Health
    decided: Sequence[Decision]


def overview_of(programme: Programme, as_of: date, *, limit: int = 3) -> Overview:
    """What a programme asks, `health_of` it and its last decisions, each decision read once. Two statements."""
    decisions = list(
        Decision.objects.filter(programme=programme, requested_on__lte=as_of)
        .defer("context", "rationale")
        .annotate(voices=_heard_by(as_of))
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
        (each.status, each.requested_on, each.due_on, each.decided_on, each.voices)
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
