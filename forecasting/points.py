"""What moves a chance, in points of a hundred that add up to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .explained import Cause


@dataclass(frozen=True)
class Part(Cause):
    """What one thing adds to the chance. `share` is of 1, `points` of 100."""

    @property
    def points(self) -> float:
        return round(100 * self.share, 1)

    @property
    def whole_points(self) -> int:
        return round(100 * self.share)

    @property
    def whole_points_apart(self) -> int:
        """How many they are, whichever way."""
        return abs(self.whole_points)


def points_of(terms: Iterable[Mapping[str, Any]], name: str) -> float | None:
    """The points one part adds, for exports; None where it is not known.

    Args:
        terms: `{name, share}` of every part, as they are kept with what is told.
    """
    return next((as_points(term["share"]) for term in terms if term["name"] == name), None)


def as_points(share: float | None) -> float | None:
    """A share as points, as finely as anybody may add them up."""
    return None if share is None else round(100 * share, 6)
