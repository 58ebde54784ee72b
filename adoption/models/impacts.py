"""What a programme changes for people, looked at again and again from both sides."""

from __future__ import annotations

from datetime import date

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, FactQuerySet, Record, live_manager
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel
from programmes.models import Milestone, Programme

from ..choices import ChangeKind, ReviewStage
from ..querysets import ImpactQuerySet


@tracked()
class Impact(Record):
    """Something that will be different for the people of some units. How much is said in its reviews.

    `review_on` is when somebody looks at it again, as the newest review says; without a date nobody needs to.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("programme"),
        editable=False,
    )
    title = models.CharField(_("what changes"), max_length=200)
    kind = models.CharField(
        _("kind of change"), max_length=12, choices=ChangeKind.choices, blank=True
    )
    before = models.TextField(_("how it is today"), blank=True)
    after = models.TextField(_("how it will be"), blank=True)
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("comes with"),
    )
    units = models.ManyToManyField(
        BusinessUnit, through="ImpactUnit", related_name="+", verbose_name=_("units")
    )
    review_on = models.DateField(_("look again on"), null=True, editable=False)

    objects = live_manager(ImpactQuerySet)
    all_objects = ImpactQuerySet.as_manager()

    reference_prefix = "IM"
    change_action = "adoption.impact_change"
    edited_fields = ("title", "kind", "before", "after", "milestone")

    class Meta:
        verbose_name = _("impact")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="impact_number_once")
        ]
        indexes = [models.Index(fields=["tenant", "programme"], name="impact_by_programme")]

    def __str__(self) -> str:
        return self.title

    def is_due(self, on: date, *, is_reviewed: bool) -> bool:
        """Whether somebody should look at it by a day: one nobody has looked at yet always."""
        return not is_reviewed if self.review_on is None else self.review_on <= on

    def get_absolute_url(self) -> str:
        return reverse(
            "adoption:impact_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class ImpactUnit(TenantModel):
    """A unit an impact lands in."""

    impact = models.ForeignKey(Impact, on_delete=models.CASCADE, related_name="unit_links")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "impact", "unit"], name="impactunit_once")
        ]

    def __str__(self) -> str:
        return f"{self.impact_id}: {self.unit_id}"


class ImpactReview(TenantModel, Fact):
    """How much it means, as the project and as the receiving units see it, on a day. Never overwritten.

    A rating that is empty was not given: `reason` says why, and `review_on` when it is asked for again.
    """

    impact = models.ForeignKey(Impact, on_delete=models.CASCADE, related_name="reviews")
    stage = models.CharField(_("on occasion of"), max_length=12, choices=ReviewStage.choices)
    project_rating = models.PositiveSmallIntegerField(
        _("the project says"), null=True, blank=True, validators=[MaxValueValidator(5)]
    )
    unit_rating = models.PositiveSmallIntegerField(
        _("the receiving unit says"), null=True, blank=True, validators=[MaxValueValidator(5)]
    )
    reason = models.TextField(_("why, and on what evidence"))
    review_on = models.DateField(_("look again on"), null=True, blank=True)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of an impact")
        ordering = ("effective_on", "known_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(project_rating__isnull=True) | models.Q(project_rating__lte=5))
                & (models.Q(unit_rating__isnull=True) | models.Q(unit_rating__lte=5)),
                name="impactreview_from_0_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(review_on__isnull=False)
                | models.Q(project_rating__isnull=False, unit_rating__isnull=False),
                name="impactreview_missing_view_comes_back",
                violation_error_code=about("review_on"),
                violation_error_message=_(
                    "A view is missing. Choose a day on which it is looked at again."
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "impact", "-effective_on", "-known_at"], name="impactreview_as_of"
            )
        ]

    def __str__(self) -> str:
        return f"{self.impact_id}: {self.get_stage_display()}"

    @property
    def gap(self) -> int | None:
        """How much more the unit sees in it than the project; None where a view is missing."""
        if self.project_rating is None or self.unit_rating is None:
            return None
        return self.unit_rating - self.project_rating
