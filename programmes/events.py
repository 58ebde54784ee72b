"""Facts other apps may listen for. Sent after commit, with `tenant_id` and `programme_id`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import Signal

programme_changed = Signal()
milestone_changed = Signal()
raid_item_changed = Signal()
status_reported = Signal()
budget_changed = Signal()


def announce(signal: Signal, *, tenant_id: Any, programme_id: int | None) -> None:
    """Send a signal once the running transaction has committed; listeners cannot undo the write."""
    transaction.on_commit(
        lambda: signal.send_robust(sender=None, tenant_id=tenant_id, programme_id=programme_id)
    )


def announce_returns(event_of: Mapping[type, Signal]) -> None:
    """Undo of a removal goes past the services of an app; the figures above must hear of it."""

    def announce_return(
        sender: type, instance: Any, update_fields: frozenset[str] | None = None, **kwargs: Any
    ) -> None:
        if update_fields and "deleted_at" in update_fields:
            programme_id = getattr(instance, "programme_id", instance.pk)
            announce(event_of[sender], tenant_id=instance.tenant_id, programme_id=programme_id)

    for model in event_of:
        post_save.connect(announce_return, sender=model, weak=False)
