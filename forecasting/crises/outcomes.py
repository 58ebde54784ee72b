"""What happened to programmes: crises, as reported by another tool or by the definitions for live data.

Live, a crisis begins when an escalation of severity 4 or 5 is raised, when the board sets the status to red, or
when a go-live is put off within two weeks of its date; one is over when the escalation is closed, when the board
sets a better status, or at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from governance.models import GoliveMove
from governance.selectors import crisis_escalations, red_by_decision

from ..choices import EventKind
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


def live_crises(programme_ids: Collection[int] | None = None) -> dict[int, list[Crisis]]:
    """The crises of each programme by the definitions for what is kept here."""
    found = crisis_escalations(programme_ids)
    for programme, spans in red_by_decision(programme_ids).items():
        found.setdefault(programme, []).extend(spans)
    moves = GoliveMove.objects.close()
    if programme_ids is not None:
        moves = moves.filter(programme_id__in=programme_ids)
    for programme, on in moves.values_list("programme_id", "effective_on"):
        found.setdefault(programme, []).append((on, on))
    return found


def crises_of(programme_ids: Collection[int] | None = None) -> dict[int, list[Crisis]]:
    """Every crisis of each programme, whoever told of it, first one first."""
    found: dict[int, list[Crisis]] = defaultdict(list)
    for source in (reported_crises(programme_ids), live_crises(programme_ids)):
        for programme, crises in source.items():
            found[programme] += crises
    return {
        programme: sorted(crises, key=lambda each: each[0]) for programme, crises in found.items()
    }
