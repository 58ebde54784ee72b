"""The inputs of a risk score by name: their unit, what stands in for a gap, and which way they may act.

No numpy in here: pages name inputs too, and web workers do without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

FEATURE_SET = "2026.5"
# Programmes with rows, and crises among them, from which an organisation's own history moves the prior, and from
# which it makes a model of its own.
RECALIBRATED_FROM, OWN_FROM = (10, 5), (100, 70)
# A shared prior is made of what so many organisations say.
FEWEST_WORDS = 5

# Changes of scope are counted over so many days.
SCOPE_DAYS = 8 * 7


@dataclass(frozen=True)
class Feature:
    """One raw input.

    `stands_in`: the value used where it is not known. `direction`: +1 where more of it can only raise the
    risk, -1 where more can only lower it, 0 where the data decide. `driver`: under which name its share of a
    score is shown.
    """

    name: str
    unit: str
    stands_in: float
    direction: int
    driver: str


RAW: tuple[Feature, ...] = (
    Feature("spi_s", "ratio", 1.0, -1, "schedule"),
    Feature("cpi_s", "ratio", 1.0, -1, "cost"),
    Feature("burn_ratio_s", "ratio", 1.0, 0, "cost"),
    Feature("spi_slope_6w", "ratio", 0.0, -1, "schedule"),
    Feature("ms_missed_12w", "share", 0.2, 1, "milestones"),
    Feature("ms_due_4w", "count", 0.0, 0, "milestones"),
    Feature("raid_new_4w", "count", 0.0, 1, "raid"),
    Feature("raid_open", "count", 0.0, 0, "raid"),
    Feature("raid_overdue_share", "share", 0.0, 1, "raid"),
    Feature("raid_max_score", "score of 1 to 25", 0.0, 1, "raid"),
    Feature("decisions_outstanding_days_p80", "days", 0.0, 1, "governance"),
    Feature("actions_overdue", "count", 0.0, 1, "governance"),
    Feature("status_age_w", "weeks", 12.0, 1, "status"),
    Feature("replans", "count", 0.0, 1, "plan"),
    Feature("scope_changes_8w", "count", 0.0, 1, "plan"),
    Feature("rag_reported", "0 green to 2 red", 0.0, 1, "status"),
    Feature("log_size", "standard deviations", 0.0, 0, "size"),
    Feature("eng_mean", "points of 100", 64.0, -1, "engagement"),
    Feature("eng_min", "points of 100", 64.0, -1, "engagement"),
    Feature("eng_low", "weight", 0.58, 1, "engagement"),
    Feature("eng_age_w", "weeks", 12.0, 1, "engagement"),
    Feature("response_rate_s", "percent", 50.0, -1, "engagement"),
    Feature("train_gap", "share", 0.0, 1, "training"),
    Feature("train_gap_max", "share", 0.0, 1, "training"),
    Feature("resist_4w", "log of signals per 100 people", 0.0, 1, "resistance"),
    Feature("resist_text_4w", "share", 0.25, 1, "resistance"),
    Feature("weeks_to_golive", "weeks", 30.0, -1, "golive"),
    Feature("near_golive", "0 far to 1 near", 0.0, 1, "golive"),
)
NAMES: tuple[str, ...] = tuple(feature.name for feature in RAW)


@dataclass(frozen=True)
class Term:
    """A product of raw inputs; `late` is the shortfall of the schedule index, 1 - spi_s, not below zero."""

    name: str
    factors: tuple[str, ...]
    driver: str
    direction: int = 1


# Engagement, training and resistance matter more the nearer a go-live is; that is what the product is about.
INTERACTIONS: tuple[Term, ...] = (
    Term("near_x_eng_low", ("near_golive", "eng_low"), "engagement"),
    Term("near_x_train_gap", ("near_golive", "train_gap"), "training"),
    Term("near_x_eng_low_x_train_gap", ("near_golive", "eng_low", "train_gap"), "training"),
    Term("near_x_resist_4w", ("near_golive", "resist_4w"), "resistance"),
    Term("late_x_eng_low", ("late", "eng_low"), "engagement"),
)

# What the portfolio of a programme adds in an organisation's own model; no input, and no term of the prior.
PORTFOLIO = "portfolio"

DRIVERS: tuple[str, ...] = tuple(dict.fromkeys(feature.driver for feature in RAW))
PARTS: tuple[Feature | Term, ...] = (*RAW, *INTERACTIONS)
DRIVER_OF: dict[str, str] = {**{each.name: each.driver for each in PARTS}, PORTFOLIO: PORTFOLIO}


def unknown_drivers(features: Iterable[Feature], missing: Collection[str]) -> set[str]:
    """The drivers of which no input was known: what they add comes from what is usual."""
    features = list(features)
    known = {each.driver for each in features if each.name not in missing}
    return {each.driver for each in features} - known
