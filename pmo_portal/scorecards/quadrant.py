"""Delivery confidence across, adoption confidence up: the portfolio as plain geometry. Nothing here knows Django.

A programme without a figure of one half stands in a strip of its own beside the scale it has a figure on, as a
dashed ring; one without either is not drawn. Names are written where there is room, those that matter first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# Width, and where the plot ends, on a screen and on a phone.
WIDTH, BOTTOM = 608, 460.0
PHONE_WIDTH, PHONE_BOTTOM = 368, 370.0
TOP, LEFT, LEFT_WITH_STRIP, RIGHT_PAD = 30.0, 52.0, 140.0, 20.0
STRIP_X, STRIP_BELOW = 44.0, 60.0
LARGEST, SMALLEST, UNSIZED = 19.0, 4.0, 5.0
# Where a finger or a pointer hits, however small the bubble.
REACH = 12.0
CHARACTER, LINE = 6.9, 16.0
LONGEST_NAME = 28
ALL_NAMED_UP_TO, NAMED_OF_MANY = 24, 14


@dataclass(frozen=True)
class Dot:
    """A programme as it is drawn: confidence now and four weeks before, None where it is not known."""

    name: str
    code: str
    url: str
    budget: int | None
    delivery: float | None
    adoption: float | None
    delivery_before: float | None = None
    adoption_before: float | None = None
    spoken: str = ""


@dataclass(frozen=True)
class Label:
    x: str
    y: str
    anchor: str
    text: str


@dataclass(frozen=True)
class Bubble:
    dot: Dot
    x: float
    y: float
    r: float
    look: str
    tail: tuple[float, float] | None = None
    label: Label | None = None

    @property
    def cx(self) -> str:
        return f"{self.x:.1f}"

    @property
    def cy(self) -> str:
        return f"{self.y:.1f}"

    @property
    def radius(self) -> str:
        return f"{self.r:.1f}"

    @property
    def reach(self) -> str:
        return f"{max(self.r + 2, REACH):.1f}"

    @property
    def tail_from(self) -> tuple[str, str] | None:
        return None if self.tail is None else (f"{self.tail[0]:.1f}", f"{self.tail[1]:.1f}")

    @property
    def matters(self) -> bool:
        return self.look == "alert"


@dataclass(frozen=True)
class Tick:
    at: str
    text: str


@dataclass(frozen=True)
class Quadrant:
    height: int
    left: float
    split_x: float
    split_y: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bubbles: tuple[Bubble, ...]
    without_adoption: bool
    without_delivery: bool
    strip_y: float
    unnamed: int
    width: int
    bottom: float
    right: float
    top: float = TOP
    strip_x: float = STRIP_X

    @property
    def right_names(self) -> tuple[float, float]:
        """Where the names of the right fields stand: a line further in where both do not fit beside each other."""
        more = LINE if self.width < WIDTH else 0.0
        return self.top + 20 + more, self.bottom - 11 - more

    @property
    def zone(self) -> tuple[float, float]:
        """Width and height of the field where delivery is ahead."""
        return round(self.right - self.split_x, 1), round(self.bottom - self.split_y, 1)


Box = tuple[float, float, float, float]


def quadrant(dots: Sequence[Dot], *, expected: float, for_phone: bool = False) -> Quadrant | None:
    """The chart; None where no programme has a figure of either half."""
    width, bottom = (PHONE_WIDTH, PHONE_BOTTOM) if for_phone else (WIDTH, BOTTOM)
    right = width - RIGHT_PAD
    drawn = [dot for dot in dots if dot.delivery is not None or dot.adoption is not None]
    if not drawn:
        return None
    lowest = _lowest(drawn, expected)
    without_adoption = any(dot.adoption is None for dot in drawn)
    without_delivery = any(dot.delivery is None for dot in drawn)
    left = LEFT_WITH_STRIP if without_delivery else LEFT
    strip_y = bottom + STRIP_BELOW

    def across(value: float) -> float:
        return left + (right - left) * (value - lowest) / (100 - lowest)

    def up(value: float) -> float:
        return bottom - (bottom - TOP) * (value - lowest) / (100 - lowest)

    largest = max((dot.budget or 0 for dot in drawn), default=0)
    bubbles = []
    for dot in drawn:
        x = STRIP_X if dot.delivery is None else across(dot.delivery)
        y = strip_y if dot.adoption is None else up(dot.adoption)
        bubbles.append(
            Bubble(
                dot,
                x,
                y,
                _radius(dot.budget, largest),
                _look(dot, expected),
                _tail(dot, x, y, across, up),
            )
        )
    # Large ones first, so that they lie under the small ones; what matters lies on top.
    bubbles.sort(key=lambda each: (each.matters, -each.r, each.dot.code))
    height = int(bottom + (STRIP_BELOW + 26 if without_adoption else 44))
    plot = _Plot(width, height, left, right, bottom)
    named = _named(bubbles, plot)
    ticks = range(int(lowest), 101, 20)
    return Quadrant(
        height=height,
        left=left,
        split_x=round(across(expected), 1),
        split_y=round(up(expected), 1),
        x_ticks=tuple(Tick(f"{across(value):.1f}", str(value)) for value in ticks),
        y_ticks=tuple(Tick(f"{up(value):.1f}", str(value)) for value in ticks),
        bubbles=tuple(named),
        without_adoption=without_adoption,
        without_delivery=without_delivery,
        strip_y=strip_y,
        unnamed=sum(each.label is None for each in named),
        width=width,
        bottom=bottom,
        right=right,
    )


def field_of(delivery: float | None, adoption: float | None, expected: float) -> str:
    """Which field a programme stands in; empty where a figure is missing."""
    if delivery is None or adoption is None:
        return ""
    built, believed = delivery >= expected, adoption >= expected
    if built:
        return "both" if believed else "built"
    return "wanted" if believed else "neither"


def _look(dot: Dot, expected: float) -> str:
    field = field_of(dot.delivery, dot.adoption, expected)
    if not field:
        return "unknown"
    return "alert" if field == "built" else "plain"


def _lowest(dots: Iterable[Dot], expected: float) -> float:
    """Where both scales begin: 0, 20 or 40, so that everything drawn is on them."""
    values = [
        value
        for dot in dots
        for value in (dot.delivery, dot.adoption, dot.delivery_before, dot.adoption_before)
        if value is not None
    ]
    lowest = min([*values, expected])
    return 40 if lowest >= 42 else 20 if lowest >= 21 else 0


def _radius(budget: int | None, largest: int) -> float:
    """The area stands for the budget; a bubble without one is small."""
    if not budget or not largest:
        return UNSIZED
    return max(SMALLEST, LARGEST * math.sqrt(budget / largest))


def _tail(dot: Dot, x: float, y: float, across, up) -> tuple[float, float] | None:  # type: ignore[no-untyped-def]
    """Where it stood four weeks before, where that is known of every half that is known now."""
    if dot.delivery is not None and dot.delivery_before is None:
        return None
    if dot.adoption is not None and dot.adoption_before is None:
        return None
    from_x = x if dot.delivery is None else across(dot.delivery_before)
    from_y = y if dot.adoption is None else up(dot.adoption_before)
    return (from_x, from_y) if math.hypot(from_x - x, from_y - y) >= 3 else None


# --- names -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plot:
    """The drawing, and the edges of the plot in it."""

    width: int
    height: int
    left: float
    right: float
    bottom: float


def _named(bubbles: list[Bubble], plot: _Plot) -> list[Bubble]:
    """Write names where they cover neither a bubble nor another name."""
    wanted = sorted(bubbles, key=lambda each: (not each.matters, -(each.dot.budget or 0)))
    if len(bubbles) > ALL_NAMED_UP_TO:
        wanted = wanted[:NAMED_OF_MANY]
    taken: list[Box] = [_round(each) for each in bubbles]
    taken += [box for each in bubbles if each.tail for box in _along(each)]
    taken += _names_of_fields(plot)
    labels: dict[int, Label] = {}
    for each in wanted:
        label = _label(each, taken, plot)
        if label is not None:
            labels[id(each)] = label
    return [replace(each, label=labels.get(id(each))) for each in bubbles]


def _names_of_fields(plot: _Plot) -> list[Box]:
    """The corners, where the four fields are named; on a phone each pair below each other."""
    wide, high = (150.0, 20.0) if plot.width == WIDTH else (plot.right - plot.left, 20.0 + LINE)
    return [
        (x, y, x + wide, y + high)
        for x in (plot.left, plot.right - wide)
        for y in (TOP + 6, plot.bottom - 6 - high)
    ]


def _label(bubble: Bubble, taken: list[Box], plot: _Plot) -> Label | None:
    own = _round(bubble)
    for text in _texts(bubble.dot):
        width = CHARACTER * len(text)
        for x, y, anchor in _places(bubble):
            start = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
            box = (start, y - 12, start + width, y - 12 + LINE)
            if start < 2 or box[2] > plot.width - 2 or box[1] < 2 or box[3] > plot.height - 2:
                continue
            if any(other != own and _overlap(box, other) for other in taken):
                continue
            taken.append(box)
            return Label(f"{x:.1f}", f"{y:.1f}", anchor, text)
    return None


def _texts(dot: Dot) -> list[str]:
    name = dot.name
    if len(name) > LONGEST_NAME:
        cut = name[:LONGEST_NAME].rsplit(" ", 1)[0].rstrip(" ,&:-")
        name = f"{cut or name[:LONGEST_NAME]}…"
    return [name, dot.code] if dot.code and dot.code != name else [name]


def _places(bubble: Bubble) -> list[tuple[float, float, str]]:
    x, y, r = bubble.x, bubble.y, bubble.r
    away = r * 0.72 + 4
    return [
        (x + r + 6, y + 4, "start"),
        (x - r - 6, y + 4, "end"),
        (x, y + r + 16, "middle"),
        (x, y - r - 7, "middle"),
        (x + away, y + away + 9, "start"),
        (x + away, y - away - 1, "start"),
        (x - away, y + away + 9, "end"),
        (x - away, y - away - 1, "end"),
        (x + r + 6, y + 18, "start"),
        (x + r + 6, y - 10, "start"),
    ]


def _round(bubble: Bubble) -> Box:
    r = bubble.r + 1
    return bubble.x - r, bubble.y - r, bubble.x + r, bubble.y + r


def _along(bubble: Bubble) -> list[Box]:
    """Small boxes over a tail, so that no name crosses it."""
    assert bubble.tail is not None
    x, y = bubble.tail
    steps = max(2, int(math.hypot(x - bubble.x, y - bubble.y) // 10))
    points = [
        (x + (bubble.x - x) * step / steps, y + (bubble.y - y) * step / steps)
        for step in range(steps)
    ]
    return [(px - 3, py - 3, px + 3, py + 3) for px, py in points]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def figure(dots: Sequence[Dot], *, expected: float, words: tuple[str, str]) -> dict[str, object]:
    """The same for the browser's chart library: bubbles, the way they came, and the two borders."""
    both = [dot for dot in dots if dot.delivery is not None and dot.adoption is not None]
    largest = max((dot.budget or 0 for dot in both), default=0)
    ways_x: list[float | None] = []
    ways_y: list[float | None] = []
    for dot in both:
        if dot.delivery_before is not None and dot.adoption_before is not None:
            ways_x += [dot.delivery_before, dot.delivery, None]
            ways_y += [dot.adoption_before, dot.adoption, None]
    line = {"type": "line", "line": {"dash": "dot", "width": 1}}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": ways_x,
                "y": ways_y,
                "hoverinfo": "skip",
                "showlegend": False,
                "line": {"width": 1.2},
                "meta": {"ink": "muted"},
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": [dot.delivery for dot in both],
                "y": [dot.adoption for dot in both],
                "text": [dot.spoken or dot.name for dot in both],
                "hovertemplate": "%{text}<extra></extra>",
                "showlegend": False,
                "marker": {
                    "size": [round(2 * _radius(dot.budget, largest), 1) for dot in both],
                    "opacity": 0.75,
                },
            },
        ],
        "layout": {
            "hovermode": "closest",
            "xaxis": {"title": {"text": words[0]}, "range": [0, 101]},
            "yaxis": {"title": {"text": words[1]}, "range": [0, 101]},
            "height": 520,
            "shapes": [
                {**line, "x0": expected, "x1": expected, "y0": 0, "y1": 100},
                {**line, "x0": 0, "x1": 100, "y0": expected, "y1": expected},
            ],
        },
    }
