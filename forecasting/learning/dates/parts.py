"""What the chance to miss a baseline is made of, in parts that add up to it.

It begins at milestones in general whose forecast is their baseline. The first part is where the forecast lies against the baseline, told of
milestones in general; then come the classes of `slip_steps` in their order, each told against the same baseline. A part is the difference
to the chance before it, so the sum is the chance by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..part_names import MISS_PARTS
from .slips import missing
from .steps import Class


@dataclass(frozen=True)
class Parts:
    """`start` and what each of `part_names.MISS_PARTS` adds to it, of 1; together the chance that is told."""

    start: float
    added: dict[str, float]


def parts(found: Sequence[Class], *, baseline: float) -> Parts:
    """The parts of the chance of one milestone.

    Args:
        found: its classes (`slip_steps.classes`).
        baseline: days from the forecast to the baseline; below nothing where that is earlier.
    """
    general = found[0]
    start = missing(general.days, general.share, 0)
    reached = [start, *(missing(each.days, each.share, baseline) for each in found)]
    added = {
        name: after - before
        for name, (before, after) in zip(MISS_PARTS, pairwise(reached), strict=True)
    }
    return Parts(start, added)
