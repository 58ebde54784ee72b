"""What happened to a programme on a day, as events; crises are read from the weeks that were in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from ...choices import EventKind
from ...models import ReportedEvent
from .. import SOURCE
from .adding import Key, Writing


def write_crises(writing: Writing) -> None:
    """A crisis begins on the first day of a run of 1 and ends on the first 0 after it."""
    happened: list[tuple[str, EventKind, date, str]] = []
    for name, rows in writing.bundle.by_programme("snapshots").items():
        was = False
        for row in rows:
            if row[7] is None or row[7] == was:
                continue
            was = row[7]
            kind = EventKind.CRISIS_BEGAN if was else EventKind.CRISIS_ENDED
            happened.append((name, kind, row[1], ""))
    add_events(writing, happened, _("Crises, begun or ended"), writing.known.on)


def add_events(
    writing: Writing,
    happened: list[tuple[str, EventKind, date, str]],
    label: str,
    known_at: Callable[[date], datetime],
) -> None:
    """Events as reported that are not there yet: programme, kind, day and subject, each known from the moment `known_at` gives."""
    kinds = {kind for _name, kind, _on, _subject in happened}
    kept = dict.fromkeys(
        ReportedEvent.objects.filter(
            programme_id__in=writing.ids(), source=SOURCE, kind__in=kinds
        ).values_list("programme_id", "kind", "subject", "effective_on")
    )

    def rows() -> Iterator[tuple[Key, Any, models.Model]]:
        for name, kind, on, subject in happened:
            programme = writing.programmes[name]
            event = ReportedEvent(
                programme=programme,
                kind=kind,
                subject=subject[:60],
                source=SOURCE,
                effective_on=on,
                known_at=known_at(on),
            )
            yield (programme.pk, str(kind), subject[:60], on), None, event

    writing.add(ReportedEvent, rows(), kept, label)
