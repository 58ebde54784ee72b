"""What one level cannot settle alone, put to the next one with both views."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, Record, live_manager
from pmo_portal.tenants.models import Person
from programmes.models import Milestone, Programme, RaidItem

from .. import choices
from ..querysets import EscalationQuerySet
from .decisions import Decision

# From this severity on an escalation counts as the beginning of a crisis.
CRISIS_FROM = 4


@tracked()
class Escalation(Record, Fact):
    """One escalation. Whoever raises it, the other function is asked for its view, with a clock.

    `effective_on` is the day it was raised, `known_at` when that was said.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(_("what is needed"), max_length=200)
    text = models.TextField(_("what happened, and what happens without a decision"), blank=True)
    severity = models.PositiveSmallIntegerField(
        _("severity"),
        choices=choices.Severity.choices,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    raised_by = models.CharField(
        _("raised by"), max_length=10, choices=choices.Voice.choices, editable=False
    )
    level_from = models.CharField(
        _("from"), max_length=10, choices=choices.Level.choices, default=choices.Level.PROGRAMME
    )
    level_to = models.CharField(
        _("to"), max_length=10, choices=choices.Level.choices, default=choices.Level.STEERING
    )
    raid_item = models.ForeignKey(
        RaidItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about the RAID item"),
    )
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about the milestone"),
    )
    view_due_on = models.DateField(_("view of the other side needed by"), editable=False)
    view = models.TextField(_("view"), blank=True)
    view_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    view_on = models.DateField(null=True, editable=False)
    status = models.CharField(
        _("status"),
        max_length=8,
        choices=choices.EscalationStatus.choices,
        default=choices.EscalationStatus.OPEN,
        editable=False,
    )
    decision = models.ForeignKey(
        Decision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided in"),
    )
    outcome = models.TextField(_("outcome"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)

    objects = live_manager(EscalationQuerySet)
    all_objects = EscalationQuerySet.as_manager()

    reference_prefix = "ESC"
    change_action = "governance.escalation_change"
    edited_fields = (
        "title",
        "text",
        "severity",
        "level_from",
        "level_to",
        "raid_item",
        "milestone",
        "view",
        "decision",
        "outcome",
        "status",
        "closed_on",
    )

    class Meta:
        verbose_name = _("escalation")
        ordering = ("-severity", "effective_on", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="escalation_number_once"),
            models.CheckConstraint(
                condition=models.Q(severity__range=(1, 5)), name="escalation_severity_1_to_5"
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", closed_on__isnull=True)
                | (models.Q(status="closed", closed_on__isnull=False) & ~models.Q(outcome="")),
                name="escalation_closed_with_outcome",
                violation_error_code=about("outcome"),
                violation_error_message=_("A closed escalation has its outcome and its day."),
            ),
            models.CheckConstraint(
                condition=models.Q(view="", view_on__isnull=True)
                | (~models.Q(view="") & models.Q(view_on__isnull=False)),
                name="escalation_view_has_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "status", "-severity"],
                name="escalation_by_programme",
            ),
            # In the very order of the register of all programmes.
            models.Index(
                "tenant",
                models.F("severity").desc(nulls_last=True),
                "id",
                name="escalation_by_severity",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        # From the lowest to the highest; one that is none of them is refused by its field.
        levels = choices.Level.values
        above = levels[levels.index(self.level_from) + 1 :] if self.level_from in levels else levels
        if self.level_to not in above:
            raise ValidationError(
                {
                    "level_to": _(
                        "An escalation goes up: choose a level above the one it comes from."
                    )
                }
            )

    @property
    def is_open(self) -> bool:
        return self.status == choices.EscalationStatus.OPEN

    @property
    def asked_of(self) -> str:
        """The function whose view is asked for."""
        return choices.other_voice(self.raised_by)

    @property
    def get_asked_of_display(self) -> str:
        return str(choices.Voice(self.asked_of).label)

    @property
    def is_paired(self) -> bool:
        return bool(self.view)

    def is_view_late(self, on: date) -> bool:
        """Whether the other side let its time pass; one that was closed without a view did so too."""
        if self.view:
            return self.view_on is not None and self.view_on > self.view_due_on
        return (self.closed_on or on) > self.view_due_on

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:escalation_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )
