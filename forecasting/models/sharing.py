"""What organisations tell each other of their models, and what came of it.

What an organisation decided and what it gives are rows of its own, under row-level security like everything else; a job opens
one organisation after the other to read them. Outside of every organisation stands only what was made of at least five of them.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record
from pmo_portal.tenants.constraints import AppendOnly
from pmo_portal.tenants.models import TenantModel

from ..choices import SLUG_OF, Target


@tracked()
class SharingChoice(Record):
    """Whether an organisation gives to, and takes from, the prior that organisations make together. Neither at first."""

    target = models.CharField(_("forecast"), max_length=20, choices=Target.choices, editable=False)
    number = models.PositiveIntegerField(editable=False)
    gives = models.BooleanField(
        _("give what our history says"),
        default=False,
        help_text=_("The numbers shown above, and nothing else. You can stop at any time."),
    )
    takes = models.BooleanField(
        _("start from what other organisations found, where that is better here"),
        default=False,
        help_text=_("Only while it forecasts your own programmes better than the shipped prior."),
    )  # fmt: skip

    reference_prefix = "SHR"
    edited_fields = ("gives", "takes")
    change_action = "forecasting.sharing_change"

    class Meta:
        verbose_name = _("choice on learning together")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "target"], name="sharingchoice_once"),
            models.UniqueConstraint(fields=["tenant", "number"], name="sharingchoice_numbered"),
        ]

    @classmethod
    def undecided(cls, target: Target) -> Self:
        """What holds where nobody decided: nothing is given, nothing is taken. Not saved."""
        return cls(target=target, number=1 + list(Target).index(target))

    def __str__(self) -> str:
        return str(_("Learning together: %(what)s") % {"what": self.get_target_display()})

    def get_absolute_url(self) -> str:
        return reverse(
            "forecasting:sharing_detail",
            kwargs={"tenant": self.tenant.slug, "slug": SLUG_OF[self.target]},
        )


class SharedWord(TenantModel):
    """What an organisation could give for a target, and what of it is given: the very text that is read (`learning.sharing`)."""

    target = models.CharField(_("forecast"), max_length=20, choices=Target.choices)
    # What the last lesson made; empty where it could not make any, and then `lacking` says what is missing.
    ready = models.TextField(blank=True)
    ready_on = models.DateField(null=True)
    lacking = models.CharField(max_length=12, blank=True)
    # Empty while nothing is given.
    given = models.TextField(blank=True)
    given_on = models.DateField(null=True)
    # The shared prior it last went into, and that prior without this organisation's own part: the one it may take.
    combined_in = models.PositiveIntegerField(null=True)
    others = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("word to other organisations")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "target"], name="sharedword_once"),
        ]

    def __str__(self) -> str:
        return self.get_target_display()


class SharedPrior(models.Model):
    """A prior made of the words of at least five organisations. Global, and of no organisation: nothing in it names one.

    The one with the highest number holds; a row without numbers says that none does. Rows are never rewritten.
    """

    target = models.CharField(_("forecast"), max_length=20, choices=Target.choices)
    number = models.PositiveIntegerField(_("number"))
    made_on = models.DateField(_("made on"))
    organisations = models.PositiveIntegerField(_("organisations"), default=0)
    # `learning.linear.LinearModel.as_dict` and its digest.
    numbers = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("shared prior")
        ordering = ("target", "-number")
        constraints = [
            models.UniqueConstraint(fields=["target", "number"], name="sharedprior_numbered"),
            AppendOnly(name="sharedprior_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}, {self.number}"
