"""What happened to programmes: crises, as reported by another tool or by the definitions for live data.

Live, a crisis begins when an escalation of severity 4 or 5 is raised, when the board sets the status to red, or
when a go-live is put off within two weeks of its date; one is over when the escalation is closed, when the board
sets a better status, or at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from governance.models import GoliveMove
from governance.selectors import crisis_escalations, red_by_decision

from ..choices import CrisisKind, EventKind
from ..learning.outcomes import Crisis
from ..models import ReportedEvent


def reported_crises(programme_ids: Collection[int] | None = None) -> dict[int, list[Crisis]]:
    """The crises of each programme that another tool reported: first day, and first day after or None."""
    events = ReportedEvent.objects.filter(
        kind__in=[EventKind.CRISIS_BEGAN, EventKind.CRISIS_ENDED]
    ).order_by("programme_id", "effective_on")
    if programme_ids is not None:
        events = events.filter(programme_id__in=programme_ids)
    found: dict[int, list[Crisis]] = defaultdict(list)
    began: dict[int, date] = {}
    for programme, kind, on in events.values_list("programme_id", "kind", "effective_on"):
        if kind == EventKind.CRISIS_BEGAN:
            began.setdefault(programme, on)
        elif programme in began:
            found[programme].append((began.pop(programme), on))
    for programme, on in began.items():
        found[programme].append((on, None))
    return dict(found)


def _put_off(programme_ids: Collection[int] | None = None) -> dict[int, list[Crisis]]:
    """The days on which a go-live of each programme was put off close to its date: over at once."""
    moves = GoliveMove.objects.close()
    if programme_ids is not None:
        moves = moves.filter(programme_id__in=programme_ids)
    found: dict[int, list[Crisis]] = defaultdict(list)
    for programme, on in moves.values_list("programme_id", "effective_on"):
        found[programme].append((on, on))
    return found


_SOURCES = {
    CrisisKind.REPORTED: reported_crises,
    CrisisKind.ESCALATED: crisis_escalations,
    CrisisKind.RED: red_by_decision,
    CrisisKind.PUT_OFF: _put_off,
}


class Happened(NamedTuple):
    """A crisis, and by what it began; `ended` is the first day after it, None while it goes on."""

    began: date
    ended: date | None
    kind: CrisisKind


def happened(programme_ids: Collection[int] | None = None) -> dict[int, list[Happened]]:
    """Every crisis of each programme, whoever told of it, first one first. Four statements."""
    found: dict[int, list[Happened]] = defaultdict(list)
    for kind, source in _SOURCES.items():
        for programme, crises in source(programme_ids).items():
            found[programme] += [Happened(*crisis, kind) for crisis in crises]
    return {
        programme: sorted(crises, key=lambda each: each.began)
        for programme, crises in found.items()
    }


def crises_of(programme_ids: Collection[int] | None = None) -> dict[int, list[Crisis]]:
    """The same without by what each began, as learning reads it."""
    return {
        programme: [(each.began, each.ended) for each in crises]
        for programme, crises in happened(programme_ids).items()
    }
