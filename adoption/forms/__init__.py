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
    TrainingFilter,
    TrainingForm,
    TrainingNowFilter,
    WaveFilter,
    WaveForm,
    WaveGrid,
    WaveHeadForm,
)
from .training import TrainingDayForm, TrainingSheet

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
    "TrainingDayForm",
    "TrainingFilter",
    "TrainingForm",
    "TrainingNowFilter",
    "TrainingSheet",
    "WaveCommentsForm",
    "WaveFilter",
    "WaveForm",
    "WaveGrid",
    "WaveHeadForm",
]
