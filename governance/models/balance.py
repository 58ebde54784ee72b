"""What a lead says when one function weighs more than the other."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record
from pmo_portal.tenants.models import Person
from programmes.models import Programme

from .. import choices


@tracked()
class BalanceView(Record):
    """The comment of one lead on the balance of both functions in a programme; each writes their own."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    function = models.CharField(max_length=10, choices=choices.Voice.choices, editable=False)
    text = models.TextField(_("comment"))
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    given_on = models.DateField(editable=False)

    change_action = "governance.balance_comment"
    edited_fields = ("text",)

    class Meta:
        verbose_name = _("comment on the balance")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "function"],
                name="balanceview_one_per_function",
                condition=models.Q(deleted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_function_display()}: {self.text}"

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:balance_detail",
            kwargs={"tenant": self.tenant.slug, "code": self.programme.code},
        )
