"""Where delivery and change meet as peers, one file per subject."""

from .actions import Action
from .balance import BalanceView
from .changes import (
    LIVE_CHANGE_SIGNATURES,
    ChangeMilestone,
    ChangeRequest,
    ChangeSignature,
    ChangeUnit,
    DeliveryImpact,
    PeopleImpact,
)
from .charters import (
    LIVE_SIGNATURES,
    Charter,
    CharterAssumption,
    CharterSignature,
    SuccessMeasure,
)
from .decisions import Decision, DecisionInput, DecisionOption
from .escalations import CRISIS_FROM, Escalation
from .groups import GroupMember, SteeringGroup
from .judgements import Judgement, JudgementRound
from .looks import DecisionLook
from .meetings import Attendance, Meeting, MeetingAmendment, MeetingItem
from .moves import GoliveMove
from .reviews import STATES, Review, ReviewLine, ReviewOutcome, ReviewView

__all__ = [
    "CRISIS_FROM",
    "Escalation",
    "LIVE_CHANGE_SIGNATURES",
    "LIVE_SIGNATURES",
    "STATES",
    "Action",
    "Attendance",
    "BalanceView",
    "ChangeMilestone",
    "ChangeRequest",
    "ChangeSignature",
    "ChangeUnit",
    "Charter",
    "CharterAssumption",
    "CharterSignature",
    "Decision",
    "DecisionInput",
    "DeliveryImpact",
    "Judgement",
    "JudgementRound",
    "DecisionLook",
    "DecisionOption",
    "GoliveMove",
    "GroupMember",
    "Meeting",
    "MeetingAmendment",
    "MeetingItem",
    "PeopleImpact",
    "Review",
    "ReviewLine",
    "ReviewOutcome",
    "ReviewView",
    "SteeringGroup",
    "SuccessMeasure",
]
