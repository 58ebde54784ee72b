"""Whether two and eight weeks come true: counts of crises, windows that are over, and nothing of what comes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.learning import prior, walk, windows
from forecasting.learning.judging.watch import poisson_interval
from forecasting.learning.walk import NEVER, History

from .rows import organisation

MONDAY = date(2024, 1, 1)
ASSUMED = prior.load("crisis_4w")


def test_the_interval_is_that_of_crises_not_of_the_weeks_before_them() -> None:
    """Two crises, each in the eight-week windows of eight weeks running."""
    day = np.tile(739_000 + 7 * np.arange(20), 2)
    of = np.repeat([1, 2], 20)
    days_until = np.where(day <= 739_000 + 7 * 12, 739_000 + 7 * 13.0 - day, np.inf)
    found = windows.compared(8, np.full(40, 0.25), days_until, of, day)
    assert (found.rows, found.came, found.events, found.told) == (40, 16, 2, 10.0)
    assert found.ratio == 1.6
    low, high = poisson_interval(2)
    assert (found.low, found.high) == pytest.approx((1.6 * low / 2, 1.6 * high / 2))


def test_without_a_crisis_a_ratio_may_still_be_anything_up_to_what_none_allows() -> None:
    found = windows.compared(2, np.full(10, 0.1), np.full(10, np.inf), np.arange(10), np.arange(10))
    assert (found.ratio, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(poisson_interval(0)[1] * 2 / 1.0)
    nothing = windows.compared(2, np.empty(0), np.empty(0), np.empty(0), np.empty(0))
    assert (nothing.rows, nothing.ratio, nothing.high) == (0, None, 0.0)


def told_at(rate: float, *, truth: float = 1.0, seed: int = 1, weeks: int = 60) -> list[dict]:
    """Four hundred programmes with a constant risk of `rate` a week; crises begin `truth` times as often."""
    rng = np.random.default_rng(seed)
    began = rng.geometric(rate * truth, 400)
    of, week = (
        each.ravel() for each in np.meshgrid(np.arange(400), np.arange(weeks), indexing="ij")
    )
    asked = week < began[of]
    of, week = of[asked], week[asked]
    four, eight = (np.full(len(of), 1 - (1 - rate) ** each) for each in (4, 8))
    return windows.beside(
        four, eight, days_until=7.0 * (began[of] - week), of=of, day=7 * week, followed=7 * weeks
    )


def test_a_constant_risk_comes_true_over_every_window() -> None:
    seen = [
        (each["weeks"], each["low"] <= 1 <= each["high"])
        for seed in range(20)
        for each in told_at(0.01, seed=seed)
    ]
    assert [weeks for weeks, _holds in seen[:3]] == [2, 4, 8]
    # Of sixty intervals of 95 %, about three leave out the truth.
    assert sum(not holds for _weeks, holds in seen) <= 6


@pytest.mark.parametrize(("truth", "is_low"), [(2.0, True), (0.5, False)])
def test_what_is_off_is_surely_off_over_every_window(truth: float, is_low: bool) -> None:
    for each in told_at(0.01, truth=truth):
        assert each["low"] > 1 if is_low else each["high"] < 1


def test_a_window_that_is_not_over_and_a_chance_that_was_not_told_do_not_count() -> None:
    day = np.array([0, 7, 14, 21])
    two, four, eight = windows.beside(
        np.full(4, 0.2), np.array([0.3, np.nan, 0.3, 0.3]), days_until=np.full(4, 100.0),
        of=np.arange(4), day=day, followed=np.array([56, 56, 28, 14]),
    )  # fmt: skip
    assert (two["rows"], four["rows"], eight["rows"]) == (3, 2, 1)


@pytest.fixture(scope="module")
def history() -> History:
    """Programmes that were spoken of every week; a crisis begins a fortnight after each week before one."""
    rows = organisation(60, 50, seed=21, effect=1.6)
    assert rows.day is not None
    said = {
        each: sorted(rows.day[rows.group == each].tolist()) for each in set(rows.group.tolist())
    }
    return History(rows, rows.day + 28, np.where(rows.label, rows.day + 14, NEVER), said)


def test_a_walk_tells_eight_weeks_by_the_model_and_the_rates_of_their_day(history: History) -> None:
    walked = walk.walk(history, ASSUMED)
    trained = np.full((len(history.rows), 3), np.nan)
    eight = windows.of_eight_weeks(history, walked, trained)
    assert (eight >= walked.probability - 1e-9).all()
    assert history.rows.day is not None
    cut = int(np.median(history.rows.day))
    later = history.rows.day >= cut
    raw = history.rows.raw.copy()
    raw[later] += 1.0
    spoilt = replace(history, rows=replace(history.rows, raw=raw))
    again = windows.of_eight_weeks(spoilt, walked, trained)
    assert np.array_equal(eight[~later], again[~later])
    assert not np.array_equal(eight[later], again[later])


def test_a_walk_counts_windows_that_were_followed_to_their_end(history: History) -> None:
    walked = walk.walk(history, ASSUMED)
    assert history.rows.day is not None
    last = int(history.rows.day.max())
    found = windows.of_walk(history, walked, np.full(len(history.rows), 0.2))
    for each in found:
        over = history.rows.day + 7 * each["weeks"] <= last
        assert each["rows"] == over.sum()
        assert each["came"] == (history.rows.label & over).sum()
    since = MONDAY.fromordinal(last) - timedelta(weeks=6)
    part = windows.of_walk(history, walked, np.full(len(history.rows), 0.2), since=since)
    assert part[-1]["rows"] == 0
    assert 0 < part[0]["rows"] < found[0]["rows"]
    silent = replace(history, began_on=None)
    assert windows.of_walk(silent, walked, np.empty(0)) == []
