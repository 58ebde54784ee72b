"""What an operator may know about organisations: counts from global tables, never their content."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from pmo_portal.accounts.models import Membership
from pmo_portal.jobs.choices import JobState
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.models import Tenant


def tenants() -> QuerySet[Any]:
    """Every organisation with `members`, `administrators`, `waiting` and `given_up` jobs."""
    members = Membership.objects.filter(tenant=OuterRef("pk"), is_active=True).order_by()
    tickets = Ticket.objects.filter(tenant=OuterRef("pk")).order_by()
    return Tenant.objects.annotate(
        members=_count(members),
        administrators=_count(members.filter(roles__contains=["administrator"])),
        waiting=_count(tickets.filter(state=JobState.QUEUED)),
        given_up=_count(tickets.filter(state=JobState.POISONED)),
    )


def job_states(tenant: Tenant) -> dict[str, int]:
    """How many jobs of an organisation wait, run, are done, failed or were given up."""
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in JobState}
    return Ticket.objects.filter(tenant=tenant).aggregate(**counts)


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.values("tenant").annotate(found=Count("pk")).values("found")
    return Coalesce(Subquery(counted), 0)
