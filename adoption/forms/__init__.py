"""Text in, domain types out."""

from .comments import WaveCommentsForm
from .impacts import ImpactFilter, ImpactForm, ReviewForm
from .people import HeadcountFilter, HeadcountForm, HeadcountOfAllFilter
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
    "HeadcountFilter",
    "HeadcountForm",
    "HeadcountOfAllFilter",
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
