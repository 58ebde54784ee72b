"""When a group meets, who chairs, whether it can decide, and how time is shared. Plain functions, no Django."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .voices import VOICES, missing_functions

# Time on an agenda comes in steps of so many minutes.
STEP = 5
_DAYS = {"weekly": 7, "fortnightly": 14}
_MONTHS = {"monthly": 1, "quarterly": 3}


def dates_of(cadence: str, first: date, count: int) -> list[date]:
    """The days of a series. Months keep the weekday: the second Tuesday stays the second Tuesday."""
    if cadence in _DAYS:
        return [first + timedelta(days=_DAYS[cadence] * step) for step in range(count)]
    return [_same_weekday(first, _MONTHS[cadence] * step) for step in range(count)]


def _same_weekday(first: date, months: int) -> date:
    """The same weekday of the month so many months on; a fifth one is the last."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    days = monthrange(year, month + 1)[1]
    opening = date(year, month + 1, 1)
    day = 1 + (first.weekday() - opening.weekday()) % 7 + (first.day - 1) // 7 * 7
    return date(year, month + 1, day if day <= days else day - 7)


def alternation(before: str, count: int) -> list[str]:
    """The functions that chair the next meetings, after the one that chaired before."""
    start = 0 if before not in VOICES else 1 - VOICES.index(before)
    return [VOICES[(start + step) % 2] for step in range(count)]


@dataclass(frozen=True)
class Quorum:
    """Who voted of those present, how many are needed, and whose function is not there."""

    present: int
    needed: int
    missing: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        return self.present >= self.needed and not self.missing


def quorum(voting_present: Iterable[str], needed: int) -> Quorum:
    """Enough voting members, and at least one of each function among them."""
    present = list(voting_present)
    return Quorum(len(present), needed, tuple(missing_functions(set(present))))


@dataclass(frozen=True)
class Shares:
    """The minutes of an agenda by whose item it is."""

    delivery: int
    change: int
    both: int

    @property
    def total(self) -> int:
        return self.delivery + self.change + self.both

    @property
    def gap(self) -> int:
        """Minutes one side has more than the other; positive: delivery."""
        return self.delivery - self.change

    @property
    def minus_gap(self) -> int:
        return -self.gap

    @property
    def is_equal(self) -> bool:
        return self.gap == 0


def shares(items: Iterable[tuple[str, int]]) -> Shares:
    total = {"delivery": 0, "change": 0, "both": 0}
    for side, minutes in items:
        total[side] += minutes
    return Shares(**total)


def spread(items: Sequence[tuple[str, int]], length: int) -> list[int]:
    """Minutes for each item so that both sides get the same. `items` are sides with their usual minutes.

    Joint items keep their usual time as far as the meeting is long enough; what is left is halved between
    the sides, and within a side goes by the usual minutes, in steps of five. A side without items leaves
    the others as usual.
    """
    sides = [side if side in VOICES else "both" for side, _minutes in items]
    wanted = {
        side: [minutes for of, (_side, minutes) in zip(sides, items, strict=True) if of == side]
        for side in (*VOICES, "both")
    }
    if not all(wanted[side] for side in VOICES):
        return [minutes for _side, minutes in items]
    least = STEP * max(len(wanted[side]) for side in VOICES)
    joint = wanted["both"]
    if sum(joint) > length - 2 * least:
        joint = _parts(max(length - 2 * least, STEP * len(joint)), joint)
    half = max((length - sum(joint)) // 2 // STEP * STEP, least)
    shared = {side: iter(_parts(half, wanted[side])) for side in VOICES}
    shared["both"] = iter(joint)
    return [next(shared[side]) for side in sides]


def _parts(total: int, weights: Sequence[int]) -> list[int]:
    """A total in steps, at least one step each, the rest by weight with the largest remainders first."""
    rest = total // STEP - len(weights)
    whole = sum(weights) or len(weights)
    exact = [rest * (weight or 1) / whole for weight in weights]
    steps = [int(each) for each in exact]
    by_remainder = sorted(range(len(weights)), key=lambda at: (steps[at] - exact[at], at))
    for at in by_remainder[: rest - sum(steps)]:
        steps[at] += 1
    return [STEP * (1 + each) for each in steps]
