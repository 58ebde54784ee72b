from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

# A paper with more options than this is not ready to be decided.
MOST_OPTIONS = 6


class Cadence(models.TextChoices):
    WEEKLY = "weekly", _("Weekly")
    FORTNIGHTLY = "fortnightly", _("Fortnightly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")


class Voice(models.TextChoices):
    """The two functions whose input a decision needs."""

    DELIVERY = "delivery", _("Delivery")
    CHANGE = "change", _("Adoption")


class DecidedAs(models.TextChoices):
    """The function that decided, as it was at the time."""

    DELIVERY = "delivery", _("Delivery")
    CHANGE = "change", _("Adoption")
    BUSINESS = "business", _("Business")
    JOINT = "joint", _("Jointly")


class DecisionStatus(models.TextChoices):
    REQUESTED = "requested", _("Asked for")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Stance(models.TextChoices):
    SUPPORTS = "supports", _("Supports")
    CONDITIONS = "conditions", _("Supports with conditions")
    OBJECTS = "objects", _("Objects")


class Judge(models.TextChoices):
    """Who is asked how confident they are, each without seeing the others."""

    DELIVERY = "delivery", _("Delivery")
    CHANGE = "change", _("Adoption")
    SPONSOR = "sponsor", _("Sponsor")


class Confidence(models.IntegerChoices):
    NO = 1, _("1 We will not get there")
    DOUBT = 2, _("2 I doubt it")
    OPEN = 3, _("3 It is open")
    LIKELY = 4, _("4 Likely")
    SURE = 5, _("5 Sure")


class LookVerdict(models.TextChoices):
    """What was found when a decision was looked at again."""

    WORKED = "worked", _("Worked")
    PARTLY = "partly", _("Worked in part")
    FAILED = "failed", _("Did not work")
    EARLY = "early", _("Too early to say")


class ActionStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class CharterStatus(models.TextChoices):
    """Where a version of a charter stands."""

    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready to sign")
    AGREED = "agreed", _("Agreed")
    SUPERSEDED = "superseded", _("Superseded")


class Yardstick(models.TextChoices):
    """Figures the portal knows by itself: what is agreed on them can be checked without typing."""

    MILESTONES_MET = "milestones_met", _("Delivery milestones met, % of those due")
    GOLIVE_SLIP = "golive_slip", _("Working days the latest go-live is behind its baseline")
    BUDGET = "budget", _("Budget of the programme, in whole money")
    COST_INDEX = "cpi", _("Cost performance index, CPI")
    TIME_INDEX = "spi_t", _("Schedule performance index in time, SPI(t)")
    PEOPLE_TOUCHED = "people_touched", _("People the programme touches")
    ENGAGEMENT = "engagement", _("Engagement, 0 to 100, mean over its units")
    TRAINING = "training", _("Training completed, % of those required")
    RESISTANCE = "resistance", _("Open signs of resistance")


class ReviewShare(models.IntegerChoices):
    """How much of the baseline time is over when a review opens."""

    QUARTER = 25, _("25%")
    HALF = 50, _("50%")
    THREE_QUARTERS = 75, _("75%")


class ReviewStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")


class LineKind(models.TextChoices):
    """What of a charter a review looks at."""

    ASSUMPTION = "assumption", _("Assumption")
    MEASURE = "measure", _("Success measure")


class Verdict(models.TextChoices):
    HOLDS = "holds", _("Holds")
    DRIFTED = "drifted", _("Drifted")
    BROKEN = "broken", _("Broken")


class MoveReason(models.TextChoices):
    """Why a go-live moved. Blank: nobody has said yet."""

    READINESS = "readiness", _("People were not ready")
    DELIVERY = "delivery", _("Delivery was not finished")
    COLLISION = "collision", _("Collision with another change or a busy period")
    QUALITY = "quality", _("Quality or safety")
    SCOPE = "scope", _("Scope changed")
    EXTERNAL = "external", _("Supplier or something else outside")
    EARLIER = "earlier", _("It can start earlier")
    CORRECTION = "correction", _("The date had been entered wrongly")


class Severity(models.IntegerChoices):
    """What an escalation is about; from 4 on it counts as a crisis."""

    NOTE = 1, _("1 To be noted")
    SMALL = 2, _("2 Small")
    SERIOUS = 3, _("3 Serious")
    SEVERE = 4, _("4 Severe")
    CRITICAL = 5, _("5 Critical")


class Level(models.TextChoices):
    """Who can settle something."""

    PROGRAMME = "programme", _("Programme")
    STEERING = "steering", _("Steering group")
    EXECUTIVE = "executive", _("Executive board")


class EscalationStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ChangeKind(models.TextChoices):
    """What of the agreed a change request touches."""

    SCOPE = "scope", _("Scope")
    TIME = "time", _("Time")
    COST = "cost", _("Cost")
    QUALITY = "quality", _("Quality")
    BENEFIT = "benefit", _("Benefit")


class ChangeStatus(models.TextChoices):
    """Where a change request stands. From approved on its words are frozen."""

    ASSESSING = "assessing", _("Being assessed")
    READY = "ready", _("Waits for signatures")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    IMPLEMENTED = "implemented", _("Implemented")
    DROPPED = "dropped", _("Not carried out")


# Both leads approved it, whatever came of it afterwards.
CHANGE_APPROVED = (ChangeStatus.APPROVED, ChangeStatus.IMPLEMENTED, ChangeStatus.DROPPED)


class ChangeVerdict(models.TextChoices):
    """What a lead signs."""

    APPROVED = "approved", _("Approve")
    REJECTED = "rejected", _("Reject")


class MeetingStatus(models.TextChoices):
    """Minutes are open until the chair approves them; from then on they are only amended."""

    PLANNED = "planned", _("Planned")
    APPROVED = "approved", _("Minutes approved")
    CANCELLED = "cancelled", _("Cancelled")


class AgendaSide(models.TextChoices):
    """Whose item it is; the time of both sides is compared."""

    DELIVERY = "delivery", _("Delivery")
    CHANGE = "change", _("Adoption")
    BOTH = "both", _("Both")


class ItemOutcome(models.TextChoices):
    """What came of an agenda item. Blank: it was not spoken about yet."""

    DECISION = "decision", _("Decision taken")
    ACTION = "action", _("Action agreed")
    NOTED = "noted", _("Noted")
    DEFERRED = "deferred", _("Deferred to the next meeting")


class Presence(models.TextChoices):
    PRESENT = "present", _("Present")
    APOLOGIES = "apologies", _("Apologies")
    ABSENT = "absent", _("Absent")


def other_voice(voice: str) -> str:
    """The function that is asked when this one speaks."""
    return Voice.CHANGE if voice == Voice.DELIVERY else Voice.DELIVERY
