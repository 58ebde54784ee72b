"""What moves the chance of a unit not to be ready away from where it would begin: parts in points of probability that add up to it.

It begins at a unit that is just on its way and of whose people nobody was asked: as many are trained as would be needed by now to
reach what is wanted at the usual pace, and engagement is what is usual in the organisation, as unsure as it is between its units. Three things
are then as they are: how many are trained, how engaged people are, and how surely surveys say so. The chance is no sum of them, so each gets its
Shapley value (`shares`). Less training or less engagement never lower their own part.

The pace of late comes last: what is usual depends on how many are left, so it is compared where the unit really stands. A slower one than usual
never lowers the chance, a faster one never raises it, and where nearly all are trained neither is news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..limits import TRAINED
from ..part_names import ENGAGEMENT, PACE, SURENESS, TRAINING
from ..shares import shares
from . import Engagement, Spreads, Training, either


@dataclass(frozen=True)
class Parts:
    """Where the chance begins, and what each of `part_names.PARTS` that is known adds to it, in shares of 1."""

    start: float
    added: Mapping[str, float]


def needed(spreads: Spreads, weeks: float) -> float:
    """The share trained that would just reach what is wanted in so many weeks at the usual pace; 0 where nobody need be by now."""
    # Of those left this share is trained until then, whatever the pace of a unit is.
    gained = spreads.unknown * max(0.0, weeks)
    return max(0.0, (TRAINED - gained) / (1 - gained)) if gained < TRAINED else 0.0


def parts(
    spreads: Spreads,
    *,
    weeks: float,
    training: Training | None,
    engagement: Engagement | None,
    usual: Engagement | None,
    threshold: float,
) -> Parts | None:
    """The parts of the chance that `shortfall.tell` tells of the same unit; None where nothing is known of it.

    Args:
        usual: of engagement in the organisation where nobody was asked; known where `engagement` is.
    """
    known = []
    just = 0.0
    as_usual = training
    if training is not None:
        just = needed(spreads, weeks)
        known.append(TRAINING)
        if training.pace is not None:
            as_usual = replace(training, pace=spreads.usual_pace(training.share))
    if engagement is not None and usual is not None:
        known += [ENGAGEMENT, SURENESS]
    if not known:
        return None

    def disengaged(some: frozenset[str]) -> float | None:
        if engagement is None or usual is None:
            return None
        value = (engagement if ENGAGEMENT in some else usual).value
        variance = (engagement if SURENESS in some else usual).variance
        return spreads.disengaged(Engagement(value, variance), threshold)

    def chance(some: frozenset[str], trained: Training | None = as_usual) -> float:
        if trained is not None and TRAINING not in some:
            trained = replace(trained, share=just, pace=None)
        untrained = None if trained is None else spreads.untrained(trained, weeks)
        return either(untrained, disengaged(some)) or 0.0

    added = shares(known, chance)
    if training is not None and training.pace is not None:
        added[PACE] = chance(frozenset(known), training) - chance(frozenset(known))
    return Parts(chance(frozenset()), added)
