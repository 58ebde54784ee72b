"""What is known about the people: surveys, signs of resistance, training, and what changes for them."""

from .impacts import Impact, ImpactReview, ImpactUnit
from .people import Headcount
from .plan import ActivityUnit, EngagementActivity, StakeholderGroup
from .records import (
    LOWEST_K,
    LOWEST_KC,
    ResistanceSignal,
    SignalTally,
    SurveyComment,
    SurveyResult,
    SurveyWave,
    TrainingProgress,
)

__all__ = [
    "ActivityUnit",
    "EngagementActivity",
    "Headcount",
    "Impact",
    "ImpactReview",
    "ImpactUnit",
    "LOWEST_K",
    "LOWEST_KC",
    "ResistanceSignal",
    "SignalTally",
    "StakeholderGroup",
    "SurveyComment",
    "SurveyResult",
    "SurveyWave",
    "TrainingProgress",
]
