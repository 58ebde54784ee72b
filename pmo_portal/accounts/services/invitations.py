"""Asking somebody to join: a secret in a mail, of which only the hash is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal.common import editing, security
from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.services import next_reference

from ..events import invitation_written
from ..members import Member
from ..models import Invitation, Membership, PublicLink, User, new_token
from ..permissions import require
from .members import add_member, in_order, user_with

VALID_FOR = timedelta(days=7)
PURPOSE = "invitation"
# More in one day is not how an organisation invites its people.
MOST_A_DAY = 200


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    roles: Iterable[str],
    at: datetime,
    origin: str,
    acting: Member | None,
) -> Invitation:
    """Write an invitation to the current tenant and ask for its mail.

    Raises:
        NotAllowed.
        ValidationError: they are a member already or were invited, or the roles do not go together.
    """
    if acting is not None:
        require(acting, "accounts.invitation_create")
    email = email.strip().lower()
    _refuse_member(email)
    earlier = _open_invitations(email).select_for_update().first()
    if earlier is not None and earlier.expires_at > at:
        raise ValidationError(
            {"email": _("They have been invited already. Send that invitation again instead.")}
        )
    if Invitation.objects.filter(created_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ValidationError(_("Too many invitations today. Try again tomorrow."))
    if earlier is not None:
        withdraw(earlier, at=at, acting=acting)
    invitation = Invitation(
        number=next_reference("INV"),
        email=email,
        name=name.strip(),
        roles=in_order(roles),
        invited_by=acting.user if acting else None,
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    with acting_as(user_id=editing.user_id_of(acting), action="invite"):
        invitation.full_clean(exclude=["tenant"], validate_constraints=False)
        invitation.save()
    _ask_for_mail(invitation, origin=origin, acting=acting)
    security.note("invitation_written", invitation=invitation.pk)
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, at: datetime, origin: str, acting: Member) -> Invitation:
    """Send another mail with a new secret, valid for seven days; the earlier link ends.

    Raises:
        NotAllowed.
        ValidationError: it was accepted or withdrawn, or too many mails were sent within a day.
    """
    require(acting, "accounts.invitation_create", invitation)
    current = _locked_open(invitation)
    renewed = editing.revise(
        current,
        changes={"expires_at": at + VALID_FOR},
        acting=acting,
        action="send invitation again",
    )
    _forget_secret(renewed)
    _ask_for_mail(renewed, origin=origin, acting=acting)
    return renewed


@transaction.atomic
def withdraw(invitation: Invitation, *, at: datetime, acting: Member | None) -> Invitation:
    """Take an invitation back; its link answers like one that never was.

    Raises:
        NotAllowed.
        ValidationError: it was accepted or withdrawn before.
    """
    if acting is not None:
        require(acting, "accounts.invitation_create", invitation)
    current = _locked_open(invitation)
    withdrawn = editing.revise(
        current, changes={"withdrawn_at": at}, acting=acting, action="withdraw invitation"
    )
    _forget_secret(withdrawn)
    return withdrawn


def withdraw_from(user: User, *, at: datetime, acting: Member) -> None:
    """Take back what is open to any address of somebody who is let in another way."""
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    addresses = {address.lower() for address in (user.email, *proven)}
    for invitation in _open_invitations(*addresses).select_for_update():
        withdraw(invitation, at=at, acting=acting)


@dataclass(frozen=True)
class Letter:
    """The mail of an invitation, with its secret; lives in the memory of one worker only."""

    to: str
    subject: str
    body: str

    def send(self) -> None:
        EmailMessage(subject=self.subject, body=self.body, to=[self.to]).send()


@transaction.atomic
def open_letter(number: int, *, at: datetime, origin: str) -> Letter | None:
    """Make a fresh secret for an open invitation of the current tenant and write its mail.

    None where there is nothing to send any more. Asked twice, only the later link works.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("invited_by")
        .filter(number=number, accepted_at=None, withdrawn_at=None, expires_at__gt=at)
        .first()
    )
    if invitation is None:
        return None
    _forget_secret(invitation)
    token, invitation.token_hash = new_token()
    invitation.save(update_fields=["token_hash"])
    tenant = Tenant.objects.get(pk=invitation.tenant_id)
    PublicLink.objects.create(token_hash=invitation.token_hash, tenant=tenant, purpose=PURPOSE)
    context = {
        "invitation": invitation,
        "tenant": tenant,
        "roles": invitation.role_labels,
        "link": f"{origin}{reverse('accounts:invitation_accept', kwargs={'token': token})}",
    }
    return Letter(
        to=invitation.email,
        subject=_("%(organisation)s invites you to its PMO portal") % {"organisation": tenant.name},
        body=render_to_string("accounts/mail/invitation.txt", context),
    )


@transaction.atomic
def accept(
    invitation: Invitation, *, at: datetime, name: str = "", password: str | None = None
) -> Membership:
    """Join. The caller has the secret, which proves the mail address; used once.

    `name` and `password` are for a login that is new.

    Raises:
        ValidationError: somebody used or withdrew it in the same moment, it ran out, or they are a member
            meanwhile: the roles of a member are changed by an administrator, not by a link.
    """
    current = _locked_open(invitation)
    if current.expires_at <= at:
        raise ValidationError(_("This invitation has run out."))
    _refuse_member(current.email)
    tenant = Tenant.objects.get(pk=current.tenant_id)
    membership = add_member(
        tenant=tenant,
        email=current.email,
        name=name or current.name,
        roles=current.roles,
        password=password,
    )
    with acting_as(user_id=membership.user_id, action="accept invitation"):
        current.accepted_at = at
        current.version += 1
        current.save(update_fields=["accepted_at", "version"])
    _forget_secret(current)
    return membership


def _locked_open(invitation: Invitation) -> Invitation:
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not current.is_open:
        raise ValidationError(_("This invitation was accepted or withdrawn already."))
    return current


def _open_invitations(*emails: str) -> Any:
    return Invitation.objects.filter(email__in=emails, accepted_at=None, withdrawn_at=None)


def _refuse_member(email: str) -> None:
    members = Membership.objects.filter(
        tenant_id=current_tenant_id(), user=user_with(email), is_active=True
    )
    if members.exists():
        raise ValidationError({"email": _("They are a member of this organisation already.")})


def _forget_secret(invitation: Invitation) -> None:
    if invitation.token_hash:
        PublicLink.objects.filter(token_hash=invitation.token_hash).delete()
        Invitation.objects.filter(pk=invitation.pk).update(token_hash="")
        invitation.token_hash = ""


def _ask_for_mail(invitation: Invitation, *, origin: str, acting: Member | None) -> None:
    invitation_written.send(
        sender=Invitation, invitation=invitation, origin=origin.rstrip("/"), acting=acting
    )
