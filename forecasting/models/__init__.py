"""What rule and model said, when, and why. Rows are added and ended, never rewritten."""

from .learned import Lesson, ModelCheck, ModelEvent, RiskModel, RiskOutcome
from .scores import RaidScore, RiskScore, RiskSnapshot
from .signals import GoLiveRisk, ReportedEvent

__all__ = [
    "GoLiveRisk",
    "Lesson",
    "ModelCheck",
    "ModelEvent",
    "RaidScore",
    "ReportedEvent",
    "RiskModel",
    "RiskOutcome",
    "RiskScore",
    "RiskSnapshot",
]
