"""Money: lines of a budget, and everything said of their months."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, FactQuerySet, Record
from pmo_portal.tenants.models import Person, TenantModel

from .. import choices
from .programmes import Programme


@tracked()
class BudgetLine(Record):
    """One purpose money is set aside for, on the side that spends it.

    `version` counts the saves of its amounts too, so that two people with the same sheet meet each other.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="budget_lines")
    half = models.CharField(_("spent by"), max_length=10, choices=choices.Half.choices)
    category = models.CharField(
        _("category"), max_length=12, choices=choices.BudgetCategory.choices
    )
    name = models.CharField(_("what for"), max_length=160)
    note = models.TextField(_("note"), blank=True)

    reference_prefix = "B"
    change_action = "programmes.budget_change"
    edited_fields = ("half", "category", "name", "note")

    class Meta:
        verbose_name = _("budget line")
        ordering = ("half", "category", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="budgetline_number_once"),
        ]
        indexes = [models.Index(fields=["tenant", "programme"], name="budgetline_by_programme")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "programmes:budget_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


class BudgetAmount(TenantModel, Fact):
    """What was said of one month of a line: one row for every change; the newest counts, empty means none."""

    line = models.ForeignKey(BudgetLine, on_delete=models.CASCADE, related_name="amounts")
    month = models.DateField(help_text="Its first day.")
    kind = models.CharField(max_length=10, choices=choices.AmountKind.choices)
    amount = models.BigIntegerField(null=True, help_text="Minor units of the tenant's currency.")
    # Saves of one sheet share a number, which is the version of the line they made.
    version = models.PositiveIntegerField()
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ("month", "kind", "-effective_on", "-known_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="budgetamount_whole_month"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "line", "kind", "month", "-effective_on", "-known_at"],
                name="budgetamount_as_of",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.month:%Y-%m} {self.kind}"
