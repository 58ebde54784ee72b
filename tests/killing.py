"""Holding or killing a process of the portal in the middle of its work: at a lock that the test holds, not after some time."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import connection

from tests.database import login
from tests.pmo_portal.embedded.starting import ROOT, clean_environment

# Longer than anything here takes: reached only where something is broken.
PATIENCE = 60


@dataclass(frozen=True)
class Held:
    """A process that waits for a lock of the test."""

    process: subprocess.Popen[str]
    session: int
    _holder: psycopg.Connection
    _watcher: psycopg.Connection

    def kill(self) -> None:
        """End it by SIGKILL, and return once the database has noticed: only then is nothing held by the dead any more."""
        self.process.send_signal(signal.SIGKILL)
        _out, said = self.process.communicate()
        assert self.process.returncode == -signal.SIGKILL, said
        # A session that waits for a lock does not see that nobody is there any more.
        self._holder.rollback()
        _wait_for(lambda: not _is_there(self.session, self._watcher))

    def let_go(self) -> None:
        """Give the lock back, and return once the process has come to its end."""
        assert _waits_for(self._holder, self._watcher) == self.session, "It did not wait so long."
        self._holder.rollback()
        _out, said = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, said


@contextmanager
def held_at(lock: str, code: str, *, superuser_url: str) -> Iterator[Held]:
    """Run code of the portal in a process of its own, until it comes to what is locked.

    Args:
        lock: a statement that locks what the code comes to after its beginning.
        code: what the process does once Django is set up.
    """
    name = connection.settings_dict["NAME"]
    with (
        psycopg.connect(superuser_url) as holder,
        psycopg.connect(superuser_url, autocommit=True) as watcher,
    ):
        holder.execute(lock.encode())
        process = subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            cwd=ROOT,
            env=clean_environment(
                DJANGO_SETTINGS_MODULE="pmo_portal.settings",
                PMO_PROFILE="embedded",
                DATABASE_URL=login("pmo_worker", name),
                DATABASE_ERASER_URL=login("pmo_eraser", name),
                # It waits for as long as the test holds the lock.
                PGOPTIONS="-c lock_timeout=0 -c statement_timeout=0",
            ),
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            session = _wait_for(lambda: _waits_for(holder, watcher), process)
            yield Held(process, session, holder, watcher)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()


def kill_at(lock: str, code: str, *, superuser_url: str) -> None:
    """Run code as `held_at` does, and kill it where it comes to what is locked."""
    with held_at(lock, code, superuser_url=superuser_url) as held:
        held.kill()


def _waits_for(holder: psycopg.Connection, watcher: psycopg.Connection) -> int:
    """The session that waits for the holder; 0 where none does."""
    found = watcher.execute(
        "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))",
        [holder.info.backend_pid],
    ).fetchone()
    return found[0] if found else 0


def _is_there(pid: int, watcher: psycopg.Connection) -> bool:
    found = watcher.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    return found is not None


def _wait_for(found: Callable[[], int], process: subprocess.Popen[str] | None = None) -> int:
    end = time.monotonic() + PATIENCE
    while not (it := found()):
        assert process is None or process.poll() is None, "It ended before it came to the lock."
        assert time.monotonic() < end, "Nothing came to the lock, or the lock outlived the process."
        time.sleep(0.02)
    return it
