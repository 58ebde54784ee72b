"""What an operator may know about organisations: counts from global tables, never their content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from pmo_portal.accounts.models import Invitation, Membership, User
from pmo_portal.jobs.choices import JobState
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant

from .choices import OPEN
from .models import Erasure


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


def operators_invitations() -> QuerySet[Invitation]:
    """What operators sent to the current tenant and nobody accepted or took back."""
    return Invitation.objects.filter(
        invited_by=None, accepted_at=None, withdrawn_at=None
    ).select_related("tenant")


def first_invitation(tenant: Tenant) -> Invitation | None:
    """The open invitation an operator sent last, of an organisation nobody administers yet."""
    with tenant_context(tenant.id):
        return operators_invitations().order_by("number").last()


def job_states(tenant: Tenant) -> dict[str, int]:
    """How many jobs of an organisation wait, run, are done, failed or were given up."""
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in JobState}
    return Ticket.objects.filter(tenant=tenant).aggregate(**counts)


def erasures() -> QuerySet[Erasure]:
    """Every record of an erasure, also of those called off."""
    return Erasure.objects.all()


def open_erasure(tenant: Tenant) -> Erasure | None:
    """The erasure of an organisation that waits or runs."""
    return Erasure.objects.filter(organisation=tenant.pk, state__in=OPEN).first()


def due_erasures(*, at: datetime) -> QuerySet[Erasure]:
    """What is to begin, or was begun and is not over, the longest due first."""
    return Erasure.objects.filter(state__in=OPEN, due_at__lte=at).order_by("due_at", "number")


def logins_of(tenant: Tenant) -> dict[str, int]:
    """How many logins of members go with an organisation, and how many stay because they belong elsewhere too.

    A membership that ended counts as belonging: records of that organisation name the login.
    """
    elsewhere = Membership.objects.filter(user=OuterRef("pk")).exclude(tenant=tenant)
    members = User.objects.filter(memberships__tenant=tenant)
    stays = Q(is_operator=True) | Q(is_superuser=True) | Q(Exists(elsewhere))
    return members.aggregate(
        going=Count("pk", filter=~stays),
        staying=Count("pk", filter=stays),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.values("tenant").annotate(found=Count("pk")).values("found")
    return Coalesce(Subquery(counted), 0)
