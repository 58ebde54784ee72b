"""What a group found when it looked at a decision again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.history.models import Fact
from pmo_portal.tenants.models import Person, TenantModel

from .. import choices
from .decisions import Decision


class DecisionLook(TenantModel, Fact):
    """Whether a decision worked, as it was seen on one day: added with its author, never changed."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="looks")
    line = models.PositiveSmallIntegerField()
    verdict = models.CharField(_("did it work?"), max_length=8, choices=choices.LookVerdict.choices)
    text = models.TextField(_("how we know"))
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("line",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "decision", "line"], name="look_line_once")
        ]

    def __str__(self) -> str:
        return self.text
