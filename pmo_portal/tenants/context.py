"""Which tenant the current transaction works for.

The database setting `app.tenant` is what row-level security reads. It is always set for one
transaction only: a setting that outlives its transaction would travel with a pooled connection to
the next caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

_current: ContextVar[UUID | None] = ContextVar("tenant", default=None)


class NoTenant(RuntimeError):
    """Tenant data was asked for outside a tenant context."""


def current_tenant_id() -> UUID:
    """The tenant of the running context.

    Raises:
        NoTenant: no context is open.
    """
    tenant_id = _current.get()
    if tenant_id is None:
        raise NoTenant("Open tenant_context(...) before touching tenant data.")
    return tenant_id


@contextmanager
def tenant_context(tenant_id: UUID) -> Iterator[None]:
    """Run one transaction for one tenant.

    Contexts of the same tenant nest; changing tenant inside one is a programming error.
    """
    previous = _current.get()
    if previous is not None and previous != tenant_id:
        raise RuntimeError("A tenant context may not switch to another tenant.")
    inside_transaction = connection.in_atomic_block
    with transaction.atomic():
        if previous is None:
            _set_database_tenant(str(tenant_id))
        token = _current.set(tenant_id)
        try:
            yield
        finally:
            _current.reset(token)
        # The setting would live on until the end of an outer transaction. Where the block failed, the savepoint
        # takes it back, and the connection may not take another statement.
        if previous is None and inside_transaction and not transaction.get_rollback():
            _set_database_tenant("")


def _set_database_tenant(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [value])
