"""From reported ratings and computed figures to one state, with reasons. Plain functions."""

from __future__ import annotations

from dataclasses import dataclass

from pmo_portal.common.levels import State, worst

from .choices import Rating

STATE_OF_RATING = {
    Rating.GREEN: State.OK,
    Rating.AMBER_GREEN: State.OK,
    Rating.AMBER: State.WARN,
    Rating.AMBER_RED: State.BAD,
    Rating.RED: State.BAD,
    Rating.NOT_RATED: State.NONE,
}


def state_of(rating: str) -> State:
    """The state a reported rating stands for; amber/green counts as on track, amber/red as off track."""
    return STATE_OF_RATING[Rating(rating)]


@dataclass(frozen=True)
class Indicator:
    """One trigger of a computed status: its state and the sentence that explains it."""

    state: State
    reason: str


def computed(indicators: list[Indicator]) -> tuple[State, list[str]]:
    """Worst-of in the written order red, amber, green; unknown indicators are left out, never green.

    Returns the state with the sentences of the indicators that made it so.
    """
    state = worst([indicator.state for indicator in indicators])
    return state, [each.reason for each in indicators if each.state == state and each.reason]
