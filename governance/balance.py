"""Does one function weigh more than the other? Plain rules over counts of two periods, no Django.

Nothing here scores a person, and nothing is added up into one number. What is too small to be compared
says so. A lean counts only when it shows in two periods after each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

PERIOD_DAYS = 90
# Chairs are compared by meetings: 90 days of a group that meets every month hold three.
MEETINGS = 4
# Points of a hundred a share may lie off the half.
POINTS = 15
# How often one side's count has to be that of the other.
RATIO = 3
TIMES = 2


class State(StrEnum):
    FEW = "few"
    EVEN = "even"
    ONCE = "once"
    LEANS = "leans"


class Key(StrEnum):
    DECISIONS = "decisions"
    OVERRULED = "overruled"
    MINUTES = "minutes"
    CHAIR = "chair"
    WAITING = "waiting"
    ATTENDANCE = "attendance"
    UNHEARD = "unheard"


# Fewer than this in a period are not compared.
LEAST = {
    Key.DECISIONS: 8,
    Key.OVERRULED: 6,
    Key.MINUTES: 3,
    Key.CHAIR: MEETINGS,
    Key.WAITING: 3,
    Key.ATTENDANCE: 8,
    Key.UNHEARD: 6,
}


@dataclass
class Counts:
    """What happened in one period."""

    decided: dict[str, int] = field(default_factory=dict)
    # Objections of a function to what was decided all the same, by the function that objected.
    overruled: dict[str, int] = field(default_factory=dict)
    # Decided without the view of this function.
    unheard: dict[str, int] = field(default_factory=dict)
    meetings: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    # Of as many meetings as chairs are compared by.
    chaired: dict[str, int] = field(default_factory=dict)
    # (was there, noted at all)
    present: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)
    # Days from raised to settled of each escalation, by who raised it.
    days: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """Both sides of one signal in one period. `leans` is the side with more, "" when they are alike."""

    delivery: float | None
    change: float | None
    n: int
    leans: str = ""
    is_enough: bool = True
    # The share of delivery, 0 to 1, where the two make a whole.
    share: float | None = None


@dataclass(frozen=True)
class Signal:
    key: Key
    now: Measure
    before: Measure

    @property
    def least(self) -> int:
        return LEAST[self.key]

    @property
    def state(self) -> State:
        if not self.now.is_enough:
            return State.FEW
        if not self.now.leans:
            return State.EVEN
        if self.before.is_enough and self.before.leans == self.now.leans:
            return State.LEANS
        return State.ONCE


def signals_of(now: Counts, before: Counts) -> list[Signal]:
    """Every signal in fixed order, what was seen now beside what was seen in the period before."""
    return [Signal(key, measure(now), measure(before)) for key, measure in _MEASURES.items()]


def leaning(signals: Sequence[Signal]) -> list[Signal]:
    """Those that lean to the same side for two periods; three at most, that people can talk about."""
    return [each for each in signals if each.state == State.LEANS][:3]


class Standing(StrEnum):
    """What all signals of a programme say together."""

    LEANS = "leans"
    ALIKE = "alike"
    FEW = "few"


def standing(signals: Sequence[Signal]) -> Standing:
    if leaning(signals):
        return Standing.LEANS
    return Standing.FEW if all(each.state == State.FEW for each in signals) else Standing.ALIKE


def _pair(counts: dict[str, int]) -> tuple[int, int]:
    return counts.get("delivery", 0), counts.get("change", 0)


def _shared(delivery: float, change: float, *, n: int, least: int) -> Measure:
    """Two parts of a whole, held against halves."""
    whole = delivery + change
    if n < least or not whole:
        return Measure(delivery, change, n, is_enough=False)
    share = delivery / whole
    off = share * 100 - 50
    leans = "delivery" if off > POINTS else "change" if off < -POINTS else ""
    return Measure(delivery, change, n, leans, share=share)


def _decisions(counts: Counts) -> Measure:
    """Who decided; what was decided jointly counts half for each."""
    joint = counts.decided.get("joint", 0)
    delivery, change = _pair(counts.decided)
    n = delivery + change + joint
    return _shared(delivery + joint / 2, change + joint / 2, n=n, least=LEAST[Key.DECISIONS])


def _minutes(counts: Counts) -> Measure:
    return _shared(*_pair(counts.minutes), n=counts.meetings, least=LEAST[Key.MINUTES])


def _chair(counts: Counts) -> Measure:
    delivery, change = _pair(counts.chaired)
    return _shared(delivery, change, n=delivery + change, least=LEAST[Key.CHAIR])


def _compared(counts: dict[str, int], least: int) -> Measure:
    """Two counts that need not be alike, but not several times the other either."""
    delivery, change = _pair(counts)
    n = delivery + change
    low, high = sorted((delivery, change))
    leans = ""
    if n >= least and high >= RATIO * max(low, 1):
        leans = "delivery" if delivery > change else "change"
    return Measure(delivery, change, n, leans, is_enough=n >= least)


def _overruled(counts: Counts) -> Measure:
    return _compared(counts.overruled, LEAST[Key.OVERRULED])


def _unheard(counts: Counts) -> Measure:
    return _compared(counts.unheard, LEAST[Key.UNHEARD])


def _waiting(counts: Counts) -> Measure:
    """The median of days until what a function escalated is settled. Both need enough of their own."""
    delivery, change = (counts.days.get(side, []) for side in ("delivery", "change"))
    n = min(len(delivery), len(change))
    found = [float(median(days)) if days else None for days in (delivery, change)]
    if n < LEAST[Key.WAITING] or found[0] is None or found[1] is None:
        return Measure(found[0], found[1], n, is_enough=False)
    low, high = sorted((found[0], found[1]))
    leans = ""
    if high >= TIMES * max(low, 1):
        leans = "delivery" if found[0] > found[1] else "change"
    return Measure(found[0], found[1], n, leans)


def _attendance(counts: Counts) -> Measure:
    """Of those noted, how many of a hundred came."""
    noted = _pair(counts.noted)
    rates = [
        100 * came / of if of else None
        for came, of in zip(_pair(counts.present), noted, strict=True)
    ]
    n = sum(noted)
    if n < LEAST[Key.ATTENDANCE] or rates[0] is None or rates[1] is None:
        return Measure(rates[0], rates[1], n, is_enough=False)
    gap = rates[0] - rates[1]
    leans = "delivery" if gap > POINTS else "change" if gap < -POINTS else ""
    return Measure(rates[0], rates[1], n, leans)


_MEASURES: dict[Key, Callable[[Counts], Measure]] = {
    Key.DECISIONS: _decisions,
    Key.OVERRULED: _overruled,
    Key.MINUTES: _minutes,
    Key.CHAIR: _chair,
    Key.WAITING: _waiting,
    Key.ATTENDANCE: _attendance,
    Key.UNHEARD: _unheard,
}
