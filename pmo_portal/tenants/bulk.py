"""Writing very many new rows at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from pmo_portal.common.batches import batches

from .context import current_tenant_id

# So many rows go into one statement.
AT_ONCE = 5000


def insert(
    model: type[models.Model], rows: Sequence[Any], *, ignore_conflicts: bool = False
) -> None:
    """Write new rows of the running tenant, thousands by one statement, which gets them as one text.

    As `bulk_create` does, which names each value of each row by itself where a column is a list, and takes several times
    as long. Lists are lists of numbers. Rows are not told their keys, and nobody hears a signal.

    Raises:
        ValueError: a JSON value holds a number that is none; TypeError: something JSON does not know.
        django.db.DatabaseError: what a row says is not allowed; then none of its thousands is written.
    """
    tenant_id = current_tenant_id()
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [connection.ops.quote_name(str(field.column)) for field in fields]
    columns = ", ".join(names)
    typed = ", ".join(f"{name} {_type(field)}" for name, field in zip(names, fields, strict=True))
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) "
        f"SELECT {columns} FROM json_to_recordset(%s::json) AS new({typed})"
        + (" ON CONFLICT DO NOTHING" if ignore_conflicts else "")
    )
    for row in rows:
        if row.tenant_id is None:
            row.tenant_id = tenant_id
    with connection.cursor() as cursor:
        for some in batches(rows, AT_ONCE):
            told = [{field.column: _value(field, row) for field in fields} for row in some]
            cursor.execute(statement, [json.dumps(told, allow_nan=False)])


def _type(field: models.Field[Any, Any]) -> str:
    # A cast to so many characters would cut off silently; an assignment refuses.
    return "text" if isinstance(field, models.CharField) else str(field.db_type(connection))


def _value(field: models.Field[Any, Any], row: models.Model) -> Any:
    value = field.pre_save(row, add=True)
    if isinstance(field, ArrayField) and value is not None:
        # As the database writes lists: NaN is a number there and none in JSON.
        return "{" + ",".join(map(str, value)) + "}"
    # Told as text, and read as what the column is. Inside of a JSON value nothing is.
    return str(value) if isinstance(value, date | UUID | Decimal) else value


def plan_for_new_rows() -> None:
    """Until the transaction ends, no tables are joined row by row.

    Of rows that were written in a transaction the planner knows nothing before it ends, and takes tables for empty: reading
    the past of what was just imported, or seeded, can then take several times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
