"""What rule and model said, when, and why. Rows are added and ended, never rewritten."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State
from pmo_portal.history.models import Fact, FactQuerySet
from pmo_portal.tenants.models import BusinessUnit, TenantModel
from programmes.models import Milestone, Programme, RaidItem

from .choices import STATE_OF_LEVEL, EventKind, RiskLevel, Stage, Target
from .querysets import RiskQuerySet


class GoLiveRisk(TenantModel):
    """The level of one unit before one go-live, from the day it was first so.

    A new row is written only when the outcome changes: the level, a reason or something missing. The row
    before it is ended on that day, so that any day can be read again. `unit` is empty where nobody said
    whom a go-live touches.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, null=True, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(_("as of"))
    ended_on = models.DateField(null=True)
    raised_on = models.DateField(
        help_text="Since when the unit has this level for these reasons, whatever their figures."
    )
    golive_on = models.DateField()
    level = models.CharField(_("level"), max_length=10, choices=RiskLevel.choices)
    # [{key, text, value, threshold, facts}] and [sentence]: the words of that day.
    causes = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    rule_version = models.CharField(max_length=10)
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    objects = RiskQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("signal before go-live")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "unit", "milestone"],
                condition=models.Q(is_current=True),
                nulls_distinct=False,
                name="goliverisk_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=True, ended_on__isnull=True)
                | models.Q(is_current=False, ended_on__isnull=False),
                name="goliverisk_ended_or_current",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "-as_of"], name="goliverisk_history"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.unit or self.milestone}"

    @property
    def state(self) -> State:
        return STATE_OF_LEVEL[RiskLevel(self.level)]

    @property
    def is_raised(self) -> bool:
        return self.level in (RiskLevel.HIGH, RiskLevel.ELEVATED)

    @property
    def cause_keys(self) -> list[str]:
        return [cause["key"] for cause in self.causes]

    def get_absolute_url(self) -> str:
        kwargs = {
            "tenant": self.tenant.slug,
            "code": self.programme.code,
            "milestone": self.milestone.reference,
        }
        if self.unit is None:
            return reverse(
                "forecasting:signal_list", kwargs={k: kwargs[k] for k in ("tenant", "code")}
            )
        return reverse("forecasting:signal_detail", kwargs={**kwargs, "unit": self.unit.code})


class ReportedEvent(TenantModel, Fact):
    """Something that another tool says has happened, on the day it did."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="reported_events"
    )
    kind = models.CharField(_("event"), max_length=20, choices=EventKind.choices)
    # Which milestone or item, in the words of the other tool.
    subject = models.CharField(_("about"), max_length=60, blank=True)
    source = models.CharField(max_length=40)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported event")
        ordering = ("-effective_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "kind", "subject", "effective_on", "source"],
                name="reportedevent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}".strip()


class RiskSnapshot(TenantModel):
    """The inputs of a score on a day, as they were known then. Never rewritten.

    Later corrections of the past change later snapshots only; another meaning of the inputs is another
    `feature_set`. `unit` is empty for the programme as a whole.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, null=True, related_name="+")
    as_of = models.DateField(_("as of"))
    feature_set = models.CharField(max_length=10)
    # In the order of `learning.features.RAW`; NaN for what was not known.
    raw = ArrayField(models.FloatField())
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = _("inputs of a score")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "unit", "as_of", "feature_set"],
                nulls_distinct=False,
                name="risksnapshot_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "as_of"], name="risksnapshot_by_day")]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.unit_id}: {self.as_of}"


class RiskScore(TenantModel):
    """What a model said of a programme, or of one unit of it: the risk, how sure, and what drove it.

    A new row is written when inputs or model changed; the one before it stays, no longer current. `model` is
    the digest of the model, so that a score can be told from one of another model.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="risk_scores")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, null=True, related_name="+")
    target = models.CharField(
        max_length=20, choices=Target.choices, default=Target.CRISIS_4W, editable=False
    )
    as_of = models.DateField(_("as of"))
    probability = models.FloatField(_("probability"))
    low = models.FloatField()
    high = models.FloatField()
    level = models.CharField(_("level"), max_length=10, choices=RiskLevel.choices)
    # As in a snapshot: what this score was made of.
    raw = ArrayField(models.FloatField())
    # [{name, share, value}]: what each term adds to the log-odds, from `start`, those of the reference.
    terms = models.JSONField(default=list)
    start = models.FloatField()
    # Names of inputs that were not known.
    missing = models.JSONField(default=list)
    # The risk of the last weeks under the same model: [[day, risk]], and whether it rises.
    series = models.JSONField(default=list)
    direction = models.CharField(max_length=8, default="unknown")
    base = models.FloatField()
    model = models.CharField(max_length=64)
    model_version = models.CharField(max_length=20)
    is_assumed = models.BooleanField()
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("risk score")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "unit", "target"],
                condition=models.Q(is_current=True),
                nulls_distinct=False,
                name="riskscore_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    low__gte=0,
                    low__lte=models.F("probability"),
                    high__gte=models.F("probability"),
                    high__lte=1,
                ),
                name="riskscore_inside_its_band",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "programme", "-as_of"], name="riskscore_history"),
            # In the very order of the register, which puts what is not known last.
            models.Index(
                "tenant",
                models.F("probability").desc(nulls_last=True),
                "id",
                name="riskscore_loudest",
                condition=models.Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.probability:.0%}"

    @property
    def state(self) -> State:
        return STATE_OF_LEVEL[RiskLevel(self.level)]


class RaidScore(TenantModel):
    """What a model said of an open RAID item: how likely it is to escalate, how sure, and what drove it.

    A new row is written when inputs or model changed; the one before it stays, no longer current. An item that
    ended, escalated or was removed has no current score.
    """

    item = models.ForeignKey(RaidItem, on_delete=models.CASCADE, related_name="escalation_scores")
    as_of = models.DateField(_("as of"))
    probability = models.FloatField(_("probability"))
    low = models.FloatField()
    high = models.FloatField()
    level = models.CharField(_("level"), max_length=10, choices=RiskLevel.choices)
    # In the order of `learning.raid_names.RAW`; NaN for what was not known.
    raw = ArrayField(models.FloatField())
    # [{name, share, value}]: what each term adds to the log-odds, from `start`, those of the reference.
    terms = models.JSONField(default=list)
    start = models.FloatField()
    missing = models.JSONField(default=list)
    # Of items like this one whose end is known here: how many there are, and how many escalated.
    alike = models.PositiveIntegerField(default=0)
    alike_escalated = models.PositiveIntegerField(default=0)
    base = models.FloatField()
    model = models.CharField(max_length=64)
    model_version = models.CharField(max_length=20)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("risk of escalation")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "item"],
                condition=models.Q(is_current=True),
                name="raidscore_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    low__gte=0,
                    low__lte=models.F("probability"),
                    high__gte=models.F("probability"),
                    high__lte=1,
                ),
                name="raidscore_inside_its_band",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "item", "-as_of"], name="raidscore_history"),
            # In the very order of the register, which puts what is not known last.
            models.Index(
                "tenant",
                models.F("probability").desc(nulls_last=True),
                "id",
                name="raidscore_loudest",
                condition=models.Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.probability:.0%}"

    @property
    def state(self) -> State:
        return STATE_OF_LEVEL[RiskLevel(self.level)]


class OwnModel(TenantModel):
    """What an organisation's own history taught about a target, as plain numbers; the shipped prior is not kept here."""

    target = models.CharField(max_length=20, choices=Target.choices)
    learned_on = models.DateField()
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    # How many rows, and how many things that happened, it was learned from.
    rows = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    # `learning.linear.LinearModel.as_dict`; empty where there was too little to learn from.
    numbers = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("own model")
        ordering = ("-learned_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "target"],
                condition=models.Q(is_current=True),
                name="ownmodel_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}, {self.learned_on}"
