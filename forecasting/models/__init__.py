"""What rule and model said, when, and why. Rows are added and ended, never rewritten."""

from .comments import CommentLexicon, CommentModel, CommentPattern, CommentTag, CommentTopic
from .learned import (
    Lesson,
    ModelCheck,
    ModelEvent,
    RaidOutcome,
    RiskModel,
    RiskOutcome,
    ShortfallRecord,
    SimilarWeeks,
    SlipRecord,
)
from .scores import AdoptionShortfall, MilestoneOutlook, RaidScore, RiskScore, RiskSnapshot
from .sharing import SharedPrior, SharedWord, SharingChoice
from .signals import GoLiveRisk, ReportedEvent

__all__ = [
    "AdoptionShortfall",
    "CommentLexicon",
    "CommentModel",
    "CommentPattern",
    "CommentTag",
    "CommentTopic",
    "GoLiveRisk",
    "Lesson",
    "MilestoneOutlook",
    "ModelCheck",
    "ModelEvent",
    "RaidOutcome",
    "RaidScore",
    "ReportedEvent",
    "RiskModel",
    "RiskOutcome",
    "RiskScore",
    "RiskSnapshot",
    "SharedPrior",
    "SharedWord",
    "SharingChoice",
    "ShortfallRecord",
    "SimilarWeeks",
    "SlipRecord",
]
