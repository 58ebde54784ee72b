"""What was told of cases that have ended, beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judging.coverage import Held, held
from ..limits import TRAINED
from .ended import Case
from .telling import Spreads, tell

# Where fifths of the chance begin and end.
BINS = (0.2, 0.4, 0.6, 0.8)


def judged(cases: Sequence[Case], spreads: Spreads) -> Held:
    """In how many cases a unit fell short, beside what was told.

    What is known of one part only is left out: that one part fell short says so at once, that it did not waits for the other.
    """
    chosen = _first_whole(cases, spreads)
    return held(
        np.array([bool(each.came) for each in chosen]),
        np.array([each.chance for each in chosen], dtype=float),
        # Units of one go-live share its fate.
        np.array([each.key[1] for each in chosen], dtype=np.int64),
    )


def together(cases: Sequence[Case], spreads: Spreads) -> dict[str, Any]:
    """How often both parts fell short at once, beside what would be expected if one told nothing of the other."""
    rows = _first_whole(cases, spreads)
    return {
        "rows": len(rows),
        "told": round(sum(each.both for each in rows), 1),
        "came": sum(bool(each.came_both) for each in rows),
    }


@dataclass(frozen=True)
class _Whole:
    """A telling with both parts known: the chance of either and of both, and what came."""

    key: tuple[int, int]
    weeks: float
    chance: float
    both: float
    came: bool | None
    came_both: bool | None


def _first_whole(cases: Sequence[Case], spreads: Spreads) -> list[_Whole]:
    """Of each unit and go-live the first telling with both parts known, where it is known of both what came."""
    first: dict[tuple[int, int], _Whole] = {}
    for each in sorted(_whole(cases, spreads), key=lambda row: row.weeks, reverse=True):
        if each.came_both is not None:
            first.setdefault(each.key, each)
    return list(first.values())


def _whole(cases: Sequence[Case], spreads: Spreads) -> list[_Whole]:
    made = []
    for each in cases:
        told = tell(
            spreads, weeks=each.weeks, training=each.training,
            engagement=each.engagement, threshold=each.threshold,
        )  # fmt: skip
        if told.training is None or told.engagement is None or told.chance is None:
            continue
        both = None
        if each.came_share is not None and each.came_engagement is not None:
            both = each.came_share < TRAINED and each.came_engagement < each.threshold
        chance_of_both = told.training * told.engagement
        made.append(_Whole(each.key, each.weeks, told.chance, chance_of_both, each.came, both))
    return made


def compared(cases: Sequence[Case], spreads: Spreads) -> dict[str, Any]:
    """What was told of cases whose both parts were known, and what came: counts by fifths of the chance, and Brier scores."""
    rows = [(each.chance, each.came) for each in _whole(cases, spreads) if each.came is not None]
    if not rows:
        return {"rows": 0}
    chance = np.array([row[0] for row in rows])
    fell = np.array([float(row[1]) for row in rows])
    at = np.digitize(chance, BINS)
    return {
        "rows": len(rows),
        "came": int(fell.sum()),
        "told": round(float(chance.sum()), 1),
        "brier": round(float(((chance - fell) ** 2).mean()), 4),
        "plain": round(float(((spreads.base - fell) ** 2).mean()), 4),
        "bins": [
            {
                "rows": int((at == bin_).sum()),
                "told": round(float(chance[at == bin_].sum()), 1),
                "came": int(fell[at == bin_].sum()),
            }
            for bin_ in range(len(BINS) + 1)
        ],
    }
