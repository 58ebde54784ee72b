"""Limits that jobs hold scores to and pages name. No numpy in here: web workers do without it."""

from __future__ import annotations

import math
from datetime import timedelta

# A score is shown to five points; nobody is told that something is impossible or certain.
LOWEST, HIGHEST = 0.005, 0.95
# So many steps of five points lead from never to always.
STEPS = 20
# Against the base rate of the model: from these a level begins, by the chance as it is written. They change with the model only.
ELEVATED_FROM, HIGH_FROM = 1.5, 3.0
# What was told over so long is compared with what came.
WATCHED = timedelta(weeks=26)
# From here on the sequential test is an alarm (`watch`).
ALARM_FROM = 4.6
# From so many crises on, or items that escalated, it is said how good scores were.
FEWEST_EVENTS = 10
# Fewer cases of dates or readiness do not show that anything holds (`coverage`).
FEWEST_CASES = 10
# Fewer other programmes with a known outcome make no "most similar".
FEWEST_ALIKE = 30
# The share of those required who are to be trained so many days before a go-live.
TRAINED = 0.85
DAYS_BEFORE = 14
# From so many ended cases on an organisation's own spreads take the place of the shipped ones.
FEWEST_ENDED = 30


def step_of(limit: float) -> int:
    """The first step that is no lower than a limit."""
    return math.ceil(limit * STEPS - 1e-9)


def begins(limit: float) -> float:
    """The lowest chance that is written no lower than a limit: what reads alike is told alike."""
    return (step_of(limit) - 0.5) / STEPS


def level(chance: float, elevated_from: float, high_from: float) -> str:
    """`low`, `elevated` or `high`, of a chance as it is written."""
    if chance >= begins(high_from):
        return "high"
    return "elevated" if chance >= begins(elevated_from) else "low"


def level_against(chance: float, base: float) -> str:
    """The same against the base rate of a model."""
    return level(chance, ELEVATED_FROM * base, HIGH_FROM * base)
