"""Asking for a job, nudging workers, and sweeping up what got lost."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber
from kombu.exceptions import OperationalError as BrokerError
from kombu.pools import producers

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.common import clock
from pmo_portal.common.circuit import Circuit
from pmo_portal.tenants.context import current_tenant_id, tenant_context
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.services import next_reference

from .choices import FAILURES, JobState
from .models import Job, Ticket
from .registry import LONG, kind_of, kinds, minutes_of

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# A queued job that nobody picked up for this long is nudged again.
NUDGE_AGAIN_AFTER = timedelta(seconds=30)
REMEMBER_FOR = timedelta(days=30)
# One tenant with many jobs does not keep the others waiting.
SWEEP_PER_TENANT = 20
SWEEP_AT_ONCE = 500
_broker = Circuit()
# Somebody waits for their page: once, and as long as for the cache. Workers are more patient, and the sweeper asks again.
FOR_NUDGES = {"socket_timeout": 2, "max_retries": 0}


def enqueue(
    kind: str,
    *,
    title: str,
    slot: str,
    args: dict[str, Any] | None = None,
    acting: Member | None = None,
    coalesce: bool = False,
    delay: timedelta = timedelta(0),
) -> Job | None:
    """Ask for a job in the running transaction; workers hear of it once that commits.

    `coalesce` lets a job be asked for again as soon as it has started; otherwise a slot is used once.
    Returns None when a job with this slot exists already: it will do, or has done, the same work.
    """
    now = clock.now()
    chosen = kind_of(kind)
    if Job.objects.filter(slot=slot).exists():
        return None
    try:
        with transaction.atomic():
            ticket = Ticket.objects.create(
                tenant_id=current_tenant_id(),
                kind=kind,
                queue=chosen.queue,
                created_at=now,
                run_at=now + delay,
                nudged_at=now,
            )
            job = Job.objects.create(
                ticket=ticket,
                number=next_reference("J"),
                slot=slot,
                coalesces=coalesce,
                title=title,
                args=args or {},
                requested_by=acting.user if acting else None,
                created_at=now,
            )
    except IntegrityError:
        # Somebody asked for the same at the same moment.
        return None
    seconds = delay.total_seconds()
    transaction.on_commit(lambda: nudge(ticket, seconds), robust=True)
    return job


def nudge(ticket: Ticket, seconds: float = 0) -> bool:
    """Tell the workers to look at a ticket. A broker that does not answer costs nothing but time, and that only now and then."""
    from .tasks import run_job

    if not _broker.lets_ask():
        return False
    try:
        limit = 60 * minutes_of(ticket.kind)
        broker = run_job.app.connection_for_write(transport_options=FOR_NUDGES)
        with producers[broker].acquire(block=True) as producer:
            run_job.apply_async(
                args=(str(ticket.tenant_id), str(ticket.pk)),
                queue=ticket.queue,
                countdown=seconds,
                soft_time_limit=limit,
                time_limit=limit + 60,
                producer=producer,
                retry=False,
            )
    except (BrokerError, OSError) as error:
        _broker.failed()
        log.warning("job_nudge_failed", extra={"ticket": str(ticket.pk), "error": str(error)})
        return False
    _broker.answered()
    return True


def sharing_workers(ticket: Ticket) -> QuerySet[Ticket]:
    """The tickets of the same tenant for the same workers, among which it has its share."""
    tickets = Ticket.objects.filter(tenant_id=ticket.tenant_id)
    return tickets.filter(queue=LONG) if ticket.queue == LONG else tickets.exclude(queue=LONG)


def nudge_next(ticket: Ticket) -> None:
    """When a job has ended, tell workers of those of its tenant that have waited longest for their turn."""
    waiting = sharing_workers(ticket).filter(state=JobState.QUEUED, run_at__lte=clock.now())
    for each in waiting.order_by("run_at", "pk")[: settings.PMO_JOBS_PER_ORGANISATION]:
        nudge(each)


def sweep(*, at: datetime) -> int:
    """Nudge what waits too long or whose worker died; give up on what crashed too often.

    Works on the queue alone and opens no tenant but to note a failure. Returns how many were nudged.
    """
    stale = Ticket.objects.filter(
        Q(state=JobState.QUEUED, run_at__lte=at, nudged_at__lte=at - NUDGE_AGAIN_AFTER)
        | Q(state=JobState.RUNNING, lease_until__lt=at),
        tenant__status="active",
    )
    # Counted before anything is cut off; and whoever was told longest ago comes first, so that in the end
    # every tenant does.
    place = Window(RowNumber(), partition_by="tenant_id", order_by=("run_at", "pk"))
    next_of_each = (
        stale.filter(attempts__lt=MAX_ATTEMPTS)
        .annotate(place=place)
        .filter(place__lte=SWEEP_PER_TENANT)
        .order_by("nudged_at")
        .values("pk")[:SWEEP_AT_ONCE]
    )
    with transaction.atomic():
        ours = stale.select_for_update(skip_locked=True, of=("self",))
        chosen = list(ours.filter(pk__in=next_of_each))
        poisoned = list(ours.filter(attempts__gte=MAX_ATTEMPTS)[:SWEEP_AT_ONCE])
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in chosen]).update(nudged_at=at)
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in poisoned]).update(
            state=JobState.POISONED
        )
    for ticket in poisoned:
        log.error("job_poisoned", extra={"ticket": str(ticket.pk), "kind": ticket.kind})
        with tenant_context(ticket.tenant_id):
            Job.objects.filter(ticket=ticket).update(
                finished_at=at, error="The worker died several times while it ran this job."
            )
    return sum(nudge(ticket) for ticket in chosen)


def ask_nightly(*, night: str) -> int:
    """Ask for every nightly job in every active tenant, once a night however often it is called."""
    asked = 0
    for tenant in Tenant.objects.filter(status="active"):
        with tenant_context(tenant.id):
            for kind in kinds():
                if kind.nightly:
                    made = enqueue(
                        kind.name,
                        title=str(kind.nightly),
                        slot=f"{kind.name}:nightly:{night}",
                        args={"night": night},
                    )
                    asked += made is not None
    return asked


def retry(job: Job, *, acting: Member) -> Job:
    """Give a job that failed another set of attempts.

    Raises:
        NotAllowed: the member may not.
    """
    require(acting, "jobs.job_retry", job)
    return again(job)


def again(job: Job) -> Job:
    """Let a job that failed run again, for a caller that asked who may; any other job stays as it is."""
    now = clock.now()
    again = Ticket.objects.filter(pk=job.ticket_id, state__in=FAILURES).update(
        state=JobState.QUEUED, attempts=0, run_at=now, nudged_at=now, lease_until=None
    )
    if again:
        Job.objects.filter(pk=job.pk).update(error="", finished_at=None, message="")
        ticket = job.ticket
        transaction.on_commit(lambda: nudge(ticket), robust=True)
    job.ticket.refresh_from_db()
    return job


def forget(*, at: datetime) -> int:
    """Remove what the portal did by itself and finished more than 30 days ago; what people asked for stays.

    Returns how many jobs were removed, of the tenant in whose context it is called.
    """
    over = Job.objects.filter(
        requested_by__isnull=True, finished_at__lt=at - REMEMBER_FOR, ticket__state=JobState.DONE
    )
    tickets = list(over.values_list("ticket_id", flat=True))
    Ticket.objects.filter(pk__in=tickets).delete()
    return len(tickets)


def queue_health() -> dict[str, Any]:
    """How many wait, run and were given up on, and the age in seconds of the oldest that waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE state = 'queued'),"
            " count(*) FILTER (WHERE state = 'running'),"
            " count(*) FILTER (WHERE state = 'poisoned'),"
            " extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'queued'))"
            " FROM jobs_ticket"
        )
        waiting, running, poisoned, oldest = cursor.fetchone()
    return {
        "waiting": waiting,
        "running": running,
        "poisoned": poisoned,
        "oldest_seconds": max(0.0, float(oldest)) if oldest is not None else 0.0,
    }
