"""The RAID log."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, FactQuerySet, Record, live_manager
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel

from .. import choices
from ..querysets import RaidQuerySet
from .milestones import Milestone
from .programmes import Programme


@tracked(by_time="raiditem_trail")
class RaidItem(Record):
    """A risk, assumption, issue or dependency, on the delivery side, the people side or both."""

    number = models.PositiveIntegerField(editable=False)
    kind = models.CharField(_("type"), max_length=10, choices=choices.RaidKind.choices)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="raid_items")
    side = models.CharField(_("side"), max_length=8, choices=choices.RaidSide.choices)
    title = models.CharField(_("summary"), max_length=200)
    category = models.CharField(
        _("category"), max_length=10, choices=choices.RaidCategory.choices, blank=True
    )
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
    converted_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    # What another tool calls it, where it came with an import.
    external_id = models.CharField(max_length=60, blank=True, editable=False)
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
        "category",
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
            models.UniqueConstraint(
                fields=["tenant", "converted_from"],
                name="raid_converted_once",
                condition=models.Q(converted_from__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant", "programme", "external_id"],
                name="raid_external_id_once",
                condition=~models.Q(external_id=""),
            ),
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
            # In the order registers ask for: what was never rated comes last. With all that is counted of open ones.
            models.Index(
                "tenant",
                models.F("score").desc(nulls_last=True),
                "id",
                name="raid_open_by_score",
                include=["programme", "kind", "probability", "impact"],
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


@tracked()
class RaidItemUnit(TenantModel):
    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="unit_links")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "item", "unit"], name="raiditemunit_once")
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.unit}"


@tracked(by_time="raiditemmilestone_trail")
class RaidItemMilestone(TenantModel):
    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="milestone_links")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "item", "milestone"], name="raiditemmilestone_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.milestone}"


class RaidUpdate(TenantModel, Fact):
    """One entry of an item's log: what was said, and how it stood from then on.

    Rating, status, owner, next review and escalation are kept with it, so that any day can be read again.
    """

    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="updates")
    text = models.TextField(_("update"), blank=True)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    probability = models.PositiveSmallIntegerField(null=True)
    impact = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=18, choices=choices.RaidStatus.choices)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    review_on = models.DateField(null=True)
    escalated_on = models.DateField(null=True)

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
