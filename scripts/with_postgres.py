#!/usr/bin/env python3
"""Run a command with DATABASE_URL set to a fresh server of an installed PostgreSQL.

    python scripts/with_postgres.py /usr/lib/postgresql/15/bin -- make test

The server lives in a temporary folder, asks for passwords, and is gone when the command ends.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pmo_portal.embedded import ports
from pmo_portal.embedded.bootstrap import with_database
from pmo_portal.embedded.postgres import answers
from pmo_portal.embedded.processes import Child, run_to_end, runs_as_root, unprivileged


def main(arguments: list[str]) -> int:
    if "--" not in arguments[1:]:
        sys.exit((__doc__ or "").strip())
    programs, command = Path(arguments[0]), arguments[2:]
    folder = Path(tempfile.mkdtemp(prefix="pmo-pg-", dir="/tmp"))
    password = secrets.token_urlsafe(16)
    (folder / "password").write_text(password)
    if runs_as_root():
        nobody = unprivileged()
        for path in (folder, folder / "password"):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    made = run_to_end(
        [
            programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=scram-sha-256",
            f"--pwfile={folder / 'password'}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        ],
        drop_root=True,
        folder=Path("/"),
    )  # fmt: skip
    if made.returncode:
        sys.exit(made.stderr)
    port = ports.choose(55432)
    server = Child(
        "PostgreSQL",
        [
            programs / "postgres", "-D", folder / "data", "-p", str(port),
            "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}",
            "-c", "fsync=off", "-c", "max_connections=80",
        ],
        log=folder.with_suffix(".log"),
        stop_with=signal.SIGINT,
        drop_root=True,
        folder=Path("/"),
    )  # fmt: skip
    url = f"postgres://postgres:{password}@127.0.0.1:{port}/portal"
    try:
        for _ in range(200):
            if server.has_ended() or answers(with_database(url, "postgres")):
                break
            time.sleep(0.1)
        if server.has_ended():
            sys.exit(server.last_words())
        # Not beside the secrets of somebody's own portal.
        data = folder.with_suffix(".data")
        environment = {**os.environ, "DATABASE_URL": url, "PMO_DATA": str(data)}
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        server.stop(within=10)
        for path in (folder, folder.with_suffix(".data")):
            shutil.rmtree(path, ignore_errors=True)
        folder.with_suffix(".log").unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
