"""Roles, limits and default rights: what a superuser does once for a database, and migrations never do.

`manage.py bootstrap_database`, `up`, the tests and compose all come through here. Running it again
changes nothing but passwords that are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Role:
    name: str
    bypasses_rls: bool = False
    tables: str = ""
    sequences: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


# The default of 4 is that of a turning disk: it reads a whole table where an index would do.
SOLID_STATE = {"random_page_cost": "1.1"}

ROLES = (
    Role("pmo_owner", settings={"lock_timeout": "10s"}),
    # Web and API. No TRUNCATE, REFERENCES or TRIGGER, and nothing of its own.
    Role(
        "pmo_app",
        tables="SELECT, INSERT, UPDATE, DELETE",
        sequences="USAGE, SELECT",
        settings={
            "statement_timeout": "15s",
            "lock_timeout": "5s",
            "idle_in_transaction_session_timeout": "30s",
            **SOLID_STATE,
        },
    ),
    # Jobs and commands: the same rights, more time.
    Role(
        "pmo_worker",
        tables="SELECT, INSERT, UPDATE, DELETE",
        sequences="USAGE, SELECT",
        settings={
            "statement_timeout": "120s",
            "lock_timeout": "10s",
            "idle_in_transaction_session_timeout": "300s",
            **SOLID_STATE,
        },
    ),
    # Erases a closed tenant; row-level security still binds it.
    Role("pmo_eraser", tables="SELECT, DELETE", settings={"lock_timeout": "10s"}),
    Role("pmo_backup", bypasses_rls=True, tables="SELECT", sequences="SELECT"),
)
LOGINS = tuple(role.name for role in ROLES)
# One at a time: two portals may start on one server in the same moment.
_LOCK = 7_205_100_001


def with_login(url: str, user: str, password: str = "") -> str:
    """The same database under another login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    kept = [(k, v) for k, v in parse_qsl(parts.query) if k not in {"user", "password"}]
    return urlunsplit(parts._replace(netloc=f"{login}@{host}", query=urlencode(kept, safe="/")))


def with_database(url: str, database: str) -> str:
    """The same login on another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, safe='')}"))


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path.lstrip("/")) or "postgres"


def is_superuser(url: str) -> bool:
    """Whether a login is a superuser.

    Raises:
        psycopg.OperationalError: the server cannot be reached; a database that does not exist yet is
            no obstacle.
    """
    try:
        connection = psycopg.connect(url, connect_timeout=5)
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise
        connection = psycopg.connect(with_database(url, "postgres"), connect_timeout=5)
    with connection:
        row = connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    return bool(row and row[0])


def bootstrap(url: str, *, passwords: Mapping[str, str] | None = None) -> None:
    """Make roles, database and rights. `url` logs in as superuser and names the database to make."""
    database = database_of(url)
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        for role in ROLES:
            _make_role(server, role, (passwords or {}).get(role.name, ""))
        found = server.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone()
        if found is None:
            server.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER pmo_owner TEMPLATE template0 ENCODING 'UTF8'"
                ).format(sql.Identifier(database))
            )
        with psycopg.connect(url, autocommit=True) as connection:
            grant(connection, database)


def _make_role(server: psycopg.Connection, role: Role, password: str) -> None:
    name = sql.Identifier(role.name)
    if server.execute("SELECT FROM pg_roles WHERE rolname = %s", [role.name]).fetchone() is None:
        server.execute(sql.SQL("CREATE ROLE {}").format(name))
    server.execute(
        sql.SQL(
            "ALTER ROLE {} WITH LOGIN {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION INHERIT"
        ).format(
            name,
            sql.SQL("BYPASSRLS" if role.bypasses_rls else "NOBYPASSRLS"),
        )
    )
    for setting, value in role.settings.items():
        server.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                name, sql.Identifier(setting), sql.Literal(value)
            )
        )
    if password:
        server.execute(
            sql.SQL("ALTER ROLE {} WITH PASSWORD {}").format(name, sql.Literal(password))
        )


def grant(connection: psycopg.Connection, database: str) -> None:
    """Rights in one database: who may connect, and what everybody gets on tables made later."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO pmo_owner").format(name))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    connection.execute("GRANT USAGE, CREATE ON SCHEMA public TO pmo_owner")
    defaults = sql.SQL(
        "ALTER DEFAULT PRIVILEGES FOR ROLE pmo_owner IN SCHEMA public GRANT {} ON {} TO {}"
    )
    for role in ROLES:
        grantee = sql.Identifier(role.name)
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, grantee))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(grantee))
        for rights, kind in ((role.tables, "TABLES"), (role.sequences, "SEQUENCES")):
            if rights:
                connection.execute(defaults.format(sql.SQL(rights), sql.SQL(kind), grantee))
