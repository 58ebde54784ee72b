"""States follow from figures as they are written."""

from __future__ import annotations

import pytest

from pmo_portal.common.levels import State
from pmo_portal.scorecards import limits


@pytest.mark.parametrize(
    ("share", "state"), [(None, State.NONE), (94.4, State.WARN), (94.6, State.OK), (95, State.OK)]
)
def test_milestones_met_as_written(share: float | None, state: State) -> None:
    assert limits.met_state(share) == state


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [(61.6, 70, State.OK), (61.4, 70, State.WARN), (40, 49.6, State.WARN), (40, 49.4, State.BAD)],
)
def test_engagement_as_written(low: float, high: float, state: State) -> None:
    assert limits.spread_state(low, high, target=62, floor=50) == state
