"""Charts as plain geometry: numbers in, coordinates out. Templates draw them, CSS classes colour them.

Nothing here knows Django. A missing value is a gap, never a zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SPARK_WIDTH = 80
SPARK_HEIGHT = 24
SPARK_PAD = 3

# Of a letter in the mean, in units of a drawing; names are given room by it.
LETTER = 7.5
# Between two names of an axis.
BETWEEN_NAMES = 10

# An axis of what is counted is at least this long, that one item more is no leap.
FEWEST_COUNTED = 5

Values = Sequence[float | None]


@dataclass(frozen=True)
class Sparkline:
    """Point strings for `<polyline>`, one per unbroken run, and the values as people hear them."""

    segments: tuple[str, ...] = ()
    spoken: str = ""


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    label: str
    value: float


@dataclass(frozen=True)
class Line:
    """One series of a trend: drawn segments, marked points, and the label at its end."""

    half: str
    name: str
    segments: tuple[str, ...]
    points: tuple[Point, ...]
    end_x: float = 0
    end_y: float = 0
    end_text: str = ""


@dataclass(frozen=True)
class Tick:
    position: float
    text: str


@dataclass(frozen=True)
class Trend:
    """A line chart of up to four series on one scale, drawn at 1:1."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    target_y: float | None = None
    target_text: str = ""
    target_text_y: float = 0
    marks: tuple[Tick, ...] = ()
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()
    names: tuple[str, ...] = ()


def sparkline(values: Values) -> Sparkline:
    """A line of up to some twenty values in an 80 by 24 box; empty below two known values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Sparkline()
    low, high = min(known), max(known)
    span = (high - low) or 1
    step = (SPARK_WIDTH - 2 * SPARK_PAD) / (len(values) - 1)
    flat = high == low

    def place(index: int, value: float) -> tuple[float, float]:
        share = 0.5 if flat else (value - low) / span
        return SPARK_PAD + index * step, SPARK_HEIGHT - SPARK_PAD - share * (
            SPARK_HEIGHT - 2 * SPARK_PAD
        )

    spoken = ", ".join("no data" if value is None else plain(value) for value in values)
    return Sparkline(segments=segments(values, place), spoken=spoken)


def segments(values: Values, place: Callable[[int, float], tuple[float, float]]) -> tuple[str, ...]:
    """Runs of known values as point strings. A single value between gaps has no line; its marker shows it."""
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            x, y = place(index, value)
            runs[-1].append(f"{x:.1f},{y:.1f}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)


def trend(
    labels: Sequence[str],
    series: Sequence[tuple[str, str, Values]],
    *,
    target: float | None = None,
    target_text: str = "",
    unit: str = "",
    width: int = 608,
    height: int = 280,
    floor: float | None = None,
    ceiling: float | None = None,
    marks: Sequence[tuple[int, str]] = (),
) -> Trend:
    """A chart of series `(half, name, values)` over `labels`, on one scale.

    `half` is `delivery`, `adoption` or empty. The scale covers all values and the target (see `scale`),
    unless `floor` and `ceiling` say otherwise. `marks` are positions on the label axis with a word
    (a go-live, a change of chair).
    """
    known = [value for _half, _name, values in series for value in values if value is not None]
    if target is not None:
        known.append(target)
    low, high = scale(known, floor, ceiling)
    # Room for the longest number of the scale, and the gap beside it.
    longest = max(len(f"{plain(value)}{unit}") for value in steps(low, high))
    ends = [_end_text(name, values, unit) for _half, name, values in series]
    # And beside the lines for what stands at their ends.
    room = max(132.0, LETTER * max(map(len, [target_text, *ends])) + 12)
    left, right, top, bottom = max(44.0, LETTER * longest + 12), width - room, 22.0, height - 32.0
    across = max(len(labels) - 1, 1)

    def along(index: int) -> float:
        return left + (right - left) * index / across

    def up(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    def place(index: int, value: float) -> tuple[float, float]:
        return along(index), up(value)

    lines = []
    for (half, name, values), end_text in zip(series, ends, strict=True):
        points = tuple(
            Point(round(along(index), 1), round(up(value), 1), labels[index], value)
            for index, value in enumerate(values)
            if value is not None
        )
        last = points[-1] if points else None
        lines.append(
            Line(
                half=half,
                name=name,
                segments=segments(values, place),
                points=points,
                end_x=round(last.x + 12, 1) if last else 0,
                end_y=last.y if last else 0,
                end_text=end_text,
            )
        )
    # As many days or months as have room, eight at most.
    room_of_label = LETTER * max(map(len, labels), default=0) + BETWEEN_NAMES
    most = max(1, min(8, int((right - left) / room_of_label) + 1))
    every = max(1, -(-len(labels) // most))
    # The name of the target stands at the end of its line, among the names of the series.
    named = list(lines)
    if target is not None:
        named.append(Line("", target_text, (), (), right, round(up(target), 1), target_text or " "))
    named = apart(named)
    return Trend(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        lines=tuple(named[: len(lines)]),
        x_ticks=tuple(
            Tick(round(along(index), 1), label)
            for index, label in enumerate(labels)
            if (len(labels) - 1 - index) % every == 0
        ),
        y_ticks=tuple(
            Tick(round(up(value), 1), f"{plain(value)}{unit}") for value in steps(low, high)
        ),
        target_y=round(up(target), 1) if target is not None else None,
        target_text=target_text,
        target_text_y=named[-1].end_y if target is not None else 0,
        marks=tuple(Tick(round(along(index), 1), word) for index, word in marks),
        names=tuple(name for _half, name, _values in series),
        rows=tuple(
            (label, tuple(cell(values[index], unit) for _half, _name, values in series))
            for index, label in enumerate(labels)
        ),
    )


def _end_text(name: str, values: Values, unit: str) -> str:
    """What stands at the end of a line: its name, if it has one, and the last value that is known; nothing without one."""
    known = [value for value in values if value is not None]
    return f"{name} {plain(known[-1])}{unit}".strip() if known else ""


def cell(value: float | None, unit: str) -> str:
    return "No data" if value is None else f"{plain(value)}{unit}"


def scale(
    known: Sequence[float], floor: float | None, ceiling: float | None
) -> tuple[float, float]:
    """The lower and upper end of an axis: rounded out to tens, at least twenty apart.

    What only has a floor is counted from it: the axis ends at the grid line on or above the largest value.
    """
    if floor is not None and ceiling is None and known:
        most = max(known) - floor
        size = step(most)
        return floor, floor + max(-(-most // size) * size, FEWEST_COUNTED)
    low = floor if floor is not None else (min(known, default=0) // 10) * 10
    high = ceiling if ceiling is not None else -(-max(known, default=100) // 10) * 10
    return (low, high) if high - low >= 20 else (low, low + 20)


def step(span: float) -> int:
    """The smallest round distance of grid lines that needs at most six of them."""
    larger = (number * 10**zeros for zeros in itertools.count(2) for number in (1, 2, 5))
    sizes = itertools.chain((1, 2, 5, 10, 20, 25, 50), larger)
    return next(size for size in sizes if span / size <= 6)


def steps(low: float, high: float) -> list[float]:
    """Round values for grid lines, at most seven of them."""
    size = step(high - low)
    start = -(-low // size) * size
    return [start + size * index for index in range(int((high - start) // size) + 1)]


def apart(lines: list[Line], gap: float = 17) -> list[Line]:
    """Move end labels that would cover each other, keeping their order."""
    with_label = sorted((line for line in lines if line.end_text), key=lambda line: line.end_y)
    placed: dict[int, float] = {}
    previous: float | None = None
    for line in with_label:
        y = line.end_y if previous is None else max(line.end_y, previous + gap)
        placed[id(line)] = y
        previous = y
    return [
        Line(
            line.half,
            line.name,
            line.segments,
            line.points,
            line.end_x,
            placed[id(line)],
            line.end_text,
        )
        if id(line) in placed
        else line
        for line in lines
    ]


def plain(value: float) -> str:
    """A number without a needless fraction."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"
