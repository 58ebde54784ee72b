"""What was said, in the order it became known, so that any day can be asked about. No Django in here.

A line holds everything ever said of one milestone or RAID item; `at(day)` is what somebody reading on that
day would have found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Protocol, TypeVar

from adoption import engagement as answers
from pmo_portal.tenants import nested
from programmes.schedule import slip_days

# What is said of now is said since so many figures before.
STEPS = 2


class Known(Protocol):
    """Something said of a day (`effective_on`) and known since a day (`known_on`)."""

    @property
    def effective_on(self) -> date: ...

    @property
    def known_on(self) -> date: ...


K = TypeVar("K", bound=Known)


@dataclass(frozen=True)
class Line(Generic[K]):
    """Entries of one subject, oldest first."""

    entries: Sequence[K]

    def at(self, day: date) -> K | None:
        """The latest entry that was known on a day and speaks of no later one."""
        for entry in reversed(self.entries):
            if entry.effective_on <= day and entry.known_on <= day:
                return entry
        return None


@dataclass(frozen=True)
class Forecast:
    """What was said of a milestone's date, and the baseline it was held against then."""

    effective_on: date
    known_on: date
    baseline_on: date
    forecast_on: date
    actual_on: date | None


@dataclass(frozen=True)
class Milestone:
    """A milestone with everything said of it."""

    reference: str
    name: str
    track: str
    is_golive: bool
    said: Line[Forecast]

    def is_met(self, day: date) -> bool:
        known = self.said.at(day)
        return known is not None and known.actual_on is not None and known.actual_on <= day

    def slip(self, day: date) -> int | None:
        """Working days behind the baseline as expected on a day; None once it is done, or not yet known."""
        known = self.said.at(day)
        if known is None or self.is_met(day):
            return None
        return slip_days(baseline_on=known.baseline_on, expected_on=max(known.forecast_on, day))


@dataclass(frozen=True)
class Rating:
    """How a RAID item was rated from a day on; `is_open` as of then."""

    effective_on: date
    known_on: date
    score: int | None
    is_open: bool


@dataclass(frozen=True)
class RaidItem:
    side: str
    rated: Line[Rating]


@dataclass(frozen=True)
class Plan:
    """How a track stands on a day."""

    met: int
    due: int
    slip: int | None
    latest: Milestone | None
    is_overdue: bool
    said_on: date | None

    @property
    def share(self) -> float | None:
        """Percent of those due that are met; None where none is due."""
        return 100 * self.met / self.due if self.due else None


def plan_on(milestones: Iterable[Milestone], track: str, day: date) -> Plan:
    """Milestones of a track: met of those due by their baseline, and the largest slip of those still open."""
    met = due = 0
    is_overdue = False
    worst: tuple[int, Milestone] | None = None
    said_on: date | None = None
    for milestone in milestones:
        known = milestone.said.at(day)
        if milestone.track != track or known is None:
            continue
        said_on = max(said_on or known.effective_on, known.effective_on)
        if known.baseline_on <= day:
            due += 1
            met += milestone.is_met(day)
        slip = milestone.slip(day)
        if slip is not None:
            is_overdue = is_overdue or known.forecast_on < day
            if worst is None or slip > worst[0]:
                worst = slip, milestone
    slip, latest = worst or (None, None)
    return Plan(met, due, slip, latest, is_overdue, said_on)


def next_golive(milestones: Iterable[Milestone], day: date) -> tuple[date, Milestone] | None:
    """The nearest go-live that had not happened by a day, with the date said for it then."""
    open_ones = []
    for milestone in milestones:
        known = milestone.said.at(day)
        if milestone.is_golive and known is not None and not milestone.is_met(day):
            open_ones.append((known.forecast_on, milestone))
    return min(open_ones, key=lambda each: (each[0], each[1].reference), default=None)


@dataclass(frozen=True)
class Log:
    """How many items of a RAID log were open on a day, and how many at or above the appetite."""

    open: int
    red: int
    touched_on: date | None


def log_on(
    items: Iterable[RaidItem], day: date, *, appetite: int, sides: frozenset[str] | None = None
) -> Log:
    counted = red = 0
    touched_on: date | None = None
    for item in items:
        known = item.rated.at(day)
        if known is None or (sides is not None and item.side not in sides):
            continue
        touched_on = max(touched_on or known.effective_on, known.effective_on)
        if known.is_open:
            counted += 1
            red += known.score is not None and known.score >= appetite
    return Log(counted, red, touched_on)


@dataclass(frozen=True)
class Figure:
    """The engagement of one unit as it may be shown, with the people it speaks for."""

    name: str
    low: float
    high: float
    weight: int | None
    units: int = 1
    n: int | None = None
    on: date | None = None
    wave: str = ""
    is_published: bool = False
    is_inherited: bool = False
    # Whose answers to which survey, and the variance of their mean.
    source: str = ""
    variance: float = 0.0
    path: str = ""


@dataclass(frozen=True)
class Engagement:
    """The engagement of the units a programme lands in.

    `mean` is weighted by people, and missing where a weight is: none is invented. Then lowest and highest
    stand for it; so they do for published organisations, whose weights are not known. Of units within each other the
    outer one speaks for all its people, in the mean and in the answers. `parts` holds what a mean is made of: by
    source its share and its variance.
    """

    low: float
    high: float
    mean: float | None
    units: int
    of_units: int
    n: int | None
    on: date | None
    wave: str
    is_published: bool
    inherited: int = 0
    names: tuple[str, ...] = field(default=())
    parts: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def together(figures: Sequence[Figure], *, of_units: int) -> Engagement | None:
    """Read the figures of several units side by side; None where there is none."""
    if not figures:
        return None
    mean: float | None = None
    outer = nested.outermost(figure.path for figure in figures)
    counted = [figure for figure in figures if figure.path in outer]
    weights = [figure.weight for figure in counted]
    shares: list[float] = []
    if len(counted) == 1 and counted[0].low == counted[0].high:
        mean, shares = counted[0].low, [1.0]
    elif all(weights) and all(
        figure.low == figure.high and not figure.is_published for figure in counted
    ):
        total = sum(weight or 0 for weight in weights)
        mean = sum(f.low * (f.weight or 0) for f in counted) / total
        shares = [(weight or 0) / total for weight in weights]
    parts: dict[str, tuple[float, float]] = {}
    for figure, share in zip(counted, shares, strict=False):
        earlier, _variance = parts.get(figure.source, (0.0, 0.0))
        parts[figure.source] = earlier + share, figure.variance
    own = [figure for figure in figures if not figure.is_inherited]
    counts = [figure.n for figure in counted if not figure.is_inherited]
    latest = max(figures, key=lambda figure: figure.on or date.min)
    return Engagement(
        low=min(figure.low for figure in figures),
        high=max(figure.high for figure in figures),
        mean=mean,
        units=sum(figure.units for figure in figures),
        of_units=of_units,
        n=sum(n or 0 for n in counts) if counts and None not in counts else None,
        on=latest.on,
        wave=latest.wave,
        is_published=all(figure.is_published for figure in figures),
        inherited=len(figures) - len(own),
        names=tuple(figure.name for figure in figures),
        parts=parts,
    )


def way(before: Engagement, now: Engagement) -> str:
    """Whether engagement moved between two days of which there is a mean (`adoption.engagement.way`).

    A survey that stands in both means takes part in the chance by as much as its share changed.
    """
    variance = 0.0
    for source in before.parts.keys() | now.parts.keys():
        then, spread = before.parts.get(source, (0.0, 0.0))
        share, spread = now.parts.get(source, (0.0, spread))
        variance += (share - then) ** 2 * spread
    return answers.way((now.mean or 0.0) - (before.mean or 0.0), variance)
