"""A database for one run: made, migrated, and taken away again."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from pmo_portal.embedded.bootstrap import (
    LOGINS,
    bootstrap,
    is_superuser,
    with_database,
    with_login,
)
from pmo_portal.embedded.data import DataFolder, Unusable, default_folder
from pmo_portal.embedded.postgres import PostgresServer
from pmo_portal.embedded.temporary import migrate

NAME = f"pmo_bench_{os.getpid()}"


@contextmanager
def serving(login: str = "pmo_app") -> Iterator[None]:
    """Django is set up inside, logged in as the web is, or as workers are (`pmo_worker`): row-level security and the limits of
    that login are part of what is measured.
    """
    given = os.environ.get("DATABASE_URL")
    with _given(given) if given else _own() as superuser:
        owner = with_login(superuser, "pmo_owner", os.environ.get("PMO_OWNER_PASSWORD", ""))
        try:
            migrate(owner)
        except Unusable as reason:
            sys.exit(str(reason))
        os.environ["BENCH_SUPERUSER_URL"] = superuser
        os.environ["DATABASE_URL"] = with_login(
            superuser, login, os.environ.get(f"{login.upper()}_PASSWORD", "")
        )
        _set_up_django()
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()


@contextmanager
def _own() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pmo-bench-", dir="/tmp"))
    data = DataFolder(folder)
    data.prepare()
    server = PostgresServer(data, lasting=False)
    print("Starting a PostgreSQL server for the measurements.", flush=True)
    try:
        server.start()
        url = server.url(database=NAME)
        bootstrap(url)
        yield url
    finally:
        server.stop(within=20)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _given(url: str) -> Iterator[str]:
    if not is_superuser(url):
        sys.exit(
            "The measurements need DATABASE_URL to log in as a superuser: they make a database."
        )
    # Roles are shared by every database of a server: their passwords stay what they are.
    secrets = DataFolder(default_folder())
    secrets.prepare()
    for role in LOGINS:
        os.environ.setdefault(f"{role.upper()}_PASSWORD", secrets.secret(role))
    made = with_database(url, NAME)
    bootstrap(made, passwords={role: os.environ[f"{role.upper()}_PASSWORD"] for role in LOGINS})
    try:
        yield made
    finally:
        with psycopg.connect(with_database(url, "postgres"), autocommit=True) as server:
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(NAME))
            )


def analyse() -> None:
    """Let the planner look at what was written, as it does by itself in a database that lives longer."""
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"], autocommit=True) as server:
        server.execute("VACUUM ANALYZE")


def write(statements: Sequence[str], tenant_id: UUID, **values: Any) -> None:
    """Write rows of a tenant in bulk: bound by row-level security, without audit and key checks."""
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"]) as server:
        server.execute("SET session_replication_role = replica")
        server.execute("SET ROLE pmo_app")
        server.execute("SELECT set_config('app.tenant', %s, true)", [str(tenant_id)])
        for statement in statements:
            server.execute(statement, {"tenant": tenant_id, **values})


def _set_up_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pmo_portal.settings"
    os.environ.update(PMO_PROFILE="embedded", LOG_LEVEL="ERROR", DEBUG="false")
    # Measured without a broker: a page must not wait for one.
    for name in ("REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL", "PMO_FIND_REPEATED_QUERIES"):
        os.environ.pop(name, None)
    import django
    from django.conf import settings

    django.setup()
    settings.ROOT_URLCONF = "benchmarks.urls"
