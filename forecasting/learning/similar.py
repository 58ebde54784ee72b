"""The programmes whose weeks were most like this one, as evidence beside a score and never as the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .inputset import InputSet, Matrix
from .limits import FEWEST_ALIKE
from .linear import Rows, scaling

Array = npt.NDArray[Any]

SHOWN = 10
# Programmes are compared with the past so many at a time.
BLOCK = 200


@dataclass(frozen=True)
class Near:
    """The rows of the past nearest to one row of now, the nearest first, with their distances.

    A distance is in standard deviations, as the root of the mean over inputs.
    """

    rows: Array
    distances: Array


def nearest(now: Matrix, groups: Array, past: Rows, inputs: InputSet) -> list[Near | None]:
    """For each row of now the most similar week of each of the most similar other programmes.

    Args:
        now: raw inputs, NaN for what is not known; what is usual stands in, as in a score.
        groups: of which programme each row of now is; its own past is left out.
        past: weeks whose outcome is known.

    Returns:
        None for a row where fewer than `FEWEST_ALIKE` other programmes have a past.
    """
    if not len(past):
        return [None] * len(now)
    terms = inputs.filled(past.raw)
    mean, scale = scaling(terms)
    before = (terms - mean) / scale
    names, at = np.unique(past.group, return_inverse=True)
    order = np.argsort(at, kind="stable")
    starts = np.searchsorted(at[order], np.arange(len(names)))
    here = (inputs.filled(now) - mean) / scale
    lengths = (before**2).sum(axis=1)
    found: list[Near | None] = []
    for start in range(0, len(here), BLOCK):
        part = here[start : start + BLOCK]
        square = (part**2).sum(axis=1)[:, None] + lengths[None, :] - 2 * part @ before.T
        for row, away in enumerate(square):
            best = np.minimum.reduceat(away[order], starts)
            best[names == groups[start + row]] = np.inf
            if np.isfinite(best).sum() < FEWEST_ALIKE:
                found.append(None)
                continue
            chosen = np.argsort(best, kind="stable")[:SHOWN]
            rows = np.array(
                [np.flatnonzero((at == each) & (away == best[each]))[0] for each in chosen]
            )
            distances = np.sqrt(np.clip(best[chosen], 0, None) / here.shape[1])
            found.append(Near(rows, distances))
    return found
