"""Counts of rows by kind, in words an operator knows: what an organisation has, or had, without what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from . import schema, selectors

# A page counts no further than this in each table, and no longer than this: it answers whatever an organisation has.
COUNTED_TO = 10_000
COUNTED_FOR = "5s"


@dataclass(frozen=True)
class Kind:
    """So many rows of one kind, and the part of the portal they belong to.

    `is_more`: there are more than `rows`; they were not counted further.
    """

    area: str
    name: str
    rows: int
    is_more: bool = False


@dataclass(frozen=True)
class Glance:
    """What a page can tell of an organisation's rows without counting to the end.

    Attributes:
        counts: rows by table, as far as they were counted; empty tables are left out.
        logins: as `selectors.logins_of`.
        further: tables that hold more than was counted.
    """

    counts: Mapping[str, int]
    logins: Mapping[str, int]
    further: frozenset[str]


def count_rows(tenant: Tenant) -> dict[str, int]:
    """How many rows of an organisation each table holds, to the last one; empty tables are left out.

    For jobs: however many there are, no statement is cut off for taking its time.
    """
    with tenant_context(tenant.id), connection.cursor() as cursor:
        # A transaction around this one goes on without a limit too.
        cursor.execute("SET LOCAL statement_timeout = 0")
        found = {}
        for name in _tables(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {_quoted(name)} WHERE tenant_id = %s", [tenant.id]
            )
            (found[name],) = cursor.fetchone()
    return {name: rows for name, rows in found.items() if rows}


def glance(tenant: Tenant) -> Glance | None:
    """How many rows each table holds, counted up to `COUNTED_TO`, by one statement; None where even that takes too long."""
    try:
        # The inner transaction is what is given up; the tenant is put back in the outer one.
        with tenant_context(tenant.id), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [COUNTED_FOR])
            names = _tables(cursor)
            counts = " UNION ALL ".join(
                f"SELECT '{name}', count(*) FROM"
                f" (SELECT FROM {_quoted(name)} WHERE tenant_id = %s LIMIT {COUNTED_TO + 1}) counted"
                for name in names
            )
            cursor.execute(counts, [tenant.id] * len(names))
            found = {name: rows for name, rows in cursor.fetchall() if rows}
            logins = selectors.logins_of(tenant)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
        return None
    further = frozenset(name for name, rows in found.items() if rows > COUNTED_TO)
    return Glance({name: min(rows, COUNTED_TO) for name, rows in found.items()}, logins, further)


def _tables(cursor: Any) -> list[str]:
    def ask(statement: str) -> Sequence[tuple[Any, ...]]:
        cursor.execute(statement)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return rows

    return [table.name for table in schema.tables(ask)]


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def uncounted() -> Kind:
    """What stands in files where counting took too long."""
    return Kind(_("Everything"), _("Not counted: it takes too long"), 0, is_more=True)


def in_words(counts: Mapping[str, int], further: Container[str] = ()) -> list[Kind]:
    """Counts by table as kinds, by area and name. All trails are one kind.

    Args:
        further: tables that hold more than was counted.
    """
    models = {model._meta.db_table: model for model in apps.get_models()}
    found: Counter[tuple[str, str]] = Counter()
    more = set()
    for table, rows in counts.items():
        model: Any = models.get(table)
        if model is None:
            kind = _("Other"), table
        elif hasattr(model, "pgh_tracked_model"):
            kind = _("History"), _("Who changed what, with the values before and after")
        else:
            area = apps.get_app_config(model._meta.app_label).verbose_name
            kind = str(area), capfirst(str(model._meta.verbose_name))
        found[kind] += rows
        if table in further:
            more.add(kind)
    return [Kind(*kind, rows, kind in more) for kind, rows in sorted(found.items())]
