"""Who is to be won, and what is done for it: stakeholder groups and engagement activities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.levels import State
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record, live_manager
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel
from programmes.models import Milestone, Programme

from ..choices import ActivityKind, Influence, Position, Purpose
from ..querysets import ActivityQuerySet, GroupQuerySet


@tracked()
class StakeholderGroup(Record):
    """People who see a change alike: where they stand, and where they need to stand for it to last.

    Groups, never persons: a position is a judgement, and nobody should find their own name beside one.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("programme"),
        editable=False,
    )
    name = models.CharField(_("group"), max_length=120)
    unit = models.ForeignKey(
        BusinessUnit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit"),
    )
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    influence = models.PositiveSmallIntegerField(
        _("influence"), choices=Influence.choices, default=Influence.SOME
    )
    position = models.PositiveSmallIntegerField(
        _("where they stand"), choices=Position.choices, null=True, blank=True
    )
    wanted = models.PositiveSmallIntegerField(
        _("where they need to stand"), choices=Position.choices, default=Position.SUPPORTIVE
    )
    owner = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who looks after them"),
    )
    evidence = models.TextField(_("how we know, and what matters to them"), blank=True)

    objects = live_manager(GroupQuerySet)
    all_objects = GroupQuerySet.as_manager()

    reference_prefix = "STK"
    change_action = "adoption.group_change"
    edited_fields = (
        "name",
        "unit",
        "people",
        "influence",
        "position",
        "wanted",
        "owner",
        "evidence",
    )

    class Meta:
        verbose_name = _("stakeholder group")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="stakeholdergroup_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme"], name="stakeholdergroup_by_programme")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def steps(self) -> int | None:
        """How many positions they still have to go; nothing where they are there, None where nobody knows."""
        return None if self.position is None else max(0, self.wanted - self.position)

    @property
    def state(self) -> State:
        if self.steps is None:
            return State.NONE
        if not self.steps:
            return State.OK
        return State.BAD if self.steps > 1 and self.influence == Influence.HIGH else State.WARN

    def get_absolute_url(self) -> str:
        return reverse(
            "adoption:group_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class EngagementActivity(Record):
    """Something done with people so that a change lands: planned for a day, and held or not.

    `hours` is what it takes from the work of each person it is for; with other activities it makes the load of a unit
    (`selectors.load_by_week`).
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("programme"),
        editable=False,
    )
    title = models.CharField(_("what is done"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=ActivityKind.choices)
    purpose = models.CharField(
        _("what it should move"), max_length=16, choices=Purpose.choices, blank=True
    )
    group = models.ForeignKey(
        StakeholderGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("stakeholder group"),
    )
    units = models.ManyToManyField(
        BusinessUnit, through="ActivityUnit", related_name="+", verbose_name=_("units")
    )
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("comes before"),
    )
    planned_on = models.DateField(_("planned for"))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    hours = models.DecimalField(
        _("hours for each person"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(400))],
    )
    reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    owner = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    outcome = models.TextField(_("what came of it"), blank=True)

    objects = live_manager(ActivityQuerySet)
    all_objects = ActivityQuerySet.as_manager()

    reference_prefix = "EA"
    change_action = "adoption.activity_change"
    edited_fields = (
        "title",
        "kind",
        "purpose",
        "group",
        "milestone",
        "planned_on",
        "held_on",
        "hours",
        "reached",
        "owner",
        "outcome",
    )

    class Meta:
        verbose_name = _("engagement activity")
        verbose_name_plural = _("engagement activities")
        ordering = ("planned_on", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="engagementactivity_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(reached__isnull=True) | models.Q(held_on__isnull=False),
                name="engagementactivity_reached_when_held",
                violation_error_code=about("held_on", "reached"),
                violation_error_message=_(
                    "People are reached once it was held: give the day, or leave the number out."
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "planned_on"], name="engagementactivity_programme"
            ),
            models.Index(fields=["tenant", "planned_on"], name="engagementactivity_by_day"),
        ]

    def __str__(self) -> str:
        return self.title

    def state_on(self, day: date) -> State:
        if self.held_on is not None:
            return State.OK
        return State.BAD if self.planned_on < day else State.NONE

    def get_absolute_url(self) -> str:
        return reverse(
            "adoption:activity_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class ActivityUnit(TenantModel):
    """A unit an activity is for."""

    activity = models.ForeignKey(
        EngagementActivity, on_delete=models.CASCADE, related_name="unit_links"
    )
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "activity", "unit"], name="activityunit_once")
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.unit_id}"
