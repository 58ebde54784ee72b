"""The folder that holds everything of an embedded portal: database, secrets, uploads, logs."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Less than this and PostgreSQL would stop in the middle of something.
LEAST_FREE_BYTES = 300 * 1024 * 1024
# Below this a running portal stops by itself, while there is room to stop well.
LEAST_FREE_BYTES_RUNNING = 48 * 1024 * 1024
# What the portal writes into its folder; `reset` deletes these and nothing else.
CONTENTS = (
    "postgres", "postgres-program", "run", "redis", "broker", "beat", "logs", "files",
    "run.json", "secrets.json", "demo.json",
)  # fmt: skip
_SYNCHRONISED = ("dropbox", "onedrive", "google drive", "icloud", "nextcloud", "mobile documents")
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "sshfs", "fuse.sshfs", "afs", "9p", "davfs"}


class Unusable(Exception):
    """Something about this machine keeps the portal from running; the text is for people."""


def default_folder() -> Path:
    """`PMO_DATA`, or the place where this system keeps a user's data."""
    chosen = os.environ.get("PMO_DATA")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        # PostgreSQL does not run as root, and nobody else may enter root's home.
        return Path("/var/lib/pmo-portal")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "pmo-portal"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "pmo-portal"


class DataFolder:
    """Made on first use, private to whoever made it."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def prepare(self) -> None:
        """Make the folder and find out what would go wrong later.

        Raises:
            Unusable: read-only, full, on a network or synchronised, or not ours.
        """
        self._refuse_shared_places()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # As root the database runs as another user, who must be able to pass through.
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for name in ("logs", "files"):
                self.subfolder(name)
            probe = self / "probe"
            probe.write_bytes(b"x" * 8192)
            probe.unlink()
        except OSError as error:
            raise Unusable(self._explain(error)) from error
        free = shutil.disk_usage(self.path).free
        if free < LEAST_FREE_BYTES:
            raise Unusable(
                f"The disk of {self.path} is full: {free // 2**20} MB are free and the portal needs"
                f" {LEAST_FREE_BYTES // 2**20} MB. Free some space, or choose another folder with"
                " --data."
            )

    def subfolder(self, name: str) -> Path:
        folder = self / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        return folder

    def _refuse_shared_places(self) -> None:
        lowered = str(self.path).lower()
        if any(name in lowered for name in _SYNCHRONISED):
            raise Unusable(
                f"{self.path} looks synchronised with other machines, which damages a running"
                " database. Choose a folder on this machine with --data."
            )
        if _file_system_of(self.path) in _NETWORK:
            raise Unusable(
                f"{self.path} is on a network drive, where a database is not safe. Choose a folder on"
                " this machine with --data."
            )

    def _explain(self, error: OSError) -> str:
        where = f"the data folder {self.path}"
        if error.errno == errno.EROFS:
            reason = f"{where} is on a read-only disk"
        elif error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = f"the disk of {where} is full"
        elif error.errno in (errno.EACCES, errno.EPERM):
            reason = f"{where} belongs to somebody else or is read-only"
        else:
            reason = f"{where} cannot be used ({error.strerror})"
        return f"Nothing was started: {reason}. Choose another folder with --data."

    # --- Secrets ---

    def secret(self, name: str) -> str:
        """A secret of this folder, made on first use and kept in a file only the owner reads."""
        known = self._read_json("secrets.json")
        if name not in known:
            known[name] = secrets.token_urlsafe(32)
            self.write_json("secrets.json", known)
        return str(known[name])

    def _read_json(self, name: str) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads((self / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return content

    def write_json(self, name: str, content: dict[str, Any]) -> None:
        """Whole or not at all, readable by the owner only."""
        beside = self / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file)
        beside.replace(self / name)

    def running(self) -> dict[str, Any]:
        """What the portal that holds the lock says of itself; empty when nothing is known."""
        return self._read_json("run.json")

    # --- Locks: they end with the process, so they are never stale ---

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process is now the one that runs servers on this folder."""
        with self._locked("up.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as held:
            yield held

    @contextlib.contextmanager
    def as_guest(self) -> Iterator[bool]:
        """Keep a server that a command started from stopping while this command uses it."""
        with self._locked("guests.lock", fcntl.LOCK_SH) as held:
            yield held

    @contextlib.contextmanager
    def without_guests(self) -> Iterator[bool]:
        """Wait until no other command uses the server this one started."""
        with self._locked("guests.lock", fcntl.LOCK_EX) as held:
            yield held

    @contextlib.contextmanager
    def _locked(self, name: str, operation: int) -> Iterator[bool]:
        try:
            file = os.open(self / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unusable(self._explain(error)) from error
        try:
            try:
                fcntl.flock(file, operation)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(file)

    def reset(self) -> None:
        """Delete what the portal wrote here. Called under the lock, with everything stopped."""
        for name in CONTENTS:
            target = self / name
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)


def wait_until(condition: Any, *, seconds: float, every: float = 0.05) -> bool:
    """Whether a condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def _file_system_of(path: Path) -> str:
    """The kind of file system a path lies on, as Linux names it; empty when it cannot be told."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in mounts:
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        inside = str(path) == point or str(path).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, found
    return kind
