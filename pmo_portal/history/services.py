"""The four writes every record knows: create, revise, remove, restore.

They take care of the version, the audit context and the validation; apps add what is their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.db import models, transaction

from pmo_portal.accounts.members import Member
from pmo_portal.common.tracking import acting_as

from .models import Record

R = TypeVar("R", bound=models.Model)


@dataclass
class FieldClash:
    """One field as three people see it."""

    name: str
    label: str
    base: Any
    mine: Any
    theirs: Any

    @property
    def differs(self) -> bool:
        return bool(self.mine != self.theirs)


class EditConflict(Exception):
    """Somebody else saved the record since the form was opened. Nothing was written.

    Attributes:
        record: as it stands now.
        changes: what this person wanted to save.
        version: the version their form was opened with.
    """

    def __init__(self, record: Any, changes: Mapping[str, Any], version: int) -> None:
        super().__init__("The record was changed meanwhile.")
        self.record, self.changes, self.version = record, dict(changes), version


class Gone(Exception):
    """The record was deleted since the form was opened. Nothing was written."""

    def __init__(self, record: Any) -> None:
        super().__init__("The record was deleted meanwhile.")
        self.record = record


def user_id_of(acting: Member | None) -> int | None:
    return acting.user.pk if acting else None


@transaction.atomic
def create(record: R, *, acting: Member | None, action: str = "") -> R:
    """Validate and save a new record.

    Raises:
        ValidationError: a field or constraint does not hold.
    """
    with acting_as(user_id=user_id_of(acting), action=action or _action("create", record)):
        record.full_clean(exclude=["tenant"])
        record.save(force_insert=True)
    return record


@transaction.atomic
def revise(
    record: R,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Member | None,
    action: str = "",
) -> R:
    """Apply changes to a record if nobody saved it since `version`; one statement decides.

    `version=None` takes the record as it was loaded by the caller. A revision that changes nothing
    writes nothing.

    Raises:
        EditConflict: somebody saved a newer version.
        Gone: somebody deleted it.
        ValidationError: a field or constraint does not hold.
    """
    version = version if version is not None else record.version  # type: ignore[attr-defined]
    model = type(record)
    manager: Any = getattr(model, "all_objects", model._default_manager)
    current = manager.select_for_update(of=("self",)).get(pk=record.pk)
    if getattr(current, "deleted_at", None) is not None:
        raise Gone(current)
    if current.version != version:
        raise EditConflict(current, changes, version)
    changed = {name: value for name, value in changes.items() if getattr(current, name) != value}
    if not changed:
        return current  # type: ignore[no-any-return]
    for name, value in changed.items():
        setattr(current, name, value)
    current.version = version + 1
    with acting_as(user_id=user_id_of(acting), action=action or _action("revise", record)):
        current.full_clean(exclude=["tenant"])
        current.save(update_fields=[*changed, "version"])
    return current  # type: ignore[no-any-return]


@transaction.atomic
def remove(record: R, *, at: datetime, acting: Member | None, action: str = "") -> R:
    """Hide a record; `restore` brings it back for 30 days."""
    with acting_as(user_id=user_id_of(acting), action=action or _action("remove", record)):
        record.deleted_at = at  # type: ignore[attr-defined]
        record.version += 1  # type: ignore[attr-defined]
        record.save(update_fields=["deleted_at", "version"])
    return record


@transaction.atomic
def restore(record: R, *, acting: Member | None, action: str = "") -> R:
    """Bring a deleted record back.

    Raises:
        ValidationError: something else took its place meanwhile.
    """
    with acting_as(user_id=user_id_of(acting), action=action or _action("restore", record)):
        record.deleted_at = None  # type: ignore[attr-defined]
        record.version += 1  # type: ignore[attr-defined]
        record.full_clean(exclude=["tenant"])
        record.save(update_fields=["deleted_at", "version"])
    return record


UNDO_FOR = timedelta(days=30)


def record_models() -> list[type[Record]]:
    """Every table of records there is."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


@transaction.atomic
def purge(*, at: datetime) -> dict[str, int]:
    """Remove for good what was deleted more than 30 days ago. Returns how many rows of which table.

    A record that something alive still points at is kept until that is gone as well.
    """
    removed: dict[str, int] = {}
    for model in record_models():
        for record in model.all_objects.filter(deleted_at__lt=at - UNDO_FOR):
            try:
                with transaction.atomic(), acting_as(user_id=None, action="purge"):
                    record.delete()
            except models.ProtectedError:
                continue
            label = model._meta.label
            removed[label] = removed.get(label, 0) + 1
    return removed


def _action(verb: str, record: models.Model) -> str:
    return f"{verb} {record._meta.verbose_name}"
