"""From figures to states. Plain functions; where the borders lie is said beside every state."""

from __future__ import annotations

from datetime import date

from pmo_portal.common.levels import State

# Shares of people trained behind the plan. The grain on top: 0.9 - 0.7 is a little more than 0.2 to a computer.
_GRAIN = 1e-9
TRAINING_AT_RISK = 0.05 + _GRAIN
TRAINING_OFF_TRACK = 0.20 + _GRAIN
# r of a unit, see `resistance`.
RESISTANCE_AT_RISK = 0.20
RESISTANCE_OFF_TRACK = 0.40
# A survey speaks for half a year; published ones for their year and a month of grace.
SURVEY_SPEAKS_DAYS = 182
PUBLISHED_SPEAKS_DAYS = 400


def speaks(on: date | None, day: date, *, is_published: bool) -> bool:
    """Whether a survey of a day is young enough to say something about another."""
    lasts = PUBLISHED_SPEAKS_DAYS if is_published else SURVEY_SPEAKS_DAYS
    return on is not None and (day - on).days <= lasts


def engagement_state(
    value: float | None, *, target: float, floor: float, is_inherited: bool = False
) -> State:
    """On track from the target on, off track below the floor; of a figure as it is written, to a point.

    A figure inherited from the unit above may warn, but never says that this unit is on track.
    """
    if value is None:
        return State.NONE
    value = round(value)
    if value < floor:
        return State.BAD
    if value < target:
        return State.WARN
    return State.NONE if is_inherited else State.OK


def training_state(gap: float | None) -> State:
    """`gap` is the share behind plan; None without progress or without a plan."""
    if gap is None:
        return State.NONE
    if gap > TRAINING_OFF_TRACK:
        return State.BAD
    return State.WARN if gap > TRAINING_AT_RISK else State.OK


def resistance_state(value: float | None) -> State:
    if value is None:
        return State.NONE
    if value >= RESISTANCE_OFF_TRACK:
        return State.BAD
    return State.WARN if value >= RESISTANCE_AT_RISK else State.OK
