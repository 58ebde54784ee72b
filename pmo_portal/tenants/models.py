"""Tenants, and what every tenant has: units, people, counters, thresholds."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.signals import class_prepared
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked

from . import choices
from .constraints import AppendOnly, RowLevelSecurity, SameTenant
from .context import current_tenant_id

slug_validator = RegexValidator(
    r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$",
    _("Use 3 to 40 small letters, digits and hyphens, starting with a letter."),
)
code_validator = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9-]{0,29}$",
    _("Use up to 30 letters, digits and hyphens, for example FIN or PAY-OPS."),
)


_GLOBAL_LABELS = frozenset(label.lower() for label in choices.GLOBAL_MODELS)


def _guard_tenant_table(sender: type[models.Model], **kwargs: Any) -> None:
    """Give every table with a tenant its row-level security and its same-tenant keys.

    Attached to the class rather than written in each `Meta`, so that nobody can forget it; the
    constraints still appear in `makemigrations`.
    """
    meta = sender._meta
    if meta.abstract or meta.proxy or not meta.managed:
        return
    fields: dict[str, Any] = {field.name: field for field in meta.local_concrete_fields}
    tenant = fields.get("tenant")
    if tenant is None or _target_label(tenant) != "tenants.tenant":
        return
    # Historical models of migrations carry the constraints of their own state already.
    if sender.__module__ == "__fake__" or meta.label in choices.GLOBAL_MODELS:
        return
    table = meta.db_table[:45]
    own: list[models.BaseConstraint] = [RowLevelSecurity(name=f"{table}_rls")]
    if hasattr(sender, "pgh_tracked_model"):
        own.append(AppendOnly(name=f"{table}_append_only"))
    for field in fields.values():
        if (
            isinstance(field, models.ForeignKey)
            and field.name != "tenant"
            and getattr(field, "db_constraint", True)
            and _target_label(field) not in _GLOBAL_LABELS
        ):
            own.append(SameTenant(name=f"{table[:30]}_{field.name[:20]}_tenant", field=field.name))
    known = {constraint.name for constraint in meta.constraints}
    meta.constraints = [*meta.constraints, *(c for c in own if c.name not in known)]
    meta.original_attrs["constraints"] = meta.constraints


def _target_label(field: Any) -> str:
    """`app.model` in small letters; the target of a key may still be a string at this point."""
    target = field.remote_field.model if field.remote_field else None
    if target is None:
        return ""
    if isinstance(target, str):
        return (target if "." in target else f"{field.model._meta.app_label}.{target}").lower()
    return target._meta.label_lower


class_prepared.connect(_guard_tenant_table, dispatch_uid="guard-tenant-table")


class Tenant(models.Model):
    """One organisation. Global: it is looked up before any tenant context exists."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(
        _("short name"), max_length=40, unique=True, validators=[slug_validator]
    )
    name = models.CharField(_("name"), max_length=120)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=choices.TenantStatus.choices,
        default=choices.TenantStatus.ACTIVE,
    )
    currency = models.CharField(_("currency"), max_length=3, default="GBP")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/London")
    is_demo = models.BooleanField(_("demo data"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    status_since = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == choices.TenantStatus.ACTIVE


class TenantQuerySet(models.QuerySet[Any]):
    """Adds the tenant to what is created in bulk; row-level security does the rest."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        tenant_id = current_tenant_id()
        for obj in objs:
            if obj.tenant_id is None:
                obj.tenant_id = tenant_id
        return super().bulk_create(objs, *args, **kwargs)


class TenantModel(models.Model):
    """Base of every table that holds a tenant's data."""

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="+", editable=False, db_index=False
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True

    def take_tenant(self) -> None:
        """Belong to the tenant of the running context, unless it belongs to one already."""
        if self.tenant_id is None:
            self.tenant_id = current_tenant_id()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.take_tenant()
        super().save(*args, **kwargs)


class Counter(TenantModel):
    """The last number given out for one kind of reference (R, M, DEC ...)."""

    kind = models.CharField(max_length=12)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind"], name="counter_one_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind}-{self.value}"


@tracked(by_time="businessunit_trail")
class BusinessUnit(TenantModel):
    """A part of the organisation, in one tree per tenant that all programmes share."""

    code = models.CharField(_("code"), max_length=30, validators=[code_validator])
    name = models.CharField(_("name"), max_length=160)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    path = models.CharField(
        max_length=400,
        editable=False,
        help_text="Codes from the root, with slashes; kept by services.",
    )
    headcount = models.PositiveIntegerField(_("people"), null=True, blank=True)
    lead = models.ForeignKey(
        "Person",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit lead"),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="businessunit_code_once"),
            models.UniqueConstraint(fields=["tenant", "path"], name="businessunit_path_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """0 for a root unit."""
        return self.path.count("/")


@tracked()
class Person(TenantModel):
    """Somebody in the directory: may own records without ever signing in."""

    handle = models.SlugField(_("handle"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("mail address"), blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    unit = models.ForeignKey(
        BusinessUnit,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("unit"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="people",
    )
    is_active = models.BooleanField(_("works here"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "handle"], name="person_handle_once"),
            models.UniqueConstraint(
                fields=["tenant", "user"],
                name="person_one_per_user",
                condition=models.Q(user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def named(self) -> str:
        """The name beside what waits for this person: it says where nobody will come for it."""
        return self.name if self.is_active else str(_("%(name)s (left)") % {"name": self.name})

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[:1].isalpha()]
        return "".join(
            word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
        ).upper()


@tracked()
class TenantSettings(TenantModel):
    """Thresholds of one organisation. Every one is shown where it decides something."""

    survey_k = models.PositiveSmallIntegerField(
        _("fewest answers shown"),
        default=7,
        validators=[MinValueValidator(5), MaxValueValidator(50)],
        help_text=_("Survey figures of fewer answers are never shown. At least 5."),
    )
    comments_k = models.PositiveSmallIntegerField(
        _("fewest answers before comments are read"),
        default=10,
        validators=[MinValueValidator(10), MaxValueValidator(100)],
        help_text=_(
            "Comments of a unit in which fewer people answered the survey are not kept. At least 10. It holds for "
            "surveys recorded from now on."
        ),
    )
    comment_quotes = models.CharField(
        _("who may read comments word for word"),
        max_length=10,
        choices=choices.Quotes.choices,
        default=choices.Quotes.NOBODY,
        help_text=_(
            "Shuffled, without names, unit or day. Shares by theme are shown to everybody in any case."
        ),
    )
    engagement_target = models.PositiveSmallIntegerField(
        _("engagement expected"),
        default=62,
        validators=[MaxValueValidator(100)],
        help_text=_("Index 0 to 100. Below it engagement is at risk."),
    )
    engagement_floor = models.PositiveSmallIntegerField(
        _("engagement off track below"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("Index 0 to 100. Below it engagement is off track."),
    )
    confidence_expected = models.PositiveSmallIntegerField(
        _("confidence expected"),
        default=60,
        validators=[MaxValueValidator(100)],
        help_text=_("0 to 100, for both halves alike. It divides the chart of the portfolio."),
    )
    golive_window_weeks = models.PositiveSmallIntegerField(
        _("weeks before go-live that are watched"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(26)],
    )
    raid_appetite = models.PositiveSmallIntegerField(
        _("risk appetite"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(25)],
        help_text=_("Probability times impact, 1 to 25. From this score on a response is needed."),
    )
    slip_amber_days = models.PositiveSmallIntegerField(
        _("slip that puts a milestone at risk (working days)"), default=5
    )
    slip_red_days = models.PositiveSmallIntegerField(
        _("slip that puts a milestone off track (working days)"), default=20
    )
    delivery_rhythm_days = models.PositiveSmallIntegerField(
        _("delivery status expected every (days)"), default=14, validators=[MinValueValidator(1)]
    )
    adoption_rhythm_days = models.PositiveSmallIntegerField(
        _("adoption status expected every (days)"), default=14, validators=[MinValueValidator(1)]
    )
    survey_rhythm_days = models.PositiveSmallIntegerField(
        _("survey expected every (days)"), default=42, validators=[MinValueValidator(1)]
    )
    decision_due_days = models.PositiveSmallIntegerField(
        _("days within which a decision is expected"), default=14, validators=[MinValueValidator(1)]
    )
    delay_cost_permille = models.PositiveSmallIntegerField(
        _("cost of a week of delay (thousandths of the cost index)"),
        default=2,
        validators=[MaxValueValidator(50)],
        help_text=_(
            "Assumed in projections of a later go-live: how much a week of delay lowers the cost index."
        ),
    )
    change_hours_week = models.PositiveSmallIntegerField(
        _("hours of change a person can carry in a week"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(40)],
        help_text=_("More than this from all programmes together is shown as over the limit."),
    )
    alert_share_percent = models.PositiveSmallIntegerField(
        _("programmes a forecast may point at each week (%)"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_(
            "Of a hundred programmes, as many as people can look into. The card of the model shows how useful such "
            "alerts would have been, from its next training run on."
        ),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="tenantsettings_once"),
            models.CheckConstraint(
                condition=models.Q(survey_k__gte=5), name="tenantsettings_k_at_least_five"
            ),
            models.CheckConstraint(
                condition=models.Q(comments_k__gte=10), name="tenantsettings_kc_at_least_ten"
            ),
            models.CheckConstraint(
                condition=models.Q(engagement_floor__lte=models.F("engagement_target")),
                name="tenantsettings_floor_below_target",
                violation_error_code=about("engagement_floor", "engagement_target"),
                violation_error_message=_(
                    "The “off track” limit for engagement is above the expected level. Lower the limit or raise the expected level."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(slip_amber_days__lte=models.F("slip_red_days")),
                name="tenantsettings_amber_before_red",
                violation_error_code=about("slip_amber_days", "slip_red_days"),
                violation_error_message=_(
                    "A slip puts a milestone off track before it puts it at risk. Lower the days of the one, or raise those of the other."
                ),
            ),
        ]

    def __str__(self) -> str:
        return "thresholds"
