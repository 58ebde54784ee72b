from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.learning import features, pooling, walk
from forecasting.learning.linear import LinearModel
from forecasting.learning.walk import NEVER, History

from .rows import organisation

MONDAY = date(2024, 1, 1)


def weeks(count: int) -> list[date]:
    return [MONDAY + timedelta(weeks=week) for week in range(count)]


@pytest.fixture(scope="module")
def prior() -> LinearModel:
    worlds = [organisation(60, seed=seed, effect=0.5) for seed in range(5)]
    return pooling.learn_prior(worlds, features.CRISIS)


@pytest.fixture(scope="module")
def history() -> History:
    rows = organisation(150, 60, seed=21, effect=1.6, pool_spread=0.8)
    assert rows.day is not None
    return History(rows, rows.day + 28)


def test_an_outcome_is_known_once_its_window_is_over() -> None:
    places = [("A", day) for day in weeks(10)]
    began = MONDAY + timedelta(weeks=6)
    label, known_on = walk.outcomes(
        places, {"A": [(began, began)]}, {"A": weeks(10)}, until=weeks(10)[-1]
    )
    assert label[:6].tolist() == [False, False, True, True, True, True]
    assert known_on[2] == (MONDAY + timedelta(weeks=6)).toordinal()
    # In the crisis itself, and in the quiet weeks after it, nothing is asked.
    assert (known_on[6:] == NEVER).all()


def test_a_window_nobody_followed_to_its_end_says_nothing() -> None:
    places = [("A", day) for day in weeks(10)]
    _label, known_on = walk.outcomes(places, {}, {"A": weeks(10)}, until=date.max)
    assert (known_on < NEVER).tolist() == [True] * 6 + [False] * 4


def test_the_outcome_of_a_programme_seldom_spoken_of_is_known_later() -> None:
    _label, known_on = walk.outcomes(
        [("A", MONDAY)], {}, {"A": [MONDAY, MONDAY + timedelta(weeks=9)]}, until=date.max
    )
    assert known_on[0] == (MONDAY + timedelta(weeks=9)).toordinal()


def test_what_is_told_of_a_week_does_not_depend_on_what_comes_later(
    history: History, prior: LinearModel
) -> None:
    """Time travel: the history cut off at a day tells the weeks before it the same, to the last digit."""
    whole = walk.walk(history, prior)
    assert history.rows.day is not None
    cut = int(np.median(history.rows.day))
    past = history.rows.day < cut
    part = walk.walk(
        History(
            history.rows.only(past), np.where(history.known_on > cut, NEVER, history.known_on)[past]
        ),
        prior,
    )
    assert np.abs(part.probability - whole.probability[past]).max() < 1e-9


def test_turned_outcomes_that_are_not_known_yet_change_nothing(
    history: History, prior: LinearModel
) -> None:
    rows = history.rows
    assert rows.day is not None
    cut = int(np.median(rows.day))
    later = history.known_on > cut
    turned = replace(rows, label=np.where(later, ~rows.label, rows.label))
    told = walk.walk(history, prior).probability
    again = walk.walk(History(turned, history.known_on), prior).probability
    before = rows.day < cut
    assert np.array_equal(told[before], again[before])
    assert not np.array_equal(told[~before], again[~before])


def test_the_first_weeks_are_told_by_the_prior_and_later_ones_by_an_own_model(
    history: History, prior: LinearModel
) -> None:
    walked = walk.walk(history, prior)
    stages = [learned.stage.value for _day, learned in walked.learned]
    assert stages[0] == "prior"
    assert stages[-1] == "own"
    assert (walked.low <= walked.probability).all()
    assert (walked.high >= walked.probability).all()


def test_an_empty_history_is_walked_in_no_time(prior: LinearModel) -> None:
    rows = organisation(10, seed=1).only(np.zeros(0, dtype=int))
    assert not len(walk.walk(History(rows, np.zeros(0, dtype=np.int64)), prior).learned)
