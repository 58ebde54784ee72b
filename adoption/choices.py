from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What a survey figure measures; every one of them is an index or a share of 0 to 100."""

    ENGAGEMENT = "engagement", _("Engagement index")
    LEADERSHIP = "leadership_managing_change", _("Leadership and managing change")
    CHANGE_MANAGED_WELL = "change_managed_well", _("Change is managed well")
    CONTRIBUTE_VIEWS = "contribute_views", _("Able to contribute views before decisions")
    INVOLVED = "involved_in_decisions", _("Involved in decisions")
    LEARNING = "learning_development", _("Learning and development")
    ACTION_ON_SURVEY = "action_on_survey", _("Action follows from the survey")
    RESPONSE_RATE = "response_rate", _("Response rate")
    READINESS = "readiness", _("Readiness")


class WaveSource(models.TextChoices):
    OWN = "own", _("Own survey")
    PUBLISHED = "published", _("Published")


class SignalSource(models.TextChoices):
    """How a sign of resistance was noticed. Two kinds of source make a pattern, one loud voice does not."""

    LOG = "log", _("Log entry")
    CHAMPION = "champion", _("Report of a change champion")
    COMMENT_THEME = "comment_theme", _("Theme of survey comments")
    SURVEY_DROP = "survey_drop", _("Drop in a survey")
    TRAINING_NOSHOW = "training_noshow", _("Not coming to training")
    WORKAROUND = "workaround", _("Workaround seen")
    TICKETS = "tickets", _("Support tickets")


class SignalTheme(models.TextChoices):
    """What lies behind it: each needs another answer."""

    NOT_UNDERSTOOD = "not_understood", _("Not understood")
    PERCEIVED_LOSS = "perceived_loss", _("Perceived loss")
    CANNOT_YET = "cannot_yet", _("Cannot yet")
    NO_TRUST = "no_trust", _("No trust")
    COMPETING_PRIORITIES = "competing_priorities", _("Competing priorities")
    VALUES = "values", _("Against their values")


class Strength(models.IntegerChoices):
    MILD = 1, _("1 Mild")
    CLEAR = 2, _("2 Clear")
    STRONG = 3, _("3 Strong")


class SignalStatus(models.TextChoices):
    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")


class ChangeKind(models.TextChoices):
    """What of the work an impact changes."""

    TOOLS = "tools", _("Tools")
    PROCESS = "process", _("Process")
    ROLE = "role", _("Role")
    PLACE = "place", _("Place")
    REPORTING = "reporting", _("Reporting line")
    SKILLS = "skills", _("Skills")


class HowMuch(models.IntegerChoices):
    """How much something means to the people it lands on."""

    NOTHING = 0, _("0 Nothing changes")
    HARDLY = 1, _("1 Hardly noticed")
    HABITS = 2, _("2 Some new habits")
    OTHERWISE = 3, _("3 Work is done differently")
    ROLES = 4, _("4 Roles change")
    ALL = 5, _("5 Hardly anything stays")


class ReviewStage(models.TextChoices):
    """On which occasion an impact is looked at, in the order they come."""

    BASELINE = "baseline", _("Start")
    QUARTER = "quarter", _("25%")
    HALF = "half", _("50%")
    THREE = "three", _("75%")
    GOLIVE = "golive", _("Before go-live")
    MONTH = "month", _("30 days after")
    LATER = "later", _("90 days after")


class Position(models.IntegerChoices):
    """Where a group stands towards a change, as in a stakeholder engagement assessment matrix."""

    UNAWARE = 1, _("Unaware")
    RESISTANT = 2, _("Resistant")
    NEUTRAL = 3, _("Neutral")
    SUPPORTIVE = 4, _("Supportive")
    LEADING = 5, _("Leading")


class Influence(models.IntegerChoices):
    LITTLE = 1, _("Little")
    SOME = 2, _("Some")
    HIGH = 3, _("High")


class ActivityKind(models.TextChoices):
    COMMUNICATION = "communication", _("Communication")
    TRAINING = "training", _("Training")
    COACHING = "coaching", _("Coaching")
    EVENT = "event", _("Event")
    LISTENING = "listening", _("Listening")


class Purpose(models.TextChoices):
    """The measure an activity should move; activities are no end in themselves."""

    UNDERSTANDING = "understanding", _("Understanding")
    ENGAGEMENT = "engagement", _("Engagement")
    SKILLS = "skills", _("Skills")
    RESISTANCE = "resistance", _("Resistance")
    USE = "use", _("Use after go-live")


# Said instead of a figure, whatever the real number of answers is.
HIDDEN = _("Not shown, to protect the people who answered")
