"""The plan: milestones of both tracks and everything said of their dates."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, FactQuerySet, Record, live_manager
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel

from .. import choices
from ..querysets import MilestoneQuerySet
from .programmes import Programme


@tracked(by_time="milestone_trail")
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


@tracked()
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
    """What was said of a milestone's dates, by whom and why: one row for every change, the first included.

    `baseline_on` is the date agreed when it was said, so that a day that is over keeps the slip it had.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="forecasts")
    baseline_on = models.DateField(_("baseline"))
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


@tracked(by_time="milestonelink_trail")
class MilestoneLink(Record):
    """A milestone waits for another one, of either track and of any programme, and for some working days after it."""

    number = models.PositiveIntegerField(editable=False)
    before = models.ForeignKey(
        Milestone, on_delete=models.CASCADE, related_name="links_after", verbose_name=_("waits for")
    )
    after = models.ForeignKey(
        Milestone,
        on_delete=models.CASCADE,
        related_name="links_before",
        verbose_name=_("milestone"),
    )
    lag = models.PositiveSmallIntegerField(
        _("working days between"), default=0, validators=[MaxValueValidator(400)]
    )
    note = models.CharField(_("why"), max_length=200, blank=True)

    reference_prefix = "ML"
    change_action = "programmes.link_change"
    edited_fields = ("before", "lag", "note")

    class Meta:
        verbose_name = _("dependency between milestones")
        ordering = ("after", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="milestonelink_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "before", "after"],
                condition=models.Q(deleted_at__isnull=True),
                name="milestonelink_once",
                violation_error_code=about("before"),
                violation_error_message=_("It waits for this milestone already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(before=models.F("after")), name="milestonelink_not_itself"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "before"], name="milestonelink_before")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

    @property
    def programme(self) -> Programme:
        """That of the milestone that waits."""
        return self.after.programme

    @property
    def programme_id(self) -> int:
        return self.after.programme_id

    def get_absolute_url(self) -> str:
        return self.after.get_absolute_url()
