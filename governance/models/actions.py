"""What somebody agreed to do."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record, live_manager
from pmo_portal.tenants.models import Person
from programmes.models import Programme

from .. import choices
from ..querysets import ActionQuerySet
from .decisions import Decision


@tracked(by_time="action_trail")
class Action(Record):
    """Something one person agreed to do by a day, mostly out of a decision."""

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    decision = models.ForeignKey(
        Decision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("out of the decision"),
    )
    meeting_item = models.ForeignKey(
        "governance.MeetingItem",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="actions",
        editable=False,
        verbose_name=_("agenda item"),
    )
    text = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    agreed_on = models.DateField(_("agreed on"))
    due_on = models.DateField(_("due"))
    status = models.CharField(
        _("status"),
        max_length=8,
        choices=choices.ActionStatus.choices,
        default=choices.ActionStatus.OPEN,
        editable=False,
    )
    done_on = models.DateField(_("done or dropped on"), null=True, blank=True, editable=False)

    objects = live_manager(ActionQuerySet)
    all_objects = ActionQuerySet.as_manager()

    reference_prefix = "ACT"
    change_action = "governance.action_change"
    edited_fields = ("text", "owner", "agreed_on", "due_on", "status", "done_on", "decision")

    class Meta:
        verbose_name = _("action")
        ordering = ("due_on", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="action_number_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "status", "due_on"], name="action_open"),
            # In the order of the register of all programmes.
            models.Index(
                fields=["tenant", "due_on", "id"],
                name="action_by_date",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.status == choices.ActionStatus.OPEN

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:action_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )
