"""What both leads agreed on at the beginning, in versions that are signed and then stay as they are."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record, live_manager
from pmo_portal.tenants.models import Person, TenantModel
from programmes.choices import Half
from programmes.models import Programme

from .. import choices
from ..charter_text import number
from ..querysets import CharterQuerySet


@tracked()
class Charter(Record):
    """One version of the charter of a programme.

    Of a programme's versions one at most is being written and one at most is agreed. What was agreed is never
    changed: a new version starts as its copy.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    edition = models.PositiveIntegerField(_("version"), editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=choices.CharterStatus.choices,
        default=choices.CharterStatus.DRAFT,
        editable=False,
    )
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True, editable=False)
    purpose = models.TextField(_("purpose"), blank=True)
    objectives = models.TextField(_("objectives"), blank=True)
    in_scope = models.TextField(_("in scope"), blank=True)
    out_of_scope = models.TextField(_("out of scope"), blank=True)
    case_strategic = models.TextField(_("strategic case"), blank=True)
    case_economic = models.TextField(_("economic case"), blank=True)
    case_commercial = models.TextField(_("commercial case"), blank=True)
    case_financial = models.TextField(_("financial case"), blank=True)
    case_management = models.TextField(_("management case"), blank=True)
    tolerance_days = models.PositiveSmallIntegerField(_("time, days"), null=True, blank=True)
    tolerance_cost = models.PositiveSmallIntegerField(
        _("cost, %"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    tolerance_benefit = models.PositiveSmallIntegerField(
        _("benefit, %"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    risk_appetite = models.PositiveSmallIntegerField(
        _("risk appetite, highest score"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(25)],
    )
    tolerance_adoption = models.PositiveSmallIntegerField(
        _("adoption, points"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    tolerance_scope = models.TextField(_("scope"), blank=True)
    tolerance_quality = models.TextField(_("quality"), blank=True)

    objects = live_manager(CharterQuerySet)
    all_objects = CharterQuerySet.as_manager()

    reference_prefix = "CH"
    change_action = "governance.charter_change"
    edited_fields = (
        "purpose",
        "objectives",
        "in_scope",
        "out_of_scope",
        "case_strategic",
        "case_economic",
        "case_commercial",
        "case_financial",
        "case_management",
        "tolerance_days",
        "tolerance_cost",
        "tolerance_scope",
        "tolerance_quality",
        "tolerance_benefit",
        "risk_appetite",
        "tolerance_adoption",
        "status",
        "agreed_on",
    )

    class Meta:
        verbose_name = _("charter")
        ordering = ("programme", "-edition")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="charter_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "programme", "edition"],
                name="charter_edition_once",
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["tenant", "programme"],
                name="charter_one_agreed",
                condition=models.Q(status="agreed", deleted_at__isnull=True),
                violation_error_message=_("Another version is agreed."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "programme"],
                name="charter_one_open",
                condition=models.Q(status__in=["draft", "ready"], deleted_at__isnull=True),
                violation_error_message=_("Another version is being written already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["agreed", "superseded"])
                | models.Q(agreed_on__isnull=False),
                name="charter_agreed_has_day",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "status"], name="charter_by_status")]

    def __str__(self) -> str:
        return str(_("Charter, version %(edition)d")) % {"edition": self.edition}

    @property
    def signed(self) -> dict[str, CharterSignature]:
        """The valid signatures by function."""
        live = getattr(self, "live_signatures", None)
        if live is None:
            live = self.signatures.filter(withdrawn_at__isnull=True).select_related("person")
        return {each.function: each for each in live}

    @property
    def is_open(self) -> bool:
        """Still being written or waiting for signatures."""
        return self.status in (choices.CharterStatus.DRAFT, choices.CharterStatus.READY)

    @property
    def is_agreed(self) -> bool:
        return self.status == choices.CharterStatus.AGREED

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:charter_edition",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "edition": self.edition,
            },
        )


class CharterLine(Record):
    """What measures and assumptions share.

    `line` names the same thing in every version of a charter, so that versions and reviews can be laid side by
    side.
    """

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="%(class)ss")
    line = models.PositiveSmallIntegerField(editable=False)
    half = models.CharField(_("side"), max_length=10, choices=Half.choices)
    unit = models.CharField(
        _("unit"), max_length=40, blank=True, help_text=_("%, days, people, hours a week …")
    )
    figure = models.CharField(
        _("checked by"),
        max_length=20,
        choices=choices.Yardstick.choices,
        blank=True,
        help_text=_("A figure the portal knows. Leave it empty if people check for themselves."),
    )

    change_action = "governance.charter_change"

    class Meta:
        abstract = True

    @property
    def programme(self) -> Programme:
        return self.charter.programme


@tracked()
class SuccessMeasure(CharterLine):
    """By what success is told, on one of the two sides."""

    name = models.CharField(_("measure"), max_length=200)
    baseline_value = models.FloatField(_("at the start"))
    target_value = models.FloatField(_("target"))
    due_on = models.DateField(_("to be reached by"))
    how = models.CharField(_("how it is measured"), max_length=300, blank=True)

    edited_fields = (
        "half",
        "name",
        "unit",
        "baseline_value",
        "target_value",
        "due_on",
        "how",
        "figure",
    )

    class Meta:
        verbose_name = _("success measure")
        ordering = ("line",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "charter", "line"],
                name="measure_line_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def start_words(self) -> str:
        return number(self.baseline_value, self.unit)

    @property
    def target_words(self) -> str:
        return number(self.target_value, self.unit)


@tracked()
class CharterAssumption(CharterLine):
    """What one side took for granted, as a number where it is one."""

    text = models.CharField(_("assumption"), max_length=300)
    value = models.FloatField(_("number"), null=True, blank=True)
    words = models.CharField(
        _("or in words"),
        max_length=200,
        blank=True,
        help_text=_("The situation today, if it is not a number."),
    )
    margin = models.FloatField(
        _("may drift by"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "In the same unit. A gap larger than this counts as drifted, more than twice as broken."
        ),
    )

    edited_fields = ("half", "text", "value", "unit", "margin", "words", "figure")

    class Meta:
        verbose_name = _("assumption")
        ordering = ("line",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "charter", "line"],
                name="assumption_line_once",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | ~models.Q(words=""),
                name="assumption_has_baseline",
                violation_error_code=about("value", "words"),
                violation_error_message=_(
                    "Give the situation today, as a number or in words: reviews compare with it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def value_words(self) -> str:
        """What was the case at the start, in words."""
        return number(self.value, self.unit) if self.value is not None else self.words

    @property
    def margin_words(self) -> str:
        return number(self.margin, self.unit)


@tracked()
class CharterSignature(TenantModel):
    """One lead's signature under one state of the text. It is withdrawn, never deleted, when the text changes."""

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="signatures")
    function = models.CharField(max_length=10, choices=choices.Voice.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role_then = models.CharField(_("signed as"), max_length=120)
    digest = models.CharField(_("fingerprint of the text"), max_length=64)
    signed_at = models.DateTimeField(_("signed"))
    signed_on = models.DateField()
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("signed_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "charter", "function"],
                name="signature_one_per_side",
                condition=models.Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role_then}"


# For lists: read `signed` of every charter with one more statement.
LIVE_SIGNATURES: models.Prefetch[Any] = models.Prefetch(
    "signatures",
    CharterSignature.objects.filter(withdrawn_at__isnull=True).select_related("person"),
    to_attr="live_signatures",
)
