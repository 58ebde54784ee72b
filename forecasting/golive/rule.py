"""The rule for a go-live that meets people who are not ready. No Django in here.

A unit of a programme goes live within the watched weeks, and

* its engagement lies clearly below what is usual in the organisation, or
* its training is clearly behind plan, or
* resistance in it has grown.

One of the three raises the level, two make it high. What is not known is named; a level is low only where
engagement and training are known. The limits are assumed, not measured: nobody's history has tested them yet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

RULE_VERSION = "2"
# Exactly at a limit is not beyond it, though 0.9 - 0.7 is a little more than 0.2 to a computer.
_GRAIN = 1e-9


class Level(StrEnum):
    """How loud the signal is. `UNKNOWN` is no kind of low."""

    HIGH = "high"
    ELEVATED = "elevated"
    LOW = "low"
    UNKNOWN = "unknown"


# For "never lower than": unknown ranks beside low, and neither counts as the better one.
RANK = {Level.LOW: 0, Level.UNKNOWN: 0, Level.ELEVATED: 1, Level.HIGH: 2}


@dataclass(frozen=True)
class Limits:
    """What the rule compares with. Assumed values; a tenant sets only the watched weeks."""

    window_weeks: int = 8
    # A go-live whose date has passed without happening is still watched for this long.
    overdue_weeks: int = 8
    points_below_usual: float = 6.0
    sureness: float = 0.8
    # From this chance of being too low on, engagement is no longer called fine, only not known.
    doubt: float = 0.5
    fewest_answers: int = 5
    # Past half a year a survey says next to nothing about today.
    oldest_survey_weeks: float = 26.0
    training_gap: float = 0.20
    resistance_growth: float = 1.5
    # Below this the growth of resistance is the noise of one mild sign.
    least_resistance: float = 0.25
    smallest_unit: int = 5


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Engagement:
    """What is known of a unit's engagement: the filtered value with its variance, and the last figure shown."""

    value: float
    variance: float
    shown: float
    n: int | None
    effective_on: date
    age_weeks: float
    wave: str = ""
    inherited_from: str = ""
    is_published: bool = False

    def chance_below(self, threshold: float) -> float:
        """The probability, 0 to 1, that the true value lies below a threshold."""
        sd = math.sqrt(max(self.variance, 1e-9))
        return 0.5 * math.erfc((self.value - threshold) / (sd * math.sqrt(2)))


@dataclass(frozen=True)
class Training:
    """Shares of 0 to 1; `planned` is None where nobody said what was planned by then."""

    share: float
    planned: float | None
    effective_on: date


@dataclass(frozen=True)
class Resistance:
    """r of now and of four weeks before, 0 to 1; `references` name the signs behind it."""

    value: float | None
    earlier: float | None
    count: int
    references: tuple[str, ...] = ()
    effective_on: date | None = None


@dataclass(frozen=True)
class Inputs:
    """All that the rule looks at for one unit and one go-live. None is "not known", never zero."""

    unit: str
    as_of: date
    golive_on: date
    headcount: int | None = None
    usual: float | None = None
    # Whether `usual` is the median of the organisation's units; else it is what the organisation expects.
    usual_is_measured: bool = True
    engagement: Engagement | None = None
    training: Training | None = None
    resistance: Resistance | None = None
    # Whether anybody in the programme notes signs of resistance at all.
    resistance_is_logged: bool = True

    @property
    def days_left(self) -> int:
        return (self.golive_on - self.as_of).days


@dataclass(frozen=True)
class Cause:
    """One reason, with the figure, what it was compared with, and where it comes from."""

    key: str
    value: float
    threshold: float
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Assessment:
    """What the rule says about a unit and a go-live, why, and what it did not know."""

    level: Level
    causes: tuple[Cause, ...]
    missing: tuple[str, ...]
    rule_version: str = RULE_VERSION


def is_watched(inputs: Inputs, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether the go-live is near enough, or overdue and not given up."""
    return -7 * limits.overdue_weeks <= inputs.days_left <= 7 * limits.window_weeks


def assess(inputs: Inputs, limits: Limits = DEFAULT_LIMITS) -> Assessment | None:
    """Apply the rule; None where it has nothing to say.

    That is outside the watched weeks, and for units of so few people that a level would speak of single ones.
    """
    if not is_watched(inputs, limits):
        return None
    if inputs.headcount is not None and inputs.headcount < limits.smallest_unit:
        return None
    missing: list[str] = []
    causes = [
        cause
        for cause in (
            _engagement(inputs, limits, missing),
            _training(inputs, limits, missing),
            _resistance(inputs, limits, missing),
        )
        if cause is not None
    ]
    if len(causes) >= 2:
        level = Level.HIGH
    elif causes:
        level = Level.ELEVATED
    elif any(key not in NOTES for key in missing):
        level = Level.UNKNOWN
    else:
        level = Level.LOW
    return Assessment(level, tuple(causes), tuple(missing))


# Worth saying, but no reason to call a level unknown.
NOTES = frozenset({"resistance_not_logged", "resistance_not_shown"})


def _engagement(inputs: Inputs, limits: Limits, missing: list[str]) -> Cause | None:
    known = inputs.engagement
    if known is None or (known.n is not None and known.n < limits.fewest_answers):
        missing.append("engagement_none")
        return None
    if known.age_weeks > limits.oldest_survey_weeks:
        missing.append("engagement_old")
        return None
    if inputs.usual is None:
        missing.append("usual_none")
        return None
    threshold = inputs.usual - limits.points_below_usual
    chance = known.chance_below(threshold)
    # People read the figure shown: the signal would not be believed if that one were above the line.
    is_below = _exceeds(threshold, known.shown)
    if not is_below or chance < limits.sureness:
        if is_below or chance >= limits.doubt:
            missing.append("engagement_unsure")
        return None
    return Cause(
        "engagement",
        known.shown,
        threshold,
        {
            "usual": inputs.usual,
            "usual_is_measured": inputs.usual_is_measured,
            "estimate": round(known.value, 1),
            "n": known.n,
            "on": known.effective_on.isoformat(),
            "wave": known.wave,
            "inherited_from": known.inherited_from,
            "is_published": known.is_published,
        },
    )


def _training(inputs: Inputs, limits: Limits, missing: list[str]) -> Cause | None:
    known = inputs.training
    if known is None:
        missing.append("training_none")
        return None
    if known.planned is None:
        missing.append("training_plan_none")
        return None
    gap = known.planned - known.share
    if not _exceeds(gap, limits.training_gap):
        return None
    return Cause(
        "training",
        gap,
        limits.training_gap,
        {
            "share": known.share,
            "planned": known.planned,
            "on": known.effective_on.isoformat(),
        },
    )


def _resistance(inputs: Inputs, limits: Limits, missing: list[str]) -> Cause | None:
    known = inputs.resistance
    if known is None:
        if not inputs.resistance_is_logged:
            missing.append("resistance_not_logged")
        return None
    if known.value is None:
        missing.append("resistance_not_shown")
        return None
    before = known.earlier or 0.0
    line = before * limits.resistance_growth
    if _exceeds(limits.least_resistance, known.value) or not _exceeds(known.value, line):
        return None
    return Cause(
        "resistance",
        known.value,
        line,
        {
            "earlier": before,
            "count": known.count,
            "references": list(known.references),
            "on": known.effective_on.isoformat() if known.effective_on else "",
        },
    )


def _exceeds(value: float, limit: float) -> bool:
    return value > limit + _GRAIN
