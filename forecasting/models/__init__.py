"""What rule and model said, when, and why. Rows are added and ended, never rewritten."""

from .comments import CommentLexicon, CommentModel, CommentPattern, CommentTag, CommentTopic
from .learned import (
    Lesson,
    ModelCheck,
    ModelEvent,
    RiskModel,
    RiskOutcome,
    SimilarWeeks,
    SlipRecord,
)
from .scores import MilestoneOutlook, RaidScore, RiskScore, RiskSnapshot
from .signals import GoLiveRisk, ReportedEvent

__all__ = [
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
    "RaidScore",
    "ReportedEvent",
    "RiskModel",
    "RiskOutcome",
    "RiskScore",
    "RiskSnapshot",
    "SimilarWeeks",
    "SlipRecord",
]
