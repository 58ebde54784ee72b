"""What a later go-live would do to the risk of the next sixteen weeks, by replaying them under stated assumptions.

Both arms, with and without the delay, are told over the same sixteen weeks from today, in four windows of four. What
is known of a programme goes on as it does in the organisation: engagement, schedule and the rest return to
what is usual at the rate they did in the past; training goes on in real time against the plan of the new date;
nearness is that of the new date; a delay costs. It is a projection under these assumptions, not a causal
estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .features import CRISIS, near
from .inputset import Matrix
from .limits import HIGHEST, LOWEST
from .linear import LinearModel, Pools, Rows, around, logit, sigmoid

Numbers = npt.NDArray[np.int64]
DELAYS = tuple(range(9))
WINDOWS, WINDOW_WEEKS = 4, 4
# What a week of delay costs, as a change of the cost index: people stay on the books.
COST_OF_A_WEEK = -0.002
# Fewer pairs of weeks than this do not measure how fast things return to what is usual.
FEWEST_PAIRS = 300
# An S-curve of training where no plan has been measured: half of it seven weeks before, faster by a third each week.
USUAL_HALF, USUAL_RISE = 7.0, 0.35
_AT = {name: at for at, name in enumerate(CRISIS.names)}
# These follow from the date, the plan and the training, or stay what they are.
_NOT_DECAYING = (
    "weeks_to_golive", "near_golive", "train_gap", "train_gap_max", "log_size", "replans", "eng_age_w", "status_age_w",
)  # fmt: skip
# Four-week persistence of an input where it has not been measured.
_USUAL_PERSISTENCE = {"eng_mean": 0.75, "eng_min": 0.75, "eng_low": 0.75, "resist_4w": 0.3, "raid_new_4w": 0.3, "spi_slope_6w": 0.2}  # fmt: skip
_OTHERS = 0.7
# Quadrature over what the projection leaves open: nodes and weights of a standard normal.
_NODES, _SHARES = np.polynomial.hermite_e.hermegauss(7)
_SHARES = _SHARES / _SHARES.sum()


@dataclass(frozen=True)
class Rates:
    """How an organisation goes on: what is usual, how fast things return to it, and the plan of its training.

    Attributes:
        usual, persistence: of each raw input; persistence over one window, 0 to 1.
        half, rise: of the S-curve of planned training: weeks before a go-live at which half is planned, and the
            growth of its log-odds in a week.
        spread: of the log-odds of a score around those projected, after 0 to 3 windows.
        measured: whether they were, rather than assumed.
    """

    usual: Matrix
    persistence: Matrix
    half: float = USUAL_HALF
    rise: float = USUAL_RISE
    spread: tuple[float, ...] = (0.0, 0.5, 0.6, 0.7)
    measured: bool = False


@dataclass(frozen=True)
class State:
    """Rows as they are today.

    Attributes:
        raw: rows x raw inputs.
        trained: rows x 3: actual share, planned share, and the actual share four weeks ago; NaN where unknown.
        pool: the portfolio of each row.
    """

    raw: Matrix
    trained: Matrix
    pool: Pools | None = None


@dataclass(frozen=True)
class Projected:
    """The risk of a crisis within sixteen weeks, rows x delays, and what moves with the date.

    Attributes:
        probability: of at least one crisis: of the first arm as the model says it is, of the others with their change.
        low, high: of the change against the first arm, by the members of the model; equal to it where it has none.
        gap: the training gap at the go-live planned in the first arm.
        engagement: mean engagement, 0 to 100, at the go-live of the arm; NaN where it is not known.
        nearness: mean nearness of the go-live over the sixteen weeks, 0 to 1 (1: it is at hand throughout).
    """

    probability: Matrix
    low: Matrix
    high: Matrix
    gap: Matrix
    engagement: Matrix
    nearness: Matrix

    @property
    def change(self) -> Matrix:
        return self.probability - self.probability[:, :1]


def assumed_rates(model: LinearModel) -> Rates:
    """Rates where nothing has been measured: what is usual is the reference of the model."""
    persistence = np.array([_USUAL_PERSISTENCE.get(name, _OTHERS) for name in CRISIS.names])
    return Rates(model.reference, _kept(persistence))


def measured_rates(rows: Rows, planned: Matrix, model: LinearModel) -> Rates:
    """Rates from pairs of rows of one programme four weeks apart; assumed ones where there are too few.

    Args:
        planned: the planned share of training of each row, NaN where unknown.
    """
    assumed = assumed_rates(model)
    before, after = _pairs(rows)
    if len(before) < FEWEST_PAIRS:
        return assumed
    usual, persistence = assumed.usual.copy(), assumed.persistence.copy()
    for at, name in enumerate(CRISIS.names):
        if name in _NOT_DECAYING:
            continue
        x, y = rows.raw[before, at], rows.raw[after, at]
        both = ~np.isnan(x) & ~np.isnan(y)
        if both.sum() < FEWEST_PAIRS or x[both].std() < 1e-9:
            continue
        slope = float(np.cov(x[both], y[both])[0, 1] / x[both].var())
        usual[at] = float(rows.raw[:, at][~np.isnan(rows.raw[:, at])].mean())
        persistence[at] = min(max(slope, 0.0), 1.0)
    half, rise = _plan(rows.raw[:, _AT["weeks_to_golive"]], planned)
    rates = Rates(usual, persistence, half, rise, assumed.spread, measured=True)
    return Rates(usual, persistence, half, rise, _spread(rows, rates, model), measured=True)


def project(
    state: State,
    model: LinearModel,
    rates: Rates,
    *,
    delays: Sequence[int] = DELAYS,
    cost_of_a_week: float = COST_OF_A_WEEK,
    later: float = 1.0,
) -> Projected:
    """The risk of the next sixteen weeks with the go-live put off by some weeks; the first delay is the arm compared with.

    A change is the middle one (median) of those that the members of the model tell. The likeliest model alone has no
    weight at all for much of what matters near a go-live where few crises were seen, and so takes the wrong side more
    often (decision 0037).

    Args:
        later: the share of the people whose go-live is put off; below 1 the others go live as planned.
    """
    shape = (len(state.raw), len(delays))
    safe, members = np.ones(shape), np.ones((len(model.members), *shape))
    gap, engagement, nearness = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    shift = model.shifts(state.pool, len(state.raw))
    weeks = np.nan_to_num(state.raw[:, _AT["weeks_to_golive"]], nan=30.0)
    for at, delay in enumerate(delays):
        for window in range(WINDOWS):
            raw = ahead(state, rates, window * WINDOW_WEEKS, delay, cost_of_a_week, later)
            terms = model.standardised(raw)
            odds = model.intercept + terms @ model.weights + shift
            safe[:, at] *= 1 - _expected(odds, rates.spread[window])
            each = model.odds_of_members(terms, state.pool)
            members[:, :, at] *= 1 - _expected(each, rates.spread[window])
            nearness[:, at] += raw[:, _AT["near_golive"]] / WINDOWS
        gap[:, at] = _gap_of_waves(state, rates, np.clip(weeks, 0, 16), delay, later)
        engagement[:, at] = _engagement(state, rates, np.clip(weeks, 0, None) + delay * later)
    probability = 1 - safe
    change = low = high = probability - probability[:, :1]
    if len(model.members):
        changes = members[:, :, :1] - members
        low, change, high = np.percentile(changes, (10, 50, 90), axis=0)
    return Projected(
        probability=np.clip(probability[:, :1] + change, LOWEST, 1 - LOWEST),
        low=low,
        high=high,
        gap=gap,
        engagement=engagement,
        nearness=nearness,
    )


def within(
    state: State, model: LinearModel, rates: Rates, *, windows: int = 2
) -> tuple[Matrix, Matrix, Matrix]:
    """The risk within so many windows of four weeks, chained, and between which values it lies by the members of the model.

    The first window is the score itself. In the later ones what is known goes on as in `project`, with the go-live as planned: its
    nearness is that over the later window.
    """
    count = len(state.raw)
    shift = model.shifts(state.pool, count)
    safe, safe_members = np.ones(count), np.ones((len(model.members), count))
    for window in range(windows):
        raw = ahead(state, rates, window * WINDOW_WEEKS, 0) if window else state.raw
        terms = model.standardised(raw)
        odds = model.intercept + terms @ model.weights + shift
        safe *= 1 - _expected(odds, rates.spread[window])
        width = 1 + terms.shape[1]
        each = model.members[:, :1] + model.members[:, 1:width] @ terms.T + shift
        safe_members *= 1 - _expected(each, rates.spread[window])
    risk = np.clip(1 - safe, LOWEST, HIGHEST)
    if not len(model.members):
        return risk, risk, risk
    return risk, *around(risk, 1 - safe_members, model.beyond)


def ahead(
    state: State,
    rates: Rates,
    weeks: int,
    delay: int,
    cost_of_a_week: float = COST_OF_A_WEEK,
    later: float = 1.0,
) -> Matrix:
    """The raw inputs in so many weeks, with the go-live put off for a share of the people."""
    windows = weeks / WINDOW_WEEKS
    raw = state.raw
    made = rates.usual + rates.persistence**windows * (raw - rates.usual)
    made[:, _FIXED] = raw[:, _FIXED]
    made[:, _AT["cpi_s"]] += cost_of_a_week * delay * later
    first = raw[:, _AT["weeks_to_golive"]] - weeks
    to_go = first if later < 1 else first + delay
    made[:, _AT["weeks_to_golive"]] = np.clip(to_go, -12.0, 30.0)
    made[:, _AT["near_golive"]] = (1 - later) * _near(first) + later * _near(first + delay)
    now = raw[:, _AT["train_gap"]]
    then = _gap_of_waves(state, rates, np.full(len(raw), float(weeks)), delay, later)
    worst = raw[:, _AT["train_gap_max"]] - now
    made[:, _AT["train_gap"]] = np.where(np.isnan(now), np.nan, then)
    made[:, _AT["train_gap_max"]] = then + worst
    return made


def _engagement(state: State, rates: Rates, weeks: Matrix) -> Matrix:
    """Mean engagement in so many weeks, on its way back to what is usual."""
    at = _AT["eng_mean"]
    usual = rates.usual[at]
    away = state.raw[:, at] - usual
    return np.asarray(usual + rates.persistence[at] ** (weeks / WINDOW_WEEKS) * away)


def _near(to_go: Matrix) -> Matrix:
    return np.where(np.isnan(to_go), 0.0, near(np.nan_to_num(to_go, nan=99.0)))


def _gap_of_waves(state: State, rates: Rates, weeks: Matrix, delay: int, later: float) -> Matrix:
    """The training gap over those who go live as planned and those who go later."""
    put_off = _gap(state, rates, weeks, delay)
    return put_off if later == 1 else (1 - later) * _gap(state, rates, weeks, 0) + later * put_off


def _gap(state: State, rates: Rates, weeks: Matrix, delay: int) -> Matrix:
    """The training gap in so many weeks: training goes on in real time, its plan is that of the new date."""
    actual, planned, before = (np.clip(column, 0.002, 0.998) for column in state.trained.T)
    to_go = np.nan_to_num(state.raw[:, _AT["weeks_to_golive"]], nan=30.0)
    usual = rates.rise * (rates.half - to_go)
    off = np.where(np.isnan(planned), 0.0, logit(planned) - usual)
    then = sigmoid(off + rates.rise * (rates.half - (to_go - weeks + delay)))
    # Half of what it did of late, half of what is usual: four weeks are few.
    own = np.clip((logit(actual) - logit(before)) / WINDOW_WEEKS, 0.0, 2 * rates.rise)
    rise = np.where(np.isnan(own), rates.rise, (own + rates.rise) / 2)
    done = sigmoid(logit(actual) + rise * weeks)
    now = np.nan_to_num(state.raw[:, _AT["train_gap"]])
    # Units differ: a gap of some is not closed by others who are ahead of their plan.
    uneven = np.clip(now - np.clip(planned - actual, 0.0, None), 0.0, None)
    found = np.clip(then - done, 0.0, None) + uneven * (1 - done)
    return np.where(np.isnan(found), now, found)


def _expected(odds: Matrix, spread: float) -> Matrix:
    """The mean risk where the log-odds are only known up to a normal spread."""
    if not spread:
        return np.clip(sigmoid(odds), LOWEST, HIGHEST)
    told = sum(
        share * sigmoid(odds + spread * node) for node, share in zip(_NODES, _SHARES, strict=True)
    )
    return np.clip(told, LOWEST, HIGHEST)


def _kept(persistence: Matrix) -> Matrix:
    persistence[_FIXED] = 1.0
    return persistence


_FIXED: Numbers = np.array([_AT[name] for name in _NOT_DECAYING])


def _pairs(rows: Rows, weeks: int = WINDOW_WEEKS) -> tuple[Numbers, Numbers]:
    """The numbers of rows of one programme so many weeks apart."""
    assert rows.day is not None
    _names, group = np.unique(rows.group, return_inverse=True)
    key = group.astype(np.int64) * 10_000_000 + rows.day
    order = np.argsort(key)
    found = np.searchsorted(key[order], key + 7 * weeks)
    found = np.minimum(found, len(key) - 1)
    hit = key[order][found] == key + 7 * weeks
    return np.flatnonzero(hit), order[found[hit]]


def _plan(to_go: Matrix, planned: Matrix) -> tuple[float, float]:
    """The S-curve of planned training: when half of it is planned, and how fast it rises."""
    inside = (planned > 0.02) & (planned < 0.98) & ~np.isnan(to_go) & (np.abs(to_go) < 25)
    if inside.sum() < FEWEST_PAIRS or to_go[inside].std() < 1e-9:
        return USUAL_HALF, USUAL_RISE
    slope, start = np.polyfit(to_go[inside], logit(planned[inside]), 1)
    rise = float(np.clip(-slope, 0.1, 1.5))
    return float(np.clip(start / rise, 0.0, 20.0)), rise


def _spread(rows: Rows, rates: Rates, model: LinearModel) -> tuple[float, ...]:
    """How far the log-odds of scores come to lie from those projected, after each window."""
    found = [0.0]
    nothing = np.full((len(rows), 3), np.nan)
    for window in range(1, WINDOWS):
        before, after = _pairs(rows, window * WINDOW_WEEKS)
        if len(before) < FEWEST_PAIRS:
            found.append(found[-1] or 0.5)
            continue
        state = State(rows.raw[before], nothing[before])
        told = model.log_odds(ahead(state, rates, window * WINDOW_WEEKS, 0))
        found.append(float((model.log_odds(rows.raw[after]) - told).std()))
    return tuple(found)
