"""Writes of delivery. Each asks the rule first; `acting=None` is the portal itself (imports, jobs).

Where a fact must be asked about a day later, the service writes its fact row (`MilestoneForecast`, `RaidUpdate`)
together with the record. `at` is the moment it became known and `on` the day it speaks of; both come from the
edge.
"""

from .baselines import keep_baseline
from .budget import (
    create_budget_line,
    remove_budget_line,
    revise_budget_line,
    save_amounts,
    undo_amounts,
)
from .links import link_milestones, restore_link, revise_link, unlink_milestones
from .milestones import (
    achieve_milestone,
    agree_baselines,
    create_milestone,
    move_forecast,
    remove_milestone,
    revise_milestone,
)
from .programmes import (
    create_programme,
    remove_member,
    remove_programme,
    restore_member,
    revise_programme,
    set_member,
)
from .raid import (
    add_raid_update,
    close_raid_item,
    convert_raid_item,
    create_raid_item,
    remove_raid_item,
    reopen_raid_item,
    revise_raid_item,
    unconvert_raid_item,
)
from .status import remove_status, report_status, revise_status

__all__ = [
    "agree_baselines",
    "keep_baseline",
    "close_raid_item",
    "convert_raid_item",
    "unconvert_raid_item",
    "link_milestones",
    "restore_link",
    "revise_link",
    "unlink_milestones",
    "create_budget_line",
    "remove_budget_line",
    "revise_budget_line",
    "save_amounts",
    "undo_amounts",
    "achieve_milestone",
    "add_raid_update",
    "create_milestone",
    "create_programme",
    "create_raid_item",
    "move_forecast",
    "remove_member",
    "restore_member",
    "remove_milestone",
    "remove_programme",
    "remove_raid_item",
    "reopen_raid_item",
    "remove_status",
    "report_status",
    "revise_milestone",
    "revise_programme",
    "revise_raid_item",
    "revise_status",
    "set_member",
]
