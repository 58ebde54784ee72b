"""How a RAID log grew and shrank, week by week. Plain functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Said:
    """What an entry of an item's log says from its day on: whether it is open, and its score."""

    item: int
    on: date
    is_open: bool
    score: int | None


@dataclass(frozen=True)
class Week:
    """One week of a log, up to its last day.

    Attributes:
        opened, ended: how many came and how many went, an item that came back among them.
        open: how many stood at its end.
        above: how many of these at or above the appetite.
    """

    last: date
    opened: int
    ended: int
    open: int
    above: int


def last_days(until: date, count: int) -> list[date]:
    """The last days of so many weeks, ending today: seven days apart, oldest first."""
    return [until - timedelta(weeks=back) for back in reversed(range(count))]


def by_week(said: Iterable[Said], weeks: Sequence[date], *, appetite: int) -> list[Week]:
    """Count what came, went and stood in each week.

    Args:
        said: every entry, in the order of its days; later entries of a day replace earlier ones.
        weeks: the last days of the weeks, seven days apart, oldest first.
    """
    log = list(said)
    stands: dict[int, Said] = {}
    at = 0
    made: list[Week] = []
    for last in [weeks[0] - timedelta(weeks=1), *weeks] if weeks else ():
        before = {item for item, each in stands.items() if each.is_open}
        while at < len(log) and log[at].on <= last:
            stands[log[at].item] = log[at]
            at += 1
        now = {item: each for item, each in stands.items() if each.is_open}
        made.append(
            Week(
                last,
                opened=len(now.keys() - before),
                ended=len(before - now.keys()),
                open=len(now),
                above=sum((each.score or 0) >= appetite for each in now.values()),
            )
        )
    # What stood before the first week came at some time, not in that week.
    return made[1:]
