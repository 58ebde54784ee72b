"""Change requests: what shall be otherwise than agreed, what it means on both sides, and who signed for it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from adoption.choices import HowMuch
from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Fact, Record, live_manager
from pmo_portal.tenants.models import BusinessUnit, Person, TenantModel
from programmes.models import Milestone, PlanBaseline, Programme, RaidItem

from .. import choices
from ..change_text import has_said
from ..querysets import ChangeRequestQuerySet

_ENDED = ["implemented", "dropped"]
_DECIDED = ["approved", "rejected", *_ENDED]


@tracked()
class ChangeRequest(Record, Fact):
    """Something of what was agreed shall change. Each function says what it means for its side; both leads sign.

    `effective_on` is the day it was raised, `known_at` when that was said. `decided_on` and `decided_at` are those
    of the signature that settled it: the second approval, or the first rejection. `milestone_refs` says which
    milestones are linked, so that the history and a conflict tell it and an earlier version brings them back.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    what = models.TextField(_("what changes"))
    why = models.TextField(_("why"))
    kinds = ArrayField(
        models.CharField(max_length=10, choices=choices.ChangeKind.choices),
        verbose_name=_("what it touches"),
    )
    milestones = models.ManyToManyField(
        Milestone,
        through="ChangeMilestone",
        related_name="+",
        verbose_name=_("milestones touched"),
    )
    milestone_refs = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        editable=False,
        verbose_name=_("milestones touched"),
    )
    needed_by = models.DateField(_("answer needed by"), null=True, blank=True)
    raid_item = models.ForeignKey(
        RaidItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("comes out of the RAID item"),
    )
    raised_by = models.CharField(
        _("raised by"), max_length=10, choices=choices.Voice.choices, editable=False
    )
    raised_person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=choices.ChangeStatus.choices,
        default=choices.ChangeStatus.ASSESSING,
        editable=False,
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    baseline = models.ForeignKey(
        PlanBaseline,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("baseline kept"),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    outcome = models.TextField(_("what came of it"), blank=True)

    objects = live_manager(ChangeRequestQuerySet)
    all_objects = ChangeRequestQuerySet.as_manager()

    reference_prefix = "CR"
    change_action = "governance.change_edit"
    told_with = ("delivery_impact", "people_impact")
    edited_fields = (
        "title",
        "what",
        "why",
        "kinds",
        "milestone_refs",
        "needed_by",
        "raid_item",
        "status",
        "decided_on",
        "baseline",
        "closed_on",
        "outcome",
    )

    class Meta:
        verbose_name = _("change request")
        ordering = ("-effective_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="change_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "baseline"],
                name="change_baseline_once",
                condition=models.Q(baseline__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(kinds__len__gte=1),
                name="change_touches_something",
                violation_error_code=about("kinds"),
                violation_error_message=_("Say what it touches: at least one of them."),
            ),
            models.CheckConstraint(
                condition=models.Q(needed_by__isnull=True)
                | models.Q(needed_by__gte=models.F("effective_on")),
                name="change_needed_after_raised",
                violation_error_code=about("needed_by", "effective_on"),
                violation_error_message=_("It is needed before it was raised."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=_DECIDED, decided_on__isnull=False, decided_at__isnull=False
                )
                | (
                    ~models.Q(status__in=_DECIDED)
                    & models.Q(decided_on__isnull=True, decided_at__isnull=True)
                ),
                name="change_decided_has_day",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(status__in=_ENDED, closed_on__isnull=False) & ~models.Q(outcome="")
                )
                | (~models.Q(status__in=_ENDED) & models.Q(closed_on__isnull=True)),
                name="change_closed_with_outcome",
                violation_error_code=about("outcome"),
                violation_error_message=_("A closed request says what came of it."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "status", "decided_on"], name="change_by_programme"
            ),
            # In the very order of the register of all programmes.
            models.Index(
                "tenant",
                models.F("effective_on").desc(nulls_last=True),
                "id",
                name="change_by_day",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_words(self) -> str:
        """What it touches in words, in the order of the choices."""
        labels = [str(each.label) for each in choices.ChangeKind if each in self.kinds]
        return ", ".join([*labels[:1], *(each.lower() for each in labels[1:])])

    @property
    def signed(self) -> dict[str, ChangeSignature]:
        """The valid signatures by function, rejections among them."""
        live = getattr(self, "live_signatures", None)
        if live is None:
            live = self.signatures.filter(withdrawn_at__isnull=True).select_related("person")
        return {each.function: each for each in live}

    @property
    def is_open(self) -> bool:
        """Being assessed or waiting for signatures."""
        return self.status in (choices.ChangeStatus.ASSESSING, choices.ChangeStatus.READY)

    @property
    def is_ready(self) -> bool:
        return self.status == choices.ChangeStatus.READY

    @property
    def is_approved(self) -> bool:
        """Approved and not carried out yet."""
        return self.status == choices.ChangeStatus.APPROVED

    @property
    def is_frozen(self) -> bool:
        """Both leads approved it: its words are not changed any more."""
        return self.status in choices.CHANGE_APPROVED

    @property
    def is_rejected(self) -> bool:
        return self.status == choices.ChangeStatus.REJECTED

    @property
    def is_withdrawn(self) -> bool:
        return self.status == choices.ChangeStatus.WITHDRAWN

    @property
    def is_closed(self) -> bool:
        return self.status in (choices.ChangeStatus.IMPLEMENTED, choices.ChangeStatus.DROPPED)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Whose turn it is: the functions that have said nothing yet, or whose lead has not signed."""
        if self.is_ready:
            return tuple(voice for voice in choices.Voice.values if voice not in self.signed)
        if self.status == choices.ChangeStatus.ASSESSING:
            said = {
                choices.Voice.DELIVERY: self.delivery_impact.is_said,
                choices.Voice.CHANGE: self.people_impact.is_said,
            }
            return tuple(voice.value for voice, is_said in said.items() if not is_said)
        return ()

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:change_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


class ChangeMilestone(TenantModel):
    """A milestone a change request touches."""

    request = models.ForeignKey(
        ChangeRequest, on_delete=models.CASCADE, related_name="milestone_links"
    )
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "request", "milestone"], name="changemilestone_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.milestone_id}"


class ChangeImpact(Record):
    """What both halves share. Each has a version of its own: both functions write at the same time.

    It is there, empty, from the moment the request is raised; `said_on` tells that its function has spoken.
    """

    said_by = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("said by"),
    )
    said_on = models.DateField(_("said on"), null=True, blank=True, editable=False)
    nothing_because = models.TextField(
        _("or nothing, because"),
        blank=True,
    )

    voice: ClassVar[str] = ""
    # What of it says something, besides that there is nothing to say.
    content_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    @property
    def is_said(self) -> bool:
        return self.said_on is not None

    @property
    def programme(self) -> Programme:
        request: ChangeRequest = self.request  # type: ignore[attr-defined]
        return request.programme

    @property
    def programme_id(self) -> int:
        return self.programme.pk

    def content(self) -> dict[str, Any]:
        """The values that are signed."""
        return {name: getattr(self, name) for name in (*self.content_fields, "nothing_because")}

    def clean(self) -> None:
        if self.said_on is None:
            return
        values = self.content()
        because = values.pop("nothing_because").strip()
        if because and has_said(values):
            raise ValidationError(
                {"nothing_because": _("Either there is nothing, or it is said above: not both.")}
            )
        if not because and not has_said(values):
            raise ValidationError(
                _("Say what it means for this side, or why it means nothing."),
                code=about(*self.content_fields, "nothing_because"),
            )

    def get_absolute_url(self) -> str:
        request: ChangeRequest = self.request  # type: ignore[attr-defined]
        return request.get_absolute_url()


@tracked()
class DeliveryImpact(ChangeImpact):
    """What a change request means for the plan and the money; written by delivery alone."""

    request = models.OneToOneField(
        ChangeRequest, on_delete=models.CASCADE, related_name="delivery_impact"
    )
    days = models.IntegerField(
        _("time, working days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-5000), MaxValueValidator(5000)],
    )
    cost = models.BigIntegerField(_("cost"), null=True, blank=True)
    scope = models.TextField(_("scope"), blank=True)
    quality = models.TextField(_("quality"), blank=True)
    benefit = models.TextField(_("benefit"), blank=True)

    voice = choices.Voice.DELIVERY
    content_fields = ("days", "cost", "scope", "quality", "benefit")
    change_action = "governance.change_delivery"
    money_fields = ("cost",)
    edited_fields = (*content_fields, "nothing_because")

    class Meta:
        verbose_name = _("delivery impact")

    def __str__(self) -> str:
        return str(_("Delivery impact"))

    @property
    def days_earlier(self) -> int:
        """By how many working days it becomes earlier."""
        return -(self.days or 0)


@tracked()
class PeopleImpact(ChangeImpact):
    """What a change request means for people; written by change alone.

    `unit_codes` says which units are linked, for the same reasons as the milestones of a request.
    """

    request = models.OneToOneField(
        ChangeRequest, on_delete=models.CASCADE, related_name="people_impact"
    )
    units = models.ManyToManyField(
        BusinessUnit, through="ChangeUnit", related_name="+", verbose_name=_("units hit")
    )
    unit_codes = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        editable=False,
        verbose_name=_("units hit"),
    )
    hours = models.PositiveIntegerField(
        _("hours of their time"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    severity = models.PositiveSmallIntegerField(
        _("how much it means to them"), null=True, blank=True, choices=HowMuch.choices
    )
    words = models.TextField(_("what it means for people"), blank=True)
    training = models.TextField(_("training"), blank=True)
    communications = models.TextField(_("communications"), blank=True)

    voice = choices.Voice.CHANGE
    content_fields = ("unit_codes", "hours", "severity", "words", "training", "communications")
    change_action = "governance.change_people"
    edited_fields = (*content_fields, "nothing_because")

    class Meta:
        verbose_name = _("people impact")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity__isnull=True) | models.Q(severity__lte=5),
                name="peopleimpact_severity_0_to_5",
            )
        ]

    def __str__(self) -> str:
        return str(_("People impact"))


class ChangeUnit(TenantModel):
    """A unit whose people a change request hits."""

    impact = models.ForeignKey(PeopleImpact, on_delete=models.CASCADE, related_name="unit_links")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "impact", "unit"], name="changeunit_once")
        ]

    def __str__(self) -> str:
        return f"{self.impact_id}: {self.unit_id}"


class ChangeSignature(TenantModel):
    """One lead's word on one state of a request: approved, or rejected with a reason.

    It is withdrawn, never deleted, when the request changes.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="signatures")
    function = models.CharField(max_length=10, choices=choices.Voice.choices)
    verdict = models.CharField(max_length=10, choices=choices.ChangeVerdict.choices)
    reason = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role_then = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    signed_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("signed_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "request", "function"],
                name="changesignature_one_per_side",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="approved") | ~models.Q(reason=""),
                name="changesignature_rejected_because",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role_then}"

    @property
    def is_rejection(self) -> bool:
        return self.verdict == choices.ChangeVerdict.REJECTED


# For lists: read `signed` of every request with one more statement.
LIVE_CHANGE_SIGNATURES: models.Prefetch[Any] = models.Prefetch(
    "signatures",
    ChangeSignature.objects.filter(withdrawn_at__isnull=True).select_related("person"),
    to_attr="live_signatures",
)
