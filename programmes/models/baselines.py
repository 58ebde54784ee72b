"""Baselines kept of a plan: what it said when people agreed on it. Never edited."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.tenants.models import Person, TenantModel

from .milestones import Milestone
from .programmes import Programme


class PlanBaseline(TenantModel):
    """The plan of a programme as it stood on a day: a date for each milestone of both tracks."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="baselines")
    number = models.PositiveIntegerField(editable=False)
    name = models.CharField(_("name"), max_length=80)
    reason = models.TextField(_("why it is kept"))
    taken_on = models.DateField(_("as of"), editable=False)
    taken_at = models.DateTimeField(editable=False)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("baseline")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "number"], name="planbaseline_number_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "programme", "name"],
                name="planbaseline_name_once",
                violation_error_code=about("name"),
                violation_error_message=_("A baseline of this name is kept already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "programmes:baseline_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "number": self.number,
            },
        )


class BaselineDate(TenantModel):
    """What a kept baseline says of one milestone: the day it was expected, or reached."""

    baseline = models.ForeignKey(PlanBaseline, on_delete=models.CASCADE, related_name="dates")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    expected_on = models.DateField(_("date then"))
    was_reached = models.BooleanField(_("reached by then"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "baseline", "milestone"], name="baselinedate_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.baseline_id}/{self.milestone_id}: {self.expected_on}"
