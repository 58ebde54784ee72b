"""What the rule said, when, and why. Rows are added and ended, never rewritten."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import BusinessUnit, TenantModel
from programmes.models import Milestone, Programme

from .choices import STATE_OF_LEVEL, RiskLevel
from .querysets import RiskQuerySet


class GoLiveRisk(TenantModel):
    """The level of one unit before one go-live, from the day it was first so.

    A new row is written only when the outcome changes: the level, a reason or something missing. The row
    before it is ended on that day, so that any day can be read again. `unit` is empty where nobody said
    whom a go-live touches.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, null=True, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(_("as of"))
    ended_on = models.DateField(null=True)
    raised_on = models.DateField(
        help_text="Since when the unit has this level for these reasons, whatever their figures."
    )
    golive_on = models.DateField()
    level = models.CharField(_("level"), max_length=10, choices=RiskLevel.choices)
    # [{key, text, value, threshold, facts}] and [sentence]: the words of that day.
    causes = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    rule_version = models.CharField(max_length=10)
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    objects = RiskQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("signal before go-live")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "unit", "milestone"],
                condition=models.Q(is_current=True),
                nulls_distinct=False,
                name="goliverisk_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=True, ended_on__isnull=True)
                | models.Q(is_current=False, ended_on__isnull=False),
                name="goliverisk_ended_or_current",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "-as_of"], name="goliverisk_history"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.unit or self.milestone}"

    @property
    def state(self) -> State:
        return STATE_OF_LEVEL[RiskLevel(self.level)]

    @property
    def is_raised(self) -> bool:
        return self.level in (RiskLevel.HIGH, RiskLevel.ELEVATED)

    @property
    def cause_keys(self) -> list[str]:
        return [cause["key"] for cause in self.causes]

    def get_absolute_url(self) -> str:
        kwargs = {
            "tenant": self.tenant.slug,
            "code": self.programme.code,
            "milestone": self.milestone.reference,
        }
        if self.unit is None:
            return reverse(
                "forecasting:signal_list", kwargs={k: kwargs[k] for k in ("tenant", "code")}
            )
        return reverse("forecasting:signal_detail", kwargs={**kwargs, "unit": self.unit.code})
