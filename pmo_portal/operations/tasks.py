from __future__ import annotations

import time

from celery import shared_task

from pmo_portal.common import clock

from . import erasing, selectors

# Well below the limit of a task; what is left is gone on with a minute later.
SECONDS_AT_ONCE = 180


@shared_task(ignore_result=True)
def erase_due() -> int:
    """Every minute: begin the erasures that are due, and go on with those that were cut off.

    Outside of every organisation, harmless when two run at once. Returns how many came to their end.
    """
    end = time.monotonic() + SECONDS_AT_ONCE
    ended = 0
    for erasure in selectors.due_erasures(at=clock.now()):
        state = erasing.go_on(erasure, at=clock.now(), enough=lambda: time.monotonic() > end)
        ended += state == erasing.ErasureState.ERASED
        if time.monotonic() > end:
            break
    return ended
