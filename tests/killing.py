"""Killing a process of the portal in the middle of its work: at a lock that the test holds, not after some time."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
from django.db import connection

from tests.database import login
from tests.pmo_portal.embedded.starting import ROOT, clean_environment

# Longer than anything here takes: reached only where something is broken.
PATIENCE = 60


def kill_at(lock: str, code: str, *, superuser_url: str) -> None:
    """Run code of the portal in a process of its own, and kill it (SIGKILL) where it comes to rows that are locked.

    Returns once the database has noticed as well: only then is nothing held by the dead any more.

    Args:
        lock: a statement that locks rows the code comes to after its beginning.
        code: what the process does once Django is set up.
    """
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=ROOT,
        env=clean_environment(
            DJANGO_SETTINGS_MODULE="pmo_portal.settings",
            PMO_PROFILE="embedded",
            DATABASE_URL=login("pmo_worker", name),
            DATABASE_ERASER_URL=login("pmo_eraser", name),
        ),
        stderr=subprocess.PIPE,
        text=True,
    )
    with (
        psycopg.connect(superuser_url) as holder,
        psycopg.connect(superuser_url, autocommit=True) as watcher,
    ):
        try:
            holder.execute(lock.encode())
            waiting = _wait_for(lambda: _waits_for(holder, watcher), process)
        finally:
            process.send_signal(signal.SIGKILL)
            _out, said = process.communicate()
        assert process.returncode == -signal.SIGKILL, said
        # A session that waits for a lock does not see that nobody is there any more.
        holder.rollback()
        _wait_for(lambda: not _is_there(waiting, watcher))


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
