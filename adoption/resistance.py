"""How much resistance the signs of a unit add up to. No Django in here.

r = 1 - product over signs of (1 - 0.12 x strength x 0.5^(age / 21 days)), where the signs of one kind of source
together count for at most 0.5, so that one loud voice cannot turn a unit red. Resistance is information, not a
fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PER_STRENGTH = 0.12
HALF_LIFE_DAYS = 21
CAP_PER_SOURCE = 0.5
SOURCES_OF_A_PATTERN = 2


@dataclass(frozen=True)
class Sign:
    """One sign of resistance: its kind of source, strength 1 to 3, when it was seen, when it was resolved."""

    source: str
    strength: int
    on: date
    resolved_on: date | None = None

    def is_open(self, on: date) -> bool:
        return self.on <= on and (self.resolved_on is None or self.resolved_on > on)


def weight(sign: Sign, *, on: date) -> float:
    """What one sign contributes on a day: halved every three weeks."""
    return PER_STRENGTH * sign.strength * 0.5 ** ((on - sign.on).days / HALF_LIFE_DAYS)


def resistance(signs: Iterable[Sign], *, on: date) -> float:
    """r of a unit, 0 to 1, from the signs that are open on a day."""
    left_by_source: dict[str, float] = {}
    for sign in signs:
        if sign.is_open(on):
            left = left_by_source.get(sign.source, 1.0)
            left_by_source[sign.source] = left * (1 - weight(sign, on=on))
    left = 1.0
    for remaining in left_by_source.values():
        left *= max(remaining, 1 - CAP_PER_SOURCE)
    return 1 - left


def is_pattern(signs: Iterable[Sign], *, on: date) -> bool:
    """Whether at least two kinds of source say so."""
    return len({sign.source for sign in signs if sign.is_open(on)}) >= SOURCES_OF_A_PATTERN
