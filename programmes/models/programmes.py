"""A programme, the units it lands in and who works on it."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record, live_manager
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel, code_validator

from .. import choices
from ..querysets import ProgrammeQuerySet


@tracked(by_time="programme_trail")
class Programme(Record):
    """A change the organisation makes, with two leads of equal rank."""

    number = models.PositiveIntegerField(editable=False)
    code = models.CharField(_("code"), max_length=30, validators=[code_validator])
    name = models.CharField(_("name"), max_length=200)
    purpose = models.TextField(_("purpose"), blank=True)
    portfolio = models.CharField(_("portfolio"), max_length=120, blank=True)
    stage = models.CharField(
        _("stage"), max_length=12, choices=choices.Stage.choices, default=choices.Stage.DEFINITION
    )
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    budget = models.BigIntegerField(
        _("budget"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    sponsor = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sponsor"),
    )
    delivery_lead = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("delivery lead"),
    )
    change_lead = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("change lead"),
    )
    units = models.ManyToManyField(
        BusinessUnit, through="ProgrammeUnit", related_name="programmes", verbose_name=_("units")
    )
    source = models.CharField(max_length=20, blank=True, editable=False)
    external_id = models.CharField(max_length=60, blank=True, editable=False)

    objects = live_manager(ProgrammeQuerySet)
    all_objects = ProgrammeQuerySet.as_manager()

    reference_prefix = "P"
    change_action = "programmes.programme_change"
    money_fields = ("budget",)
    edited_fields = (
        "code",
        "name",
        "purpose",
        "portfolio",
        "stage",
        "starts_on",
        "ends_on",
        "budget",
        "sponsor",
        "delivery_lead",
        "change_lead",
    )
    told_with = ("members",)

    class Meta:
        verbose_name = _("programme")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"],
                name="programme_code_once",
                violation_error_code=about("code"),
                violation_error_message=_("Another programme has this code."),
            ),
            models.UniqueConstraint(fields=["tenant", "number"], name="programme_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "source", "external_id"],
                name="programme_external_id_once",
                condition=~models.Q(external_id=""),
            ),
            models.CheckConstraint(
                condition=models.Q(delivery_lead__isnull=True)
                | models.Q(change_lead__isnull=True)
                | ~models.Q(delivery_lead=models.F("change_lead")),
                name="programme_two_leads_differ",
                violation_error_code=about("change_lead", "delivery_lead"),
                violation_error_message=_(
                    "Delivery and adoption are led by two different people. Leave one open until somebody is named."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="programme_ends_after_start",
                violation_error_code=about("ends_on", "starts_on"),
                violation_error_message=_("The end lies before the start."),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "portfolio", "code"], name="programme_by_portfolio"),
            models.Index(fields=["tenant", "name"], name="programme_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "programmes:programme_detail", kwargs={"tenant": self.tenant.slug, "code": self.code}
        )

    @property
    def is_closed(self) -> bool:
        return self.stage == choices.Stage.CLOSED


@tracked(by_time="programmeunit_trail")
class ProgrammeUnit(TenantModel):
    """A unit a programme lands in; `headcount` where only a part of the unit is touched."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="unit_links")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="programme_links")
    headcount = models.PositiveIntegerField(_("people touched"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "unit"], name="programmeunit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.unit}"


@tracked()
class ProgrammeMember(Record):
    """Somebody who works on a programme, on one side of it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="programme_roles")
    role = models.CharField(_("role"), max_length=24, choices=choices.ProgrammeRole.choices)

    change_action = "programmes.programme_change"
    edited_fields = ("person", "role")

    class Meta:
        verbose_name = _("programme member")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "person"],
                name="programmemember_once",
                condition=models.Q(deleted_at__isnull=True),
                violation_error_code=about("person"),
                violation_error_message=_("This person works on the programme already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"
