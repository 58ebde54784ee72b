"""Everything said of the dates of a programme, as it is known on a day."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from ..models import Milestone, MilestoneForecast
from ..slips import Said, Word


def words_of(programme: Any, *, as_of: date) -> QuerySet[MilestoneForecast]:
    """Every word on the date of every milestone of the plan, as known by a day."""
    return (
        MilestoneForecast.objects.known_by(as_of)
        .filter(milestone__programme=programme, milestone__deleted_at__isnull=True)
        .select_related("milestone__programme", "milestone__tenant", "author")
    )


def said_of(programme: Any, *, as_of: date) -> list[tuple[Milestone, Said]]:
    """The history of each milestone's date, the oldest word first. One statement."""
    rows = words_of(programme, as_of=as_of).order_by(
        "milestone__number", "effective_on", "known_at", "pk"
    )
    found = []
    for _number, group in groupby(rows, key=lambda row: row.milestone.number):
        words = list(group)
        milestone = words[0].milestone
        found.append(
            (
                milestone,
                Said(
                    reference=milestone.reference,
                    name=milestone.name,
                    url=milestone.get_absolute_url(),
                    baseline_on=words[-1].baseline_on,
                    words=tuple(
                        Word(
                            row.effective_on, row.actual_on or row.forecast_on, bool(row.actual_on)
                        )
                        for row in words
                    ),
                ),
            )
        )
    return found
