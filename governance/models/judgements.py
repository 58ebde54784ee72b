"""How confident the two leads and the sponsor are, each asked without seeing the others."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record, live_manager
from pmo_portal.tenants.models import Person
from programmes.models import Programme

from .. import choices
from ..querysets import RoundQuerySet


@tracked()
class JudgementRound(Record):
    """One question to three people. What they say is shown when all have spoken, or after its last day."""

    number = models.PositiveIntegerField(editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    asked_on = models.DateField(_("asked on"), editable=False)
    closes_on = models.DateField(
        _("last day"), help_text=_("The answers are shown the day after, even if one is missing.")
    )

    objects = live_manager(RoundQuerySet)
    all_objects = RoundQuerySet.as_manager()

    reference_prefix = "JR"
    change_action = "governance.judgement_ask"
    edited_fields = ("closes_on",)

    class Meta:
        verbose_name = _("round of judgements")
        ordering = ("-asked_on", "-number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="round_number_once"),
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("asked_on")),
                name="round_closes_after_it_opens",
                violation_error_code=about("closes_on"),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "asked_on"], name="round_by_programme")
        ]

    def __str__(self) -> str:
        return f"{self.programme.code}, {self.asked_on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse(
            "governance:judgement_detail",
            kwargs={
                "tenant": self.tenant.slug,
                "code": self.programme.code,
                "reference": self.reference,
            },
        )


@tracked()
class Judgement(Record):
    """What one of the three says. It has no address of its own: until the round is shown only its author reads it."""

    round = models.ForeignKey(JudgementRound, on_delete=models.CASCADE, related_name="judgements")
    voice = models.CharField(max_length=10, choices=choices.Judge.choices, editable=False)
    level = models.PositiveSmallIntegerField(_("how confident"), choices=choices.Confidence.choices)
    sentence = models.CharField(_("in one sentence"), max_length=300)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    given_on = models.DateField(editable=False)

    change_action = "governance.judgement_give"
    edited_fields = ("level", "sentence")

    class Meta:
        verbose_name = _("judgement")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "round", "voice"],
                name="judgement_one_per_voice",
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(level__range=(1, 5)), name="judgement_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_voice_display()}: {self.level}"

    def clean(self) -> None:
        if self.level is None:
            raise ValidationError({"level": _("Say how confident you are.")})

    @property
    def programme(self) -> Programme:
        return self.round.programme

    @property
    def programme_id(self) -> int:
        return self.round.programme_id
