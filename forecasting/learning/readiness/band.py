"""How sure a chance not to be ready is: between which chances it lies in eight of ten cases, by how many cases it is learned from.

A part is the tail of a normal whose middle and spread are found from ended cases. In units of the spread, its distance from the threshold is
known up to a variance of (m + z² / 2) / n: that of a middle told by m numbers and of a spread, of n cases (the usual large-sample variance of a
standardised distance, as in process capability: Bissell 1990, Applied Statistics 39). Training has two numbers, how much of the own pace goes on and
the usual one; engagement one, how far the filter is off. Units of one go-live share its fate, so n is what the cases are worth, not how many there
are. Both parts go into the chance of either, each as far as it moves it, put together as independent errors are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from ..judging.coverage import design_effect
from ..limits import FEWEST_ENDED
from . import Case, Spreads, ToldReadiness, either

# Eight of ten, as the bands of all scores.
SURE = NormalDist().inv_cdf(0.9)
# The shipped spreads count as sure as the fewest cases of its own that an organisation is told by instead of them.
ASSUMED_WORTH = float(FEWEST_ENDED)
# How many numbers tell the middle of each part.
OF_TRAINING, OF_ENGAGEMENT = 2, 1
# Chances nearer to nothing or to certain than this are held there: their distance would have no end.
_LEAST = 1e-9
_NORMAL = NormalDist()


def worth(cases: Sequence[Case], spreads: Spreads) -> float:
    """How many cases that tell nothing of each other would say as much as these about the less known of both parts.

    Of every unit and go-live each part counts once, by the telling farthest ahead.
    """
    trained: dict[tuple[int, int], float] = {}
    engaged: dict[tuple[int, int], float] = {}
    for each in sorted(cases, key=lambda case: -case.weeks):
        if each.training is not None and each.came_share is not None:
            told = spreads.reached(each.training, each.weeks)
            trained.setdefault(each.key, each.came_share - told)
        if each.engagement is not None and each.came_engagement is not None:
            off = each.came_engagement - each.engagement.value
            engaged.setdefault(each.key, off / math.sqrt(each.engagement.variance))
    return min(_worth(trained), _worth(engaged))


def _worth(off: dict[tuple[int, int], float]) -> float:
    if not off:
        return 0.0
    golives = np.array([golive for _unit, golive in off])
    return len(off) / design_effect(np.array(list(off.values())), golives)


def band(told: ToldReadiness, cases: float) -> tuple[float, float] | None:
    """Between which chances that of a unit lies; none where nothing is known.

    With one part unknown the chance may be anything from the lower end of the known part on.

    Args:
        cases: what the ended cases are worth (`worth`).
    """
    if told.chance is None:
        return None
    if told.engagement is None:
        return _of_part(told.chance, cases, OF_TRAINING)[0], 1.0
    engagement = _of_part(told.engagement, cases, OF_ENGAGEMENT)
    if told.training is None:
        return engagement[0], 1.0
    training = _of_part(told.training, cases, OF_TRAINING)

    def moved(end: int) -> float:
        alone = (
            either(training[end], told.engagement),
            either(told.training, engagement[end]),
        )
        return math.hypot(*((one or 0.0) - (told.chance or 0.0) for one in alone))

    return (
        max(told.chance - moved(0), 0.0),
        min(told.chance + moved(1), either(training[1], engagement[1]) or 1.0),
    )


def _of_part(chance: float, cases: float, middle: int) -> tuple[float, float]:
    z = _NORMAL.inv_cdf(min(max(chance, _LEAST), 1 - _LEAST))
    width = SURE * math.sqrt((middle + z**2 / 2) / max(cases, 1.0))
    # What was held at the ends stays inside.
    return min(_NORMAL.cdf(z - width), chance), max(_NORMAL.cdf(z + width), chance)
