"""Who signs in, and what they are in which tenant."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.tenants.models import Tenant, TenantModel
from pmo_portal.tenants.services import next_reference

from .choices import CHANGE_ROLES, DELIVERY_ROLES, Function, Role


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A login. Global: one person may be a member of several tenants."""

    email = models.EmailField(_("mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(
        default=False, help_text="May create, suspend and resume tenants; sees no tenant content."
    )
    date_joined = models.DateTimeField(auto_now_add=True)
    theme = models.CharField(max_length=6, default="system")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ", 1)[0]


@tracked()
class Membership(models.Model):
    """What a user is in a tenant. Global: it is read before a tenant context can be opened.

    Written only inside a context of its tenant, because its audit trail is tenant data.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    number = models.PositiveIntegerField(editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(
        models.CharField(max_length=24, choices=Role.choices), verbose_name=_("roles")
    )
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="membership_once"),
            models.UniqueConstraint(fields=["tenant", "number"], name="membership_number_once"),
            models.CheckConstraint(
                condition=~(
                    models.Q(roles__overlap=sorted(DELIVERY_ROLES))
                    & models.Q(roles__overlap=sorted(CHANGE_ROLES))
                ),
                name="membership_one_function",
                violation_error_code=about("roles"),
                violation_error_message=_(
                    "Delivery and adoption are peers: nobody holds roles in both. Choose one side."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(roles__len__gte=1), name="membership_has_a_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.tenant}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.number is None:
            self.number = next_reference("MEM")
        super().save(*args, **kwargs)

    @property
    def reference(self) -> str:
        return f"MEM-{self.number}"

    def get_absolute_url(self) -> str:
        return reverse(
            "accounts:member_edit",
            kwargs={"tenant": self.tenant.slug, "reference": self.reference},
        )

    @property
    def function(self) -> Function:
        if DELIVERY_ROLES.intersection(self.roles):
            return Function.DELIVERY
        if CHANGE_ROLES.intersection(self.roles):
            return Function.CHANGE
        return Function.BUSINESS

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]


class PublicLink(models.Model):
    """The hash of a secret in a link, and the tenant whose context it opens. Global."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.purpose


def new_token() -> tuple[str, str]:
    """A secret of 256 bits and the hash under which it is kept."""
    token = secrets.token_urlsafe(32)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@tracked(exclude=("token_hash",))
class Invitation(TenantModel):
    """Somebody asked to join. Only the hash of the secret in the mail is kept."""

    number = models.PositiveIntegerField(editable=False)
    email = models.EmailField(_("mail address"))
    name = models.CharField(_("name"), max_length=120)
    roles = ArrayField(
        models.CharField(max_length=24, choices=Role.choices), verbose_name=_("roles")
    )
    # Empty until the mail is written, and again when the link no longer works.
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    # An invitation that was used or withdrawn is not put back; a new one is sent.
    change_action = "accounts.invitation_restore"

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="invitation_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "email"],
                name="invitation_one_open_per_mail",
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def reference(self) -> str:
        return f"INV-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    def state_at(self, at: datetime) -> str:
        """`accepted`, `withdrawn`, `expired` or `open`."""
        if self.accepted_at is not None:
            return "accepted"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "open" if self.expires_at > at else "expired"

    def get_absolute_url(self) -> str:
        return reverse(
            "accounts:invitation_detail",
            kwargs={"tenant": self.tenant.slug, "reference": self.reference},
        )
