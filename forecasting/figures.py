"""The figures of a forecast as plain geometry: what drives it, and the weeks before. Nothing here knows Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pmo_portal.common.figures import Tick, Trend, trend

BAR_HEIGHT = 30
# Narrow, so that it can be read on a phone without being moved.
BAR_WIDTH = 368
NAMES_WIDTH = 148.0
END_PAD = 46.0
# A span smaller than this would draw noise as if it were something.
LEAST_SPAN = 0.5


@dataclass(frozen=True)
class Bar:
    """One driver: a bar from the line of no effect, to the right where it raises."""

    label: str
    text: str
    raises: bool
    x: float
    width: float
    y: float
    height: float
    text_x: float
    text_y: float


@dataclass(frozen=True)
class Bars:
    """A chart of bars on both sides of a line, in pixels of its view box."""

    width: int
    height: int
    zero: float
    names_x: float
    bars: tuple[Bar, ...]


def driver_bars(
    rows: Sequence[tuple[str, float]], *, digits: int = 2, least: float = LEAST_SPAN
) -> Bars:
    """Bars for `(label, share)`, in the order given, on one scale with zero in it.

    Args:
        digits: of the numbers beside the bars.
        least: a span smaller than this is not drawn larger.
    """
    low = min([0.0, *(share for _label, share in rows)])
    high = max([0.0, *(share for _label, share in rows)])
    span = max(high - low, least)
    # Numbers stand beyond the ends of bars on both sides.
    left = NAMES_WIDTH + (END_PAD if low < 0 else 8.0)
    across = BAR_WIDTH - left - END_PAD
    zero = left + across * -low / span
    made = []
    for index, (label, share) in enumerate(rows):
        width = across * abs(share) / span
        start = zero if share >= 0 else zero - width
        made.append(
            Bar(
                label,
                f"{share:+.{digits}f}".replace("-", "\u2212"),
                share >= 0,
                round(start, 1),
                round(max(width, 1.0), 1),
                round(index * BAR_HEIGHT + 6.0, 1),
                BAR_HEIGHT - 12.0,
                round(start + width + 8 if share >= 0 else start - 8, 1),
                round(index * BAR_HEIGHT + BAR_HEIGHT / 2, 1),
            )
        )
    return Bars(
        BAR_WIDTH, len(rows) * BAR_HEIGHT + 4, round(zero, 1), NAMES_WIDTH - 12, tuple(made)
    )


# The margin right of the weeks, for the words of the levels; lines of words stand so far apart.
WORDS_WIDTH, LINE_HEIGHT = 96.0, 15.0


@dataclass(frozen=True)
class RiskTrend:
    """The weeks before, over the levels of the model: lines where elevated and where high begins.

    `words`: where the name of each level stands, in the margin beside its line, where no line runs.
    """

    base: Trend
    levels: tuple[float, ...]
    words: tuple[Tick, ...]


def risk_trend(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    name: str,
    levels: Sequence[tuple[float, str]],
) -> RiskTrend:
    """A line of risks in percent over days.

    Args:
        levels: from which percentage each level begins, with its word; the lowest first.
    """
    top = max([*values, *(value for value, _word in levels), 20.0])
    ceiling = float(-(-top // 10) * 10)
    base = trend(
        labels,
        [("", name, list(values))],
        unit="%",
        floor=0,
        ceiling=ceiling,
        width=BAR_WIDTH + 36,
        height=220,
    )
    base = replace(base, width=int(base.right + WORDS_WIDTH))

    def up(value: float) -> float:
        return round(base.bottom - (base.bottom - base.top) * value / ceiling, 1)

    words: list[Tick] = []
    for value, word in levels:
        above = words[-1].position - LINE_HEIGHT if words else base.bottom
        words.append(Tick(min(up(value), above), word))
    return RiskTrend(base, tuple(up(value) for value, _word in levels), tuple(words))


# --- told against observed --------------------------------------------------------------------------------

PLOT_WIDTH, PLOT_HEIGHT = BAR_WIDTH, 270
PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM = 48.0, 346.0, 12.0, 220.0


@dataclass(frozen=True)
class Point:
    """Scores that told about the same: what they told, how often it happened, and the range such a share has."""

    x: float
    y: float
    low_y: float
    high_y: float
    rows: int
    events: int
    told: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class Reliability:
    """A chart of told against come, in pixels of its view box."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    points: tuple[Point, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


def _tens(top: float) -> list[float]:
    """Shares from nought to `top`, every ten or twenty percent."""
    tens = round(10 * top)
    return [ten / 10 for ten in range(0, tens + 1, 1 if tens <= 5 else 2)]


def reliability(bins: Sequence[Mapping[str, Any]]) -> Reliability | None:
    """Told across, observed up, both in percent on one scale: on the diagonal a score comes true."""
    if not bins:
        return None
    most = max(max(each["told"], each["high"]) for each in bins)
    top = max(0.1, min(1.0, -(-most // 0.1) * 0.1))

    def across(value: float) -> float:
        return round(PLOT_LEFT + (PLOT_RIGHT - PLOT_LEFT) * min(value, top) / top, 1)

    def up(value: float) -> float:
        return round(PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * min(value, top) / top, 1)

    points = []
    for each in bins:
        observed = each["events"] / each["rows"]
        points.append(
            Point(
                across(each["told"]),
                up(observed),
                up(each["low"]),
                up(each["high"]),
                each["rows"],
                each["events"],
                each["told"],
                observed,
                each["low"],
                each["high"],
            )
        )
    marks = _tens(top)
    words = [f"{round(100 * mark)}%" for mark in marks]
    return Reliability(
        PLOT_WIDTH,
        PLOT_HEIGHT,
        PLOT_LEFT,
        PLOT_RIGHT,
        PLOT_TOP,
        PLOT_BOTTOM,
        tuple(points),
        tuple(Tick(across(mark), word) for mark, word in zip(marks, words, strict=True)),
        tuple(Tick(up(mark), word) for mark, word in zip(marks, words, strict=True)),
    )


@dataclass(frozen=True)
class Delay:
    """The risk with one delay, for all or in two waves: a point with the range of its change."""

    x: float
    y: float
    low_y: float
    high_y: float
    text: str
    in_waves: bool


@dataclass(frozen=True)
class Delays:
    """A chart of the risk by weeks of delay, in pixels of its view box."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    now_y: float
    points: tuple[Delay, ...]
    y_ticks: tuple[Tick, ...]


# Two waves stand beside the same delay for all.
_BESIDE = 12


def delays(rows: Sequence[tuple[int, float, float, float, bool]]) -> Delays:
    """Risk over weeks of delay, from `(delay, risk, low, high, in waves)`; low and high are those of the change from the first."""
    now = rows[0][1]
    most = max(max(risk, now + high) for _delay, risk, _low, high, _in_waves in rows)
    top = max(0.2, min(1.0, -(-most // 0.1) * 0.1))
    span = max(1, *(delay for delay, *_rest in rows))

    def across(delay: float) -> float:
        return round(PLOT_LEFT + 16 + (PLOT_RIGHT - PLOT_LEFT - 32) * delay / span, 1)

    def up(value: float) -> float:
        return round(PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * min(max(value, 0.0), top) / top, 1)

    marks = _tens(top)
    return Delays(
        PLOT_WIDTH,
        PLOT_HEIGHT,
        PLOT_LEFT,
        PLOT_RIGHT,
        PLOT_TOP,
        PLOT_BOTTOM,
        up(now),
        tuple(
            Delay(
                across(delay) + _BESIDE * in_waves,
                up(risk),
                up(now + low),
                up(now + high),
                str(delay),
                in_waves,
            )
            for delay, risk, low, high, in_waves in rows
        ),
        tuple(Tick(up(mark), f"{round(100 * mark)}%") for mark in marks),
    )


def ratios(checks: Sequence[Any], *, right: str) -> Trend | None:
    """What began for each that was expected, over the weekly checks that could tell; none with too few of them.

    The one line is what the title says, so only its last value stands at its end.

    Args:
        right: the word for all that was expected, on its line.
    """
    known = [each for each in checks if each.figures.get("ratio") is not None]
    if len(known) < 2:
        return None
    values = [round(100 * each.figures["ratio"]) for each in known]
    return trend(
        [each.as_of.strftime("%d %b").lstrip("0") for each in known],
        [("", "", values)],
        unit="%",
        floor=0,
        ceiling=max(200, -(-max(values) // 50) * 50),
        target=100,
        target_text=right,
    )


@dataclass(frozen=True)
class Dot:
    """One date of a milestone on the common axis; `is_told` for those of the outlook."""

    label: str
    text: str
    x: float
    y: float
    is_told: bool


@dataclass(frozen=True)
class Range:
    """The dates of a milestone below each other; `band` from the likely to the late one as (x, width), or none."""

    width: int
    height: int
    names_x: float
    dates_x: float
    left: float
    right: float
    band: tuple[float, float] | None
    dots: tuple[Dot, ...]


RANGE_LEFT, RANGE_RIGHT = 84.0, 274.0


def date_range(rows: Sequence[tuple[str, str, int, bool]]) -> Range:
    """Dots for `(label, text, day as an ordinal, is_told)`, in the order given, on one scale."""
    first, last = min(row[2] for row in rows), max(row[2] for row in rows)
    span = max(last - first, 7)

    def across(day: int) -> float:
        return round(RANGE_LEFT + (RANGE_RIGHT - RANGE_LEFT) * (day - first) / span, 1)

    dots = tuple(
        Dot(label, text, across(day), round(index * BAR_HEIGHT + BAR_HEIGHT / 2, 1), told)
        for index, (label, text, day, told) in enumerate(rows)
    )
    told = [each.x for each in dots if each.is_told]
    band = (min(told), round(max(max(told) - min(told), 2.0), 1)) if len(told) > 1 else None
    return Range(
        BAR_WIDTH,
        len(rows) * BAR_HEIGHT + 4,
        RANGE_LEFT - 12,
        RANGE_RIGHT + 12,
        RANGE_LEFT,
        RANGE_RIGHT,
        band,
        dots,
    )
