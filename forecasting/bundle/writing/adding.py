"""How rows are added: in bulk, each known from its moment on, counted, and never twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from pmo_portal.common import clock
from pmo_portal.jobs.imports import Count, Finding, Outcome
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import next_reference
from programmes.models import Programme

from ..reading import Bundle

BATCH = 2000
NOON = timedelta(hours=12)

Key = tuple[Any, ...]


class Moments:
    """When a row of a day was known; each day is worked out once."""

    def __init__(self) -> None:
        self._starts: dict[date, datetime] = {}

    def _start(self, day: date) -> datetime:
        found = self._starts.get(day)
        if found is None:
            found = self._starts[day] = clock.start_of(day)
        return found

    def on(self, day: date) -> datetime:
        return self._start(day) + NOON

    def once_past(self, day: date) -> datetime:
        return self._start(day + timedelta(days=1)) + NOON


class Writing:
    """One import: what the bundle names, and the rows of the portal that stand for it."""

    def __init__(self, bundle: Bundle, outcome: Outcome) -> None:
        self.bundle, self.outcome = bundle, outcome
        self.known = Moments()
        self.programmes: dict[str, Programme] = {}
        self.units: dict[tuple[str, str], BusinessUnit] = {}

    def ids(self) -> list[int]:
        return [each.pk for each in self.programmes.values()]

    def count(
        self, label: str, created: int = 0, changed: int = 0, unchanged: int = 0, differing: int = 0
    ) -> None:
        self.outcome.counts.append(Count(label, created, changed, unchanged))
        if differing:
            self.outcome.findings.append(
                Finding(
                    None,
                    _(
                        "%(label)s: %(count)s rows differ from what was imported before and were left as they were."
                    )
                    % {"label": label, "count": differing},
                    level="note",
                )
            )

    def add(
        self,
        model: type[models.Model],
        rows: Iterable[tuple[Key, Any, models.Model]],
        kept: dict[Key, Any],
        label: str,
        number: str = "",
    ) -> list[Any]:
        """Add the rows whose key is not kept yet, in bulk; compare the others by their value."""
        new: list[Any] = []
        same = differing = 0
        for key, value, row in rows:
            if key not in kept:
                new.append(row)
            elif kept[key] == value:
                same += 1
            else:
                differing += 1
        if number and new:
            first = next_reference(number, count=len(new))
            for offset, row in enumerate(new):
                row.number = first + offset
        manager: Any = getattr(model, "all_objects", model._default_manager)
        for start in range(0, len(new), BATCH):
            manager.bulk_create(new[start : start + BATCH])
        self.count(label, len(new), 0, same + differing, differing)
        return new


def follow(record: Any, **values: Any) -> bool:
    """Give a record of an earlier import what the bundle says now; False where it says so already."""
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(record, name, value)
    record.version += 1
    record.save(update_fields=[*changed, "version"])
    return True
