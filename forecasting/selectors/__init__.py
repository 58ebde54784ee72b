"""Reads of forecasting: what the rule needs from all three apps, what it said, what models say, and what came of it.

The number of statements is the same for one programme and for a thousand.
"""

from .dates import outlook_counts, outlook_of, outlooks_for, slip_record
from .golives import Pair, is_watched, limits_for, pairs_as_of, units_before, usual_engagement
from .in_use import (
    card_of,
    cards,
    checks_of,
    events_of,
    last_lesson,
    model_by_number,
    models_of,
    record_card_of,
    record_cards,
    records_of,
    was_challenger,
    what_holds,
)
from .outcomes import outcomes_for, raid_outcomes_for, touched_since
from .raid import raid_levels, raid_score_of, raid_scores_for
from .ready import (
    shortfall_counts,
    shortfall_record,
    shortfalls_before,
    shortfalls_for,
    shortfalls_of_unit,
)
from .scores import (
    last_score,
    levels_of_all,
    others_known,
    score_on,
    scores_for,
    scores_of,
    similar_to,
    split,
    unit_levels,
    unit_scores_for,
)
from .sharing import choice_by_number, sharing_of, sharings
from .signals import alerts, history_of, risks, signals_before, signals_of

__all__ = [
    "Pair",
    "alerts",
    "card_of",
    "cards",
    "checks_of",
    "choice_by_number",
    "events_of",
    "history_of",
    "is_watched",
    "last_lesson",
    "last_score",
    "levels_of_all",
    "limits_for",
    "model_by_number",
    "models_of",
    "others_known",
    "outcomes_for",
    "outlook_counts",
    "outlook_of",
    "outlooks_for",
    "pairs_as_of",
    "raid_levels",
    "raid_outcomes_for",
    "raid_score_of",
    "raid_scores_for",
    "record_card_of",
    "record_cards",
    "records_of",
    "risks",
    "score_on",
    "scores_for",
    "scores_of",
    "sharing_of",
    "sharings",
    "shortfall_counts",
    "shortfall_record",
    "shortfalls_before",
    "shortfalls_for",
    "shortfalls_of_unit",
    "signals_before",
    "signals_of",
    "similar_to",
    "slip_record",
    "split",
    "touched_since",
    "units_before",
    "usual_engagement",
    "unit_levels",
    "unit_scores_for",
    "was_challenger",
    "what_holds",
]
