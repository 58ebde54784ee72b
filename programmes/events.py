"""Facts other apps may listen for. Sent after commit, with `tenant_id` and `programme_id`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
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
