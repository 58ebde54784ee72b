"""Progress of training for many units at once, without passing over what a colleague recorded meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit

from .. import selectors
from ..models import TrainingProgress


@dataclass(frozen=True)
class TrainingEntry:
    """What somebody knows of a unit. `seen`: when the entry they looked at became known; None where there was none."""

    unit: BusinessUnit
    required: int
    completed: int
    planned_share: float | None
    seen: datetime | None


class RecordedMeanwhile(Exception):
    """A colleague recorded some of the units since they were looked at; nothing was written.

    Attributes:
        newest: the entry of each such unit, by the unit's key.
    """

    def __init__(self, newest: Mapping[int, TrainingProgress]) -> None:
        super().__init__(len(newest))
        self.newest = newest


@transaction.atomic
def record_training_sheet(
    programme: Any,
    entries: Sequence[TrainingEntry],
    *,
    on: date,
    known_at: datetime,
    acting: Member,
) -> int:
    """Add an entry for each of some units as of a day, all or none. Returns how many.

    Raises:
        NotAllowed, ValidationError.
        RecordedMeanwhile: something newer than what was seen is there.
    """
    require(acting, "adoption.training_record", programme)
    # Whoever saves the same units second waits here, and then sees what the first one wrote.
    known = selectors.training_entries_now(programme)
    list(TrainingProgress.objects.filter(pk__in=[each.pk for each in known.values()]).select_for_update())  # fmt: skip
    known = selectors.training_entries_now(programme)
    meanwhile = {
        entry.unit.pk: known[entry.unit.pk]
        for entry in entries
        if entry.unit.pk in known and known[entry.unit.pk].known_at != entry.seen
    }
    if meanwhile:
        raise RecordedMeanwhile(meanwhile)
    for entry in entries:
        progress = TrainingProgress(
            programme=programme,
            unit=entry.unit,
            required=entry.required,
            completed=entry.completed,
            planned_share=entry.planned_share,
            effective_on=on,
            known_at=known_at,
        )
        history.create(progress, acting=acting)
    return len(entries)
