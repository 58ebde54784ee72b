"""From figures to states. Plain functions; where the borders lie is said beside every state."""

from __future__ import annotations

from pmo_portal.common.levels import State

# Shares of people trained behind the plan.
TRAINING_AT_RISK = 0.05
TRAINING_OFF_TRACK = 0.20
# r of a unit, see `resistance`.
RESISTANCE_AT_RISK = 0.20
RESISTANCE_OFF_TRACK = 0.40


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
