"""Units within each other, by their paths. No Django in here.

Whoever works in a unit works in every unit above it too. So where figures of several units are added up or averaged, a
unit within another of them is left out: the outer one speaks for everybody in it, and people count once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping


def outermost(paths: Iterable[str]) -> set[str]:
    """Those that lie within no other of them."""
    there = set(paths)
    return {path for path in there if there.isdisjoint(_above(path))}


def people_once(people: Mapping[str, int]) -> int:
    """How many people some units have together; of each at least as many as those of them that lie within it."""
    within: dict[str, int] = defaultdict(int)
    total = 0
    # A path is longer than those above it, so that what lies within comes first.
    for path in sorted(people, key=len, reverse=True):
        count = max(people[path], within[path])
        above = next((each for each in _above(path) if each in people), None)
        if above is None:
            total += count
        else:
            within[above] += count
    return total


def _above(path: str) -> Iterator[str]:
    """What a unit is part of, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
