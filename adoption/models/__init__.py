"""What is known about the people: surveys, signs of resistance, training, and what changes for them."""

from .impacts import Impact, ImpactReview, ImpactUnit
from .plan import ActivityUnit, EngagementActivity, StakeholderGroup
from .records import (
    LOWEST_K,
    ResistanceSignal,
    SignalTally,
    SurveyComment,
    SurveyResult,
    SurveyWave,
    TrainingProgress,
)

__all__ = [
    "LOWEST_K",
    "ActivityUnit",
    "EngagementActivity",
    "Impact",
    "ImpactReview",
    "ImpactUnit",
    "ResistanceSignal",
    "SignalTally",
    "StakeholderGroup",
    "SurveyComment",
    "SurveyResult",
    "SurveyWave",
    "TrainingProgress",
]
