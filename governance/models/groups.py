"""Steering groups and who sits in them."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.choices import Function
from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record
from pmo_portal.tenants.models import Person
from programmes.models import Programme

from .. import choices


@tracked()
class SteeringGroup(Record):
    """A joint group of a programme; neither function chairs by default."""

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=160)
    purpose = models.TextField(_("purpose"), blank=True)
    cadence = models.CharField(
        _("meets"),
        max_length=12,
        choices=choices.Cadence.choices,
        default=choices.Cadence.MONTHLY,
    )

    quorum = models.PositiveSmallIntegerField(
        _("voting members needed"),
        default=2,
        validators=[MinValueValidator(2), MaxValueValidator(30)],
        help_text=_("For a quorum. Both functions have to be among them, always."),
    )

    reference_prefix = "SG"
    change_action = "governance.group_change"
    edited_fields = ("name", "purpose", "cadence", "quorum")
    told_with = ("members",)

    class Meta:
        verbose_name = _("steering group")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="group_number_once"),
        ]
        indexes = [models.Index(fields=["tenant", "programme"], name="group_by_programme")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:group_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class GroupMember(Record):
    """Somebody in a group, with the function they speak for there."""

    group = models.ForeignKey(SteeringGroup, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    function = models.CharField(_("speaks for"), max_length=10, choices=Function.choices)
    is_chair = models.BooleanField(_("chairs now"), default=False)
    is_voting = models.BooleanField(_("votes"), default=True)

    change_action = "governance.group_change"
    edited_fields = ("person", "function", "is_chair", "is_voting")

    class Meta:
        verbose_name = _("group member")
        ordering = ("function", "person__name")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "group", "person"],
                name="groupmember_once",
                condition=models.Q(deleted_at__isnull=True),
                violation_error_code=about("person"),
                violation_error_message=_("This person is a member already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "group"],
                name="groupmember_one_chair",
                condition=models.Q(is_chair=True, deleted_at__isnull=True),
                violation_error_code=about("is_chair"),
                violation_error_message=_("Somebody else chairs the group now."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_function_display()})"
