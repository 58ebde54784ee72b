"""Who is a member of the organisation, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.common import editing, security
from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.models import Person, Tenant
from pmo_portal.tenants.services import free_handle

from ..choices import CHANGE_ROLES, DELIVERY_ROLES, Role
from ..members import Member
from ..models import Membership, User
from ..permissions import require


def in_order(roles: Iterable[str]) -> list[str]:
    """Roles once each, in the order of `Role`.

    Raises:
        ValidationError: none is given, or roles of both functions are.
    """
    given = set(roles)
    if not given:
        raise ValidationError({"roles": _("Choose at least one role.")})
    if given & DELIVERY_ROLES and given & CHANGE_ROLES:
        raise ValidationError(
            {
                "roles": _(
                    "Delivery and adoption are peers: nobody holds roles in both. Choose one side."
                )
            }
        )
    return [role.value for role in Role if role in given]


@transaction.atomic
def add_member(
    *,
    tenant: Tenant,
    email: str,
    name: str,
    roles: Iterable[str],
    password: str | None = None,
    acting: Member | None = None,
) -> Membership:
    """Make somebody a member, with a login and an entry in the directory where they have none.

    Needs the tenant's context. Roles of somebody who is a member already are replaced; a password is set
    only for a login that is new. The mail address counts as proven.
    """
    email = email.strip().lower()
    user = user_with(email)
    if user is None:
        user = User.objects.create_user(email, password, name=name)
    note_proven(user, email)
    with acting_as(user_id=acting.user.pk if acting else user.pk, action=_("join")):
        membership = Membership.objects.filter(tenant=tenant, user=user).first()
        if membership is None:
            membership = Membership(tenant=tenant, user=user, roles=in_order(roles))
        else:
            membership.roles, membership.is_active = in_order(roles), True
            membership.version += 1
        membership.save()
        _enter_in_directory(user, email)
    security.note("membership_added", user=user.pk, tenant=tenant.pk)
    return membership


def user_with(email: str) -> User | None:
    """Whoever signs in with an address, be it their first or a proven second one."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        address = EmailAddress.objects.filter(email__iexact=email, verified=True).first()
        user = User.objects.filter(pk=address.user_id).first() if address else None
    return user


def note_proven(user: User, email: str) -> None:
    address = EmailAddress.objects.filter(user=user, email__iexact=email).first()
    if address is None:
        has_primary = EmailAddress.objects.filter(user=user, primary=True).exists()
        address = EmailAddress(user=user, email=email, primary=not has_primary)
    address.verified = True
    address.save()


def _enter_in_directory(user: User, email: str) -> Person:
    """Tie the login to the person of the directory with the address they join by or any other of theirs, or make one."""
    person = Person.objects.filter(user=user).first()
    if person is None:
        proven = EmailAddress.objects.filter(user=user, verified=True).values_list(
            "email", flat=True
        )
        for address in (email, user.email, *proven):
            person = Person.objects.filter(email__iexact=address, user=None, is_active=True).first()
            if person is not None:
                break
    if person is None:
        person = Person(handle=free_handle(user.name), name=user.name, email=user.email)
    if person.user_id is None:
        person.user = user
        editing.check(person)
        person.save()
    return person


@transaction.atomic
def revise_membership(
    membership: Membership, *, roles: Iterable[str], version: int | None = None, acting: Member
) -> Membership:
    """Change the roles of a member; in force with their next request.

    Raises:
        NotAllowed, EditConflict.
        ValidationError: roles of both functions, or the last administrator would be gone.
    """
    require(acting, "accounts.membership_change", membership)
    chosen = in_order(roles)
    if Role.ADMINISTRATOR not in chosen:
        _keep_an_administrator(without=membership)
    revised = editing.revise(
        membership, changes={"roles": chosen}, version=version, acting=acting, action="change roles"
    )
    security.note("roles_changed", user=membership.user_id, by=acting.user.pk, roles=revised.roles)
    return revised


@transaction.atomic
def end_membership(membership: Membership, *, acting: Member) -> Membership:
    """Take the membership back: their next request finds nothing here, and every session of theirs ends.

    Raises:
        NotAllowed.
        ValidationError: they are the last administrator.
    """
    require(acting, "accounts.membership_change", membership)
    if not membership.is_active:
        # Ended before: their sessions elsewhere are no business of this organisation.
        return membership
    _keep_an_administrator(without=membership)
    ended = editing.revise(
        membership, changes={"is_active": False}, acting=acting, action="end membership"
    )
    end_sessions(membership.user_id)
    security.note("membership_ended", user=membership.user_id, by=acting.user.pk)
    return ended


@transaction.atomic
def resume_membership(membership: Membership, *, at: datetime, acting: Member) -> Membership:
    """Let a former member in again, with the roles they had; an invitation with other roles is withdrawn.

    Raises:
        NotAllowed.
    """
    # Invitations stand on members.
    from .invitations import withdraw_from

    require(acting, "accounts.membership_change", membership)
    withdraw_from(membership.user, at=at, acting=acting)
    resumed = editing.revise(
        membership, changes={"is_active": True}, acting=acting, action="resume membership"
    )
    security.note("membership_resumed", user=membership.user_id, by=acting.user.pk)
    return resumed


def end_sessions(user_id: Any, *, but: str | None = None) -> None:
    """Sign somebody out everywhere, or everywhere `but` in one session."""
    for session in UserSession.objects.filter(user_id=user_id).exclude(session_key=but or ""):
        session.end()


def _keep_an_administrator(*, without: Membership) -> None:
    """Refuse what would leave the organisation without anybody who can let people in."""
    tenant_id = current_tenant_id()
    # Two administrators who remove each other at the same moment wait for one another here.
    Tenant.objects.select_for_update().get(pk=tenant_id)
    administrators = Membership.objects.filter(
        tenant_id=tenant_id,
        is_active=True,
        user__is_active=True,
        roles__contains=[Role.ADMINISTRATOR],
    )
    # Asked of the table: a form has written its wish into the instance already.
    if set(administrators.values_list("pk", flat=True)) == {without.pk}:
        raise ValidationError(
            {"roles": _("This is the last administrator. Make somebody else administrator first.")}
        )
