"""Logins, memberships and invitations."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.models import Invitation, Membership, PublicLink, User, new_token
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.services import next_reference

from .tenants import PersonFactory, TenantFactory

PASSWORD = "quiet-harbour-41"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user-{n}@people.example")
    name = factory.Sequence(lambda n: f"User {n}")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory):
    """Inside the context of its tenant: its audit trail is tenant data."""

    class Meta:
        model = Membership

    tenant = factory.SubFactory(TenantFactory)
    user = factory.SubFactory(UserFactory)
    roles = factory.LazyFunction(lambda: [Role.VIEWER])


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    number = factory.LazyFunction(lambda: next_reference("INV"))
    email = factory.Sequence(lambda n: f"invited-{n}@people.example")
    name = factory.Sequence(lambda n: f"Invited {n}")
    roles = factory.LazyFunction(lambda: [Role.VIEWER])
    token_hash = factory.LazyFunction(lambda: new_token()[1])
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda made: made.created_at + timedelta(days=7))


class PublicLinkFactory(DjangoModelFactory):
    class Meta:
        model = PublicLink

    token_hash = factory.LazyFunction(lambda: new_token()[1])
    tenant = factory.SubFactory(TenantFactory)
    purpose = "invitation"


def make_member(tenant: Tenant, name: str, *roles: Role) -> Member:
    """Somebody who signs in (`dana@acme.example`), with their entry in the directory."""
    handle = name.split(" ", 1)[0].lower()
    email = f"{handle}@{tenant.slug}.example"
    with tenant_context(tenant.id):
        user = UserFactory(email=email, name=name)
        membership = MembershipFactory(tenant=tenant, user=user, roles=list(roles))
        PersonFactory(handle=handle, name=name, email=email, user=user)
    return Member(user, tenant, membership)
