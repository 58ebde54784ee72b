"""What was reported: by the leads of both halves, and by others."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, FactQuerySet, Record, live_manager
from pmo_portal.tenants.models import Person, TenantModel

from .. import choices
from ..querysets import StatusQuerySet
from .programmes import Programme


@tracked(by_time="statusreport_trail")
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
