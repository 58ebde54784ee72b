"""The two lanes of the plan on one time axis, as plain geometry. Nothing here knows Django."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 1112
LEFT, RIGHT = 300.0, 950.0
ROOM_FOR_MONTH = 56.0
MONTHS = 9
HEAD, LANE_HEAD, GAP = 44.0, 30.0, 8.0
# Rows of a plan whose names all fit on one line, and of one where some take two.
ROW, HIGH_ROW = 29.0, 38.0
# What fits between the references and the axis, the boldest letters counted.
NAME_CHARS = 33
CUT = " …"
# On a phone the axis is as wide as the drawing, and each name stands above its bar.
PHONE_WIDTH, PHONE_LEFT, PHONE_RIGHT = 368, 12.0, 356.0
PHONE_ROW, NAME_ABOVE = 46.0, 20.0
PHONE_CHARS, PHONE_MONTHS = 26, 5


@dataclass(frozen=True)
class Bar:
    """A milestone as it is drawn. `expected_on` is the day it was reached or is expected."""

    reference: str
    name: str
    url: str
    baseline_on: date
    expected_on: date
    is_done: bool
    is_golive: bool
    slip: int
    late: bool


@dataclass(frozen=True)
class DrawnBar:
    bar: Bar
    y: float
    x_baseline: float
    x_expected: float
    # The name as it is written: on one line or two beside the bar, on one above it.
    lines: tuple[str, ...]

    @property
    def name_y(self) -> float:
        """Where the name stands that is written above its bar."""
        return round(self.y - NAME_ABOVE, 1)

    @property
    def has_moved(self) -> bool:
        return abs(self.x_expected - self.x_baseline) >= 1

    @property
    def is_cut(self) -> bool:
        return self.lines[-1].endswith(CUT)


@dataclass(frozen=True)
class Lane:
    half: str
    top: float
    height: float
    bars: tuple[DrawnBar, ...]
    left_out: int


@dataclass(frozen=True)
class Month:
    x: float
    on: date


@dataclass(frozen=True)
class Tie:
    """The second bar waits for the first, by their references."""

    before: str
    after: str
    is_critical: bool


@dataclass(frozen=True)
class Arrow:
    """A tie as it is drawn: along the row, down or up, along the row, to the head."""

    path: str
    x: float
    y: float
    is_critical: bool


@dataclass(frozen=True)
class Plan:
    """Two lanes of one height of row and one axis, so that neither half looks smaller."""

    width: int
    height: float
    left: float
    right: float
    lanes: tuple[Lane, ...]
    months: tuple[Month, ...]
    today_x: float
    golives: tuple[DrawnBar, ...]
    arrows: tuple[Arrow, ...] = ()

    @property
    def bottom(self) -> float:
        return self.height - GAP

    @property
    def is_today_far(self) -> bool:
        """In the second half of the drawing, where the word has its room on the other side."""
        return self.today_x > self.width / 2


def plan(
    delivery: Sequence[Bar],
    adoption: Sequence[Bar],
    *,
    on: date,
    most: int = 14,
    links: Sequence[Tie] = (),
    for_phone: bool = False,
) -> Plan | None:
    """Both lanes on one axis; None without milestones. A lane shows the `most` bars nearest to the day.

    `for_phone`: as narrow as a phone, with each name above its bar.
    """
    left, right = (PHONE_LEFT, PHONE_RIGHT) if for_phone else (LEFT, RIGHT)
    chosen = [(half, _nearest(bars, on, most)) for half, bars in _halves(delivery, adoption)]
    shown = [bar for _half, bars in chosen for bar in bars]
    if not shown:
        return None
    days = [on, *(bar.baseline_on for bar in shown), *(bar.expected_on for bar in shown)]
    first, last = _month_start(min(days)), max(days) + timedelta(days=14)

    def along(day: date) -> float:
        return round(left + (right - left) * (day - first).days / (last - first).days, 1)

    if for_phone:
        names = {bar.reference: _lines(bar.name, PHONE_CHARS, 1) for bar in shown}
        row, where = PHONE_ROW, 0.75
    else:
        names = {bar.reference: _lines(bar.name, NAME_CHARS, 2) for bar in shown}
        row = HIGH_ROW if any(len(lines) > 1 for lines in names.values()) else ROW
        where = 0.5
    top, lanes = HEAD, []
    totals = {"delivery": len(delivery), "adoption": len(adoption)}
    for half, bars in chosen:
        height = LANE_HEAD + row * max(len(bars), 1)
        drawn = tuple(
            DrawnBar(
                bar,
                round(top + LANE_HEAD + row * (index + where), 1),
                along(bar.baseline_on),
                along(bar.expected_on),
                names[bar.reference],
            )
            for index, bar in enumerate(bars)
        )
        lanes.append(Lane(half, top, height, drawn, totals[half] - len(bars)))
        top += height + GAP
    return Plan(
        width=PHONE_WIDTH if for_phone else WIDTH,
        height=top,
        left=left,
        right=right,
        lanes=tuple(lanes),
        months=tuple(
            Month(along(day), day)
            for day in _months(first, last, PHONE_MONTHS if for_phone else MONTHS)
            # The last one would run into the column beside the axis.
            if along(day) <= right - ROOM_FOR_MONTH
        ),
        today_x=along(on),
        golives=tuple(
            bar for lane in lanes for bar in lane.bars if bar.bar.is_golive and not bar.bar.is_done
        ),
        arrows=tuple(_arrows(lanes, links)),
    )


def _lines(name: str, chars: int, most: int) -> tuple[str, ...]:
    """A name in the room there is; what is longer ends with an ellipsis."""
    return tuple(textwrap.wrap(name, chars, max_lines=most, placeholder=CUT)) or ("",)


def _arrows(lanes: Sequence[Lane], links: Sequence[Tie]) -> Iterator[Arrow]:
    """Ties between bars that are drawn, critical ones last so that they lie on top."""
    at = {bar.bar.reference: bar for lane in lanes for bar in lane.bars}
    for tie in sorted(links, key=lambda each: each.is_critical):
        start, end = at.get(tie.before), at.get(tie.after)
        if start is None or end is None:
            continue
        up = -1 if end.y < start.y else 1
        x, y = end.x_expected, end.y - 9 * up
        turn = max(start.x_expected + 7, min(x, RIGHT))
        path = f"M{start.x_expected + 7:.1f} {start.y:.1f}H{turn:.1f}V{y - 5 * up:.1f}"
        if abs(turn - x) >= 1:
            path += f"H{x:.1f}"
        path += f"V{y:.1f}"
        yield Arrow(path, round(x, 1), round(y, 1), tie.is_critical)


def _halves(
    delivery: Sequence[Bar], adoption: Sequence[Bar]
) -> tuple[tuple[str, Sequence[Bar]], tuple[str, Sequence[Bar]]]:
    return ("delivery", delivery), ("adoption", adoption)


def _nearest(bars: Sequence[Bar], on: date, most: int) -> list[Bar]:
    """Those closest to the day, in the order of their dates."""
    near = sorted(bars, key=lambda bar: abs((bar.expected_on - on).days))[:most]
    return sorted(near, key=lambda bar: (bar.expected_on, bar.reference))


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _months(first: date, last: date, most: int) -> list[date]:
    """Starts of months, at most so many of them."""
    starts, day = [], first
    while day <= last:
        starts.append(day)
        day = _month_start(day + timedelta(days=32))
    every = max(1, -(-len(starts) // most))
    return starts[::every]
