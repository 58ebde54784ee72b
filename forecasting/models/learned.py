"""What was learned from an organisation's own history."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.tenants.models import TenantModel

from ..choices import Stage, Target


class OwnModel(TenantModel):
    """What an organisation's own history taught about a target, as plain numbers; the shipped prior is not kept here."""

    target = models.CharField(max_length=20, choices=Target.choices)
    learned_on = models.DateField()
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    # How many rows, and how many things that happened, it was learned from.
    rows = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    # `learning.linear.LinearModel.as_dict`; empty where there was too little to learn from.
    numbers = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("own model")
        ordering = ("-learned_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "target"],
                condition=models.Q(is_current=True),
                name="ownmodel_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}, {self.learned_on}"
