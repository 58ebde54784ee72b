"""Children that end with us, and whose last words can be read."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def runs_as_root() -> bool:
    return os.geteuid() == 0


def unprivileged() -> pwd.struct_passwd:
    """Whom PostgreSQL runs as when we are root, which it refuses to be."""
    return pwd.getpwnam("nobody")


class Child:
    """A process of our own: in its own session, so that the terminal's Ctrl-C reaches only us."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        stop_with: signal.Signals = signal.SIGTERM,
        end_with: signal.Signals = signal.SIGTERM,
        drop_root: bool = False,
        folder: Path | None = None,
    ) -> None:
        """`stop_with` asks it to stop; `end_with` is what it gets when we are killed (Linux)."""
        self.name = name
        self.log = log
        self.stop_with = stop_with
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment) if environment is not None else None,
                cwd=folder,
                start_new_session=True,
                preexec_fn=end_with_parent(end_with),  # noqa: PLW1509  (no threads here)
                **_as_nobody(drop_root),  # type: ignore[call-overload]
            )

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self, lines: int = 20) -> str:
        with contextlib.suppress(OSError):
            text = self.log.read_text(encoding="utf-8", errors="replace")
            return "\n".join(text.splitlines()[-lines:])
        return ""

    def ask_to_stop(self) -> None:
        if not self.has_ended():
            self.process.send_signal(self.stop_with)

    def stop(self, *, within: float) -> None:
        """Wait for it to stop, and end its whole group when it takes too long."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, within))
        self.kill()

    def kill(self) -> None:
        """End it and whatever it left behind, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def stop_together(children: Sequence[Child], *, within: float) -> None:
    """Ask all of them first, then wait for each until the common deadline."""
    deadline = time.monotonic() + within
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop(within=deadline - time.monotonic())


def run_to_end(
    arguments: Sequence[str | Path],
    *,
    drop_root: bool = False,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """A short program: waits, and returns its output whatever it says."""
    return subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        check=False,
        env=dict(environment) if environment is not None else None,
        cwd=folder,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
        **_as_nobody(drop_root),  # type: ignore[call-overload]
    )


def _as_nobody(drop_root: bool) -> dict[str, object]:
    if not (drop_root and runs_as_root()):
        return {}
    nobody = unprivileged()
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def end_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs first so that the kernel ends it when we are killed. Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    # Loaded before the fork: between fork and exec as little as possible happens.
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def command_line_of(pid: int) -> str:
    """How a process was started; empty when there is none."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        if sys.platform.startswith("linux"):
            return ""
    found = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()
