"""The job queue. The row is the job; the message in Redis only says "look at the row".

Redis may lose everything at any moment. The queue itself (`Ticket`) is global, because the sweeper looks
at all tenants, and holds ids, tenant and states only. What the job is about (`Job`) is tenant data.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.tenants.models import Tenant, TenantModel

from .choices import FINISHED, JobState

# From then on the page of a job says that it waits longer than usual, and that nothing is lost.
LONG_WAIT = timedelta(minutes=1)


class Ticket(models.Model):
    """A place in the queue: may the job run, is it running, who holds it until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    queue = models.CharField(max_length=20, default="default")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    run_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run_at"],
                name="ticket_open",
                condition=models.Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class Job(TenantModel):
    """What a ticket is about, how far it got and what came of it.

    `slot` is what must not exist twice. A job that is done once (for a night, for a file) keeps its slot
    for good; one that coalesces (recompute) gives it back when it starts, so that changes during the run
    ask for another one.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="job")
    number = models.PositiveIntegerField()
    slot = models.CharField(max_length=200, null=True)
    coalesces = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=400, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)
        verbose_name = _("job")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="job_number_once"),
            models.UniqueConstraint(fields=["tenant", "slot"], name="job_slot_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        return f"J-{self.number}"

    @property
    def state(self) -> str:
        return self.ticket.state

    @property
    def is_finished(self) -> bool:
        return self.ticket.state in FINISHED

    @property
    def shown_state(self) -> str:
        """The state in the words of the progress component."""
        return {"queued": "waiting", "poisoned": "failed"}.get(self.state, self.state)

    @property
    def waits_long(self) -> bool:
        """Whether nobody took it up within a minute of its time: the workers are busy, or cannot be reached."""
        late = clock.now() - LONG_WAIT
        return self.ticket.state == JobState.QUEUED and self.ticket.run_at < late

    @property
    def percent(self) -> int | None:
        """Share of rows done, or None while the size of the work is unknown."""
        if self.ticket.state == JobState.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else None

    def get_absolute_url(self) -> str:
        return reverse(
            "jobs:job_detail", kwargs={"tenant": self.tenant.slug, "reference": self.reference}
        )


class Upload(TenantModel):
    """A file that somebody sent in, kept for the job that reads it. Removed when the job is done with it."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
