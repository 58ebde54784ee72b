"""Leaving a server alone for a while after it did not answer, so that not every call waits for it anew."""

from __future__ import annotations

import time
from threading import Lock

LEFT_ALONE_SECONDS = 5.0


class Circuit:
    """Whether a server is to be asked now, for all threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._not_before: float | None = None

    def lets_ask(self) -> bool:
        """True while the server answers; after it did not, for one caller every few seconds."""
        with self._lock:
            if self._not_before is None:
                return True
            now = time.monotonic()
            if now < self._not_before:
                return False
            self._not_before = now + LEFT_ALONE_SECONDS
            return True

    def failed(self) -> None:
        with self._lock:
            self._not_before = time.monotonic() + LEFT_ALONE_SECONDS

    def answered(self) -> bool:
        """Note that it answered; true where it had not before."""
        with self._lock:
            was_silent, self._not_before = self._not_before is not None, None
            return was_silent
