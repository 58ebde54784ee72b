"""What waits for what: room to move, and the chain that has none. Days are working days. No Django in here.

A milestone is a point without length, so the four kinds of links of a schedule (start or finish to start or
finish) all say the same of it: not before another one, and some days after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any, Generic, TypeVar

from .schedule import after_working_days, working_days_between

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Point(Generic[K]):
    """A milestone: when it is expected or was reached, whether others count on that very day, in which plan it lies."""

    key: K
    expected_on: date
    is_done: bool = False
    is_fixed: bool = False
    plan: Hashable = None


@dataclass(frozen=True)
class Link(Generic[K]):
    """The second waits for the first, and for some working days after it."""

    before: K
    after: K
    lag: int = 0


@dataclass(frozen=True)
class Room:
    """How far a milestone can move: working days, below 0 where it is expected too late already."""

    latest_on: date
    days: int

    @property
    def is_critical(self) -> bool:
        return self.days <= 0

    @property
    def late(self) -> int:
        """Working days it is expected too late, 0 or more."""
        return max(0, -self.days)


class Loop(ValueError):
    """Links that wait for each other; `keys` are those of the loop, in order, the first one again at the end."""

    def __init__(self, keys: Sequence[Any]) -> None:
        super().__init__(" → ".join(str(key) for key in keys))
        self.keys = keys


def loop_with(links: Iterable[Link[K]], new: Link[K]) -> list[K]:
    """The loop a new link would close, from its second milestone back to it; empty where it closes none."""
    onward: dict[K, list[K]] = defaultdict(list)
    for link in links:
        onward[link.before].append(link.after)
    trail: dict[K, K] = {}
    waiting = [new.after]
    seen = {new.after}
    while waiting:
        key = waiting.pop()
        if key == new.before:
            found = [key]
            while found[-1] != new.after:
                found.append(trail[found[-1]])
            return [*reversed(found), new.after]
        for after in onward[key]:
            if after not in seen:
                seen.add(after)
                trail[after] = key
                waiting.append(after)
    return []


def rooms(points: Iterable[Point[K]], links: Iterable[Link[K]]) -> dict[K, Room]:
    """The room of every milestone that is not reached.

    The latest day of one that is fixed (a go-live) is the day it is expected; of any other the latest at which
    nothing that waits for it moves, and without any the end of the plan it lies in.

    Raises:
        Loop: the links wait for each other.
    """
    known = {point.key: point for point in points}
    after: dict[K, list[Link[K]]] = defaultdict(list)
    for link in links:
        if link.before in known and link.after in known:
            after[link.before].append(link)
    ends: dict[Hashable, date] = {}
    for point in known.values():
        ends[point.plan] = max(point.expected_on, ends.get(point.plan, point.expected_on))
    latest: dict[K, date] = {}
    for key in _last_first(known, after):
        point = known[key]
        bounds = [
            before_working_days(latest[link.after], link.lag)
            for link in after[key]
            if not known[link.after].is_done
        ]
        if point.is_fixed:
            bounds.append(point.expected_on)
        latest[key] = min(bounds, default=ends[point.plan])
    return {
        key: Room(latest[key], working_days_between(point.expected_on, latest[key]))
        for key, point in known.items()
        if not point.is_done
    }


def _last_first(known: Mapping[K, Point[K]], after: Mapping[K, list[Link[K]]]) -> list[K]:
    """Every key after those that wait for it."""
    order: list[K] = []
    state: dict[K, int] = {}
    for start in known:
        stack: list[tuple[K, bool]] = [(start, False)]
        while stack:
            key, is_left = stack.pop()
            if is_left:
                state[key] = 2
                order.append(key)
                continue
            if key in state:
                continue
            state[key] = 1
            stack.append((key, True))
            for link in after.get(key, ()):
                if state.get(link.after) == 1:
                    raise Loop(loop_with(chain.from_iterable(after.values()), link))
                if state.get(link.after) != 2:
                    stack.append((link.after, False))
    return order


def too_early(points: Iterable[Point[K]], links: Iterable[Link[K]]) -> dict[tuple[K, K], int]:
    """Links that do not hold by the dates that are said: how many working days the second is expected too early."""
    known = {point.key: point for point in points}
    found = {}
    for link in links:
        before, after = known.get(link.before), known.get(link.after)
        if before is None or after is None or before.is_done or after.is_done:
            continue
        earliest = after_working_days(before.expected_on, link.lag)
        if after.expected_on < earliest:
            found[link.before, link.after] = working_days_between(after.expected_on, earliest)
    return found


def before_working_days(end: date, days: int) -> date:
    """The day that lies so many working days before another one."""
    day = end
    while days > 0:
        day -= timedelta(days=1)
        days -= day.weekday() < 5
    return day
