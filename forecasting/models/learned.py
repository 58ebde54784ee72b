"""What an organisation's own history taught: its lessons, the models they made, and how these were watched.

Priors are not kept here: the shipped one, or one of other organisations, is in force for a target without a champion.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.models import User
from pmo_portal.common.levels import State
from pmo_portal.tenants.models import TenantModel
from programmes.models import Programme, RaidItem

from ..choices import Forecast, Happening, ModelStatus, Origin, Stage, Target, Touch
from ..in_force import shipped


class RiskModel(TenantModel):
    """A model of an organisation's own, as plain numbers. What it says never changes; its status does.

    What a lesson made and what does not come into use is the challenger of its target, until the next lesson.
    """

    target = models.CharField(_("forecast"), max_length=20, choices=Target.choices)
    number = models.PositiveIntegerField(_("number"))
    origin = models.CharField(_("made by"), max_length=10, choices=Origin.choices)
    status = models.CharField(_("status"), max_length=10, choices=ModelStatus.choices)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    made_on = models.DateField(_("made on"))
    feature_set = models.CharField(max_length=20)
    # `learning.linear.LinearModel.as_dict` and its digest.
    numbers = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    # Versions of the libraries it was made with.
    libraries = models.JSONField(default=dict)
    # What there was to learn from, as of a lesson; nothing where only a level was corrected.
    rows = models.PositiveIntegerField(_("rows"), default=0)
    programmes = models.PositiveIntegerField(_("programmes"), default=0)
    events = models.PositiveIntegerField(_("events"), default=0)
    # `verdict` (`learning.judging.report.verdict_of`), and of what was made as a challenger `compared`
    # (`learning.judging.challenge.compare`) with `beside`, the digest of what was in use.
    measured = models.JSONField(default=dict)
    # Who last put it into use; empty where the portal did by its rule.
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("risk model")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "target", "number"], name="riskmodel_numbered"
            ),
            models.UniqueConstraint(
                fields=["tenant", "target"],
                condition=models.Q(status="champion"),
                name="riskmodel_one_champion",
            ),
            models.UniqueConstraint(
                fields=["tenant", "target"],
                condition=models.Q(status="candidate"),
                name="riskmodel_one_challenger",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}, {self.number}"

    @property
    def is_of_today(self) -> bool:
        """Whether it was made for the inputs of today."""
        return bool(self.feature_set == shipped.numbers(self.target)["feature_set"])

    @property
    def state(self) -> State:
        return State.OK if self.status == ModelStatus.CHAMPION else State.NONE

    @property
    def was_used(self) -> bool:
        """Whether it is or was in use; a challenger comes into use by a person only."""
        return "compared" not in self.measured or self.approved_by_id is not None


class Lesson(TenantModel):
    """One attempt to learn from an organisation's own history, whether anything came of it or not.

    There is one for a target and day: the same day is not learned from twice.
    """

    target = models.CharField(_("forecast"), max_length=20, choices=Target.choices)
    as_of = models.DateField(_("as of"))
    # What there was to learn from: rows with a known outcome, of how many programmes, with how many events.
    rows = models.PositiveIntegerField(_("rows"))
    programmes = models.PositiveIntegerField(_("programmes"), default=0)
    events = models.PositiveIntegerField(_("events"))
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    # What it made and what came into use; empty where nothing did.
    model = models.ForeignKey(
        RiskModel, on_delete=models.CASCADE, null=True, related_name="lessons"
    )
    # The number of the challenger it made, which may have been removed since: numbers are not given out again.
    challenger = models.PositiveIntegerField(_("challenger"), null=True)
    # `learning.judging.report.verdict_of`, `left_out_report` and `walked_report`.
    verdict = models.JSONField(default=dict)
    left_out = models.JSONField(default=dict)
    walked = models.JSONField(default=dict)
    # On which level its start is told where no model is in use (`in_force.level_here`); empty where too little is known of it.
    level = models.JSONField(default=dict)
    # How this organisation goes on (`learning.whatif.Rates`), for projections.
    rates = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lesson")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "target", "as_of"], name="lesson_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}, {self.as_of}"


class ModelEvent(TenantModel):
    """Something that happened to the forecasts of an organisation: to their models, or to what they are told from. Never rewritten."""

    target = models.CharField(_("forecast"), max_length=20, choices=Forecast.choices)
    happened_on = models.DateField(_("day"))
    kind = models.CharField(_("what"), max_length=12, choices=Happening.choices)
    model = models.ForeignKey(RiskModel, on_delete=models.CASCADE, null=True, related_name="+")
    # Who did it; empty where the portal did by its rule.
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # Values for its words: reasons, factors, alarms.
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a model")
        ordering = ("-happened_on", "-pk")
        indexes = [
            models.Index(fields=["tenant", "target", "-happened_on"], name="modelevent_history")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.happened_on}"


class RiskOutcome(TenantModel):
    """What came of a programme that was told a risk: written once its four weeks are over."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(_("told on"))
    probability = models.FloatField(_("told"))
    happened = models.BooleanField(_("it happened"))
    # The digest of the model that told it.
    model = models.CharField(max_length=64)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    known_on = models.DateField(_("known on"))
    touch = models.CharField(
        _("what people did"), max_length=8, choices=Touch.choices, default=Touch.UNSEEN
    )

    class Meta:
        verbose_name = _("outcome of a score")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "as_of"], name="riskoutcome_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "as_of"], name="riskoutcome_by_day")]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.as_of}"


class RaidOutcome(TenantModel):
    """What came of an open RAID item that was told a risk: written once its four weeks are over."""

    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(_("told on"))
    probability = models.FloatField(_("told"))
    happened = models.BooleanField(_("it escalated"))
    # The digest of the model that told it.
    model = models.CharField(max_length=64)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    known_on = models.DateField(_("known on"))

    class Meta:
        verbose_name = _("outcome of a score of an item")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "item", "as_of"], name="raidoutcome_once"),
        ]
        indexes = [models.Index(fields=["tenant", "as_of"], name="raidoutcome_by_day")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.as_of}"


class ModelCheck(TenantModel):
    """A look at whether what was told of late came true, once a week."""

    target = models.CharField(_("forecast"), max_length=20, choices=Target.choices)
    as_of = models.DateField(_("as of"))
    # The digest of the model that was looked at.
    model = models.CharField(max_length=64)
    # `learning.judging.watch.Watched.as_dict`, and the keys of what is not as it should be.
    figures = models.JSONField(default=dict)
    alarms = models.JSONField(default=list)

    class Meta:
        verbose_name = _("check of a model")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "target", "as_of"], name="modelcheck_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}, {self.as_of}"


class SlipRecord(TenantModel):
    """By how much an organisation's milestones ended up later than was said, as known on a day."""

    as_of = models.DateField(_("as of"))
    # `learning.dates.slips.as_dict`: for each kind the days and the share reached by them.
    own = models.JSONField(default=dict)
    milestones = models.PositiveIntegerField(default=0)
    # How many milestones of the same programmes say as much as one alone (`learning.dates.band.alike`).
    design_effect = models.FloatField(default=1)
    # `learning.dates.slips.coverage` of the half year before, and `learning.judging.coverage.Judged` of it.
    held = models.JSONField(default=dict)
    # The own curves are surely off, so the shipped ones are told until they hold again.
    fallen_back = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("record of slips")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "as_of"], name="sliprecord_once"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}: {self.milestones}"


class ShortfallRecord(TenantModel):
    """How training and engagement of an organisation's units went on before go-lives, as known on a day."""

    as_of = models.DateField(_("as of"))
    # `learning.readiness.Spreads.as_dict`; empty where too few cases have ended.
    own = models.JSONField(default=dict)
    # Units at go-lives of which it is known what came, and how many of them fell short.
    cases = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    # How many cases that tell nothing of each other say as much (`learning.readiness.band.worth`).
    worth = models.FloatField(default=0)
    # `learning.readiness.compared` of the half year before, and `learning.judging.coverage.Judged` of it.
    held = models.JSONField(default=dict)
    # The own spreads are surely off, so the shipped ones are told until they hold again.
    fallen_back = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("record of readiness")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "as_of"], name="shortfallrecord_once"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}: {self.cases}"


class SimilarWeeks(TenantModel):
    """The weeks of other programmes most like that of a programme now, with what came of them: evidence, not a score."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(_("as of"))
    # [{programme, day, came, distance}], the most similar first.
    weeks = models.JSONField(default=list)
    came = models.PositiveSmallIntegerField(default=0)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("similar weeks")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "programme"], name="similarweeks_once"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.came} of {len(self.weeks)}"
