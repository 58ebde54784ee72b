"""Constraints that keep tenants apart in the database itself.

They travel in `Meta.constraints`, so `makemigrations` writes them and a table without them cannot be
created unnoticed. `TenantModel` attaches them by itself (see `models.py`).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.constraints import BaseConstraint

# Kept inline in the policy: a helper function made queries 5 to 800 times slower.
_TENANT = "NULLIF(current_setting('app.tenant', true), '')::uuid"


class _TableRule(BaseConstraint):
    """A constraint that is a list of statements about one table."""

    def _create(self, model: type[models.Model], quote: Any) -> list[str]:
        raise NotImplementedError

    def _remove(self, model: type[models.Model], quote: Any) -> list[str]:
        raise NotImplementedError

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        # Called inside CREATE TABLE: nothing goes into the statement itself.
        schema_editor.deferred_sql.extend(self._create(model, schema_editor.quote_name))

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        return "; ".join(self._create(model, schema_editor.quote_name))

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return "; ".join(self._remove(model, schema_editor.quote_name))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check in Python: the database answers."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.deconstruct() == self.deconstruct()

    __hash__ = BaseConstraint.__hash__


class RowLevelSecurity(_TableRule):
    """Rows of another tenant do not exist, for the owner of the table neither."""

    def _create(self, model: type[models.Model], quote: Any) -> list[str]:
        table, policy = quote(model._meta.db_table), quote(self.name)
        return [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            (
                f"CREATE POLICY {policy} ON {table} USING (tenant_id = {_TENANT})"
                f" WITH CHECK (tenant_id = {_TENANT})"
            ),
        ]

    def _remove(self, model: type[models.Model], quote: Any) -> list[str]:
        table, policy = quote(model._meta.db_table), quote(self.name)
        return [
            f"DROP POLICY {policy} ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]


class SameTenant(_TableRule):
    """A foreign key may point only at a row of the same tenant.

    Foreign-key checks bypass row-level security, so a plain key would let one tenant point at (and
    probe for) another one's rows. This is the two-column twin of the key of `field`.
    """

    def __init__(self, *, name: str, field: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def _create(self, model: type[models.Model], quote: Any) -> list[str]:
        field: Any = model._meta.get_field(self.field)
        target = field.related_model._meta
        parent = quote(target.db_table)
        # Autodetected operations may be ordered child first, so each twin makes sure of the index.
        index = quote(f"{target.db_table[:45]}_tenant_id_uniq")
        return [
            f"CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {parent} (tenant_id, id)",
            (
                f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)}"
                f" FOREIGN KEY (tenant_id, {quote(field.column)})"
                f" REFERENCES {parent} (tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
            ),
        ]

    def _remove(self, model: type[models.Model], quote: Any) -> list[str]:
        return [f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"]


class AppendOnly(_TableRule):
    """Rows are written once: the roles that serve people can neither change nor delete them."""

    _roles: tuple[str, ...] = ("pmo_app", "pmo_worker")
    _rights = "UPDATE, DELETE"

    def _create(self, model: type[models.Model], quote: Any) -> list[str]:
        return [
            self._for_each_role(model, quote, f"REVOKE {self._rights} ON {{table}} FROM {{role}}")
        ]

    def _remove(self, model: type[models.Model], quote: Any) -> list[str]:
        return [self._for_each_role(model, quote, f"GRANT {self._rights} ON {{table}} TO {{role}}")]

    def _for_each_role(self, model: type[models.Model], quote: Any, statement: str) -> str:
        table = quote(model._meta.db_table)
        lines = " ".join(
            f"IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
            f" THEN {statement.format(table=table, role=role)}; END IF;"
            for role in self._roles
        )
        return f"DO $$ BEGIN {lines} END $$"


class KeptForGood(AppendOnly):
    """Rows may be written on but never deleted: not by those who serve people, nor by the one who erases."""

    _roles = ("pmo_app", "pmo_worker", "pmo_eraser")
    _rights = "DELETE"
