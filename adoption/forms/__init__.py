"""Text in, domain types out."""

from .comments import WaveCommentsForm
from .impacts import ImpactFilter, ImpactForm, ReviewForm
from .people import HeadcountForm
from .plan import (
    ActivityFilter,
    ActivityForm,
    GroupFilter,
    GroupForm,
    HoldForm,
)
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
    "ActivityFilter",
    "ActivityForm",
    "GroupFilter",
    "GroupForm",
    "HeadcountForm",
    "HoldForm",
    "ImpactFilter",
    "ImpactForm",
    "ResolveForm",
    "ReviewForm",
    "SignalFilter",
    "SignalForm",
    "TrainingForm",
    "WaveCommentsForm",
    "WaveFilter",
    "WaveForm",
    "WaveGrid",
    "WaveHeadForm",
]
