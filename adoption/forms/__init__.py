"""Text in, domain types out."""

from .impacts import ImpactFilter, ImpactForm, ReviewForm
from .records import (
    ResolveForm,
    SignalFilter,
    SignalForm,
    TrainingForm,
    WaveFilter,
    WaveForm,
    WaveGrid,
    WaveHeadForm,
)

__all__ = [
    "ImpactFilter",
    "ImpactForm",
    "ResolveForm",
    "ReviewForm",
    "SignalFilter",
    "SignalForm",
    "TrainingForm",
    "WaveFilter",
    "WaveForm",
    "WaveGrid",
    "WaveHeadForm",
]
