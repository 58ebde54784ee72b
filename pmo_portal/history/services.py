"""The four writes every record knows: create, revise, remove, restore.

They take care of the version, the audit context and the validation; apps add what is their own. Creating
and revising are the same for the ground's own tables and live in `common.editing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.accounts.members import Member
from pmo_portal.common.editing import (
    EditConflict,
    Gone,
    action_of,
    check,
    create,
    held,
    revise,
    user_id_of,
)
from pmo_portal.common.tracking import acting_as

from .models import Record, WithdrawableFact

__all__ = [
    "EditConflict",
    "FieldClash",
    "Gone",
    "anew",
    "bring_back",
    "bring_back_with",
    "create",
    "held",
    "links_changed",
    "purge",
    "record_models",
    "remove",
    "restore",
    "revise",
    "user_id_of",
    "withdraw",
]

R = TypeVar("R", bound=models.Model)
F = TypeVar("F", bound=WithdrawableFact)


def links_changed(record: models.Model, *, since: int, acting: Member | None) -> None:
    """Raise the version of a revised record whose links differ, where its own fields have not done so since.

    Whoever has it open still has to see the other links before they save theirs. The record is held already.
    """
    current: Any = record
    if current.version != since:
        return
    with acting_as(user_id=user_id_of(acting), action=action_of("revise", record)):
        current.version += 1
        current.save(update_fields=["version"])


# What a page of a conflict says of a field that only the other person changed.
NOT_CHANGED = gettext_lazy("Not changed by you")


@dataclass
class FieldClash:
    """One field as three people see it, in words.

    Attributes:
        values: base, mine and theirs as they are compared, where words may hide a difference.
        is_link: it stands in another table, and a form that was sent keeps what it says of it.
    """

    name: str
    label: str
    base: Any
    mine: Any
    theirs: Any
    values: tuple[Any, Any, Any] | None = None
    is_link: bool = False

    @property
    def differs(self) -> bool:
        _base, mine, theirs = self._compared
        return bool(mine != theirs)

    @property
    def is_theirs_alone(self) -> bool:
        base, mine, theirs = self._compared
        return bool(mine == base != theirs)

    @property
    def _compared(self) -> tuple[Any, Any, Any]:
        return self.values or (self.base, self.mine, self.theirs)


@transaction.atomic
def remove(record: R, *, at: datetime, acting: Member | None, action: str = "") -> R:
    """Hide a record; `restore` brings it back for 30 days. What somebody else removed meanwhile stays as they left it."""
    model: Any = type(record)
    # Versions are counted from what stands, or two of them would bear one number.
    standing = model.all_objects.select_for_update(of=("self",)).get(pk=record.pk)
    record.version = standing.version  # type: ignore[attr-defined]
    if standing.deleted_at is not None:
        record.deleted_at = standing.deleted_at  # type: ignore[attr-defined]
        return record
    with acting_as(user_id=user_id_of(acting), action=action or action_of("remove", record)):
        record.deleted_at = at  # type: ignore[attr-defined]
        record.version += 1  # type: ignore[attr-defined]
        record.save(update_fields=["deleted_at", "version"])
    return record


@transaction.atomic
def restore(
    record: R,
    *,
    acting: Member | None,
    action: str = "",
    changes: Mapping[str, Any] | None = None,
) -> R:
    """Bring a deleted record back; `changes` are what it does not come back with.

    Raises:
        ValidationError: something else took its place meanwhile.
    """
    given = {"deleted_at": None, **(changes or {})}
    with acting_as(user_id=user_id_of(acting), action=action or action_of("restore", record)):
        for name, value in given.items():
            setattr(record, name, value)
        record.version += 1  # type: ignore[attr-defined]
        check(record)
        record.save(update_fields=[*given, "version"])
    return record


@transaction.atomic
def withdraw(facts: Sequence[F], *, at: datetime, acting: Member | None) -> list[F]:
    """Take facts of one kind back, those of them that still stand: from `at` on they are not known any more.

    Days before keep saying what was known on them, so nothing else of a fact is touched.

    Raises:
        ValidationError: none of them stands any more.
    """
    if not facts:
        return []
    model: Any = type(facts[0])
    standing = list(
        model.objects.standing()
        .filter(pk__in=[each.pk for each in facts])
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not standing:
        raise ValidationError(_("Somebody took it back already."))
    with acting_as(user_id=user_id_of(acting), action=action_of("withdraw", standing[0])):
        for each in standing:
            each.withdrawn_at = at
            each.withdrawn_by = acting.person if acting else None
            each.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return standing


def anew(facts: Sequence[F]) -> list[F]:
    """Copies of facts of one kind that were taken back, to be recorded again. Asked inside a transaction.

    Raises:
        ValidationError: one of them stands, or something recorded since says otherwise of the same day.
    """
    model: Any = type(facts[0])
    rows = model.objects.filter(pk__in=[each.pk for each in facts]).order_by("pk")
    # Whoever brings the same back second waits here, and then sees what the first one wrote.
    list(rows.select_for_update(of=("self",)))
    found = list(rows.with_later_words())
    if any(each.withdrawn_at is None or each.has_later_word for each in found):
        raise ValidationError(
            _("Something newer is recorded for the same day, and the latest entry counts.")
        )
    for each in found:
        each.pk, each.withdrawn_at, each.withdrawn_by = None, None, None
        each._state.adding = True
    return found


PutBack = Callable[..., Any]

_put_back: dict[type[models.Model], PutBack] = {}
_bring_back: dict[type[models.Model], PutBack] = {}


def bring_back_with(model: type[models.Model], function: PutBack) -> None:
    """Say how a removed record comes back where other records have a say in it.

    `function(record, acting=...)` asks its rules and refuses as for a new one.
    """
    _bring_back[model] = function


def bring_back(record: R, *, acting: Member) -> R:
    """Undo the removal of a record.

    Raises:
        ValidationError: something else took its place meanwhile.
    """
    back: R = _bring_back.get(type(record), restore)(record, acting=acting)
    return back


def put_back_with(model: type[models.Model], function: PutBack) -> None:
    """Say how an earlier version of a record is put back where more hangs on a change than its own row.

    `function(record, changes=..., acting=..., note=...)` asks its rules and writes its facts as for any
    other change; `note` says which version came back.
    """
    _put_back[model] = function


def put_back(record: R, *, changes: Mapping[str, Any], version: int, acting: Member) -> R:
    """Give a record the values of an earlier version, as a new version.

    Raises:
        ValidationError: the values do not hold any more.
        NotAllowed: they belong to the other function.
    """
    note = _("Version %(version)s put back") % {"version": version}
    function = _put_back.get(type(record))
    if function is not None:
        return function(record, changes=changes, acting=acting, note=note)  # type: ignore[no-any-return]
    return revise(record, changes=changes, acting=acting, action=f"restore version {version}")


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
