"""The member: a user in a tenant, as every rule sees them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pmo_portal.tenants.models import Person, Tenant

from .choices import BROAD_ROLES, CHANGE_ROLES, DELIVERY_ROLES, Function, Role
from .models import Membership, User


@dataclass(frozen=True, eq=False)
class Member:
    """Who acts, in which tenant, with which roles. Built once per request or job."""

    user: User
    tenant: Tenant
    membership: Membership

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(self.membership.roles)

    def has(self, *roles: Role) -> bool:
        """Whether the member holds any of these roles."""
        return bool(self.roles.intersection(roles))

    @property
    def is_delivery(self) -> bool:
        return bool(self.roles & DELIVERY_ROLES)

    @property
    def is_change(self) -> bool:
        return bool(self.roles & CHANGE_ROLES)

    @property
    def function(self) -> Function:
        return self.membership.function

    @property
    def sees_all_programmes(self) -> bool:
        return bool(self.roles & BROAD_ROLES)

    @cached_property
    def person(self) -> Person | None:
        """The member's entry in the directory; needs the tenant's context."""
        return Person.objects.filter(user=self.user).first()

    def __str__(self) -> str:
        return str(self.user)


def member_for(user: User, tenant: Tenant) -> Member | None:
    """The active membership of a user in a tenant, or None."""
    membership = (
        Membership.objects.filter(user=user, tenant=tenant, is_active=True, user__is_active=True)
        .select_related("user", "tenant")
        .first()
    )
    return Member(membership.user, membership.tenant, membership) if membership else None
