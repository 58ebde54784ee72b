"""Scores and severity of RAID items. Plain functions."""

from __future__ import annotations

from datetime import date

from pmo_portal.common.levels import State


def score(probability: int | None, impact: int | None) -> int | None:
    """Probability times impact, 1 to 25; None until both are assessed."""
    if probability is None or impact is None:
        return None
    return probability * impact


def severity(score: int | None, *, appetite: int) -> State:
    """High (`BAD`) from the appetite on, medium (`WARN`) from half of it, else low."""
    if score is None:
        return State.NONE
    if score >= appetite:
        return State.BAD
    return State.WARN if 2 * score >= appetite else State.OK


def is_overdue(review_on: date | None, *, on: date) -> bool:
    """Whether the review date has passed."""
    return review_on is not None and review_on < on
