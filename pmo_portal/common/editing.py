"""Two people, one record: writes that carry the version they were opened with.

The ground's own pages (members, units, people, thresholds) and the records of every app use the same two
functions; `history` adds deleting and getting back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet

from .about import fields_of
from .known_days import check_day
from .tracking import acting_as

R = TypeVar("R", bound=models.Model)


class Acting(Protocol):
    """Whoever acts: a member in practice. None stands for the portal itself."""

    @property
    def user(self) -> Any: ...


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


def user_id_of(acting: Acting | None) -> int | None:
    return acting.user.pk if acting else None


def action_of(verb: str, record: models.Model) -> str:
    return f"{verb} {record._meta.verbose_name}"


def check(record: models.Model) -> None:
    """Validate fields first, then every constraint of the table, those that start with the tenant too.

    Raises:
        ValidationError: with the fields it speaks of.
    """
    take_tenant = getattr(record, "take_tenant", None)
    if take_tenant is not None:
        take_tenant()
    record.full_clean(exclude=["tenant"], validate_constraints=False)
    _check_days(record)
    record.validate_constraints()


def _check_days(record: models.Model) -> None:
    """Every day of a record, whoever writes it: a form, an import, an earlier version put back."""
    wrong = {}
    for field in record._meta.concrete_fields:
        if field.get_internal_type() != "DateField" or getattr(record, field.attname) is None:
            continue
        try:
            check_day(getattr(record, field.attname))
        except ValidationError as refusal:
            wrong[field.name] = refusal
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def create(record: R, *, acting: Acting | None, action: str = "") -> R:
    """Validate and save a new record.

    Raises:
        ValidationError: a field or constraint does not hold.
    """
    with acting_as(user_id=user_id_of(acting), action=action or action_of("create", record)):
        check(record)
        record.save(force_insert=True)
    return record


def held(record: R) -> R:
    """The record as it stands now, locked until the transaction ends.

    Raises:
        Gone: somebody deleted it.
    """
    model: Any = type(record)
    manager = getattr(model, "all_objects", model._default_manager)
    current: Any = manager.select_for_update(of=("self",)).get(pk=record.pk)
    if getattr(current, "deleted_at", None) is not None:
        raise Gone(current)
    return current  # type: ignore[no-any-return]


@transaction.atomic
def revise(
    record: R,
    *,
    changes: Mapping[str, Any],
    version: int | None = None,
    acting: Acting | None,
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
    current: Any = held(record)
    if current.version != version:
        raise EditConflict(current, changes, version)
    changed = {name: value for name, value in changes.items() if getattr(current, name) != value}
    if not changed:
        return current  # type: ignore[no-any-return]
    for name, value in changed.items():
        setattr(current, name, value)
    current.version = version + 1
    with acting_as(user_id=user_id_of(acting), action=action or action_of("revise", record)):
        check(current)
        current.save(update_fields=[*changed, "version"])
    return current  # type: ignore[no-any-return]


class Refusing(forms.BaseForm):
    """A form that shows every refusal at the field a person would change first.

    Forms, records, constraints and services all say by a key or by `about` which field that is. Only what concerns no
    field of the form stands above it without one.

    Attributes:
        asked_as: fields of the form by the names that records and services have for them, where they differ.
    """

    asked_as: Mapping[str, str] = {}

    def full_clean(self) -> None:
        """As any form, and every day it asks for is one that pages can show."""
        for field in self.fields.values():
            if isinstance(field, forms.DateField) and check_day not in field.validators:
                field.validators.append(check_day)
        super().full_clean()

    def refuse(self, refusal: ValidationError) -> None:
        """Show what a service refused."""
        self.add_error(None, refusal)

    def add_error(self, field: str | None, error: Any) -> None:
        if field is not None:
            super().add_error(field, error)
            return
        refusal = error if isinstance(error, ValidationError) else ValidationError(error)
        for name, each in self._placed(refusal):
            super().add_error(name, each)

    def _placed(self, refusal: ValidationError) -> Iterator[tuple[str | None, ValidationError]]:
        """Each error with the field it stands at; none where the form asks for nothing it is about."""
        for name, errors in refusal.update_error_dict({}).items():
            for each in errors:
                named = (name, *fields_of(each))
                asked = (self.asked_as.get(said, said) for said in named)
                yield next((said for said in asked if said in self.fields), None), each


def with_chosen(choices: QuerySet[Any], kept: Iterable[int | None]) -> QuerySet[Any]:
    """What is offered, and what is chosen now though it would not be offered any more.

    Whoever left, a unit that was retired and a record that was removed stay in what was said until
    somebody chooses another: who corrects a date must not take them away.
    """
    numbers = [pk for pk in kept if pk]
    if not numbers:
        return choices
    everything = getattr(choices.model, "all_objects", choices.model._default_manager)
    return choices | everything.filter(pk__in=numbers)


def same_lines(one: Any, other: Any) -> bool:
    """Whether two texts differ in nothing but how their lines end: browsers send other ends than files have."""
    both = isinstance(one, str) and isinstance(other, str)
    return both and one.splitlines() == other.splitlines()


class RecordForm(Refusing, forms.ModelForm):  # type: ignore[type-arg]
    """A model form that never saves: services do.

    For a new record read `instance` after `is_valid()`; for an existing one `changes` and `version`.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
            self.fields["version"].required = True
        else:
            del self.fields["version"]

    def offer(self, name: str, choices: QuerySet[Any]) -> None:
        """Let people choose among records; of an existing record also what is chosen now (`initial`)."""
        chosen = self.initial.get(name) if self.instance.pk else None
        kept = chosen if isinstance(chosen, list) else [chosen]
        field: Any = self.fields[name]
        field.queryset = with_chosen(choices, kept)

    @property
    def opened_version(self) -> int:
        return int(self.cleaned_data["version"])

    @property
    def changes(self) -> dict[str, Any]:
        """The cleaned values of model fields; what a form adds for itself is left to its view."""
        names = {field.name for field in self.instance._meta.concrete_fields} - {"version"}
        sent = {name: value for name, value in self.cleaned_data.items() if name in names}
        before = {name: self.initial.get(name) for name in sent}
        return {
            name: before[name] if same_lines(before[name], value) else value
            for name, value in sent.items()
        }

    def save(self, commit: bool = True) -> Any:
        raise TypeError("Records are saved by services: pass `instance` or `changes` to one.")
