"""Progress of training: of one unit, of many at once without passing over what a colleague did meanwhile, and taken back."""

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
    """A colleague recorded some of the units since they were looked at, or took an entry back; nothing was written.

    Attributes:
        newest: the entry that counts for each such unit, by the unit's key; None where none is left.
    """

    def __init__(self, newest: Mapping[int, TrainingProgress | None]) -> None:
        super().__init__(len(newest))
        self.newest = newest


@transaction.atomic
def record_training(
    progress: TrainingProgress, *, known_at: datetime, acting: Member | None
) -> TrainingProgress:
    """Add what is known of a unit's training on a day; earlier entries stay.

    Raises:
        NotAllowed, ValidationError.
    """
    if acting is not None:
        require(acting, "adoption.training_record", progress.programme)
    progress.known_at = known_at
    return history.create(progress, acting=acting)


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
        RecordedMeanwhile: what was seen is not what counts now.
    """
    require(acting, "adoption.training_record", programme)
    # Whoever saves second waits here, and then sees what the first one wrote, also where there was nothing before.
    history.held(programme)
    known = selectors.training_entries_now(programme)
    meanwhile = {}
    for entry in entries:
        newest = known.get(entry.unit.pk)
        if (newest.known_at if newest else None) != entry.seen:
            meanwhile[entry.unit.pk] = newest
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


def withdraw_training(
    entries: Sequence[TrainingProgress], *, at: datetime, acting: Member | None
) -> list[TrainingProgress]:
    """Take entries back, those of them that still stand; days before keep saying what was known on them.

    Raises:
        NotAllowed.
        ValidationError: none of them stands any more.
    """
    _ask(acting, entries)
    return history.withdraw(entries, at=at, acting=acting)


@transaction.atomic
def restore_training(
    entries: Sequence[TrainingProgress], *, known_at: datetime, acting: Member | None
) -> list[TrainingProgress]:
    """Record entries again that were taken back, all or none: as new ones, so that days between stay as they were.

    Raises:
        NotAllowed.
        ValidationError: something recorded since says otherwise of the same day.
    """
    _ask(acting, entries)
    fresh = history.anew(entries)
    for each in fresh:
        each.known_at = known_at
        history.create(each, acting=acting)
    return fresh


def _ask(acting: Member | None, entries: Sequence[TrainingProgress]) -> None:
    if acting is not None:
        for programme in {each.programme for each in entries}:
            require(acting, "adoption.training_record", programme)
