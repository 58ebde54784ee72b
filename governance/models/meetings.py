"""Meetings of a steering group: who chairs, who was there, what was spoken about and what came of it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.choices import Function
from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, Record, live_manager
from pmo_portal.tenants.models import Person, TenantModel
from programmes.models import Programme

from .. import choices
from ..querysets import MeetingQuerySet
from .changes import ChangeRequest
from .decisions import Decision
from .escalations import Escalation
from .groups import SteeringGroup
from .reviews import Review


@tracked()
class Meeting(Record):
    """One meeting. Its agenda items carry the minutes; once approved, only amendments are added."""

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="+", editable=False
    )
    group = models.ForeignKey(
        SteeringGroup, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("group")
    )
    held_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("starts at"), null=True, blank=True)
    length = models.PositiveSmallIntegerField(
        _("minutes planned"),
        default=90,
        validators=[MinValueValidator(15), MaxValueValidator(480)],
    )
    place = models.CharField(_("place"), max_length=160, blank=True)
    chair = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("chair"),
    )
    chair_function = models.CharField(
        _("chairs for"), max_length=10, choices=Function.choices, blank=True, editable=False
    )
    chair_reason = models.CharField(_("why not the other side"), max_length=200, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=choices.MeetingStatus.choices,
        default=choices.MeetingStatus.PLANNED,
        editable=False,
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("approved by"),
    )

    objects = live_manager(MeetingQuerySet)
    all_objects = MeetingQuerySet.as_manager()

    reference_prefix = "MT"
    change_action = "governance.meeting_change"
    edited_fields = (
        "held_on",
        "starts_at",
        "length",
        "place",
        "chair",
        "chair_reason",
        "status",
        "approved_on",
        "approved_by",
    )

    class Meta:
        verbose_name = _("meeting")
        ordering = ("-held_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="meeting_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "group", "held_on"],
                name="meeting_once_a_day",
                condition=models.Q(deleted_at__isnull=True),
                violation_error_code=about("held_on"),
                violation_error_message=_("The group meets on this day already."),
            ),
            models.CheckConstraint(
                condition=models.Q(status="approved", approved_on__isnull=False)
                | (~models.Q(status="approved") & models.Q(approved_on__isnull=True)),
                name="meeting_approved_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "held_on"], name="meeting_by_programme"),
            models.Index(fields=["tenant", "group", "held_on"], name="meeting_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.group.name}, {self.held_on:%Y-%m-%d}"

    @property
    def is_planned(self) -> bool:
        return self.status == choices.MeetingStatus.PLANNED

    @property
    def is_locked(self) -> bool:
        return self.status == choices.MeetingStatus.APPROVED

    @property
    def is_cancelled(self) -> bool:
        return self.status == choices.MeetingStatus.CANCELLED

    def is_over(self, on: date) -> bool:
        return self.held_on < on

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:meeting_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class MeetingItem(Record):
    """One item of an agenda with its minutes. Each has its own version: two people write at once.

    `source` names what proposed it, so that nothing is proposed twice for one meeting. The order is no part
    of a version: moving an item is not writing over what somebody says of it.
    """

    number = models.PositiveIntegerField(editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(editable=False)
    title = models.CharField(_("what"), max_length=200)
    why = models.CharField(_("why it is here"), max_length=300, blank=True)
    side = models.CharField(
        _("whose item"),
        max_length=10,
        choices=choices.AgendaSide.choices,
        default=choices.AgendaSide.BOTH,
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=10, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    source = models.CharField(max_length=40, blank=True, editable=False)
    decision = models.ForeignKey(
        Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    escalation = models.ForeignKey(
        Escalation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    review = models.ForeignKey(
        Review, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    change_request = models.ForeignKey(
        ChangeRequest,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="carried_to",
        editable=False,
    )
    note = models.TextField(_("what was said"), blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=choices.ItemOutcome.choices, blank=True
    )

    reference_prefix = "MI"
    change_action = "governance.meeting_change"
    edited_fields = ("title", "why", "side", "minutes", "note", "outcome")

    class Meta:
        verbose_name = _("agenda item")
        ordering = ("position", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="meetingitem_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "meeting", "source"],
                name="meetingitem_source_once",
                condition=models.Q(deleted_at__isnull=True) & ~models.Q(source=""),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "meeting", "position"], name="meetingitem_order")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.meeting_id and self.meeting.is_locked:
            raise ValidationError(_("These minutes are approved. Add an amendment instead."))

    @property
    def programme(self) -> Programme:
        return self.meeting.programme

    @property
    def programme_id(self) -> int:
        return self.meeting.programme_id

    @property
    def anchor(self) -> str:
        return self.reference.lower()

    @property
    def subject(self) -> Decision | Escalation | Review | ChangeRequest | None:
        """What it is about, where the portal keeps that."""
        return self.decision or self.escalation or self.review or self.change_request

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#{self.anchor}"


@tracked()
class Attendance(Record):
    """Whether one person was there, with the function and the vote they had that day."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    function = models.CharField(max_length=10, choices=Function.choices)
    is_voting = models.BooleanField(default=True)
    presence = models.CharField(_("attendance"), max_length=10, choices=choices.Presence.choices)

    change_action = "governance.meeting_change"
    edited_fields = ("presence",)

    class Meta:
        verbose_name = _("attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "meeting", "person"],
                name="attendance_once",
                condition=models.Q(deleted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_presence_display()}"

    def clean(self) -> None:
        if self.meeting_id and self.meeting.is_locked:
            raise ValidationError(_("These minutes are approved. Add an amendment instead."))

    @property
    def programme(self) -> Programme:
        return self.meeting.programme


class MeetingAmendment(TenantModel, Fact):
    """A correction of approved minutes: added with its day and its author, never changed."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="amendments")
    line = models.PositiveSmallIntegerField()
    item = models.ForeignKey(
        MeetingItem,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="amendments",
        verbose_name=_("to the item"),
    )
    text = models.TextField(_("what is to be read instead"))
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("line",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "meeting", "line"], name="amendment_once")
        ]

    def __str__(self) -> str:
        return self.text
