"""What is known about the people: surveys, signs of resistance, training, and what changes for them."""

from .impacts import Impact, ImpactReview, ImpactUnit
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
    "Impact",
    "ImpactReview",
    "ImpactUnit",
    "ResistanceSignal",
    "SignalTally",
    "SurveyComment",
    "SurveyResult",
    "SurveyWave",
    "TrainingProgress",
]
