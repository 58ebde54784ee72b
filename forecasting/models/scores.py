"""What models said, of what inputs, and why."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State
from pmo_portal.tenants.models import BusinessUnit, TenantModel
from programmes.models import Milestone, Programme, RaidItem

from ..choices import ASSUMED, STATE_OF_LEVEL, Direction, RiskLevel, Stage, Target


class Trended(models.Model):
    """A chance with what the model that told it says of the weeks before."""

    # [[day, chance]], oldest first, from the inputs as they were known on each day; no chance where there was nothing to ask.
    # Only the current row has it.
    series = models.JSONField(default=list)
    direction = models.CharField(
        _("trend"), max_length=8, choices=Direction.choices, default=Direction.UNKNOWN
    )

    class Meta:
        abstract = True


class RiskSnapshot(TenantModel):
    """The inputs of a score on a day, as they were known then. Never rewritten.

    Later corrections of the past change later snapshots only; another meaning of the inputs is another
    `feature_set`. `unit` is empty for the programme as a whole; those of units are kept as long as a trend looks back.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, null=True, related_name="+")
    as_of = models.DateField(_("as of"))
    feature_set = models.CharField(max_length=10)
    # In the order of `learning.features.RAW`; NaN for what was not known.
    raw = ArrayField(models.FloatField())
    # The share of people trained and the share that was planned; NaN for what was not known. Empty for units.
    trained = ArrayField(models.FloatField(), size=2, default=list)
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


class RiskScore(Trended, TenantModel):
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
    base = models.FloatField()
    model = models.CharField(max_length=64)
    model_version = models.CharField(max_length=20)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    # What a later go-live would do (`crises.projection.projections`); empty where none is near.
    whatif = models.JSONField(default=dict)
    # The risk within eight weeks, and between which values it lies (`crises.projection.eight_weeks`); empty for units.
    eight = models.JSONField(default=list)
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    # When somebody first saw it on a page; empty where nobody did.
    shown_at = models.DateTimeField(null=True, editable=False)

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

    @property
    def is_assumed(self) -> bool:
        return self.stage in ASSUMED

    @property
    def is_levelled(self) -> bool:
        """Whether it is assumed but for how often crises come here."""
        return self.stage == Stage.LEVELLED


class RaidScore(Trended, TenantModel):
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
    # In the order of `learning.raid.names.RAW`; NaN for what was not known.
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


class MilestoneOutlook(Trended, TenantModel):
    """By when an open milestone is likely to be reached, from what came of words on dates before.

    `series` has the chances to miss the baseline of the weeks before, without that of today.

    A new row is written when what is said changed; the one before it stays, no longer current. A milestone that was
    reached has no current outlook. No date: milestones of this kind that were this late have not been reached.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="outlooks")
    as_of = models.DateField(_("as of"))
    # What the plan said when this was told.
    forecast_on = models.DateField(_("forecast"))
    baseline_on = models.DateField(_("baseline"))
    p50_on = models.DateField(_("P50"), null=True)
    p80_on = models.DateField(_("P80"), null=True)
    p90_on = models.DateField(_("P90"), null=True)
    # The chance of passing the baseline by more than five working days.
    missed = models.FloatField(_("chance to miss the baseline"))
    # In eight of ten cases that chance lies between them (`learning.dates.band`).
    low = models.FloatField()
    high = models.FloatField()
    # Where it begins, and [{name, share}] of what moves it from there (`learning.dates.parts`); together the chance.
    start = models.FloatField()
    terms = models.JSONField(default=list)
    # The kind of milestone (`learning.dates.slips.KINDS`), how many of it are known here, and how much they count, 0 to 1.
    kind = models.CharField(max_length=20)
    own = models.PositiveIntegerField(default=0)
    weight = models.FloatField(default=0)
    # The smoothed schedule index of its programme, to two places; empty where nobody knows.
    schedule = models.FloatField(null=True)
    # [{name, days, cases, share}], from milestones in general to this one (`learning.dates.steps`); the last says P50, P80 and P90.
    steps = models.JSONField(default=list)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    model = models.CharField(max_length=64)
    model_version = models.CharField(max_length=20)
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("outlook of a milestone")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "milestone"],
                condition=models.Q(is_current=True),
                name="milestoneoutlook_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    low__gte=0,
                    low__lte=models.F("missed"),
                    high__gte=models.F("missed"),
                    high__lte=1,
                ),
                name="milestoneoutlook_inside_its_band",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "milestone", "-as_of"], name="milestoneoutlook_history"),
            models.Index(
                "tenant",
                models.F("missed").desc(),
                "id",
                name="milestoneoutlook_loudest",
                condition=models.Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id}: {self.p80_on}"

    @property
    def is_assumed(self) -> bool:
        return self.stage in ASSUMED


class AdoptionShortfall(Trended, TenantModel):
    """How likely a unit is not to be ready two weeks before a go-live, from its training and its engagement.

    A new row is written when what is said changed; the one before it stays, no longer current. A part that is not known
    has no chance; with one part unknown `chance` is the least it can be, with both there is none.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="shortfalls")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(_("as of"))
    # The go-live as the plan said when this was told.
    golive_on = models.DateField(_("go-live"))
    chance = models.FloatField(_("chance not to be ready"), null=True)
    # Between which chances it lies in eight of ten cases; up to certain where a part is unknown.
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    training = models.FloatField(_("chance of too little training"), null=True)
    engagement = models.FloatField(_("chance of too low engagement"), null=True)
    level = models.CharField(_("level"), max_length=10, choices=RiskLevel.choices)
    # What it rests on: share, required, pace, expected, planned, needed, training_on; shown, answers, expected, usual, threshold, engagement_on.
    facts = models.JSONField(default=dict)
    # [{name, share}]: what each part adds to the chance, from `start` on (`learning.readiness.parts`); empty where nothing is known.
    start = models.FloatField(null=True)
    terms = models.JSONField(default=list)
    # Names of what is not known: `readiness.forecast.MISSING`.
    missing = models.JSONField(default=list)
    base = models.FloatField()
    # Of how many ended cases of this organisation; 0 where the shipped ones stand in.
    own = models.PositiveIntegerField(default=0)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    model = models.CharField(max_length=64)
    model_version = models.CharField(max_length=20)
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("readiness of a unit")
        ordering = ("-as_of", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "milestone", "unit"],
                condition=models.Q(is_current=True),
                name="shortfall_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(chance__isnull=True) | models.Q(chance__gte=0, chance__lte=1),
                name="shortfall_a_chance",
            ),
            models.CheckConstraint(
                condition=models.Q(chance__isnull=True, low__isnull=True, high__isnull=True)
                | models.Q(
                    low__gte=0,
                    low__lte=models.F("chance"),
                    high__gte=models.F("chance"),
                    high__lte=1,
                ),
                name="shortfall_inside_its_band",
            ),
            models.CheckConstraint(
                condition=models.Q(chance__isnull=False)
                | models.Q(level="unknown", training__isnull=True, engagement__isnull=True),
                name="shortfall_unknown_is_no_chance",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "milestone", "unit", "-as_of"], name="shortfall_history"
            ),
            # In the very order of the register, which puts what is not known last.
            models.Index(
                "tenant",
                models.F("chance").desc(nulls_last=True),
                "id",
                name="shortfall_loudest",
                condition=models.Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id}/{self.unit_id}: {self.get_level_display()}"

    @property
    def state(self) -> State:
        return STATE_OF_LEVEL[RiskLevel(self.level)]
