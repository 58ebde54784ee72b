"""Counts of rows by kind, in words an operator knows: what an organisation has, or had, without what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from . import schema


@dataclass(frozen=True)
class Kind:
    """So many rows of one kind, and the part of the portal they belong to."""

    area: str
    name: str
    rows: int


def count_rows(tenant: Tenant) -> dict[str, int]:
    """How many rows of an organisation each table holds, by one statement; empty tables are left out."""
    with tenant_context(tenant.id), connection.cursor() as cursor:

        def ask(statement: str) -> Sequence[tuple[Any, ...]]:
            cursor.execute(statement)
            return cursor.fetchall()

        names = [table.name for table in schema.tables(ask)]
        counts = " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM {connection.ops.quote_name(name)} WHERE tenant_id = %s"
            for name in names
        )
        cursor.execute(counts, [tenant.id] * len(names))
        return {name: rows for name, rows in cursor.fetchall() if rows}


def in_words(counts: Mapping[str, int]) -> list[Kind]:
    """Counts by table as kinds, by area and name. All trails are one kind."""
    models = {model._meta.db_table: model for model in apps.get_models()}
    found: Counter[tuple[str, str]] = Counter()
    for table, rows in counts.items():
        model: Any = models.get(table)
        if model is None:
            found[_("Other"), table] += rows
        elif hasattr(model, "pgh_tracked_model"):
            found[_("History"), _("Who changed what, with the values before and after")] += rows
        else:
            area = apps.get_app_config(model._meta.app_label).verbose_name
            found[str(area), capfirst(str(model._meta.verbose_name))] += rows
    return [Kind(area, name, rows) for (area, name), rows in sorted(found.items())]
