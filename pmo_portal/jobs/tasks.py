from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import connection, transaction

from pmo_portal.common import clock

from . import runs, services


@shared_task(acks_late=True, ignore_result=True)
def run_job(tenant_id: str, ticket_id: str) -> str:
    """Run one job of a tenant."""
    return runs.run(UUID(tenant_id), UUID(ticket_id))


@shared_task(ignore_result=True)
def sweep() -> int:
    """Every half minute: nudge what got lost. Harmless when two run at once."""
    return services.sweep(at=clock.now())


@shared_task(ignore_result=True)
def nightly() -> int:
    """Ask for the nightly jobs; idempotent for one night."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('pmo-nightly'))")
        if not cursor.fetchone()[0]:
            return 0
        return services.ask_nightly(night=clock.today().isoformat())
