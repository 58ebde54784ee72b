"""Writes of adoption. Each asks the rule first; `acting=None` is the portal itself (imports, jobs)."""

from .comments import fewest_for_comments, record_comments, redactor
from .impacts import (
    record_impact,
    remove_impact,
    review_impact,
    revise_impact,
)
from .people import record_headcount, restore_headcount, withdraw_headcount
from .plan import (
    hold_activity,
    plan_activity,
    record_group,
    remove_activity,
    remove_group,
    revise_activity,
    revise_group,
)
from .records import (
    Entry,
    Published,
    check_entries,
    publish_wave,
    record_signal,
    record_wave,
    remove_signal,
    reopen_signal,
    resolve_signal,
    revise_signal,
    revise_wave,
    withdraw_wave,
)
from .training import (
    RecordedMeanwhile,
    TrainingEntry,
    record_training,
    record_training_sheet,
    restore_training,
    withdraw_training,
)

__all__ = [
    "Entry",
    "Published",
    "RecordedMeanwhile",
    "TrainingEntry",
    "check_entries",
    "fewest_for_comments",
    "hold_activity",
    "plan_activity",
    "publish_wave",
    "record_comments",
    "record_group",
    "record_headcount",
    "record_impact",
    "record_signal",
    "record_training",
    "record_training_sheet",
    "record_wave",
    "redactor",
    "remove_activity",
    "remove_group",
    "remove_impact",
    "remove_signal",
    "reopen_signal",
    "resolve_signal",
    "restore_headcount",
    "restore_training",
    "review_impact",
    "revise_activity",
    "revise_group",
    "revise_impact",
    "revise_signal",
    "revise_wave",
    "withdraw_headcount",
    "withdraw_training",
    "withdraw_wave",
]
