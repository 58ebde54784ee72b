"""Reads about members, invitations and the directory. All of them need the tenant's context."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registry import Found
from pmo_portal.common.tracking import last_called
from pmo_portal.tenants.context import current_tenant_id, tenant_context
from pmo_portal.tenants.models import BusinessUnit, Person, TenantSettings
from pmo_portal.tenants.selectors import people, units

from .choices import Function, Role
from .members import Member
from .models import Invitation, Membership, PublicLink, User, hash_token


def memberships() -> QuerySet[Any]:
    """Members and former members, each with `has_second_factor`. The table is global: filtered here."""
    factor = Authenticator.objects.filter(user_id=OuterRef("user_id")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return (
        Membership.objects.filter(tenant_id=current_tenant_id())
        .select_related("user", "tenant")
        .annotate(has_second_factor=Exists(factor))
    )


def function_of(person: Person) -> Function:
    """The side of the house somebody of the directory speaks for by their roles; business for who has none."""
    found = Membership.objects.filter(
        tenant_id=current_tenant_id(), user=person.user_id or 0, is_active=True
    ).first()
    return found.function if found else Function.BUSINESS


def membership_by_number(number: int) -> Membership | None:
    return memberships().filter(number=number).first()


def invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("invited_by", "tenant")


def invitation_by_number(member: Member, number: int) -> Invitation | None:
    """For administrators; nobody else learns who was invited."""
    if not member.has(Role.ADMINISTRATOR):
        return None
    return invitations().filter(number=number).first()


def invitation_behind(token: str, *, at: datetime) -> Invitation | None:
    """The open invitation that a secret leads to, with its tenant; None for whatever else.

    Opens the tenant of the link for as long as it looks.
    """
    link = (
        PublicLink.objects.select_related("tenant")
        .filter(token_hash=hash_token(token), purpose="invitation", tenant__status="active")
        .first()
    )
    if link is None:
        return None
    with tenant_context(link.tenant_id):
        invitation = (
            Invitation.objects.select_related("tenant")
            .filter(token_hash=link.token_hash, expires_at__gt=at)
            .filter(accepted_at=None, withdrawn_at=None)
            .first()
        )
    return invitation


def unit_tree() -> QuerySet[Any]:
    """The tree with how many people of the directory are in each unit, and `is_retired`: those come last."""
    here = Count("people", filter=Q(people__is_active=True))
    retired = ExpressionWrapper(Q(is_active=False), output_field=BooleanField())
    return units().select_related("lead").annotate(people_here=here, is_retired=retired)


def unit_counts() -> dict[str, int]:
    """How many units are in use and how many are retired. One statement."""
    return units().aggregate(
        in_use=Count("pk", filter=Q(is_active=True)),
        retired=Count("pk", filter=Q(is_active=False)),
    )


def unit_by_code(code: str) -> BusinessUnit | None:
    """A unit by its code; where none has it now, the one that had it last."""
    found = units().select_related("lead")
    return (
        found.filter(code=code).first()
        or found.filter(pk=last_called(BusinessUnit, code=code)).first()
    )


def directory() -> QuerySet[Person]:
    return people()


def person_by_handle(handle: str) -> Person | None:
    return people().filter(handle=handle).first()


def saved_thresholds() -> TenantSettings:
    """The row of thresholds; every organisation has one from its creation."""
    return TenantSettings.objects.get()


def active_memberships_of(user: User) -> QuerySet[Membership]:
    """Where somebody may go, by name."""
    return (
        Membership.objects.filter(user=user, is_active=True)
        .exclude(tenant__status="closed")
        .select_related("tenant")
        .order_by("tenant__name")
    )


def search(member: Member, words: str) -> Iterator[Found]:
    """Units and people whose name contains the words; every member may see the directory."""
    tenant = member.tenant.slug
    for unit in units().filter(name__icontains=words)[:10]:
        url = reverse("accounts:unit_detail", kwargs={"tenant": tenant, "code": unit.code})
        yield Found(unit.code, unit.name, _("Unit"), url)
    for person in people().filter(name__icontains=words)[:10]:
        url = reverse("accounts:person_detail", kwargs={"tenant": tenant, "handle": person.handle})
        yield Found(person.handle, person.name, _("Person"), url)
