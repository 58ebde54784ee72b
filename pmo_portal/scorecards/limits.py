"""Where the borders of the scorecard's states lie. Assumed values, said beside every state they decide.

Figures are compared as they are written, to a point: who reads "95%, expected 95%" reads no figure below.
"""

from __future__ import annotations

from adoption.status import PUBLISHED_SPEAKS_DAYS
from pmo_portal.common.levels import State, worst

# Percent of the milestones that were due. Below it is at risk; how late they are decides about more.
MET_ON_TRACK = 95
# Official statistics come once a year; a month of grace.
PUBLISHED_RHYTHM_DAYS = PUBLISHED_SPEAKS_DAYS


def met_state(share: float | None) -> State:
    """Of the percentage of due milestones that were met; None where none was due."""
    if share is None:
        return State.NONE
    return State.OK if round(share) >= MET_ON_TRACK else State.WARN


def slip_state(slip: int | None, *, is_overdue: bool, amber: int, red: int) -> State:
    """Of the largest slip in working days among milestones still open."""
    if slip is None:
        return State.NONE
    if slip > red:
        return State.BAD
    return State.WARN if slip > amber or is_overdue else State.OK


def red_state(red: int, *, is_kept: bool) -> State:
    """Of the open items at or above the appetite; no data where no log is kept at all."""
    if not is_kept:
        return State.NONE
    return State.WARN if red else State.OK


def spread_state(low: float, high: float, *, target: float, floor: float) -> State:
    """Of an engagement; a spread is on track only when all of it is, off track only when all of it is."""
    if round(low) >= target:
        return State.OK
    return State.BAD if round(high) < floor else State.WARN


def half_state(states: list[State], *, needed: list[State]) -> State:
    """The worst of what is known. On track only where one of the needed figures is known at all."""
    found = worst(states)
    if found == State.OK and all(state == State.NONE for state in needed):
        return State.NONE
    return found
