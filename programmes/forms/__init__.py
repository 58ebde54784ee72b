"""Text in, domain types out."""

from .budget import BudgetLineFilter, BudgetLineForm, MoneyFilter, SheetForm
from .filters import (
    BaselineFilter,
    FactFilter,
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
    "FactFilter",
    "ForecastForm",
    "KeptFilter",
    "MemberForm",
    "MilestoneFilter",
    "MilestoneForm",
    "ProgrammeForm",
    "MoneyFilter",
    "RaidFilter",
    "RaidForm",
    "RaidUpdateForm",
    "SheetForm",
    "StatusFilter",
    "StatusForm",
    "WordFilter",
]
