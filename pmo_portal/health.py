"""`/livez` and `/readyz`: is the process there, and may it serve people."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pmo_portal.tenants.choices import GLOBAL_MODELS

log = logging.getLogger(__name__)

_ROLE = """
    SELECT r.rolsuper, r.rolbypassrls,
           EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner = r.oid)
    FROM pg_roles r WHERE r.rolname = current_user
"""
_UNFORCED = """
    SELECT c.relname
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    ORDER BY c.relname
"""


def role_faults() -> list[str]:
    """Why the database login must not serve people; empty when row-level security binds it."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        superuser, bypasses, owns_tables = cursor.fetchone()
    faults = {
        "login is a superuser": superuser,
        "login bypasses row-level security": bypasses,
        "login owns tables": owns_tables,
    }
    return [fault for fault, found in faults.items() if found]


def unprotected_tables() -> list[str]:
    """Tables with a tenant that forced row-level security does not cover, but for the global ones."""
    exempt = {apps.get_model(label)._meta.db_table for label in GLOBAL_MODELS}
    with connection.cursor() as cursor:
        cursor.execute(_UNFORCED)
        return [table for (table,) in cursor.fetchall() if table not in exempt]


def refuse_a_strong_login() -> None:
    """Stop the start of a process whose login could see every tenant, or where a table is open to all of them.

    A database that does not answer yet is no reason to stop: `/readyz` says so until it does.
    """
    try:
        faults = role_faults()
        open_tables = unprotected_tables()
    except DatabaseError:
        log.warning("database_unreachable_at_start")
        return
    finally:
        connection.close()
    if faults:
        raise ImproperlyConfigured(
            f"The portal refuses to start: the database {' and '.join(faults)}. Let it log in as"
            " pmo_app, workers as pmo_worker (manage.py bootstrap_database makes the roles)."
        )
    if open_tables:
        raise ImproperlyConfigured(
            "The portal refuses to start: row-level security does not cover these tables:"
            f" {', '.join(open_tables)}. Run manage.py migrate as pmo_owner."
        )


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Looks at nothing else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when people can be served, 503 when not; without Redis work goes on, degraded."""
    checks: dict[str, Any] = {}
    try:
        faults = role_faults()
        checks["role"] = faults or "ok"
        open_tables = unprotected_tables()
        checks["row_level_security"] = (
            "ok" if not open_tables else f"{len(open_tables)} tables open"
        )
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["migrations"] = "ok" if not behind else f"{len(behind)} not applied"
    except DatabaseError:
        checks["database"] = "unreachable"
    ready = all(value == "ok" for value in checks.values())
    checks["redis"] = "ok" if _redis_answers() else "down"
    status = "ready" if ready else "not ready"
    if ready and checks["redis"] != "ok":
        status = "degraded"
    return JsonResponse({"status": status, "checks": checks}, status=200 if ready else 503)


def _redis_answers() -> bool:
    """Whether the Redis of the cache and that of the messages answer; true where the portal runs without."""
    return _cache_answers() and _broker_answers()


def _broker_answers() -> bool:
    from .celery import app

    connection = app.connection_for_write(
        transport_options={"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    )
    try:
        with connection:
            connection.connect()
    except (*connection.connection_errors, OSError):
        return False
    return True


def _cache_answers() -> bool:
    if not settings.CACHE_URL:
        return True
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(
            settings.CACHE_URL, socket_connect_timeout=0.5, socket_timeout=0.5
        ) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


for _view in (livez, readyz):
    _view.public = True  # type: ignore[attr-defined]
