"""How sure a chance to miss a baseline is: between which chances it lies in eight of ten cases, by how many milestones it is told from.

That n own milestones count n / (n + k) and the shipped curve the rest is what a Dirichlet process of weight k makes of them (Ferguson 1973): afterwards the
share of milestones that are later than a day has a beta distribution, as sure as n + k of them. Of those still open only the share that is left counts, as that
process is neutral to the right (Doksum 1974). Milestones of one programme share its fate, so own ones count as many times less as the design effect says (Kish 1965).
The band is the middle of that distribution. An exact interval of a share (Clopper and Pearson 1934) would add a milestone that missed to its upper end and one
that did not to its lower one, since it answers for whole numbers seen: uncertainty of a count, and none of the chance.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

from ..judging.coverage import design_effect, one_of_each
from .slips import GRACE, Array, Slips

# Outside of the band on either side, as the bands of all scores.
TAIL = 0.1


def alike(slips: Slips, *, seen: Array, programme: Array) -> float:
    """How many milestones of the same programmes say as much as one alone: the design effect, at least 1.

    Of each milestone the word said longest before counts, by whether it was later than that by more than is allowed.

    Args:
        seen: for each row the days after its date up to which it was watched.
        programme: of which programme each is.
    """
    late = slips.days > GRACE
    # What is open and was not watched so long may still be in time.
    decided = np.flatnonzero(slips.reached | (seen > GRACE))
    decided = decided[np.argsort(slips.said[decided], kind="stable")]
    decided = decided[one_of_each(slips.milestone[decided])]
    if not len(decided):
        return 1.0
    came = late[decided].astype(float)
    _kinds, at = np.unique(slips.kinds[decided].astype(str), return_inverse=True)
    usual = np.bincount(at, came) / np.bincount(at)
    return design_effect(came - usual[at], programme[decided])


def worth(own: int, counts_from: float, design_effect: float) -> float:
    """How many milestones that tell nothing of each other a class is as sure as.

    Its variance is that of a mean in which own milestones count own / (own + counts_from), and the shipped curve, as sure as `counts_from`, the rest. However
    much they share, own milestones say no less than one alone. What leans on milestones of one programme may be less sure than the shipped curve alone.
    """
    shared = min(design_effect, max(own, 1))
    return (own + counts_from) ** 2 / (own * shared + counts_from)


def band(missed: float, cases: float) -> tuple[float, float]:
    """Between which chances that of a milestone lies.

    The end towards what hardly one milestone speaks for is that of one: so it has two ends also where all of them, or none, missed.

    Args:
        missed: the chance that is told.
        cases: how many milestones that tell nothing of each other it is as sure as; below one where hardly any is left.
    """
    late = missed * cases
    in_time = cases - late
    low = float(betaincinv(late, max(in_time, 1.0), TAIL)) if late > 0 else 0.0
    high = float(betaincinv(max(late, 1.0), in_time, 1 - TAIL)) if in_time > 0 else 1.0
    # Of hardly any case an end may lie on the other side of what is told.
    return min(low, missed), max(high, missed)


def is_over(*, ahead: float, baseline: float) -> bool:
    """Whether an open milestone has missed its baseline for sure, as more than is allowed has passed since.

    Args:
        ahead: days to the forecast.
        baseline: days from the forecast to the baseline.
    """
    return -ahead > baseline + GRACE
