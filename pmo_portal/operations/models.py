"""What the console itself keeps: that organisations were erased, and nothing of what they wrote."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.tenants.constraints import KeptForGood

from .choices import OPEN, ErasureState


class Erasure(models.Model):
    """That an organisation is to be erased, is being erased, or was. Global: it outlives the organisation.

    Of the organisation it holds the short name, which operators gave, and counts of rows; people stand here as the operator's
    mail address only, as text, so that the record depends on no login.
    """

    number = models.PositiveIntegerField(unique=True, editable=False)
    # The key of the organisation, until there is none any more. No foreign key: this row outlives that one.
    organisation = models.UUIDField(null=True, editable=False)
    slug = models.CharField(_("short name"), max_length=40)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ErasureState.choices,
        default=ErasureState.WAITING,
    )
    closed_at = models.DateTimeField(_("closed"))
    asked_at = models.DateTimeField(_("asked"))
    # Empty where it was asked for at the command line.
    asked_by = models.CharField(_("asked for by"), max_length=254, blank=True)
    due_at = models.DateTimeField(_("begins"))
    called_off_at = models.DateTimeField(_("called off"), null=True)
    called_off_by = models.CharField(_("called off by"), max_length=254, blank=True)
    begun_at = models.DateTimeField(_("begun"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    # Rows by table, counted before the first one went.
    counts = models.JSONField(default=dict)
    logins_erased = models.PositiveIntegerField(_("logins erased"), default=0)
    logins_kept = models.PositiveIntegerField(_("logins kept"), default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    # Why it does not go on, in words without content; empty while it does.
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-number",)
        verbose_name = _("erasure")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                name="erasure_one_open",
                condition=models.Q(state__in=[state.value for state in OPEN]),
            ),
            KeptForGood(name="erasure_kept_for_good"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.slug}"

    @property
    def reference(self) -> str:
        return f"E-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def shown_state(self) -> str:
        """The state in the words of the progress component."""
        return {"erasing": "running", "erased": "done", "called_off": "cancelled"}.get(
            self.state, self.state
        )

    def get_absolute_url(self) -> str:
        return reverse("operations:erasure_detail", kwargs={"reference": self.reference})
