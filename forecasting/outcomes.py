"""What happened to programmes: crises, as reported by another tool or by the definitions for live data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from .choices import EventKind
from .learning.outcomes import Crisis
from .models import ReportedEvent


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
