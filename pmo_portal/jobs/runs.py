"""One run of one job: claimed under a lease, written under a fence.

A worker may die at any moment and its job be given to another one. Whoever writes last must still
hold the claim: the number of the attempt is the fence.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from pmo_portal.common import clock
from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.context import tenant_context

from .choices import JobState
from .models import Job, Ticket
from .registry import Kind, kind_of
from .services import MAX_ATTEMPTS, nudge_next, sharing_workers

log = logging.getLogger(__name__)

# A run renews it every third of that time.
LEASE = timedelta(seconds=90)


class JobFailed(Exception):
    """The work cannot be done, and trying again would not help; the message is shown to people."""


class LostClaim(Exception):
    """Another worker took the job over; nothing of this run is kept."""


class JobRun:
    """What a handler gets: arguments in, short contexts to read and to write, progress out."""

    def __init__(self, job: Job, attempt: int) -> None:
        self.job = job
        self.attempt = attempt
        self.args: dict[str, Any] = job.args
        self.tenant_id: UUID = job.tenant_id
        self.finished = False

    @property
    def _tickets(self) -> QuerySet[Ticket]:
        """The ticket, as long as this run holds it."""
        return Ticket.objects.filter(
            pk=self.job.ticket_id, state=JobState.RUNNING, attempts=self.attempt
        )

    def read(self) -> AbstractContextManager[None]:
        """A short transaction in the tenant, for reading what the work needs."""
        return tenant_context(self.tenant_id)

    @contextmanager
    def step(self) -> Iterator[None]:
        """A transaction for a part of the work that is kept whatever becomes of the rest.

        A later attempt finds it done, so it must be told from what is kept that it need not be done again.

        Raises:
            LostClaim: another worker holds the job now.
        """
        with tenant_context(self.tenant_id), self._acting():
            if not self._tickets.select_for_update().exists():
                raise LostClaim
            yield
            # Nobody else could renew it meanwhile.
            self._tickets.update(lease_until=clock.now() + LEASE)

    @contextmanager
    def write(self, result: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The one last transaction: results and "done" commit together, or neither does.

        Yields the result shown on the job's page, to be filled in.

        Raises:
            LostClaim: another worker holds the job now.
        """
        outcome = result if result is not None else {}
        with self.step():
            yield outcome
            now = clock.now()
            Ticket.objects.filter(pk=self.job.ticket_id).update(
                state=JobState.DONE, lease_until=None
            )
            Job.objects.filter(pk=self.job.pk).update(
                result=outcome, finished_at=now, message="", done=F("total")
            )
        self.finished = True

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is, and keep the claim for another lease.

        Raises:
            LostClaim: another worker holds the job now.
        """
        if not self._tickets.update(lease_until=clock.now() + LEASE):
            raise LostClaim
        with tenant_context(self.tenant_id):
            Job.objects.filter(pk=self.job.pk).update(done=done, total=total, message=message[:400])

    def _acting(self) -> AbstractContextManager[Any]:
        return acting_as(
            user_id=self.job.requested_by_id, action=self.job.title, job=self.job.reference
        )


def claim(ticket: Ticket) -> int | None:
    """Take a waiting job, or one whose worker let its lease run out. Returns the attempt, or None.

    A tenant that runs as much as it may has to wait: the job stays where it is, and what ends next asks for it.
    """
    now = clock.now()
    claimable = Q(state=JobState.QUEUED, run_at__lte=now) | Q(
        state=JobState.RUNNING, lease_until__lt=now
    )
    with transaction.atomic():
        if not _has_room(ticket, now):
            return None
        taken = (
            Ticket.objects.filter(claimable, pk=ticket.pk, attempts__lt=MAX_ATTEMPTS)
            .filter(tenant__status="active")
            .update(state=JobState.RUNNING, attempts=F("attempts") + 1, lease_until=now + LEASE)
        )
        if not taken:
            return None
        return Ticket.objects.values_list("attempts", flat=True).get(pk=ticket.pk)


def _has_room(ticket: Ticket, now: datetime) -> bool:
    """Whether the tenant runs less than it may; it stays so until the transaction ends."""
    with connection.cursor() as cursor:
        # Two workers that count at the same moment would both find room.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"pmo-claims:{ticket.tenant_id}"]
        )
    # A run that writes for long cannot renew its lease meanwhile, and still has its process.
    since = now - timedelta(minutes=Kind.minutes)
    running = sharing_workers(ticket).filter(state=JobState.RUNNING, lease_until__gte=since)
    return running.exclude(pk=ticket.pk).count() < settings.PMO_JOBS_PER_ORGANISATION


def run(tenant_id: UUID, ticket_id: UUID) -> str:
    """Run a job if it can be claimed. Returns the state it ended in, or "not claimed".

    A ticket of another tenant is not touched.
    """
    ticket = Ticket.objects.filter(pk=ticket_id, tenant_id=tenant_id).first()
    attempt = claim(ticket) if ticket is not None else None
    if ticket is None or attempt is None:
        return "not claimed"
    state = _run_claimed(ticket, attempt)
    nudge_next(ticket)
    return state


def _run_claimed(ticket: Ticket, attempt: int) -> str:
    with tenant_context(ticket.tenant_id):
        job = Job.objects.select_related("ticket").get(ticket=ticket)
        Job.objects.filter(pk=job.pk).update(
            started_at=clock.now(), **({"slot": None} if job.coalesces else {})
        )
    this = JobRun(job, attempt)
    try:
        with _claim_kept(job.ticket_id, attempt):
            kind_of(job.ticket.kind).handler(this)
            if not this.finished:
                with this.write():
                    pass
    except LostClaim:
        log.warning("job_lost_claim", extra={"job": job.reference})
        return "lost"
    except JobFailed as refusal:
        return _end(this, JobState.FAILED, str(refusal))
    except OperationalError as error:
        log.warning("job_interrupted", exc_info=error, extra={"job": job.reference})
        return _again(this, error)
    except Exception as error:
        log.exception("job_crashed", extra={"job": job.reference, "kind": job.ticket.kind})
        return _again(this, error)
    return str(JobState.DONE)


@contextmanager
def _claim_kept(ticket_id: UUID, attempt: int) -> Iterator[None]:
    """Go on renewing the lease, however long a statement or a computation takes; it ends with the process."""
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(ticket_id, attempt, over), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def _renew(ticket_id: UUID, attempt: int, over: threading.Event) -> None:
    held = Ticket.objects.filter(pk=ticket_id, state=JobState.RUNNING, attempts=attempt)
    try:
        while not over.wait(LEASE.total_seconds() / 3):
            try:
                if not held.update(lease_until=clock.now() + LEASE):
                    return
            except (InterfaceError, OperationalError) as error:
                # The run itself may hold the row for longer than anybody waits: it is renewed with that.
                log.warning(
                    "job_lease_not_renewed", extra={"ticket": str(ticket_id), "error": str(error)}
                )
                connection.close()
    finally:
        connection.close()


def _again(this: JobRun, fault: Exception) -> str:
    """Back into the queue, later each time; after the last attempt it is set aside for an operator."""
    # Everybody who sees the job reads it, and the fault's own words may quote rows. The log has them.
    error = _("It broke off (%s). The log of the portal says more.") % type(fault).__name__
    if this.attempt >= MAX_ATTEMPTS:
        return _end(this, JobState.POISONED, error)
    if connection.in_atomic_block is False and not connection.is_usable():
        connection.close()
    wait = timedelta(seconds=5 * 2**this.attempt)
    now = clock.now()
    Ticket.objects.filter(
        pk=this.job.ticket_id, state=JobState.RUNNING, attempts=this.attempt
    ).update(state=JobState.QUEUED, run_at=now + wait, lease_until=None, nudged_at=now)
    with tenant_context(this.tenant_id):
        Job.objects.filter(pk=this.job.pk).update(message=f"Attempt {this.attempt}: {error}"[:400])
    return str(JobState.QUEUED)


def _end(this: JobRun, state: JobState, error: str) -> str:
    ended = Ticket.objects.filter(
        pk=this.job.ticket_id, state=JobState.RUNNING, attempts=this.attempt
    ).update(state=state, lease_until=None)
    if ended:
        with tenant_context(this.tenant_id):
            Job.objects.filter(pk=this.job.pk).update(error=error, finished_at=clock.now())
    return str(state)
