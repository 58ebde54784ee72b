"""Reads the audit trail of one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from pmo_portal.common.money import format_total

from .differences import Piece, pieces

R = TypeVar("R", bound=models.Model)

# Kept by the machinery, of no interest to readers.
_SILENT = frozenset({"id", "tenant", "version", "created_at", "deleted_at", "number", "path"})


@dataclass(frozen=True)
class FieldChange:
    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Entry:
    """One saved version: when, who, what was done, which fields changed, and of which record (in words)."""

    version: int
    at: datetime
    who: str
    action: str
    changes: list[FieldChange]
    is_current: bool
    of: str = ""


def event_model(model: type[models.Model]) -> Any:
    return model.pgh_event_model  # type: ignore[attr-defined]


def edited_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields people edit, in the order of the model or of its `edited_fields`."""
    wanted = getattr(model, "edited_fields", ()) or [
        field.name for field in model._meta.concrete_fields if field.name not in _SILENT
    ]
    tracked = {field.name for field in event_model(model)._meta.concrete_fields}
    return [model._meta.get_field(name) for name in wanted if name in tracked]  # type: ignore[misc]


def trail(record: models.Model) -> list[Entry]:
    """Every version of a record, newest first, with readable differences."""
    model = type(record)
    events = list(event_model(model).objects.filter(pgh_obj_id=record.pk).order_by("pgh_id"))
    return _entries(model, events)


def told_with(record: Any) -> list[Entry]:
    """Every version of what belongs to a record and has no page of its own, newest first."""
    found: list[Entry] = []
    for name in getattr(record, "told_with", ()):
        relation = type(record)._meta.get_field(name)
        model, owner = relation.related_model, relation.field
        events = event_model(model).objects.filter(**{owner.attname: record.pk})
        # Also those that were removed: their past stays told, by its own words where the row is gone.
        related = [field.name for field in edited_fields(model) if field.is_relation]
        parts = model._base_manager.filter(**{owner.name: record}).select_related(*related)
        found += _entries(
            model, list(events.order_by("pgh_id")), {part.pk: str(part) for part in parts}
        )
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _entries(
    model: type[models.Model], events: list[Any], of: Mapping[Any, str] | None = None
) -> list[Entry]:
    """Events in the order they were kept as versions, newest first; each is compared with the one of its record before."""
    fields = edited_fields(model)
    names = _Names(fields, events)
    users = _users(events)
    last = {event.pgh_obj_id: event for event in events}
    entries: list[Entry] = []
    before: dict[Any, Any] = {}
    for event in events:
        changes = []
        earlier = before.get(event.pgh_obj_id)
        for field in fields:
            old = names.words(field, earlier) if earlier is not None else ""
            new = names.words(field, event)
            if old != new:
                changes.append(FieldChange(_capitalised(field.verbose_name), pieces(old, new)))
        context = event.pgh_context or {}
        entries.append(
            Entry(
                version=event.version,
                at=event.pgh_created_at,
                who=users.get(context.get("user"), _("the portal")),
                action=context.get("action") or _unsaid(event.pgh_label),
                changes=changes,
                is_current=event is last[event.pgh_obj_id],
                of="" if of is None else of.get(event.pgh_obj_id) or names.first(event),
            )
        )
        before[event.pgh_obj_id] = event
    entries.reverse()
    return entries


def _unsaid(label: str) -> str:
    """What is said of an event nobody gave a word for: the triggers know only what they did to a row."""
    words = {"insert": _("set up"), "update": _("changed"), "delete": _("removed")}
    return words.get(label, label)


def values_at(record: models.Model, version: int) -> dict[str, Any] | None:
    """The edited fields as they stood in a version (foreign keys as ids), or None if there is none."""
    model = type(record)
    event = (
        event_model(model)
        .objects.filter(pgh_obj_id=record.pk, version=version)
        .order_by("-pgh_id")
        .first()
    )
    if event is None:
        return None
    return {field.attname: getattr(event, field.attname) for field in edited_fields(model)}


def as_they_stood(records: Iterable[R], until: datetime) -> list[R]:
    """The records with the values people edit as they stood at a moment; what was said first holds for all before.

    One statement, and none where nothing was ever edited.
    """
    found = list(records)
    edited = {record.pk: record for record in found if record.version > 1}  # type: ignore[attr-defined]
    if not edited:
        return found
    model = type(next(iter(edited.values())))
    events = event_model(model).objects.filter(pgh_obj_id__in=edited).order_by("pgh_id")
    then: dict[Any, Any] = {}
    for event in events:
        if event.pgh_created_at <= until or event.pgh_obj_id not in then:
            then[event.pgh_obj_id] = event
    for pk, event in then.items():
        for field in edited_fields(model):
            setattr(edited[pk], field.attname, getattr(event, field.attname))
    return found


def in_words(field: Any, value: Any) -> str:
    """A value of a field as people read it."""
    if value is None or value == "":
        return ""
    if field.is_relation:
        return str(value)
    if field.name in getattr(field.model, "money_fields", ()):
        return format_total(value, "").replace(" ", "")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "j M Y, H:i")
    if isinstance(value, date):
        return formats.date_format(value, "j M Y")
    if isinstance(value, (list, tuple)):
        base = getattr(field, "base_field", None)
        labels = dict(base.flatchoices) if base is not None and base.choices else {}
        return ", ".join(str(labels.get(part, part)) for part in value)
    return str(value)


class _Names:
    """Foreign keys of many events in words, with one query for each field."""

    def __init__(self, fields: list[Any], events: list[Any]) -> None:
        self._fields = fields
        self._by_field: dict[str, dict[Any, str]] = {}
        for field in fields:
            if not field.is_relation:
                continue
            ids = {getattr(event, field.attname) for event in events} - {None}
            found = field.related_model._base_manager.in_bulk(list(ids)) if ids else {}
            self._by_field[field.name] = {pk: str(obj) for pk, obj in found.items()}

    def words(self, field: Any, event: Any) -> str:
        value = getattr(event, field.attname)
        if field.is_relation:
            return self._by_field[field.name].get(value, "") if value is not None else ""
        return in_words(field, value)

    def first(self, event: Any) -> str:
        """The first that an event has words for."""
        return next(filter(None, (self.words(field, event) for field in self._fields)), "")


def _users(events: list[Any]) -> dict[Any, str]:
    ids: set[Any] = {(event.pgh_context or {}).get("user") for event in events} - {None}
    return {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=ids)}


def _capitalised(text: Any) -> str:
    words = str(text)
    return words[:1].upper() + words[1:]
