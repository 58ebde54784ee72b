"""Text in, domain types out."""

from .budget import BudgetLineFilter, BudgetLineForm, SheetForm
from .filters import (
    BaselineFilter,
    KeptFilter,
    MilestoneFilter,
    RaidFilter,
    StatusFilter,
    WordFilter,
)
from .links import LinkForm
from .records import (
    AchieveForm,
    BaselineForm,
    ForecastForm,
    MemberForm,
    MilestoneForm,
    ProgrammeForm,
    RaidForm,
    RaidUpdateForm,
    StatusForm,
)

__all__ = [
    "BaselineFilter",
    "BaselineForm",
    "LinkForm",
    "BudgetLineFilter",
    "BudgetLineForm",
    "AchieveForm",
    "ForecastForm",
    "KeptFilter",
    "MemberForm",
    "MilestoneFilter",
    "MilestoneForm",
    "ProgrammeForm",
    "RaidFilter",
    "RaidForm",
    "RaidUpdateForm",
    "SheetForm",
    "StatusFilter",
    "StatusForm",
    "WordFilter",
]
