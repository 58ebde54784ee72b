"""Text in, domain types out."""

from .budget import BudgetLineFilter, BudgetLineForm, SheetForm
from .filters import MilestoneFilter, RaidFilter, StatusFilter
from .records import (
    AchieveForm,
    ForecastForm,
    MemberForm,
    MilestoneForm,
    ProgrammeForm,
    RaidForm,
    RaidUpdateForm,
    StatusForm,
)

__all__ = [
    "BudgetLineFilter",
    "BudgetLineForm",
    "AchieveForm",
    "ForecastForm",
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
]
