"""A database for one run: made, migrated, and taken away again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg
from psycopg import sql

from .data import DataFolder, Unusable
from .logins import Logins, embedded_logins
from .postgres import PostgresServer

# Nobody waits for what one run keeps: it may compute for as long as it needs between two statements.
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def temporary_database() -> Iterator[Logins]:
    """A server of one's own with an empty, migrated database; it gives up safety against power cuts and time limits.

    Server and folder go when the block ends, also where somebody ends the process or closes its terminal.

    Raises:
        Unusable: the server does not start, or a migration fails.
        KeyboardInterrupt: somebody ended the process; also where that made something fail on the way out, such as a
            statement on a connection that was interrupted in the middle of another.
    """
    interrupted = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    folder = Path(tempfile.mkdtemp(prefix="pmo-run-"))
    try:
        data = DataFolder(folder)
        data.prepare()
        server = PostgresServer(data, lasting=False)
        try:
            server.start()
            logins = embedded_logins(server)
            migrate(logins.owner)
            _lift_limits(logins)
            yield logins
        except BaseException:
            if interrupted:
                raise KeyboardInterrupt from None
            raise
        finally:
            server.stop(within=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lift_limits(logins: Logins) -> None:
    with psycopg.connect(logins.superuser, autocommit=True) as connection:
        for limit in LIMITS:
            connection.execute(
                sql.SQL("ALTER ROLE pmo_worker SET {} = 0").format(sql.Identifier(limit))
            )


def migrate(owner: str) -> None:
    """Bring a database up to date, as its owner.

    Raises:
        Unusable: with what was said.
    """
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": owner,
            "DATABASE_OWNER_URL": owner,
            "PMO_PROFILE": "embedded",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unusable(f"The migrations failed:\n{done.stdout}{done.stderr}")
