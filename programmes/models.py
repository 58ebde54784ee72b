"""The spine (`Programme`, `Milestone`), the RAID log, and what was reported.

Nothing here knows of surveys, training or decisions: those hang on from above.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, FactQuerySet, Record, live_manager
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel, code_validator

from . import choices
from .querysets import MilestoneQuerySet, ProgrammeQuerySet, RaidQuerySet, StatusQuerySet


@tracked()
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

    class Meta:
        verbose_name = _("programme")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"],
                name="programme_code_once",
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
                violation_error_message=_(
                    "Delivery and change are led by two different people. Leave one open until somebody is named."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="programme_ends_after_start",
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
class ProgrammeMember(TenantModel):
    """Somebody who works on a programme, on one side of it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="programme_roles")
    role = models.CharField(_("role"), max_length=24, choices=choices.ProgrammeRole.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "person"], name="programmemember_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"


@tracked()
class Milestone(Record):
    """A point in the plan, on the delivery or the adoption track of one timeline.

    `forecast_on` and `actual_on` hold what is said now; what was said when is in `MilestoneForecast`.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="milestones")
    track = models.CharField(_("track"), max_length=10, choices=choices.Half.choices)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    baseline_on = models.DateField(_("baseline"))
    forecast_on = models.DateField(_("forecast"))
    actual_on = models.DateField(_("achieved"), null=True, blank=True)
    owner = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    is_golive = models.BooleanField(_("go-live"), default=False)
    units = models.ManyToManyField(
        BusinessUnit, through="MilestoneUnit", related_name="milestones", verbose_name=_("units")
    )

    objects = live_manager(MilestoneQuerySet)
    all_objects = MilestoneQuerySet.as_manager()

    reference_prefix = "M"
    change_action = "programmes.milestone_change"
    edited_fields = (
        "name",
        "description",
        "track",
        "baseline_on",
        "forecast_on",
        "actual_on",
        "owner",
        "is_golive",
    )

    class Meta:
        verbose_name = _("milestone")
        ordering = ("forecast_on", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="milestone_number_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "forecast_on"], name="milestone_by_programme"
            ),
            models.Index(
                fields=["tenant", "forecast_on"],
                name="milestone_golives",
                condition=models.Q(is_golive=True, actual_on__isnull=True, deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "programmes:milestone_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


class MilestoneUnit(TenantModel):
    """A unit a milestone touches."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="unit_links")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="milestone_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "milestone", "unit"], name="milestoneunit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.unit}"


class MilestoneForecast(TenantModel, Fact):
    """What was said of a milestone's date, by whom and why: one row for every change, the first included."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="forecasts")
    forecast_on = models.DateField(_("forecast"))
    previous_on = models.DateField(_("before"), null=True, blank=True)
    actual_on = models.DateField(_("achieved"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_on", "-known_at", "-pk")
        indexes = [
            models.Index(
                fields=["tenant", "milestone", "-effective_on", "-known_at"],
                name="milestoneforecast_as_of",
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.forecast_on}"


@tracked()
class RaidItem(Record):
    """A risk, assumption, issue or dependency, on the delivery side, the people side or both."""

    number = models.PositiveIntegerField(editable=False)
    kind = models.CharField(_("type"), max_length=10, choices=choices.RaidKind.choices)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="raid_items")
    side = models.CharField(_("side"), max_length=8, choices=choices.RaidSide.choices)
    title = models.CharField(_("summary"), max_length=200)
    cause = models.TextField(_("cause"), blank=True)
    event = models.TextField(_("event"), blank=True)
    effect = models.TextField(_("effect"), blank=True)
    probability = models.PositiveSmallIntegerField(
        _("probability"),
        null=True,
        blank=True,
        choices=choices.PROBABILITY,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    impact = models.PositiveSmallIntegerField(
        _("impact"),
        null=True,
        blank=True,
        choices=choices.IMPACT,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    score = models.GeneratedField(  # type: ignore[attr-defined]
        expression=models.F("probability") * models.F("impact"),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )
    proximity = models.CharField(
        _("proximity"), max_length=18, choices=choices.Proximity.choices, blank=True
    )
    owner = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    response = models.CharField(
        _("response"), max_length=10, choices=choices.Response.choices, blank=True
    )
    response_plan = models.TextField(_("what is done"), blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    status = models.CharField(
        _("status"),
        max_length=18,
        choices=choices.RaidStatus.choices,
        default=choices.RaidStatus.IDENTIFIED,
    )
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    escalated_on = models.DateField(_("escalated"), null=True, blank=True)
    units = models.ManyToManyField(
        BusinessUnit, through="RaidItemUnit", related_name="+", verbose_name=_("units")
    )
    milestones = models.ManyToManyField(
        Milestone,
        through="RaidItemMilestone",
        related_name="raid_items",
        verbose_name=_("milestones"),
    )

    objects = live_manager(RaidQuerySet)
    all_objects = RaidQuerySet.as_manager()

    change_action = "programmes.raid_change"
    edited_fields = (
        "title",
        "side",
        "cause",
        "event",
        "effect",
        "probability",
        "impact",
        "proximity",
        "owner",
        "response",
        "response_plan",
        "review_on",
        "status",
        "closed_on",
        "escalated_on",
    )

    class Meta:
        verbose_name = _("RAID item")
        ordering = ("kind", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "number"], name="raid_number_once"),
            models.CheckConstraint(
                condition=models.Q(probability__isnull=True) | models.Q(probability__range=(1, 5)),
                name="raid_probability_one_to_five",
            ),
            models.CheckConstraint(
                condition=models.Q(impact__isnull=True) | models.Q(impact__range=(1, 5)),
                name="raid_impact_one_to_five",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "-score", "review_on"], name="raid_by_programme"
            ),
            # In the order registers ask for: what was never rated comes last.
            models.Index(
                "tenant",
                models.F("score").desc(nulls_last=True),
                "id",
                name="raid_open_by_score",
                condition=models.Q(deleted_at__isnull=True)
                & ~models.Q(status__in=["occurred", "closed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference_prefix(self) -> str:  # type: ignore[override]
        return choices.RAID_PREFIX[choices.RaidKind(self.kind)]

    @property
    def is_open(self) -> bool:
        return self.status not in choices.RAID_ENDED

    def clean(self) -> None:
        if self.closed_on and self.opened_on and self.closed_on < self.opened_on:
            raise ValidationError({"closed_on": _("It cannot be closed before it was opened.")})

    def get_absolute_url(self) -> str:
        return reverse(
            "programmes:raid_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


class RaidItemUnit(TenantModel):
    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="unit_links")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "item", "unit"], name="raiditemunit_once")
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.unit}"


class RaidItemMilestone(TenantModel):
    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="milestone_links")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "item", "milestone"], name="raiditemmilestone_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.milestone}"


class RaidUpdate(TenantModel, Fact):
    """One entry of an item's log: what was said, and how it was rated from then on."""

    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="updates")
    text = models.TextField(_("update"), blank=True)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    probability = models.PositiveSmallIntegerField(null=True)
    impact = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=18, choices=choices.RaidStatus.choices)

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_on", "-known_at", "-pk")
        indexes = [
            models.Index(
                fields=["tenant", "item", "-effective_on", "-known_at"], name="raidupdate_as_of"
            )
        ]

    def __str__(self) -> str:
        return self.text or self.get_status_display()


@tracked()
class StatusReport(Record, Fact):
    """What was reported of one half on a day, with what the figures said beside it.

    `opinion` says whose word it is; two opinions of one day are two reports.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="status_reports"
    )
    half = models.CharField(_("half"), max_length=10, choices=choices.Half.choices)
    rating = models.CharField(_("rating"), max_length=12, choices=choices.Rating.choices)
    opinion = models.CharField(
        max_length=10, choices=choices.Opinion.choices, default=choices.Opinion.LEAD, editable=False
    )
    sentence = models.TextField(_("in a sentence"), blank=True)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    computed_rating = models.CharField(
        max_length=4, choices=State.choices, default=State.NONE, editable=False
    )
    computed_reasons = models.JSONField(default=list, editable=False, blank=True)
    reported_source = models.CharField(max_length=40, blank=True, editable=False)

    objects = live_manager(StatusQuerySet)
    all_objects = StatusQuerySet.as_manager()

    reference_prefix = "SR"
    change_action = "programmes.status_change"
    edited_fields = ("effective_on", "rating", "sentence")

    class Meta:
        verbose_name = _("status report")
        ordering = ("-effective_on", "-known_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="status_number_once"),
            models.UniqueConstraint(
                fields=[
                    "tenant",
                    "programme",
                    "half",
                    "opinion",
                    "effective_on",
                    "reported_source",
                ],
                name="status_source_once",
                condition=~models.Q(reported_source=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "half", "-effective_on", "-known_at"],
                name="status_as_of",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_half_display()}: {self.get_rating_display()}"

    def get_absolute_url(self) -> str:
        return reverse(
            "programmes:status_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


class ReportedFact(TenantModel, Fact):
    """A dated figure or narrative as somebody else reported it; never back-filled into plans or budgets."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=20, choices=choices.FactKind.choices)
    amount = models.BigIntegerField(null=True, help_text="Minor units of the tenant's currency.")
    ratio = models.FloatField(null=True)
    on = models.DateField(null=True)
    text = models.TextField(blank=True)
    source = models.CharField(max_length=40)

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_on", "kind")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "kind", "effective_on", "source"],
                name="reportedfact_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.source})"
