"""Reads of adoption: lists for members, and what was known of units on a day.

Figures come from released results alone. Everything that takes several programmes needs the same number of
statements for one and for fifty.
"""

from .headcounts import (
    headcount_series,
    headcounts_as_of,
    headcounts_holding,
    headcounts_of,
    headcounts_of_all,
)
from .impacts import disagrees, impact_by_number, impacts_for, impacts_of, reviews_of, timeline
from .people import (
    ByProgramme,
    Touched,
    known_of_unit,
    people_touched,
    programmes_reaching,
    touched_units,
)
from .plan import (
    activities_before,
    activities_for,
    activities_of,
    activity_by_number,
    activity_counts,
    counts_of_activities,
    group_by_number,
    groups_of,
    load_by_week,
    matrix,
)
from .readings import Reading, Spread, engagement_as_of, readings, readings_over
from .series import estimates, organisation_mean
from .signals import (
    Resistance,
    open_signal_counts,
    resistance_as_of,
    resistance_for,
    resistance_summary,
    signal_by_number,
    signals_for,
    signals_of,
)
from .surveys import WaveRow, results_of, wave_by_number, wave_rows, waves_for, with_shown_counts
from .training import (
    Training,
    training_as_of,
    training_entries_now,
    training_for,
    training_now,
    training_of,
    training_summary,
    units_in_training,
)
from .tree import Node, Tree
from .triggers import named, triggers
from .waiting import WAITING

__all__ = [
    "WAITING",
    "ByProgramme",
    "Node",
    "Reading",
    "Resistance",
    "Spread",
    "Touched",
    "Training",
    "Tree",
    "WaveRow",
    "activities_before",
    "activities_for",
    "activities_of",
    "activity_by_number",
    "activity_counts",
    "counts_of_activities",
    "disagrees",
    "engagement_as_of",
    "estimates",
    "group_by_number",
    "groups_of",
    "headcount_series",
    "headcounts_as_of",
    "headcounts_holding",
    "headcounts_of",
    "headcounts_of_all",
    "impact_by_number",
    "impacts_for",
    "impacts_of",
    "known_of_unit",
    "load_by_week",
    "matrix",
    "named",
    "open_signal_counts",
    "organisation_mean",
    "people_touched",
    "programmes_reaching",
    "readings",
    "readings_over",
    "resistance_as_of",
    "resistance_for",
    "resistance_summary",
    "results_of",
    "reviews_of",
    "signal_by_number",
    "signals_for",
    "signals_of",
    "timeline",
    "touched_units",
    "training_as_of",
    "training_entries_now",
    "training_for",
    "training_now",
    "training_of",
    "training_summary",
    "triggers",
    "wave_by_number",
    "wave_rows",
    "waves_for",
    "with_shown_counts",
    "units_in_training",
]
