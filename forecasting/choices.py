from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.levels import State

from .learning.limits import begins


class RiskLevel(models.TextChoices):
    """The levels of the go-live rule in words; no percentages, because none were measured."""

    HIGH = "high", _("High")
    ELEVATED = "elevated", _("Elevated")
    LOW = "low", _("Low")
    UNKNOWN = "unknown", _("Not known")


STATE_OF_LEVEL = {
    RiskLevel.HIGH: State.BAD,
    RiskLevel.ELEVATED: State.WARN,
    RiskLevel.LOW: State.OK,
    RiskLevel.UNKNOWN: State.NONE,
}


class Direction(models.TextChoices):
    """Where a chance has been going for six weeks, as far as it is more than noise."""

    RISING = "rising", _("Rising")
    STEADY = "steady", _("No clear change")
    FALLING = "falling", _("Falling")
    UNKNOWN = "unknown", _("Not enough weeks")


# Levels that people are told of.
RAISED = (RiskLevel.HIGH, RiskLevel.ELEVATED)
LOUDEST_FIRST = [RiskLevel.HIGH, RiskLevel.ELEVATED, RiskLevel.UNKNOWN, RiskLevel.LOW]


class EventKind(models.TextChoices):
    """What another tool reports as having happened; live data have definitions of their own."""

    CRISIS_BEGAN = "crisis_began", _("A crisis began")
    CRISIS_ENDED = "crisis_ended", _("A crisis ended")
    MILESTONE_MISSED = "milestone_missed", _("A milestone was missed")
    RAID_ESCALATED = "raid_escalated", _("A RAID item was escalated")


class CrisisKind(models.TextChoices):
    """By what a crisis began, as the end of a sentence that names the day."""

    REPORTED = "reported", _("another tool reported it")
    ESCALATED = "escalated", _("an escalation of severity 4 or 5 was raised")
    RED = "red", _("the board set the status to red")
    PUT_OFF = "put_off", _("a go-live was put off within two weeks of its date")


class Target(models.TextChoices):
    """What is forecast by a model of weights (`models.RiskModel`)."""

    CRISIS_4W = "crisis_4w", _("A crisis within four weeks")
    RAID_ESCALATES_4W = "raid_escalates_4w", _("A RAID item escalates within four weeks")


# What a word in an address stands for.
SLUGS: dict[str, Target] = {"crisis": Target.CRISIS_4W, "escalation": Target.RAID_ESCALATES_4W}
SLUG_OF: dict[str, str] = {target.value: slug for slug, target in SLUGS.items()}


class Forecast(models.TextChoices):
    """Everything that is forecast: what has a model, and what is told from records of what came before."""

    CRISIS_4W = Target.CRISIS_4W.value, Target.CRISIS_4W.label
    RAID_ESCALATES_4W = Target.RAID_ESCALATES_4W.value, Target.RAID_ESCALATES_4W.label
    MILESTONE_SLIP = "milestone_slip", _("By when milestones are reached")
    ADOPTION_SHORTFALL = "adoption_shortfall", _("Whether units will be ready at a go-live")


class Stage(models.TextChoices):
    """How far a model is an organisation's own."""

    PRIOR = "prior", _("Prior model")
    LEVELLED = "levelled", _("Prior, on the level of here")
    SHARED = "shared", _("Prior of other organisations")
    RECALIBRATED = "recalibrated", _("Prior, recalibrated here")
    OWN = "own", _("Own model")


# What a score of these stages says of the order of programmes was measured nowhere.
ASSUMED = (Stage.PRIOR, Stage.LEVELLED)

# From this chance on a unit is likely not to be ready: what is written 50% or more.
LIKELY_SHORT = begins(0.5)
# From these chances on a milestone is likely, or very likely, to miss its baseline: as they are written.
LIKELY_MISSED, VERY_LIKELY_MISSED = begins(0.5), begins(0.8)

# A go-live this far away is not worth moving yet, in weeks.
FARTHEST_GOLIVE = 16
# The percent of the people in the first of two waves that are projected, and those shown at first.
FIRST_WAVES = tuple(range(10, 100, 10))
FIRST_WAVE = 50


class Origin(models.TextChoices):
    """How a model came to be."""

    LEARNED = "learned", _("Learning")
    SHIFTED = "shifted", _("A shift of level after an alarm")


class ModelStatus(models.TextChoices):
    """Whether a model of an organisation is in use, or stands beside what is."""

    CANDIDATE = "candidate", _("Challenger")
    CHAMPION = "champion", _("In use")
    RETIRED = "retired", _("No longer in use")


class Happening(models.TextChoices):
    """What happens to the models of an organisation."""

    PROMOTED = "promoted", _("A model came into use")
    REFUSED = "refused", _("A model was tried and not used")
    FELL_BACK = "fell_back", _("Back to the prior")
    ALARM = "alarm", _("Scores and outcomes drift apart")
    SHIFTED = "shifted", _("The level was corrected")
    SET_ASIDE = "set_aside", _("A person set it aside")
    REINSTATED = "reinstated", _("A person brought it back into use")
    RESUMED = "resumed", _("A person allowed new models again")
    CHOSEN = "chosen", _("A person put the challenger into use")
    DECLINED = "declined", _("A person set the challenger aside")
    OFFERED = "offered", _("A person put it up as challenger again")
    INPUTS = "inputs", _("Inputs are not what they were")
    HOLDS = "holds", _("What was measured here is used again")
    GIVEN = "given", _("What our history says is given")
    WITHDRAWN = "withdrawn", _("What was given was taken back")
    COMBINED = "combined", _("What is given went into a shared prior")
    SHARED_USED = "shared_used", _("It starts from a shared prior")
    SHARED_LEFT = "shared_left", _("It starts from the shipped prior again")


class Touch(models.TextChoices):
    """Whether people saw a score and did something before its weeks were over."""

    UNSEEN = "unseen", _("Nobody saw it")
    SEEN = "seen", _("Seen, nothing recorded")
    ACTED = "acted", _("Seen, then acted")


class CommentTheme(models.TextChoices):
    """What comments are about, in the order of the bits of a reading; and whether they resist, whatever about."""

    WORKLOAD = "workload", _("Workload")
    COMMUNICATION = "communication", _("Communication")
    TRUST = "trust", _("Trust")
    USABILITY = "usability", _("Usability")
    SKILLS = "skills", _("Skills")
    LEADERSHIP = "leadership", _("Leadership")
    JOB_SECURITY = "job_security", _("Job security")
    RESISTS = "resists", _("Resistance, on any theme")


class CommentWay(models.TextChoices):
    """In which ways something is learned from comments."""

    TOPICS = "topics", _("Topics")
    TONE = "tone", _("Whether they resist")
