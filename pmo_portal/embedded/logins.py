"""Which database a command talks to, and as whom.

- `DATABASE_URL` of a superuser: roles are made with it, and everything logs in as one of them.
- `DATABASE_URL` of anybody else: that is the role of the application; migrations use `DATABASE_OWNER_URL`.
- Only what erases gets `DATABASE_ERASER_URL`, the login of `pmo_eraser`, besides its own.
- Some commands work on a database of their own, made for one run, whatever else there is.
- No `DATABASE_URL`: the embedded server of `PMO_DATA`, the running one or one of our own for as long as
  the command lasts.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .bootstrap import LOGINS, bootstrap, is_superuser, with_login
from .data import DataFolder, Unusable, default_folder
from .postgres import PostgresServer, answers, socket_url

# These look at no table.
NEED_NO_DATABASE = frozenset(
    {
        "", "help", "version", "--help", "-h", "--version", "up", "check", "collectstatic", "findstatic",
        "compilemessages", "makemessages", "makemigrations", "diffsettings", "startapp", "test",
    }
)  # fmt: skip
OWNER_COMMANDS = frozenset(
    {"migrate", "sqlmigrate", "showmigrations", "squashmigrations", "flush", "sqlflush"}
)
SUPERUSER_COMMANDS = frozenset({"bootstrap_database"})
WEB_COMMANDS = frozenset({"runserver"})
ERASER_COMMANDS = frozenset({"erase_organisation"})
TEMPORARY_COMMANDS = frozenset({"replay"})


@dataclass(frozen=True)
class Logins:
    """One address for each kind of work; `superuser` and `eraser` are empty where we have none."""

    app: str
    worker: str
    owner: str
    superuser: str = ""
    eraser: str = ""

    def for_command(self, command: str) -> str:
        if command in OWNER_COMMANDS:
            return self.owner or self.app
        if command in SUPERUSER_COMMANDS:
            return self.superuser or self.app
        return self.app if command in WEB_COMMANDS else self.worker

    def enter(self, command: str) -> None:
        """Point the variables of this process at the logins of a command."""
        os.environ["DATABASE_URL"] = self.for_command(command)
        if command in ERASER_COMMANDS:
            os.environ["DATABASE_ERASER_URL"] = self.eraser


def embedded_logins(server: PostgresServer) -> Logins:
    """Make sure of roles and database on an embedded server, which asks for no passwords."""
    bootstrap(server.url())
    return logins_at(server.socket_folder)


def logins_at(socket_folder: Path | str) -> Logins:
    def url(user: str) -> str:
        return socket_url(socket_folder, user, "portal")

    return Logins(
        app=url("pmo_app"),
        worker=url("pmo_worker"),
        owner=url("pmo_owner"),
        superuser=url("postgres"),
        eraser=url("pmo_eraser"),
    )


def external_logins(environment: Mapping[str, str], data: DataFolder) -> Logins:
    """The logins on a server of somebody's own.

    Raises:
        Unusable: it does not answer, or the login is refused.
    """
    url = environment["DATABASE_URL"]
    try:
        strong = is_superuser(url)
    except psycopg.OperationalError as error:
        raise Unusable(f"The database of DATABASE_URL cannot be reached: {error}") from error
    if not strong:
        return Logins(
            app=url,
            worker=environment.get("DATABASE_WORKER_URL") or url,
            owner=environment.get("DATABASE_OWNER_URL") or "",
            eraser=environment.get("DATABASE_ERASER_URL") or "",
        )
    data.prepare()
    passwords = {
        role: environment.get(f"{role.upper()}_PASSWORD") or data.secret(role) for role in LOGINS
    }
    bootstrap(url, passwords=passwords)
    return Logins(
        app=with_login(url, "pmo_app", passwords["pmo_app"]),
        worker=with_login(url, "pmo_worker", passwords["pmo_worker"]),
        owner=with_login(url, "pmo_owner", passwords["pmo_owner"]),
        superuser=url,
        eraser=with_login(url, "pmo_eraser", passwords["pmo_eraser"]),
    )


@contextlib.contextmanager
def database_for(command: str) -> Iterator[None]:
    """Point `DATABASE_URL` of this process at the right login for as long as a command runs."""
    if command in NEED_NO_DATABASE:
        yield
        return
    if command in TEMPORARY_COMMANDS:
        from .temporary import temporary_database

        with temporary_database() as logins:
            logins.enter(command)
            # What is written there concerns nobody: no worker is to hear of it.
            for name in ("REDIS_URL", "CACHE_URL"):
                os.environ.pop(name, None)
            # A queue in the memory of this process; without a host it would warn of having none.
            os.environ["CELERY_BROKER_URL"] = "memory://localhost"
            yield
        return
    data = DataFolder(default_folder())
    if os.environ.get("DATABASE_URL"):
        if command in SUPERUSER_COMMANDS:
            # It says itself what is wrong with a login that may not.
            yield
            return
        external_logins(os.environ, data).enter(command)
        yield
        return
    with _embedded(data) as logins:
        logins.enter(command)
        yield


@contextlib.contextmanager
def _embedded(data: DataFolder) -> Iterator[Logins]:
    """The running server of a folder, or our own until the end of the block."""
    data.prepare()
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with data.alone() as alone:
            if alone:
                with _own_server(data) as logins:
                    yield logins
                return
        with data.as_guest():
            running = data.running()
            socket = running.get("socket")
            if socket and answers(socket_url(socket, "pmo_app", "portal")):
                if not os.environ.get("REDIS_URL"):
                    os.environ.update(running.get("environment", {}))
                yield logins_at(socket)
                return
        time.sleep(0.2)
    raise Unusable(f"Another start on {data.path} neither finishes nor ends. Try again.")


@contextlib.contextmanager
def _own_server(data: DataFolder) -> Iterator[Logins]:
    server = PostgresServer(data)
    try:
        server.start()
        logins = embedded_logins(server)
        data.write_json("run.json", {"pid": os.getpid(), "socket": str(server.socket_folder)})
        yield logins
        with data.without_guests():
            (data / "run.json").unlink(missing_ok=True)
    finally:
        server.stop()
