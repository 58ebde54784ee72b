"""How many people there are in a unit, over time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import WithdrawableFact, WithdrawableQuerySet
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel


@tracked()
class Headcount(TenantModel, WithdrawableFact):
    """How many people work in a unit from a day on. A later word on the same day corrects it and replaces nothing.

    `effective_on` may lie ahead: a unit that will grow or shrink is known before it does.
    """

    unit = models.ForeignKey(
        BusinessUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    people = models.PositiveIntegerField(_("people"))
    reason = models.CharField(_("why"), max_length=200, blank=True)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )

    # What the unit said while no entry held for it; it says so again once the entries are taken back.
    unit_said = models.PositiveIntegerField(null=True, editable=False)
    # Recorded for a day ahead: the unit says it from that day on, told by a nightly job.
    is_waiting = models.BooleanField(default=False, editable=False)

    objects = WithdrawableQuerySet.as_manager()

    subject_fields = ("unit",)

    class Meta:
        verbose_name = _("headcount")
        ordering = ("-effective_on", "-known_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("known_at")),
                name="headcount_known_before_withdrawn",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "unit", "-effective_on"], name="headcount_latest")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.people}"
