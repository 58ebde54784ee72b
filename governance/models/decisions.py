"""Questions, what both functions said to them, and what was decided."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record, live_manager
from pmo_portal.tenants.models import Person, TenantModel
from programmes.choices import Rating
from programmes.models import Milestone, Programme

from .. import choices
from ..querysets import DecisionQuerySet
from .groups import SteeringGroup


@tracked(by_time="decision_trail")
class Decision(Record):
    """A question put to a group, what both functions said, and what was decided by whom."""

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(
        SteeringGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("put to"),
    )
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about the milestone"),
    )
    question = models.CharField(_("question"), max_length=300)
    context = models.TextField(_("why it is asked"), blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=choices.DecisionStatus.choices,
        default=choices.DecisionStatus.REQUESTED,
        editable=False,
    )
    requested_on = models.DateField(_("asked on"))
    due_on = models.DateField(_("needed by"))
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    meeting_item = models.ForeignKey(
        "governance.MeetingItem",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        editable=False,
        verbose_name=_("agenda item"),
    )
    function_of_decider = models.CharField(
        _("decided as"), max_length=10, choices=choices.DecidedAs.choices, blank=True
    )
    # Taken in a meeting that had a quorum of both functions, so that both were heard.
    by_quorum = models.BooleanField(default=False, editable=False)
    outcome = models.TextField(_("outcome"), blank=True)
    rationale = models.TextField(_("reasons"), blank=True)
    review_on = models.DateField(_("look again on"), null=True, blank=True)
    sets_status = models.CharField(
        _("status of the programme from then on"),
        max_length=12,
        choices=[each for each in Rating.choices if each[0] != Rating.NOT_RATED],
        blank=True,
    )

    objects = live_manager(DecisionQuerySet)
    all_objects = DecisionQuerySet.as_manager()

    reference_prefix = "DEC"
    change_action = "governance.decision_change"
    edited_fields = (
        "question",
        "context",
        "group",
        "milestone",
        "requested_on",
        "due_on",
        "status",
        "decided_on",
        "decided_by",
        "function_of_decider",
        "outcome",
        "rationale",
        "review_on",
        "sets_status",
    )
    told_with = ("options",)

    class Meta:
        verbose_name = _("decision")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="decision_number_once"),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("requested_on")),
                name="decision_due_after_request",
                violation_error_code=about("due_on", "requested_on"),
                violation_error_message=_("It is needed before it was asked for."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status="decided")
                | (
                    models.Q(decided_on__isnull=False)
                    & ~models.Q(outcome="")
                    & ~models.Q(function_of_decider="")
                ),
                name="decision_decided_is_complete",
                violation_error_code=about("outcome", "decided_on"),
                violation_error_message=_("A decision needs its outcome, its day and who decided."),
            ),
            models.CheckConstraint(
                condition=models.Q(sets_status="") | models.Q(status="decided"),
                name="decision_sets_status_when_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "status"], name="decision_by_programme"),
            models.Index(fields=["tenant", "status", "due_on"], name="decision_waiting"),
            models.Index(
                fields=["tenant", "programme", "decided_on"],
                name="decision_of_the_board",
                condition=~models.Q(sets_status=""),
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def is_waiting(self) -> bool:
        return self.status == choices.DecisionStatus.REQUESTED

    @property
    def is_decided(self) -> bool:
        return self.status == choices.DecisionStatus.DECIDED

    @property
    def last_word(self) -> str:
        """The last verdict in words, of rows read with it."""
        verdict = getattr(self, "last_verdict", None)
        return str(choices.LookVerdict(verdict).label) if verdict else ""

    def clean(self) -> None:
        if self.decided_on and self.requested_on and self.decided_on < self.requested_on:
            raise ValidationError({"decided_on": _("It cannot be decided before it was asked.")})

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:decision_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class DecisionOption(TenantModel):
    """One way to answer the question."""

    version = models.PositiveIntegerField(default=1, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("option"), max_length=400)
    is_chosen = models.BooleanField(_("taken"), default=False)

    edited_fields = ("text", "is_chosen")

    class Meta:
        verbose_name = _("option")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "decision", "position"], name="option_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.text


@tracked()
class DecisionInput(Record):
    """What one function says to a question; each function writes its own."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="inputs")
    function = models.CharField(max_length=10, choices=choices.Voice.choices, editable=False)
    stance = models.CharField(_("stance"), max_length=12, choices=choices.Stance.choices)
    note = models.TextField(_("view"))
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    given_on = models.DateField(editable=False)

    change_action = "governance.input_change"
    edited_fields = ("stance", "note")

    class Meta:
        verbose_name = _("input")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "decision", "function"],
                name="input_one_per_function",
                condition=models.Q(deleted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_function_display()}: {self.get_stance_display()}"
