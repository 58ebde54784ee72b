"""Watches whether what was told comes true, and says what to do when it does not.

Risks are compared with the crises that began: week by week with a sequential test, so that a change is seen as soon
as the numbers allow, and over all weeks with an interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from scipy.stats import chi2

from ..inputset import InputSet, Matrix
from ..limits import ALARM_FROM
from ..linear import LinearModel
from .evaluation import SLOPES, slope_interval
from .metrics import Array, quality

# A week's share of a risk of four weeks: the chance that it begins within the first of them.
WEEKS = 4
# The sequential test looks for crises this many times as frequent as told, and for this few (Page 1954; of Poisson
# counts Lucas 1985). At this limit, without any change, it cries wolf once in more than a hundred weeks (at least
# e^4.6); what it points at is the stretch since it began to climb, however many good weeks lie before that.
MORE, FEWER = 1.6, 0.55
# Inputs that lie otherwise than before: a shift of this size is watched, this one is an alarm (population stability
# index), once there are so many rows of so many programmes on both sides: weeks of one programme resemble each other.
PSI_WATCH, PSI_ALARM, PSI_ROWS, PSI_PROGRAMMES = 0.2, 0.3, 100, 30
BINS = 10
# An input that was known in at least half of the weeks before is missed once it is not known in so many more of a
# hundred; that of a few programmes is their own affair.
KNOWN_BEFORE, MORE_MISSING, MISSING_PROGRAMMES = 0.5, 0.25, 10
# The slope of the log-odds is looked at from so many crises on.
SLOPE_EVENTS = 30
# How many crises the assumption that the level is right is worth when it is corrected.
DOUBT = 3.0


# Alarms that scores are wrong; the others say that inputs are not what they were, which is no wrong score yet.
WRONG = ("more", "fewer", "slope")
DRIFT, MISSING = "drift", "missing"


class Remedy(StrEnum):
    """What an alarm asks for, in the order in which it is tried."""

    LEVEL = "level"
    LEARN = "learn"
    FALL_BACK = "fall_back"


@dataclass(frozen=True)
class Input:
    """Whether an input lies as it did before.

    Attributes:
        psi: population stability index against the weeks before; None with too few rows or programmes.
        missing, missing_before: the share of rows where it was not known.
        is_missed: whether it was known before and now is much more often not.
    """

    name: str
    psi: float | None
    missing: float
    missing_before: float | None
    is_missed: bool = False

    @property
    def state(self) -> str:
        if self.psi is None or self.psi <= PSI_WATCH:
            return "ok"
        return "bad" if self.psi > PSI_ALARM else "warn"


@dataclass(frozen=True)
class Stretch:
    """The last weeks, as many as speak for a change: since when, what began in them, and what was expected.

    `low`, `high`: between which the ratio of the two lies, 95 % (exact Poisson interval).
    """

    since: int
    observed: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Watched:
    """What was told of late, and what came.

    Attributes:
        weeks: how many were told and are over.
        rows: programmes told, over all weeks.
        observed, expected: crises that began within a week of being told, and those that were to be expected.
        low, high: between which the ratio of the two lies, 95 % (exact Poisson interval).
        more, fewer: the sequential test for crises that are more frequent, or rarer, than told.
        slope: of the log-odds against four-week outcomes, with its middle 90 % over programmes; None with too few.
        skill: Brier skill on four-week outcomes; None with one outcome only.
        alerts, hits: programmes told a high risk, and those of them that had a crisis.
        rose, fell: the weeks since either test last began to climb; None where it does not.
    """

    weeks: int
    rows: int
    observed: int
    expected: float
    low: float
    high: float
    more: float
    fewer: float
    slope: tuple[float, float, float] | None
    skill: float | None
    alerts: int
    hits: int
    rose: Stretch | None = None
    fell: Stretch | None = None

    @property
    def ratio(self) -> float | None:
        return self.observed / self.expected if self.expected else None

    @property
    def alarms(self) -> list[str]:
        """What is not as it should be: `more`, `fewer` or `slope`."""
        found = []
        if self.more >= ALARM_FROM and self.rose and self.rose.low > 1:
            found.append("more")
        if self.fewer >= ALARM_FROM and self.fell and self.fell.high < 1:
            found.append("fewer")
        if self.slope and (self.slope[1] > SLOPES[1] or self.slope[2] < SLOPES[0]):
            found.append("slope")
        return found

    @property
    def changed(self) -> Stretch | None:
        """The weeks an alarm is about, where it is about how much happens."""
        alarms = self.alarms
        if "more" in alarms:
            return self.rose
        return self.fell if "fewer" in alarms else None

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


@dataclass(frozen=True)
class ToldWeeks:
    """What was told of programmes, a row for a programme and week.

    Attributes:
        week: ordinal of the day it was told.
        programme: of the row.
        probability: of a crisis within four weeks.
        began: days until one began, NaN where none did within four weeks or the four weeks are not over.
        over: whether the four weeks are.
    """

    week: Array
    programme: Array
    probability: Matrix
    began: Matrix
    over: Array

    def __len__(self) -> int:
        return len(self.week)

    def only(self, mask: Array) -> ToldWeeks:
        return ToldWeeks(
            self.week[mask],
            self.programme[mask],
            self.probability[mask],
            self.began[mask],
            self.over[mask],
        )


def watch(told: ToldWeeks, *, until: int, high_from: float | Matrix) -> Watched:
    """Compare forecasts with what happened.

    Args:
        until: the last day of which anything is known, as an ordinal.
        high_from: the risk from which an alert is given; of each row, where models differ.
    """
    first = told.week + 7 <= until
    weekly = 1 - (1 - told.probability) ** (1 / WEEKS)
    came = np.nan_to_num(told.began, nan=99.0) <= 7
    weeks = np.unique(told.week[first])
    observed = np.array([int(came[first & (told.week == week)].sum()) for week in weeks], dtype=int)
    expected = np.array([float(weekly[first & (told.week == week)].sum()) for week in weeks])
    seen, due = int(observed.sum()), float(expected.sum())
    low, high = poisson_interval(seen)
    over = told.over
    label, risk, group = ~np.isnan(told.began[over]), told.probability[over], told.programme[over]
    both = 0 < label.sum() < len(label)
    alert = risk >= np.broadcast_to(high_from, len(told))[over]
    more, rose = _climbed(weeks, observed, expected, MORE)
    fewer, fell = _climbed(weeks, observed, expected, FEWER)
    return Watched(
        weeks=len(weeks),
        rows=int(first.sum()),
        observed=seen,
        expected=due,
        low=low / due if due else 0.0,
        high=high / due if due else 0.0,
        more=more,
        fewer=fewer,
        slope=_slope(label, risk, group) if both else None,
        skill=quality(label, risk).skill if both else None,
        alerts=int(alert.sum()),
        hits=int(label[alert].sum()),
        rose=rose,
        fell=fell,
    )


def sequential(
    observed: Sequence[int] | Array, expected: Sequence[float] | Array, ratio: float
) -> tuple[float, int]:
    """How much speaks for counts `ratio` times as high as expected, since it last began to (Page's test).

    The sum of the weekly log-likelihood ratios of Poisson counts, never below nothing; with the week from which on it
    counts, the likeliest one for the change.
    """
    score, start = 0.0, 0
    for week, (seen, due) in enumerate(zip(observed, expected, strict=True)):
        score += float(seen) * float(np.log(ratio)) - (ratio - 1) * float(due)
        if score <= 0:
            score, start = 0.0, week + 1
    return score, start


def _climbed(
    weeks: Array, observed: Array, expected: Matrix, ratio: float
) -> tuple[float, Stretch | None]:
    score, start = sequential(observed, expected, ratio)
    due = float(expected[start:].sum())
    if not due:
        return score, None
    seen = int(observed[start:].sum())
    low, high = poisson_interval(seen)
    return score, Stretch(int(weeks[start]), seen, due, low / due, high / due)


def poisson_interval(count: int, share: float = 0.95) -> tuple[float, float]:
    """The means that so many events allow (exact; Garwood 1936)."""
    tail = (1 - share) / 2
    low = float(chi2.ppf(tail, 2 * count) / 2) if count else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2) / 2)


def _slope(label: Array, risk: Array, group: Array) -> tuple[float, float, float] | None:
    # Rows of four weeks running tell of the same crisis.
    if label.sum() < SLOPE_EVENTS * WEEKS:
        return None
    found = slope_interval(label, risk, group, share=0.9)
    return found.value, found.low, found.high


def inputs_watched(
    inputs: InputSet, before: Matrix, now: Matrix, *, programmes: int
) -> list[Input]:
    """Whether each input lies as it did before, and how often it was not known.

    Args:
        programmes: how many there are on either side, of the side with fewer.
    """
    enough = programmes >= PSI_PROGRAMMES
    many = programmes >= MISSING_PROGRAMMES and min(len(before), len(now)) >= PSI_ROWS
    found = []
    for at, name in enumerate(inputs.names):
        psi = stability(before[:, at], now[:, at]) if enough else None
        missing = float(np.isnan(now[:, at]).mean()) if len(now) else 1.0
        was = float(np.isnan(before[:, at]).mean()) if len(before) else None
        is_missed = (
            many and was is not None and was <= KNOWN_BEFORE and missing - was >= MORE_MISSING
        )
        found.append(Input(name, psi, missing, was, is_missed))
    return found


def input_alarms(found: Sequence[Input]) -> dict[str, list[str]]:
    """The alarms inputs give, with the names of those that moved far or went missing."""
    alarms = {
        DRIFT: [each.name for each in found if each.state == "bad"],
        MISSING: [each.name for each in found if each.is_missed],
    }
    return {alarm: names for alarm, names in alarms.items() if names}


def stability(before: Matrix, now: Matrix) -> float | None:
    """The population stability index over tenths of what was before; None with too few values."""
    old, new = before[~np.isnan(before)], now[~np.isnan(now)]
    if len(old) < PSI_ROWS or len(new) < PSI_ROWS:
        return None
    edges = np.unique(np.quantile(old, np.linspace(0, 1, BINS + 1)[1:-1]))
    # Half a row in each: an empty part is no infinity.
    was = np.bincount(np.searchsorted(edges, old, side="right"), minlength=len(edges) + 1) + 0.5
    is_now = np.bincount(np.searchsorted(edges, new, side="right"), minlength=len(edges) + 1) + 0.5
    p, q = was / was.sum(), is_now / is_now.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def remedy(alarms: Sequence[str], tried: Sequence[Remedy]) -> Remedy | None:
    """What to do about alarms, after what was tried of late; None without one.

    First the level is corrected, then everything is learned anew, then the shipped prior is used again. A wrong
    slope is no question of level, and an input that moved no wrong score.
    """
    if not set(alarms) & set(WRONG):
        return None
    if not tried:
        return Remedy.LEVEL if set(alarms) & {"more", "fewer"} else Remedy.LEARN
    return Remedy.LEARN if Remedy.LEARN not in tried else Remedy.FALL_BACK


def with_level(
    model: LinearModel, found: Watched, risks: Matrix, about: Mapping[str, Any]
) -> LinearModel:
    """The model with its level moved to what was observed, held to what it was by a few crises' worth of doubt.

    Args:
        risks: what the model says of the weeks that were found.
    """
    wanted = (found.observed + DOUBT) / (found.expected + DOUBT)
    odds = np.log(risks) - np.log1p(-risks)

    def expected(shift: float) -> float:
        moved = 1 / (1 + np.exp(-(odds + shift)))
        return float((1 - (1 - moved) ** (1 / WEEKS)).sum())

    usual = expected(0.0)
    low, high = -4.0, 4.0
    for _turn in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expected(middle) < wanted * usual else (low, middle)
    shift = (low + high) / 2
    members = model.members.copy()
    if len(members):
        members[:, 0] += shift
    moved = float(np.mean(1 / (1 + np.exp(-(odds + shift)))))
    return replace(
        model,
        intercept=model.intercept + shift,
        members=members,
        base=model.base * moved / float(risks.mean()),
        about={**about, "level_shift": round(shift, 4)},
    )
