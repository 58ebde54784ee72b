"""Milestones of many programmes on one time axis, two lanes of one height for each. Nothing here knows Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

WIDTH = 1112
LEFT, RIGHT = 232.0, 1080.0
HEAD, LANE, GAP = 48.0, 30.0, 10.0
CHARACTER = 6.7
LONGEST_NAME, SHORT_NAME, LONGEST_PROGRAMME = 44, 24, 32
AFTER_AXIS = 20.0
# A mark takes this much of a lane before a name may begin.
ROOM = 10.0


@dataclass(frozen=True)
class Mark:
    """A milestone as it was known on the day. `expected_on` is the day it was reached or is expected."""

    reference: str
    name: str
    url: str
    half: str
    baseline_on: date
    expected_on: date
    is_done: bool
    is_golive: bool
    slip: int
    state: str
    spoken: str = ""


@dataclass(frozen=True)
class DrawnMark:
    mark: Mark
    x: float
    from_x: float | None
    y: float
    label: str = ""
    label_x: float = 0
    anchor: str = "start"

    @property
    def at(self) -> str:
        return f"{self.x:.1f}"

    @property
    def since(self) -> str:
        return "" if self.from_x is None else f"{self.from_x:.1f}"

    @property
    def across(self) -> str:
        return f"{self.y:.1f}"

    @property
    def label_at(self) -> str:
        return f"{self.label_x:.1f}"


@dataclass(frozen=True)
class Lane:
    half: str
    y: float
    marks: tuple[DrawnMark, ...]
    earlier: int
    later: int

    @property
    def top(self) -> str:
        return f"{self.y:.1f}"

    @property
    def middle(self) -> str:
        return f"{self.y + LANE / 2:.1f}"


@dataclass(frozen=True)
class Row:
    name: str
    url: str
    under: str
    y: float
    lanes: tuple[Lane, ...]

    @property
    def name_at(self) -> str:
        return f"{self.y + (24 if len(self.lanes) > 1 else 14):.1f}"

    @property
    def under_at(self) -> str:
        return f"{self.y + (42 if len(self.lanes) > 1 else 28):.1f}"


@dataclass(frozen=True)
class Tick:
    x: str
    on: date
    text: str
    is_strong: bool


@dataclass(frozen=True)
class Roadmap:
    height: float
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    today_x: float | None
    width: int = WIDTH
    left: float = LEFT
    right: float = RIGHT
    lane: float = LANE

    @property
    def bottom(self) -> float:
        return self.height - GAP / 2

    @property
    def across(self) -> float:
        """How long the lanes are: a name may run over the end of the axis."""
        return self.right + AFTER_AXIS - self.left


@dataclass(frozen=True)
class Programme:
    """What a row is drawn from."""

    name: str
    url: str
    under: str
    marks: Sequence[Mark] = field(default=())


def window(on: date, scale: str) -> tuple[date, date]:
    """What a page shows where no dates are asked for: a bit of the past, and ten months or two years."""
    if scale == "quarters":
        first = _months_later(on.replace(day=1), -((on.month - 1) % 3) - 3)
        return first, _months_later(first, 27) - timedelta(days=1)
    first = _months_later(on.replace(day=1), -1)
    return first, _months_later(first, 10) - timedelta(days=1)


def roadmap(
    programmes: Sequence[Programme],
    *,
    on: date,
    first: date,
    last: date,
    scale: str = "months",
    halves: Sequence[str] = ("delivery", "adoption"),
) -> Roadmap:
    """Both lanes of every programme from one day to another."""
    span = max((last - first).days, 1)

    def along(day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - first).days / span

    rows, y = [], HEAD
    for programme in programmes:
        lanes = []
        for index, half in enumerate(halves):
            mine = [mark for mark in programme.marks if mark.half == half]
            lanes.append(_lane(half, y + index * LANE, mine, first, last, on, along))
        rows.append(
            Row(
                shortened(programme.name, LONGEST_PROGRAMME),
                programme.url,
                programme.under,
                y,
                tuple(lanes),
            )
        )
        y += LANE * len(halves) + GAP
    return Roadmap(
        height=y,
        rows=tuple(rows),
        ticks=tuple(_ticks(first, last, scale, along)),
        today_x=round(along(on), 1) if first <= on <= last else None,
    )


def _lane(half, y, marks, first, last, on, along) -> Lane:  # type: ignore[no-untyped-def]
    shown = sorted(
        (mark for mark in marks if first <= mark.expected_on <= last),
        key=lambda mark: (mark.expected_on, mark.reference),
    )
    drawn = []
    for mark in shown:
        x = along(mark.expected_on)
        from_x = along(min(max(mark.baseline_on, first), last))
        drawn.append(DrawnMark(mark, x, from_x if abs(from_x - x) >= 2 else None, y + LANE / 2))
    return Lane(
        half,
        y,
        tuple(_named(drawn, on)),
        earlier=sum(mark.expected_on < first for mark in marks),
        later=sum(mark.expected_on > last for mark in marks),
    )


def _named(drawn: list[DrawnMark], on: date) -> list[DrawnMark]:
    """Write names where a lane has room: go-lives first, then what is still to come, soonest first."""
    taken = [
        (
            min(each.x, each.x if each.from_x is None else each.from_x) - 8,
            max(each.x, each.from_x or 0) + 8,
        )
        for each in drawn
    ]
    found: dict[int, DrawnMark] = {}
    order = sorted(
        range(len(drawn)),
        key=lambda index: (
            not drawn[index].mark.is_golive,
            drawn[index].mark.is_done,
            abs((drawn[index].mark.expected_on - on).days),
        ),
    )
    for index in order:
        each = drawn[index]
        start_right = max(each.x, each.from_x or 0) + ROOM
        end_left = min(each.x, each.x if each.from_x is None else each.from_x) - ROOM
        others = [box for place, box in enumerate(taken) if place != index]
        for label in dict.fromkeys(
            (shortened(each.mark.name, LONGEST_NAME), shortened(each.mark.name, SHORT_NAME))
        ):
            width = CHARACTER * len(label)
            places = (
                (start_right, "start", (start_right, start_right + width)),
                (end_left, "end", (end_left - width, end_left)),
            )
            free = [place for place in places if _is_free(place[2], others)]
            if free:
                x, anchor, box = free[0]
                taken.append(box)
                found[index] = replace(each, label=label, label_x=x, anchor=anchor)
                break
    return [found.get(index, each) for index, each in enumerate(drawn)]


def _is_free(box: tuple[float, float], others: Iterable[tuple[float, float]]) -> bool:
    if box[0] < LEFT + 4 or box[1] > RIGHT + AFTER_AXIS:
        return False
    return not any(box[0] < other[1] and other[0] < box[1] for other in others)


def shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    cut = text[:longest].rsplit(" ", 1)[0].rstrip(" ,&:-")
    return f"{cut or text[:longest]}…"


def _ticks(first: date, last: date, scale: str, along) -> Iterable[Tick]:  # type: ignore[no-untyped-def]
    step = 3 if scale == "quarters" else 1
    months = (last.year - first.year) * 12 + last.month - first.month
    # No more than some fourteen names on the axis.
    step *= max(1, -(-(months // step + 1) // 14))
    day = first.replace(day=1)
    if scale == "quarters":
        day = _months_later(day, -((day.month - 1) % 3))
    while day <= last:
        if day >= first:
            yield Tick(f"{along(day):.1f}", day, "", day.month == 1)
        day = _months_later(day, step)


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
