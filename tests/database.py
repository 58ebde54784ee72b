"""The database of a test run, as a pytest plugin.

The tests log in as `pmo_app`, which row-level security binds, and never as anything stronger. A server
of our own is started once per run (or `DATABASE_URL` names a superuser's login on one); the migrations
run once into a template, of which every worker gets a copy.

A migrated embedded cluster is kept in the temp folder and copied while no migration changed, so that a
run over one file starts in about a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from pytest_django import DjangoDbBlocker

from pmo_portal.embedded.bootstrap import (
    LOGINS,
    bootstrap,
    grant,
    is_superuser,
    with_database,
    with_login,
)
from pmo_portal.embedded.data import DataFolder, default_folder
from pmo_portal.embedded.postgres import PostgresServer, socket_url

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "pmo_test_template"
_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
# Which run of the tests this is; databases on a shared server are named after it.
_RUN = os.environ.setdefault("PMO_TEST_RUN", f"{os.getpid()}")
_servers: list[PostgresServer] = []


def _choose_server() -> None:
    """Set the variables that settings read; nothing is started yet."""
    os.environ["PMO_PROFILE"] = "embedded"
    os.environ["PMO_STYLEGUIDE"] = "1"
    os.environ["PMO_FIND_REPEATED_QUERIES"] = "1"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    for name in ("REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL", "DEBUG", "DATABASE_POOL"):
        os.environ.pop(name, None)
    if _IS_WORKER:
        return
    given = os.environ.get("DATABASE_URL")
    if given:
        if not is_superuser(given):
            pytest.exit("The tests need DATABASE_URL to log in as a superuser: they make roles.", 4)
        os.environ["PMO_TEST_SUPERUSER_URL"] = with_database(given, f"{TEMPLATE}_{_RUN}")
        # Roles are shared by every database of a server: their passwords stay what they are.
        kept = DataFolder(default_folder())
        kept.prepare()
        for role in LOGINS:
            os.environ.setdefault(f"{role.upper()}_PASSWORD", kept.secret(role))
    else:
        folder = Path(f"/tmp/pmo-test-{os.getpid()}-{secrets.token_hex(4)}")
        os.environ["PMO_TEST_FOLDER"] = str(folder)
        os.environ["PMO_TEST_SUPERUSER_URL"] = socket_url(folder / "run", "postgres", TEMPLATE)
    os.environ["DATABASE_URL"] = login("pmo_app", "pmo_test")


def login(role: str, database: str) -> str:
    """The address of a database of this run for one of our roles, or for the superuser."""
    url = with_database(os.environ["PMO_TEST_SUPERUSER_URL"], database)
    if role == "postgres":
        return url
    return with_login(url, role, os.environ.get(f"{role.upper()}_PASSWORD", ""))


_choose_server()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server and migrate the template, in the process that starts the workers."""
    if _IS_WORKER or session.config.option.collectonly:
        return
    template = os.environ["PMO_TEST_SUPERUSER_URL"]
    if "PMO_TEST_FOLDER" not in os.environ:
        bootstrap(template, passwords={r: os.environ[f"{r.upper()}_PASSWORD"] for r in LOGINS})
        _migrate(template)
        return
    _remove_what_killed_runs_left()
    data = DataFolder(Path(os.environ["PMO_TEST_FOLDER"]))
    data.prepare()
    with _migrated_cluster() as cluster:
        _copy_cluster(cluster, data / "postgres")
    server = PostgresServer(data, lasting=False)
    _servers.append(server)
    server.start()


def _remove_what_killed_runs_left() -> None:
    for folder in Path("/tmp").glob("pmo-test-[0-9]*-*"):
        pid = folder.name.split("-")[2]
        if folder.stat().st_uid == os.geteuid() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)


def pytest_report_header() -> list[str]:
    if "PMO_TEST_FOLDER" in os.environ:
        return ["database: the embedded PostgreSQL, as pmo_app"]
    with psycopg.connect(login("postgres", "postgres")) as server:
        return [
            f"database: PostgreSQL {server.info.server_version // 10000} of DATABASE_URL, as pmo_app"
        ]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _IS_WORKER:
        return
    for server in _servers:
        server.stop()
    if "PMO_TEST_FOLDER" not in os.environ and "PMO_TEST_SUPERUSER_URL" in os.environ:
        _drop_databases()
    # That of the server, and what the tests made for each other.
    for folder in Path("/tmp").glob(f"pmo-test-{_RUN}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(template: str) -> None:
    """Migrate as owner, in a process of its own: this one is about to log in as pmo_app."""
    url = with_login(template, "pmo_owner", os.environ.get("PMO_OWNER_PASSWORD", ""))
    environment = {**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": url}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.exit(f"The migrations failed:\n{done.stdout}{done.stderr}", 4)


# --- The kept cluster ---


@contextmanager
def _migrated_cluster() -> Iterator[Path]:
    """A stopped cluster whose template has every migration; made when there is none for these."""
    home = Path(tempfile.gettempdir()) / f"pmo-test-clusters-{os.geteuid()}"
    home.mkdir(mode=0o711, exist_ok=True)
    if home.stat().st_uid != os.geteuid():
        pytest.exit(f"{home} belongs to somebody else.", 4)
    wanted = home / _fingerprint()
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (wanted / "postgres" / "PG_VERSION").exists():
            shutil.rmtree(wanted, ignore_errors=True)
            for old in sorted(home.glob("*-*"), key=lambda path: path.stat().st_mtime)[:-3]:
                shutil.rmtree(old, ignore_errors=True)
            _make_cluster(wanted)
        os.utime(wanted)
        yield wanted / "postgres"


def _make_cluster(wanted: Path) -> None:
    making = wanted.with_name("making")
    shutil.rmtree(making, ignore_errors=True)
    data = DataFolder(making)
    data.prepare()
    server = PostgresServer(data, lasting=False)
    try:
        server.start()
        template = server.url(database=TEMPLATE)
        bootstrap(template)
        _migrate(template)
    finally:
        server.stop(within=20)
    making.replace(wanted)


def _fingerprint() -> str:
    """Changes with every migration, dependency and right."""
    digest = hashlib.sha256()
    files = [
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("pmo_portal/*/migrations/*.py"),
        *ROOT.glob("pmo_portal/embedded/*.py"),
        ROOT / "pmo_portal/tenants/constraints.py",
        ROOT / "requirements/dev.lock",
    ]
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return f"c-{digest.hexdigest()[:16]}"


def _copy_cluster(source: Path, target: Path) -> None:
    if os.geteuid() != 0:
        shutil.copytree(source, target)
        return
    # Only cp keeps the owner, who is not us.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


# --- One database for each worker ---


def make_database(name: str) -> None:
    """A copy of the migrated template."""
    with psycopg.connect(login("postgres", "postgres"), autocommit=True) as server:
        template = os.environ["PMO_TEST_SUPERUSER_URL"].partition("?")[0].rpartition("/")[2]
        # Copies are made one after the other: a template in use cannot be copied.
        server.execute("SELECT pg_advisory_lock(7205100002)")
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name)))
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER pmo_owner").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    with psycopg.connect(login("postgres", name), autocommit=True) as connection:
        grant(connection, name)


def _drop_databases() -> None:
    with psycopg.connect(login("postgres", "postgres"), autocommit=True) as server:
        names = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s OR datname LIKE %s",
            [f"{TEMPLATE}_{_RUN}", f"pmo_test_{_RUN}_%"],
        ).fetchall()
        for (name,) in names:
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give this worker its database, and let transactional tests clean up as the owner."""
    from django.db import connection
    from django.test import TransactionTestCase

    name = f"pmo_test_{_RUN}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    make_database(name)
    connection.close()
    connection.settings_dict["NAME"] = name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_tables(name))
        yield
    connection.close()


@pytest.fixture(scope="module")
def for_the_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What fixtures of a module write stays until its last test; what a test writes goes with it, as everywhere."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def empty_tables(database: str) -> None:
    """TRUNCATE is not for pmo_app: row-level security does not bind it."""
    kept = ("django_migrations", "django_content_type", "auth_permission")
    with psycopg.connect(login("pmo_owner", database), autocommit=True) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY(%s)",
            [list(kept)],
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(table) for (table,) in tables)
        connection.execute(sql.SQL("TRUNCATE {}").format(names))


@pytest.fixture
def owner_url(db: None) -> str:
    """The login of the tables' owner on the database of this test."""
    from django.db import connection

    return login("pmo_owner", connection.settings_dict["NAME"])


@pytest.fixture
def superuser_url(db: None) -> str:
    """The superuser's login on the database of this test, for looking into catalogues."""
    from django.db import connection

    return login("postgres", connection.settings_dict["NAME"])
