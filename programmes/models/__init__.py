"""The spine (`Programme`, `Milestone`), the RAID log, and what was reported.

Nothing here knows of surveys, training or decisions: those hang on from above.
"""

from .baselines import BaselineDate, PlanBaseline
from .budget import BudgetAmount, BudgetLine
from .milestones import Milestone, MilestoneForecast, MilestoneLink, MilestoneUnit
from .programmes import Programme, ProgrammeMember, ProgrammeUnit
from .raid import RaidItem, RaidItemMilestone, RaidItemUnit, RaidUpdate
from .reports import ReportedFact, StatusReport

__all__ = [
    "BaselineDate",
    "PlanBaseline",
    "BudgetAmount",
    "BudgetLine",
    "Milestone",
    "MilestoneForecast",
    "MilestoneLink",
    "MilestoneUnit",
    "Programme",
    "ProgrammeMember",
    "ProgrammeUnit",
    "RaidItem",
    "RaidItemMilestone",
    "RaidItemUnit",
    "RaidUpdate",
    "ReportedFact",
    "StatusReport",
]
