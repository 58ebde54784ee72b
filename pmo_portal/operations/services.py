"""The life of an organisation: created, suspended, resumed, closed."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.models import User
from pmo_portal.accounts.services import invite, withdraw
from pmo_portal.common import security
from pmo_portal.tenants.choices import TenantStatus
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.services import create_tenant

from . import selectors

# From where to where an operator may bring an organisation.
_WAYS = {
    TenantStatus.SUSPENDED: {TenantStatus.ACTIVE},
    TenantStatus.ACTIVE: {TenantStatus.SUSPENDED},
    TenantStatus.CLOSED: {TenantStatus.ACTIVE, TenantStatus.SUSPENDED},
}


@transaction.atomic
def open_tenant(
    *,
    slug: str,
    name: str,
    currency: str,
    administrator_name: str,
    administrator_email: str,
    at: datetime,
    origin: str,
    acting: User,
) -> Tenant:
    """Create an organisation and invite the one who lets everybody else in.

    Raises:
        PermissionDenied: not an operator.
        ValidationError: the short name is taken or malformed.
    """
    require_operator(acting)
    tenant = create_tenant(slug=slug, name=name, currency=currency)
    security.note("tenant_created", tenant=tenant.pk, by=acting.pk)
    invite_administrator(
        tenant,
        administrator_name=administrator_name,
        administrator_email=administrator_email,
        at=at,
        origin=origin,
        acting=acting,
    )
    return tenant


@transaction.atomic
def invite_administrator(
    tenant: Tenant,
    *,
    administrator_name: str,
    administrator_email: str,
    at: datetime,
    origin: str,
    acting: User,
) -> None:
    """Invite whoever lets everybody else in, for as long as nobody administers the organisation.

    What operators sent before ends with it: it may have gone to a wrong address.

    Raises:
        PermissionDenied: not an operator.
        ValidationError: somebody administers it, or it is not active.
    """
    require_operator(acting)
    current = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if (
        current.status != TenantStatus.ACTIVE
        or selectors.tenants().get(pk=current.pk).administrators
    ):
        raise ValidationError(
            _("%(name)s has an administrator or is not active, so nobody is invited from here.")
            % {"name": current.name}
        )
    with tenant_context(current.id):
        for earlier in selectors.operators_invitations():
            withdraw(earlier, at=at, acting=None)
        invite(
            email=administrator_email,
            name=administrator_name,
            roles=[Role.ADMINISTRATOR],
            at=at,
            origin=origin,
            acting=None,
        )


@transaction.atomic
def change_status(
    tenant: Tenant, *, to: TenantStatus, version: int, at: datetime, acting: User, typed: str = ""
) -> Tenant:
    """Suspend (its people are locked out, its jobs wait), resume, or close an organisation.

    Closing needs the name of the organisation typed out.

    Raises:
        PermissionDenied: not an operator.
        ValidationError: the name does not match, another operator was faster, or there is no way there.
    """
    require_operator(acting)
    current = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if current.version != version or current.status not in _WAYS[to]:
        raise ValidationError(
            _("%(name)s was changed meanwhile and is %(status)s now. Look again.")
            % {"name": current.name, "status": current.get_status_display()}
        )
    if to == TenantStatus.CLOSED and typed.strip() != current.name:
        raise ValidationError({"typed": _("Type the name exactly as it is written above.")})
    current.status, current.status_since = to, at
    current.version += 1
    current.save(update_fields=["status", "status_since", "version"])
    security.note(f"tenant_{to.value}", tenant=current.pk, by=acting.pk)
    return current


@transaction.atomic
def make_operator(*, email: str, name: str, password: str) -> User:
    """Give a login, new or known, the console. For the command line only: no page makes operators."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name)
    else:
        user.set_password(password)
    user.is_operator = True
    user.save()
    security.note("operator_made", user=user.pk)
    return user


def require_operator(acting: User) -> None:
    """Let only operators through.

    Raises:
        PermissionDenied.
    """
    if not (acting.is_operator and acting.is_active):
        raise PermissionDenied
