"""What rule and model said, when, and why. Rows are added and ended, never rewritten."""

from .learned import OwnModel
from .scores import RaidScore, RiskScore, RiskSnapshot
from .signals import GoLiveRisk, ReportedEvent

__all__ = ["GoLiveRisk", "OwnModel", "RaidScore", "ReportedEvent", "RiskScore", "RiskSnapshot"]
