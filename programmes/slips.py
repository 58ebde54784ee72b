"""What was said of dates over time: the slip chart of one track, as plain geometry. Nothing here knows Django.

Across lies the day something was said, upwards the date it was said of. A line that runs level is a date that
holds; one that rises slips; where it meets the diagonal, the day has come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .schedule import slip_days

WIDTH, HEIGHT = 540, 380
LEFT, RIGHT, TOP, BOTTOM = 62.0, 486.0, 16.0, 344.0
NAME_GAP = 15.0
# A first move this close to the date, after a month of the same word, was said late.
LAST_DAYS, QUIET_DAYS = 7, 28


@dataclass(frozen=True)
class Word:
    """What was said of a date on a day."""

    on: date
    expected_on: date
    reached: bool = False


@dataclass(frozen=True)
class Said:
    """Everything said of one milestone, the oldest word first. There is at least one."""

    reference: str
    name: str
    url: str
    baseline_on: date
    words: tuple[Word, ...]

    @property
    def now(self) -> Word:
        return self.words[-1]

    @property
    def moves(self) -> int:
        """How often a word differed from the one before."""
        return sum(
            before.expected_on != after.expected_on
            for before, after in zip(self.words, self.words[1:], strict=False)
        )

    def slip(self, on: date) -> int:
        """Working days after the baseline; a date that has passed counts as today at the earliest."""
        expected = self.now.expected_on if self.now.reached else max(self.now.expected_on, on)
        return slip_days(baseline_on=self.baseline_on, expected_on=expected)

    @property
    def was_said_late(self) -> bool:
        """For weeks the same date, and moved back only in the week before it."""
        for before, after in zip(self.words, self.words[1:], strict=False):
            if after.expected_on != before.expected_on:
                quiet = (after.on - self.words[0].on).days
                left = (before.expected_on - after.on).days
                later = after.expected_on > before.expected_on
                return later and left <= LAST_DAYS and quiet >= QUIET_DAYS
        return False


@dataclass(frozen=True)
class DrawnLine:
    """One milestone: the way of its date, its baseline, and where its name stands."""

    said: Said
    path: str
    dots: tuple[tuple[float, float], ...]
    baseline: tuple[float, float, float] | None
    end_x: float
    end_y: float
    name_y: float


@dataclass(frozen=True)
class Tick:
    position: float
    on: date


@dataclass(frozen=True)
class Slips:
    """The chart of one track; both tracks of a programme are drawn on the same axes."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    lines: tuple[DrawnLine, ...]
    days: tuple[Tick, ...]
    dates: tuple[Tick, ...]
    diagonal: tuple[float, float, float, float] | None
    left_out: int


def slips(tracks: Sequence[Sequence[Said]], *, on: date, most: int = 8) -> tuple[Slips | None, ...]:
    """One drawing for each track on common axes; None for a track of which nothing was said.

    A track shows the `most` milestones that lie furthest from their baselines.
    """
    shown = [_furthest(track, on, most) for track in tracks]
    words = [word for track in shown for each in track for word in each.words]
    if not words:
        return tuple(None for _track in tracks)
    first, last = min(word.on for word in words), on
    if (last - first).days < 1:
        first = last - timedelta(days=1)
    ends = [word.expected_on for word in words]
    ends += [each.baseline_on for track in shown for each in track]
    low, high = min(ends) - timedelta(days=7), max(ends) + timedelta(days=7)

    def across(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / (last - first).days, 1)

    def up(day: date) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (day - low).days / (high - low).days, 1)

    start, end = max(first, low), min(last, high)
    diagonal = (across(start), up(start), across(end), up(end)) if start < end else None
    return tuple(
        Slips(
            width=WIDTH,
            height=HEIGHT,
            left=LEFT,
            right=RIGHT,
            top=TOP,
            bottom=BOTTOM,
            lines=_apart([_drawn(each, on, across, up) for each in track]),
            days=tuple(Tick(across(day), day) for day in _months(first, last, 5)),
            dates=tuple(Tick(up(day), day) for day in _months(low, high, 7)),
            diagonal=diagonal,
            left_out=len(every) - len(track),
        )
        if track
        else None
        for every, track in zip(tracks, shown, strict=True)
    )


def _furthest(track: Sequence[Said], on: date, most: int) -> list[Said]:
    far = sorted(track, key=lambda each: (-abs(each.slip(on)), each.reference))[:most]
    return sorted(far, key=lambda each: (each.now.expected_on, each.reference))


def _drawn(
    said: Said, on: date, across: Callable[[date], float], up: Callable[[date], float]
) -> DrawnLine:
    """A word holds until the next one; the line ends today, or on the day it was said to be reached."""
    first = said.words[0]
    path = f"M{across(first.on)} {up(first.expected_on)}"
    dots = [(across(first.on), up(first.expected_on))]
    for before, after in zip(said.words, said.words[1:], strict=False):
        x, y = across(after.on), up(after.expected_on)
        path += f"H{x}"
        if after.expected_on != before.expected_on:
            path += f"V{y}"
            dots.append((x, y))
    end_x = across(said.now.on if said.now.reached else on)
    end_y = up(said.now.expected_on)
    if not said.now.reached:
        path += f"H{end_x}"
    level = up(said.baseline_on)
    baseline = (dots[0][0], end_x, level) if said.moves or abs(level - end_y) >= 1 else None
    return DrawnLine(said, path, tuple(dots), baseline, end_x, end_y, end_y)


def _apart(lines: list[DrawnLine]) -> tuple[DrawnLine, ...]:
    """Names that end at today are moved so that none covers another one."""
    placed: dict[str, float] = {}
    free = TOP + 4
    for line in sorted(lines, key=lambda each: each.end_y):
        y = max(line.end_y, free)
        placed[line.said.reference] = y
        free = y + NAME_GAP
    over = max(placed.values(), default=0.0) - (BOTTOM + 4)
    moved = {key: y - over for key, y in placed.items()} if over > 0 else placed
    return tuple(
        DrawnLine(
            line.said,
            line.path,
            line.dots,
            line.baseline,
            line.end_x,
            line.end_y,
            round(moved[line.said.reference], 1),
        )
        for line in lines
    )


def _months(first: date, last: date, most: int) -> list[date]:
    """Starts of months from the first full one on, at most so many of them."""
    starts, day = [], first.replace(day=1)
    while day <= last:
        if day >= first:
            starts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return starts[:: max(1, -(-len(starts) // most))]
