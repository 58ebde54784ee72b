"""Go-lives that were moved, and why."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, Record, live_manager
from pmo_portal.tenants.models import Person
from programmes.models import Milestone, MilestoneForecast, Programme

from .. import choices
from ..querysets import MoveQuerySet
from .decisions import Decision

# A go-live put off closer to its date than this counts as a crisis.
CLOSE = timedelta(weeks=2)


@tracked()
class GoliveMove(Record, Fact):
    """A go-live that is expected on another day than before. The portal notes the move, people say why.

    `effective_on` is the day it was moved, `known_at` when that was said.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="golive_moves")
    forecast = models.ForeignKey(
        MilestoneForecast, on_delete=models.CASCADE, related_name="+", editable=False
    )
    from_on = models.DateField(_("from"), editable=False)
    to_on = models.DateField(_("to"), editable=False)
    person = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("moved by"),
    )
    reason = models.CharField(
        _("reason"), max_length=12, choices=choices.MoveReason.choices, blank=True
    )
    text = models.TextField(_("what happened"), blank=True)
    decision = models.ForeignKey(
        Decision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided in"),
    )

    objects = live_manager(MoveQuerySet)
    all_objects = MoveQuerySet.as_manager()

    reference_prefix = "GM"
    change_action = "governance.move_change"
    edited_fields = ("reason", "text", "decision")

    class Meta:
        verbose_name = _("go-live move")
        ordering = ("-effective_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="move_number_once"),
            models.UniqueConstraint(fields=["tenant", "forecast"], name="move_forecast_once"),
            models.CheckConstraint(
                condition=~models.Q(from_on=models.F("to_on")), name="move_moves"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "-effective_on"], name="move_by_programme")
        ]

    def __str__(self) -> str:
        return str(self.milestone)

    @property
    def days(self) -> int:
        """Days by which it moved; negative when it is expected earlier."""
        return (self.to_on - self.from_on).days

    @property
    def notice(self) -> int:
        """Days that were left to the old date."""
        return (self.from_on - self.effective_on).days

    @property
    def is_close(self) -> bool:
        """Put off within two weeks of its date, or after it had passed: a crisis by definition."""
        return self.to_on > self.from_on and self.from_on - self.effective_on <= CLOSE

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:move_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )
