"""Looking back at a quarter, half and three quarters of the time at what was agreed."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record, live_manager
from pmo_portal.tenants.models import Person, TenantModel
from programmes.choices import Half
from programmes.models import Programme

from .. import choices
from ..charter_text import number
from ..querysets import ReviewQuerySet
from .actions import Action
from .charters import Charter
from .decisions import Decision

STATES = {
    choices.Verdict.HOLDS: State.OK,
    choices.Verdict.DRIFTED: State.WARN,
    choices.Verdict.BROKEN: State.BAD,
    "": State.NONE,
}


@tracked()
class Review(Record):
    """One look at everything that was agreed. It opens by itself and is done when both leads say so."""

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="+")
    share = models.PositiveSmallIntegerField(
        _("of the time"), choices=choices.ReviewShare.choices, editable=False
    )
    reached_on = models.DateField(_("opened on"), editable=False)
    due_on = models.DateField(_("due"))
    status = models.CharField(
        _("status"),
        max_length=6,
        choices=choices.ReviewStatus.choices,
        default=choices.ReviewStatus.OPEN,
        editable=False,
    )
    done_on = models.DateField(_("done on"), null=True, blank=True, editable=False)
    learned = models.TextField(_("what both learned from it"), blank=True)
    delivery_done_on = models.DateField(null=True, blank=True, editable=False)
    delivery_done_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    change_done_on = models.DateField(null=True, blank=True, editable=False)
    change_done_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = live_manager(ReviewQuerySet)
    all_objects = ReviewQuerySet.as_manager()

    reference_prefix = "RV"
    change_action = "governance.review_change"
    edited_fields = (
        "due_on",
        "learned",
        "status",
        "done_on",
        "delivery_done_on",
        "delivery_done_by",
        "change_done_on",
        "change_done_by",
    )
    told_with = ("outcomes",)

    class Meta:
        verbose_name = _("review")
        ordering = ("programme", "share")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="review_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "programme", "share"], name="review_share_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="done")
                | models.Q(
                    done_on__isnull=False,
                    delivery_done_on__isnull=False,
                    change_done_on__isnull=False,
                ),
                name="review_done_by_both",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "status", "due_on"], name="review_open")]

    def __str__(self) -> str:
        return str(_("Review at %(share)d%% of the time")) % {"share": self.share}

    @property
    def is_open(self) -> bool:
        return self.status == choices.ReviewStatus.OPEN

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:review_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


class ReviewLine(TenantModel):
    """One assumption or measure as it was agreed, frozen when the review opened.

    `computed` is what the portal knew of its figure; kept when the review is done, live until then.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=choices.LineKind.choices)
    half = models.CharField(max_length=10, choices=Half.choices)
    text = models.CharField(max_length=300)
    unit = models.CharField(max_length=40, blank=True)
    value = models.FloatField(null=True, blank=True)
    target = models.FloatField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=200, blank=True)
    margin = models.FloatField(null=True, blank=True)
    figure = models.CharField(max_length=20, choices=choices.Yardstick.choices, blank=True)
    computed = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ("kind", "line")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "review", "line"], name="reviewline_once")
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def value_words(self) -> str:
        return number(self.value, self.unit) if self.value is not None else self.words

    @property
    def target_words(self) -> str:
        return number(self.target, self.unit)

    @property
    def margin_words(self) -> str:
        return number(self.margin, self.unit)


@tracked()
class ReviewView(Record):
    """What one function found of one line; each function writes its own."""

    review_line = models.ForeignKey(ReviewLine, on_delete=models.CASCADE, related_name="views")
    function = models.CharField(max_length=10, choices=choices.Voice.choices, editable=False)
    verdict = models.CharField(_("verdict"), max_length=8, choices=choices.Verdict.choices)
    evidence = models.TextField(_("how we know"))
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    given_on = models.DateField(editable=False)

    change_action = "governance.review_judge"
    edited_fields = ("verdict", "evidence")

    class Meta:
        verbose_name = _("view")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "review_line", "function"],
                name="reviewview_one_per_function",
                condition=models.Q(deleted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_function_display()}: {self.get_verdict_display()}"

    @property
    def state(self) -> State:
        return STATES[self.verdict]

    @property
    def programme(self) -> Programme:
        return self.review_line.review.programme


@tracked()
class ReviewOutcome(Record):
    """A decision or an action that came out of a review; what was unlinked is kept as one that was removed."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="outcomes")
    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    action = models.ForeignKey(
        Action, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    change_action = "governance.review_change"
    edited_fields = ("decision", "action")

    class Meta:
        verbose_name = _("outcome")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__isnull=True, action__isnull=False)
                | models.Q(decision__isnull=False, action__isnull=True),
                name="reviewoutcome_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["tenant", "review", "decision"],
                name="reviewoutcome_decision_once",
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["tenant", "review", "action"],
                name="reviewoutcome_action_once",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.decision or self.action)
