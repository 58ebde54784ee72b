"""The inputs of the risk that a RAID item escalates, by name: unit, what stands in for a gap, which way each may act.

No numpy in here: pages name inputs too, and web workers do without it. `Feature` and `Term` mean what they mean
for programmes. Every interaction is a product of raw inputs.
"""

from __future__ import annotations

from ..names import Feature, Term

FEATURE_SET = "raid-2026.1"
# So many items must have escalated before an organisation's own history moves the level of its scores, and
# before it moves what they are made of. There are more of them than crises, and the step is bounded by how far
# organisations differ, so that it pays early.
RECALIBRATED_FROM, OWN_FROM = 8, 20
# And in so many programmes: each is told by a model it was not part of. A test compares it with the folds of learning.
PROGRAMMES_FROM = 5

RAW: tuple[Feature, ...] = (
    Feature("score", "score of 1 to 25", 9.0, 1, "rating"),
    Feature("likelihood", "1 to 5", 3.0, 0, "rating"),
    Feature("impact", "1 to 5", 3.0, 0, "rating"),
    Feature("log_update_w", "log of weeks", 1.1, 0, "silence"),
    Feature("log_age_w", "log of weeks", 2.0, 0, "age"),
    Feature("mitigated", "0 or 1", 0.0, -1, "mitigation"),
    Feature("owner_overdue", "share", 0.2, 1, "owner"),
    Feature("owner_load", "log of items", 1.0, 0, "owner"),
    Feature("is_schedule", "0 or 1", 0.0, 0, "subject"),
    Feature("is_cost", "0 or 1", 0.0, 0, "subject"),
    Feature("is_people", "0 or 1", 0.0, 0, "subject"),
    Feature("is_technical", "0 or 1", 0.0, 0, "subject"),
    Feature("is_issue", "0 or 1", 0.0, 0, "subject"),
    Feature("is_assumption", "0 or 1", 0.0, 0, "subject"),
    Feature("is_dependency", "0 or 1", 0.0, 0, "subject"),
    Feature("reopened", "0 or 1", 0.0, 1, "reopened"),
    Feature("blocked_by", "log of milestones", 0.0, 1, "blocked"),
    Feature("weeks_to_due", "weeks", 26.0, -1, "due"),
    Feature("escalated_12w", "share", 0.1, 1, "escalations"),
    Feature("alike_escalated_12w", "share", 0.1, 1, "escalations"),
    Feature("late", "1 less the schedule index", 0.0, 1, "schedule"),
    Feature("ms_missed_12w", "share", 0.2, 1, "schedule"),
    Feature("costly", "1 less the cost index", 0.0, 1, "cost"),
    Feature("overspent", "spent over planned, less 1", 0.0, 0, "cost"),
    Feature("rag_reported", "0 green to 2 red", 0.0, 1, "status"),
    Feature("eng_low", "weight", 0.58, 1, "engagement"),
    Feature("resist_4w", "log of signals per 100 people", 0.0, 1, "resistance"),
    Feature("near_golive", "0 far to 1 near", 0.0, 0, "golive"),
)

# An item turns bad where what it is about turns bad; and a rating weighs by what is done about it.
INTERACTIONS: tuple[Term, ...] = (
    Term("schedule_x_late", ("is_schedule", "late"), "schedule"),
    Term("cost_x_costly", ("is_cost", "costly"), "cost"),
    Term("cost_x_overspent", ("is_cost", "overspent"), "cost"),
    Term("people_x_eng_low", ("is_people", "eng_low"), "engagement"),
    Term("people_x_near_x_eng_low", ("is_people", "near_golive", "eng_low"), "engagement"),
    Term("score_x_mitigated", ("score", "mitigated"), "mitigation", 0),
)

PARTS: tuple[Feature | Term, ...] = (*RAW, *INTERACTIONS)
DRIVER_OF: dict[str, str] = {each.name: each.driver for each in PARTS}
