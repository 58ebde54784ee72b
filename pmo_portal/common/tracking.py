"""Which tables keep an audit trail, declared once.

Row triggers write the trail in the same transaction as the change, so they see bulk updates and raw
SQL too. The context (who, which request, which action) is kept in the event row itself: a separate
context table would be readable across tenants.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, TypeVar

import pghistory
from django.db import models

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


def tracked(*, exclude: tuple[str, ...] = (), by_time: str = "") -> Any:
    """Class decorator: keep every insert, update and delete of this table in its event table.

    Args:
        exclude: names of fields that must not reach the trail (search columns, secrets).
        by_time: the name of an index for asking what was written since a moment, where somebody does.
    """
    index = models.Index(fields=["tenant", "pgh_created_at"], name=by_time) if by_time else None
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        meta={"indexes": [index]} if index else None,
        context_field=pghistory.ContextJSONField(),
        context_id_field=pghistory.ContextUUIDField(),
    )


def last_called(model: Any, **code: str) -> Any:
    """The key of the record that had a code last, by the trail; None where none ever had."""
    events = model.pgh_event_model.objects.filter(**code).order_by("-pgh_id")
    return events.values_list("pgh_obj_id", flat=True).first()


def acting_as(*, user_id: int | None, action: str, **extra: Any) -> AbstractContextManager[Any]:
    """Name who does what for every event written inside; contexts nest and the inner action wins."""
    return pghistory.context(user=user_id, action=action, **extra)
