"""What cases that have ended say of how training and engagement go on: how wide both come out, and how much the own pace counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..limits import FEWEST_ENDED, TRAINED
from .telling import Engagement, Spreads, Training

# No more of those left are trained a week: over the longest time ahead more than all would be.
MOST_A_WEEK = 1 / 12


@dataclass(frozen=True)
class Case:
    """A unit some weeks before the day that counted, and what came. None is "not known".

    Attributes:
        key: of which unit and go-live.
        weeks: from the day of the word to the day that counted.
        said, counted: both days, as ordinals.
        came_share, came_engagement: what was known of the day that counted.
        threshold: the organisation's, for engagement.
    """

    key: tuple[int, int]
    weeks: float
    said: int
    counted: int
    training: Training | None
    engagement: Engagement | None
    came_share: float | None
    came_engagement: float | None
    threshold: float

    @property
    def came(self) -> bool | None:
        """Whether it fell short; None where neither part says so and one is not known."""
        found = [
            None if self.came_share is None else self.came_share < TRAINED,
            None if self.came_engagement is None else self.came_engagement < self.threshold,
        ]
        if any(found):
            return True
        return None if None in found else False


def decided(cases: Sequence[Case]) -> dict[tuple[int, int], bool]:
    """What came of each unit and go-live, where it is known."""
    return {each.key: each.came for each in cases if each.came is not None}


def learn_spreads(cases: Sequence[Case]) -> Spreads | None:
    """The spreads of ended cases; None where too few of them say how both parts went on."""
    came = decided(cases)
    moved = [
        (each.training, each.weeks, each.came_share - each.training.share)
        for each in cases
        if each.training is not None and each.came_share is not None and each.weeks > 0
    ]
    paced = [row for row in moved if row[0].pace is not None]
    drifted = [
        (each.came_engagement - each.engagement.value) ** 2 / each.engagement.variance
        for each in cases
        if each.engagement is not None and each.came_engagement is not None and each.weeks > 0
    ]
    if min(len(paced), len(drifted), len(came)) < FEWEST_ENDED:
        return None
    own, usual = _paces(paced)
    unknown = _usual(moved)
    rough = Spreads(own, usual, unknown, 0, 0, 1, 0, 0)
    training, people = _widths(
        [(known, weeks, gained - weeks * rough.pace(known)) for known, weeks, gained in moved]
    )
    return Spreads(
        own_pace=own,
        usual=usual,
        unknown=unknown,
        training=training,
        people=people,
        engagement=math.sqrt(float(np.mean(drifted))),
        base=sum(came.values()) / len(came),
        cases=len(came),
    )


def _paces(rows: Sequence[tuple[Training, float, float]]) -> tuple[float, float]:
    """How much of the own pace goes on and what share of those left is added, by least squares; neither below nothing."""
    pace = np.array([max(0.0, known.pace or 0.0) for known, _weeks, _gained in rows])
    left = np.array([1 - known.share for known, _weeks, _gained in rows])
    gained = np.array([gained / weeks for _known, weeks, gained in rows])
    own, usual = _not_below(pace, left, gained)
    return own, min(usual, MOST_A_WEEK)


def _usual(rows: Sequence[tuple[Training, float, float]]) -> float:
    """The share of those left that is trained a week, whatever the pace before."""
    left = np.array([1 - known.share for known, _weeks, _gained in rows])
    gained = np.array([gained / weeks for _known, weeks, gained in rows])
    return min(max(0.0, float(left @ gained) / max(float(left @ left), 1e-12)), MOST_A_WEEK)


def _widths(rows: Sequence[tuple[Training, float, float]]) -> tuple[float, float]:
    """The two spreads that go best with how far off the shares came out."""
    weeks = np.array([row[1] for row in rows])
    people = np.array([max(1, row[0].required) for row in rows])
    off = np.array([row[2] for row in rows]) ** 2 / weeks**2
    of_all, of_people = _not_below(np.ones(len(rows)), 1 / (weeks * people), off)
    return math.sqrt(of_all), math.sqrt(of_people)


def _not_below(first: Any, second: Any, wanted: Any) -> tuple[float, float]:
    """The least squares of two columns with weights of nothing or more."""
    both, *_rest = np.linalg.lstsq(np.column_stack([first, second]), wanted, rcond=None)
    if min(both) >= 0:
        return float(both[0]), float(both[1])
    alone = [
        max(0.0, float(each @ wanted) / max(float(each @ each), 1e-12)) for each in (first, second)
    ]
    lost = [
        float(((wanted - by * each) ** 2).sum())
        for by, each in zip(alone, (first, second), strict=True)
    ]
    return (alone[0], 0.0) if lost[0] <= lost[1] else (0.0, alone[1])
