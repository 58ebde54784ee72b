"""Start the portal as people do, and look at what is left of it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[3]
# What the test run itself lives in must not reach the portal under test.
FOREIGN = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "DATABASE_ERASER_URL", "DATABASE_POOL", "REDIS_URL", "CACHE_URL",
    "CELERY_BROKER_URL", "PMO_DATA", "PMO_PROFILE", "PMO_STYLEGUIDE", "PMO_FIND_REPEATED_QUERIES", "LOG_LEVEL",
    "SECRET_KEY", "PORT", "DEBUG", "DJANGO_SETTINGS_MODULE", "ALLOWED_HOSTS",
    # Each of the processes of a portal would compile all of it for itself.
    "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip


def clean_environment(**more: str) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if k not in FOREIGN and not k.startswith("PMO_TEST")
    }
    return {**kept, **more}


@contextlib.contextmanager
def data_folder(prefix: str = "pmo-up-") -> Iterator[Path]:
    """A new folder that PostgreSQL's user may reach, unlike pytest's own when we are root."""
    home = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    home.chmod(0o711)
    try:
        yield home / "data"
    finally:
        kill_all(home)
        shutil.rmtree(home, ignore_errors=True)


def made_once(name: str, *arguments: str) -> Path:
    """A stopped data folder, made by the first worker of this run that asks for it; copy it before use.

    It goes with the folders of the run (tests/database.py).
    """
    home = Path(f"/tmp/pmo-test-{os.environ['PMO_TEST_RUN']}-{name}")
    home.mkdir(exist_ok=True)
    home.chmod(0o711)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "made").exists():
            with Up(home / "data", "--port", str(free_port()), *arguments) as up:
                # Inventing two organisations takes its time on a busy machine.
                up.wait_until_ready(seconds=600 if "--demo" in arguments else 90)
                up.stop(signal.SIGTERM)
            (home / "made").touch()
    return home / "data"


def copy_data(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


class Up:
    """`manage.py up` in a process of its own; with one process for the web where nothing else is asked for."""

    def __init__(self, data: Path, *arguments: str, **environment: str) -> None:
        self.data = data
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--data", str(data), *arguments],
            cwd=ROOT,
            env=clean_environment(**{"WEB_WORKERS": "1", **environment}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def wait_for(self, text: str, *, seconds: float = 90) -> str:
        """The first line with a text; fails when the portal ends without saying it."""
        end = time.monotonic() + seconds
        while True:
            line = self._queue.get(timeout=max(0.1, end - time.monotonic()))
            if line is None:
                raise AssertionError(f"ended without {text!r}:\n{self.said}")
            self.lines.append(line)
            if text in line:
                return line

    def wait_until_ready(self, *, seconds: float = 90) -> str:
        """The address."""
        return self.wait_for("Ready after", seconds=seconds).rsplit(" ", 1)[1]

    def end(self, *, seconds: float = 60) -> int:
        """Wait for it to end by itself; its status."""
        status = self.process.wait(seconds)
        while (line := self._queue.get(timeout=5)) is not None:
            self.lines.append(line)
        return status

    def stop(self, number: signal.Signals) -> tuple[int, float]:
        """Ask it to stop; its status and how long that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        status = self.end(seconds=30)
        return status, time.monotonic() - began

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        kill_all(self.data)
        self._reader.join(5)


def manage(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean_environment(PMO_DATA=str(data), **environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def processes_of(data: Path) -> dict[int, str]:
    """Every process that belongs to a data folder, without those that are dead and not yet buried."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            environment = (folder / "environ").read_bytes()
            command = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
            if (str(data).encode() in environment or str(data) in command) and command.strip():
                found[int(folder.name)] = command
    found.pop(os.getpid(), None)
    return found


def wait_until_nothing_is_left(data: Path, *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while left := processes_of(data):
        assert time.monotonic() < end, f"still there: {left}"
        time.sleep(0.05)


def kill_all(data: Path) -> None:
    for pid in processes_of(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
