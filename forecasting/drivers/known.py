"""What the sentences about drivers may name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..crises.milestones_due import Due
from ..learning.names import NAMES

# A share of the log-odds below this is called no effect.
LEAST = 0.005


@dataclass(frozen=True)
class Known:
    """What the sentences may name.

    Attributes:
        values: the raw inputs; what was not known is not in it.
        unit: of whom a score of one unit speaks; empty for a programme.
        worst: the unit whose people need most, by driver; only for a programme.
        figures_of: the day of the latest figures behind a driver, where it is known.
        shares: what each term adds, to say first what weighs most.
        due: milestones that were due in twelve weeks, and how many of them were late; None where nobody counted.
    """

    as_of: date
    values: Mapping[str, float]
    unit: str = ""
    worst: Mapping[str, str] = field(default_factory=dict)
    figures_of: Mapping[str, date] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    due: Due | None = None

    def has(self, *names: str) -> bool:
        return all(name in self.values for name in names)

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def tells(self, term: str) -> bool:
        """Whether a term is part of what is told, and not next to nothing."""
        return abs(self.shares.get(term, 0.0)) >= LEAST

    def unit_of(self, driver: str) -> str:
        """Whom a sentence about people names; empty where no unit stands out."""
        return self.unit or self.worst.get(driver, "")


def known_values(raw: Sequence[float]) -> dict[str, float]:
    """The inputs of a snapshot by name, without those that were not known."""
    return {name: value for name, value in zip(NAMES, raw, strict=True) if not math.isnan(value)}


# Figures somebody reported or measured, and counts that are nought where nobody recorded anything. Size is in neither:
# it says which programme this is, not how it stands.
_FIGURES = (
    "spi_s",
    "cpi_s",
    "burn_ratio_s",
    "status_age_w",
    "weeks_to_golive",
    "eng_mean",
    "train_gap",
    "resist_text_4w",
)
_COUNTS = (
    "ms_due_4w", "raid_new_4w", "raid_open", "decisions_outstanding_days_p80", "actions_overdue", "replans",
    "scope_changes_8w", "resist_4w",
)  # fmt: skip


def is_nothing_known(raw: Sequence[float]) -> bool:
    """Whether the inputs of a score say nothing on either half, so that it is no more than what is usual."""
    values = known_values(raw)
    nothing_due = Due(due=0, late=0).share
    return (
        not any(name in values for name in _FIGURES)
        and not any(values.get(name) for name in _COUNTS)
        and values.get("ms_missed_12w", nothing_due) == nothing_due
    )


def day_of(driver: str, known: Known) -> date | None:
    """How old the newest figures behind a driver are."""
    ages = {"engagement": "eng_age_w", "status": "status_age_w"}
    if driver in ages:
        name = ages[driver]
        return known.as_of - timedelta(weeks=known[name]) if known.has(name) else None
    return known.figures_of.get(driver)
