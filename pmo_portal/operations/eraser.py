"""Deleting the rows of one organisation, as the role that may do nothing else.

`pmo_eraser` reads and deletes; row-level security binds it like everybody, so each transaction is open on one organisation. It is the
only role that may delete from trails. Deleting leaves no trail: that would be the same rows once more.

Every batch is a transaction of its own, children before parents. Whatever stops it, starting again goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from psycopg import sql

from pmo_portal.accounts.models import Membership, User
from pmo_portal.tenants.choices import TenantStatus
from pmo_portal.tenants.models import Tenant

from . import schema

# Rows in one transaction: about a second's work, and as much is told again after a crash.
BATCH = 5000
_MEMBERSHIPS = Membership._meta.db_table
_USERS = User._meta.db_table
_TENANTS = Tenant._meta.db_table
_SESSIONS = Session._meta.db_table
_SIGNED_IN = UserSession._meta.db_table


class Refused(Exception):
    """The login or the organisation is not one to erase with; the message is shown to operators."""


@dataclass(frozen=True)
class Step:
    """What one transaction deleted.

    `staying`: the logins that were to go and stay, because a record of another organisation names them.
    """

    table: str
    rows: int
    staying: int = 0


@contextmanager
def opened(url: str, tenant_id: UUID) -> Iterator[Eraser | None]:
    """The eraser of an organisation, or None while another process is at it.

    The lock ends with the connection, however the process ends: two never erase the same organisation.

    Raises:
        Refused: the login is not bound by row-level security, or the organisation is not closed.
        psycopg.OperationalError: the database cannot be reached.
    """
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        bound = connection.execute(
            "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if bound != (True,):
            raise Refused("The login for erasing could see every organisation. Use pmo_eraser.")
        locked = connection.execute(
            "SELECT pg_try_advisory_lock(hashtext('pmo-erase'), hashtext(%s))", [str(tenant_id)]
        ).fetchone()
        if locked != (True,):
            yield None
            return
        found = connection.execute(
            sql.SQL("SELECT status FROM {} WHERE id = %s").format(sql.Identifier(_TENANTS)),
            [tenant_id],
        ).fetchone()
        if found not in (None, (TenantStatus.CLOSED,)):
            raise Refused("The organisation is not closed.")
        yield Eraser(connection, tenant_id)


class Eraser:
    """Deletes what belongs to one organisation, batch by batch; what is gone already costs nothing."""

    def __init__(self, connection: psycopg.Connection[Any], tenant_id: UUID) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

        def ask(statement: str) -> Sequence[tuple[Any, ...]]:
            return connection.execute(statement).fetchall()

        self._keys = schema.keys(ask)
        self._tables = {table.name: table for table in schema.tables(ask)}
        self._order = schema.children_first(list(self._tables), schema.parents(self._keys))
        if any(is_circle and _MEMBERSHIPS in names for names, is_circle in self._order):
            # They go last, with the logins: a circle would take them first, and the logins would stay.
            raise Refused("Memberships and other tables of the portal point at each other. This version cannot erase.")  # fmt: skip
        self._triggers = [name for (name,) in ask("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")]  # fmt: skip

    def steps(self) -> Iterator[Step]:
        """Delete everything but the organisation itself, and say after each transaction what it took."""
        for names, is_circle in self._order:
            if is_circle:
                yield from self._at_once(names)
            elif names != [_MEMBERSHIPS]:
                yield from self._in_batches(self._tables[names[0]])
        yield from self._people()

    def end(self) -> None:
        """Delete the organisation itself, with whatever came into its tables since they were emptied."""
        with self._transaction():
            for names, _is_circle in self._order:
                for name in names:
                    self._delete_all(name)
            self._run("DELETE FROM {table} WHERE id = %s", self._tenant_id, table=_TENANTS)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Open on this organisation only, and without triggers that would write what is deleted into trails."""
        with self._connection.transaction():
            self._connection.execute(
                "SELECT set_config('app.tenant', %s, true), set_config('pgtrigger.ignore', %s::text[]::text, true)",
                [str(self._tenant_id), self._triggers],
            )
            yield

    def _run(self, statement: str, *values: Any, **names: str) -> psycopg.Cursor[Any]:
        composed = sql.SQL(statement).format(
            **{name: sql.Identifier(value) for name, value in names.items()}
        )
        return self._connection.execute(composed, values)

    def _in_batches(self, table: schema.Table) -> Iterator[Step]:
        last = None
        while True:
            with self._transaction():
                found = self._run(
                    "SELECT {key} FROM {table} WHERE tenant_id = %s"
                    + ("" if last is None else " AND {key} > %s")
                    + " ORDER BY {key} LIMIT %s",
                    *(value for value in (self._tenant_id, last, BATCH) if value is not None),
                    table=table.name,
                    key=table.key,
                ).fetchall()
                taken = [key for (key,) in found]
                if not taken:
                    return
                self._run(
                    "DELETE FROM {table} WHERE tenant_id = %s AND {key} = ANY(%s)",
                    self._tenant_id,
                    taken,
                    table=table.name,
                    key=table.key,
                )
            last = taken[-1]
            yield Step(table.name, len(taken))

    def _at_once(self, names: Sequence[str]) -> Iterator[Step]:
        """Tables that point at each other: their keys are checked at the end of the transaction."""
        with self._transaction():
            taken = [Step(name, self._delete_all(name)) for name in names]
        yield from (step for step in taken if step.rows)

    def _delete_all(self, name: str) -> int:
        return self._run(
            "DELETE FROM {table} WHERE tenant_id = %s", self._tenant_id, table=name
        ).rowcount

    def _people(self) -> Iterator[Step]:
        """Memberships, and in the same transaction the logins that then belong nowhere.

        Everybody's sessions end, also of those who stay: a session may hold messages with words of the organisation.
        """
        members = self._members()
        self._end_sessions(members)
        for start in range(0, len(members), BATCH):
            some = members[start : start + BATCH]
            with self._transaction():
                going = self._only_here(some)
                taken = self._run(
                    "DELETE FROM {table} WHERE tenant_id = %s AND user_id = ANY(%s)",
                    self._tenant_id,
                    some,
                    table=_MEMBERSHIPS,
                ).rowcount
                staying = sum(not self._delete_login(user_id) for user_id in going)
            yield Step(_MEMBERSHIPS, taken, staying)

    def _members(self) -> list[int]:
        found = self._run(
            "SELECT user_id FROM {table} WHERE tenant_id = %s ORDER BY user_id",
            self._tenant_id,
            table=_MEMBERSHIPS,
        )
        return [user_id for (user_id,) in found.fetchall()]

    def _only_here(self, members: Sequence[int]) -> list[int]:
        """Those of the members who belong to no other organisation, and are no operators."""
        found = self._run(
            "SELECT id FROM {users} u WHERE id = ANY(%s) AND NOT is_operator AND NOT is_superuser"
            " AND NOT EXISTS (SELECT FROM {memberships} m WHERE m.user_id = u.id AND m.tenant_id <> %s)",
            list(members),
            self._tenant_id,
            users=_USERS,
            memberships=_MEMBERSHIPS,
        )
        return [user_id for (user_id,) in found.fetchall()]

    def _delete_login(self, user_id: int) -> bool:
        """Delete a login with its addresses, factors and sessions. False where it stays.

        It does where a record of another organisation names it all the same, which only the keys of the database can tell.
        """
        try:
            with self._connection.transaction():
                by_id = sql.SQL("id = {}").format(sql.Literal(user_id))
                for table, condition in [*self._below(_USERS, by_id), (_USERS, by_id)]:
                    self._connection.execute(
                        sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), condition)
                    )
                self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.errors.ForeignKeyViolation:
            return False
        return True

    def _below(self, parent: str, condition: sql.Composable) -> Iterator[tuple[str, sql.Composed]]:
        """Tables without a tenant whose rows hang on rows of `parent`, the lowest first."""
        for key in self._keys:
            if key.parent != parent or key.child in self._tables:
                continue
            hanging = sql.SQL("{} IN (SELECT {} FROM {} WHERE {})").format(
                sql.Identifier(key.column),
                sql.Identifier(key.target),
                sql.Identifier(parent),
                condition,
            )
            yield from self._below(key.child, hanging)
            yield key.child, hanging

    def _end_sessions(self, members: Sequence[int]) -> None:
        """By the list of who is signed in where; a session that is missing there says itself whose it is."""
        listed = self._run(
            "SELECT session_key FROM {table} WHERE user_id = ANY(%s)",
            list(members),
            table=_SIGNED_IN,
        )
        ended = [key for (key,) in listed.fetchall()]
        ids, store = {str(user_id) for user_id in members}, SessionStore()
        with self._connection.cursor() as cursor:
            unlisted = cursor.stream(
                sql.SQL(
                    "SELECT session_key, session_data FROM {sessions} s WHERE NOT EXISTS"
                    " (SELECT FROM {listed} l WHERE l.session_key = s.session_key)"
                ).format(sessions=sql.Identifier(_SESSIONS), listed=sql.Identifier(_SIGNED_IN))
            )
            ended += [key for key, data in unlisted if store.decode(data).get(SESSION_KEY) in ids]
        for table in (_SESSIONS, _SIGNED_IN):
            self._run("DELETE FROM {table} WHERE session_key = ANY(%s)", ended, table=table)
