"""Survey waves, signs of resistance, progress of training: what is known about the people."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import (
    Fact,
    FactQuerySet,
    Record,
    WithdrawableFact,
    WithdrawableQuerySet,
    live_manager,
)
from pmo_portal.tenants.models import BusinessUnit, TenantModel
from programmes.models import Programme

from .. import suppression
from ..choices import (
    Measure,
    SignalSource,
    SignalStatus,
    SignalTheme,
    Strength,
    WaveSource,
)
from ..querysets import CommentQuerySet, ResultQuerySet, SignalQuerySet

LOWEST_K = 5
# So many people at least answered a wave in a unit before what they wrote is kept.
LOWEST_KC = 10


@tracked()
class SurveyWave(Record):
    """One survey at one time: one measure, asked in several units.

    What may be shown of it is decided once, when it is recorded, with the smallest group `k` of that day.
    """

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme"),
        help_text=_("Empty: the whole organisation was asked."),
    )
    name = models.CharField(_("name"), max_length=120)
    measure = models.CharField(
        _("what was measured"), max_length=30, choices=Measure.choices, default=Measure.ENGAGEMENT
    )
    closed_on = models.DateField(_("closed on"))
    source = models.CharField(
        _("source"),
        max_length=10,
        choices=WaveSource.choices,
        default=WaveSource.OWN,
        editable=False,
    )
    k = models.PositiveSmallIntegerField(_("fewest answers shown"), editable=False)
    note = models.TextField(
        _("note"),
        blank=True,
        help_text=_("How people were asked, and what should be kept in mind."),
    )

    reference_prefix = "W"
    # The date and the measure belong to the figures, which are never changed.
    edited_fields = ("name", "note")
    change_action = "adoption.survey_change"

    class Meta:
        verbose_name = _("survey wave")
        ordering = ("-closed_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="surveywave_number_once"),
            # A second release of the same wave could be subtracted from the first.
            models.UniqueConstraint(
                fields=["tenant", "programme", "measure", "closed_on", "source"],
                condition=models.Q(deleted_at__isnull=True),
                nulls_distinct=False,
                name="surveywave_released_once",
            ),
            models.CheckConstraint(
                condition=models.Q(k__gte=LOWEST_K), name="surveywave_k_at_least_five"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_published(self) -> bool:
        return self.source == WaveSource.PUBLISHED

    def get_absolute_url(self) -> str:
        return reverse(
            "adoption:wave_detail",
            kwargs={"tenant": self.tenant.slug, "reference": self.reference},
        )


class SurveyResult(TenantModel, Fact):
    """The figure of one unit in a wave.

    A figure that may not be shown is not kept: its row only says that the unit was asked. So no page,
    export, model or backup can give it away. Not tracked, because a trail would be another way out.
    """

    wave = models.ForeignKey(SurveyWave, on_delete=models.CASCADE, related_name="results")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")
    mean = models.FloatField(null=True, validators=[MinValueValidator(0), MaxValueValidator(100)])
    n = models.PositiveIntegerField(null=True)
    is_released = models.BooleanField()
    # The weighted mean of the units below, where the unit itself was not entered.
    is_rolled_up = models.BooleanField(default=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ("unit__path",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "wave", "unit"], name="surveyresult_once"),
            models.CheckConstraint(
                condition=models.Q(is_released=True, mean__isnull=False)
                | models.Q(is_released=False, mean__isnull=True, n__isnull=True),
                name="surveyresult_keeps_nothing_hidden",
            ),
            models.CheckConstraint(
                condition=models.Q(mean__isnull=True) | models.Q(mean__gte=0, mean__lte=100),
                name="surveyresult_mean_from_0_to_100",
            ),
            models.CheckConstraint(
                condition=models.Q(n__isnull=True) | models.Q(n__gte=LOWEST_K),
                name="surveyresult_n_at_least_five",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "unit", "-effective_on"], name="surveyresult_latest")
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}/{self.unit_id}"

    @property
    def bound(self) -> str:
        """What stands after a mean that is the bound of a band; nothing after others and after published ones."""
        if self.n is None:
            return ""
        if self.mean == suppression.HIGHEST_MEAN:
            return str(_("or more"))
        return str(_("or less")) if self.mean == suppression.LOWEST_MEAN else ""


@tracked(by_time="resistancesignal_trail")
class ResistanceSignal(Record, Fact):
    """A sign of resistance in a unit. Nobody is named: it is information, not a fault."""

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("programme"),
        editable=False,
    )
    unit = models.ForeignKey(
        BusinessUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    source = models.CharField(_("how it was noticed"), max_length=20, choices=SignalSource.choices)
    theme = models.CharField(
        _("what lies behind it"), max_length=24, choices=SignalTheme.choices, blank=True
    )
    strength = models.PositiveSmallIntegerField(
        _("strength"), choices=Strength.choices, default=Strength.CLEAR
    )
    text = models.TextField(
        _("what was noticed"), help_text=_("Describe what people meet, and name nobody.")
    )
    response = models.TextField(_("our response"), blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=SignalStatus.choices,
        default=SignalStatus.OPEN,
        editable=False,
    )
    resolved_on = models.DateField(_("resolved on"), null=True, editable=False)

    objects = live_manager(SignalQuerySet)
    all_objects = SignalQuerySet.as_manager()

    reference_prefix = "RS"
    edited_fields = (
        "unit",
        "source",
        "theme",
        "strength",
        "text",
        "effective_on",
        "response",
        "status",
        "resolved_on",
    )
    change_action = "adoption.signal_change"

    class Meta:
        verbose_name = _("sign of resistance")
        ordering = ("-effective_on", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="resistancesignal_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(strength__gte=1, strength__lte=3),
                name="resistancesignal_strength_1_to_3",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", resolved_on__isnull=True)
                | models.Q(status="resolved", resolved_on__isnull=False),
                name="resistancesignal_resolved_with_date",
                violation_error_code=about("resolved_on"),
                violation_error_message=_("A resolved signal has a date, an open one has none."),
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_on__isnull=True)
                | models.Q(resolved_on__gte=models.F("effective_on")),
                name="resistancesignal_resolved_after_seen",
                violation_error_code=about("resolved_on", "effective_on"),
                violation_error_message=_("It cannot be resolved before it was noticed."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "-effective_on"], name="resistancesignal_programme"
            )
        ]

    def __str__(self) -> str:
        first, _dot, _rest = self.text.partition("\n")
        return first if len(first) <= 90 else f"{first[:88].rstrip()}…"

    @property
    def is_open(self) -> bool:
        return self.status == SignalStatus.OPEN

    @property
    def is_long(self) -> bool:
        """Whether the heading of its page does not say all of it."""
        return str(self) != self.text

    def get_absolute_url(self) -> str:
        return reverse(
            "adoption:signal_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class TrainingProgress(TenantModel, WithdrawableFact):
    """How many of those who need training in a unit have completed it on a day. A later entry replaces nothing."""

    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("programme"),
        editable=False,
    )
    unit = models.ForeignKey(
        BusinessUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    required = models.PositiveIntegerField(
        _("people who need it"), validators=[MinValueValidator(1)]
    )
    completed = models.PositiveIntegerField(_("people who completed it"))
    planned_share = models.FloatField(
        _("planned by then"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )

    objects = WithdrawableQuerySet.as_manager()

    subject_fields = ("programme", "unit")

    class Meta:
        verbose_name = _("training progress")
        ordering = ("-effective_on", "-known_at")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(completed__lte=models.F("required")),
                name="trainingprogress_completed_of_required",
                violation_error_code=about("completed", "required"),
                violation_error_message=_("More people cannot complete it than need it."),
            ),
            models.CheckConstraint(
                condition=models.Q(required__gte=1), name="trainingprogress_somebody_needs_it"
            ),
            models.CheckConstraint(
                condition=models.Q(planned_share__isnull=True)
                | models.Q(planned_share__gte=0, planned_share__lte=1),
                name="trainingprogress_planned_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("known_at")),
                name="trainingprogress_known_before_withdrawn",
            ),
        ]
        indexes = [
            # In the order of the last word, with all that is counted of it.
            models.Index(
                fields=["tenant", "programme", "unit", "-effective_on", "-known_at", "-id"],
                include=["withdrawn_at", "required", "completed", "planned_share"],
                name="trainingprogress_latest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.completed}/{self.required}"

    @property
    def share(self) -> float:
        return self.completed / self.required

    @property
    def gap(self) -> float | None:
        """How far behind the plan, as a share; 0 when on plan; None without a plan."""
        return None if self.planned_share is None else max(0.0, self.planned_share - self.share)


class SignalTally(TenantModel, Fact):
    """How many signs of resistance were counted in a unit in the week up to a day.

    Where another tool only hands over numbers; signs that are told one by one are `ResistanceSignal`.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(_("signs"))
    source = models.CharField(max_length=40)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally of signs")
        ordering = ("-effective_on",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "unit", "effective_on", "source"],
                name="signaltally_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.count}"


class SurveyComment(TenantModel, Fact):
    """What somebody wrote in a wave, without who it was and without a time finer than the day.

    Whether it may ever be read is decided once, when it is recorded, with the smallest group of that day: at least
    so many people answered the wave in the unit. Of a comment that may not be read only the row is kept, so that it
    is not taken in a second time. Names of the directory are taken out before it is kept. Not tracked, because a
    trail would be another way out.
    """

    # What a page calls it: its place in the table tells the order in which people wrote.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")
    wave = models.ForeignKey(SurveyWave, on_delete=models.CASCADE, null=True, related_name="+")
    text = models.TextField(blank=True)
    source = models.CharField(max_length=40)
    is_released = models.BooleanField(default=False)
    # What was read in it, by whoever reads: a bit for each theme, whether it resists, and which topic is nearest.
    # `read_with` names the words that were read with; empty until it is read.
    read_with = models.CharField(max_length=24, blank=True)
    themes = models.PositiveSmallIntegerField(null=True)
    resists = models.BooleanField(null=True)
    # By the shipped words alone, whatever an organisation learned since: scores may read it as of any day.
    resists_by_words = models.BooleanField(null=True)
    topic = models.PositiveSmallIntegerField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="surveycomment_key_once"),
            models.CheckConstraint(
                condition=models.Q(is_released=True, wave__isnull=False)
                | models.Q(
                    is_released=False,
                    text="",
                    themes__isnull=True,
                    resists__isnull=True,
                    resists_by_words__isnull=True,
                    topic__isnull=True,
                ),
                name="surveycomment_keeps_nothing_hidden",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "programme", "unit", "effective_on"], name="surveycomment_by_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.effective_on}"
