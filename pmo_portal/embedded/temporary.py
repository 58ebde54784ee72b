"""A database for one run: made, migrated, and taken away again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .data import DataFolder, Unusable
from .logins import Logins, embedded_logins
from .postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def temporary_database() -> Iterator[Logins]:
    """A server of one's own with an empty, migrated database; it gives up safety against power cuts.

    Raises:
        Unusable: the server does not start, or a migration fails.
    """
    folder = Path(tempfile.mkdtemp(prefix="pmo-run-"))
    data = DataFolder(folder)
    data.prepare()
    server = PostgresServer(data, lasting=False)
    try:
        server.start()
        logins = embedded_logins(server)
        migrate(logins.owner)
        yield logins
    finally:
        server.stop(within=20)
        shutil.rmtree(folder, ignore_errors=True)


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
