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


def test_the_prior_is_told_on_the_level_known_by_then_beside_whatever_is_told(
    history: History, prior: LinearModel
) -> None:
    """In weeks told by the prior it is what was told; beside an own model it goes on, and what comes later changes nothing."""
    whole = walk.walk(history, prior)
    rows = history.rows
    assert rows.day is not None
    assert whole.on_level is not None
    stages = np.array([whole.stage(row).value for row in range(len(rows))])
    by_prior = stages == "prior"
    assert 0 < by_prior.sum() < len(rows)
    assert (whole.on_level[by_prior] == whole.probability[by_prior]).all()
    assert (whole.on_level[~by_prior] != whole.probability[~by_prior]).any()
    assert (whole.on_level[~by_prior] != whole.by_prior[~by_prior]).all()
    cut = int(np.median(rows.day))
    turned = replace(rows, label=np.where(history.known_on > cut, ~rows.label, rows.label))
    other = walk.walk(replace(history, rows=turned), prior).on_level
    assert other is not None
    before = rows.day < cut
    assert (other[before] == whole.on_level[before]).all()
    assert (other[~before] != whole.on_level[~before]).any()


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


def _on_days(days: list[int], of: History) -> History:
    """As many rows of a history, on other days."""
    rows = replace(of.rows.only(np.arange(len(days))), day=np.array(days, dtype=np.int64))
    return History(rows, np.array(days, dtype=np.int64) + 28)


def test_weeks_in_which_nobody_is_told_anything_are_not_learned_for(
    history: History, prior: LinearModel
) -> None:
    first = MONDAY.toordinal()
    century = _on_days([first, first + 28 * 1300], history)
    walked = walk.walk(century, prior)
    assert len(walked.learned) == 2
    assert walked.turn.tolist() == [0, 1]
    assert not np.isnan(walked.probability).any()


def test_a_gap_of_some_weeks_changes_no_day_on_which_is_judged(
    history: History, prior: LinearModel
) -> None:
    first = MONDAY.toordinal()
    walked = walk.walk(_on_days([first, first + 7 * 14], history), prior)
    # The second row lies in a period that began two weeks before it, on the day on which it would be judged without a gap.
    assert [((day - MONDAY).days // 7, learned.is_judged) for day, learned in walked.learned] == [
        (0, True),
        (12, True),
        (14, False),
    ]


def test_an_empty_history_is_walked_in_no_time(prior: LinearModel) -> None:
    rows = organisation(10, seed=1).only(np.zeros(0, dtype=int))
    assert not len(walk.walk(History(rows, np.zeros(0, dtype=np.int64)), prior).learned)


def followed(days: int, *, began: date | None = None) -> History:
    """One programme told of every Monday for ten weeks, its windows known once they are over."""
    mondays = weeks(10)
    places = [("A", day) for day in mondays]
    crises = {"A": [(began, None)]} if began else {}
    label, known_on = walk.outcomes(places, crises, {"A": mondays}, until=mondays[-1])
    rows = organisation(1, 10, seed=3)
    own = replace(
        rows,
        label=label,
        group=np.array(["A"] * 10),
        day=np.array([day.toordinal() for day in mondays]),
    )
    said = [day.toordinal() for day in mondays[:days]]
    return History(own, known_on, walk.begun(places, crises), {"A": said})


def test_a_window_that_is_not_over_speaks_of_the_share_that_is() -> None:
    found = followed(10).unfinished_by(weeks(7)[-1].toordinal())
    assert found is not None
    assert found.exposure is not None
    # The weeks 3 to 5: week 2 is over, and of week 6 nothing was followed yet.
    assert found.exposure.tolist() == [0.75, 0.5, 0.25]
    assert not found.label.any()


def test_a_crisis_counts_in_unfinished_windows_once_it_began() -> None:
    began = weeks(7)[-1]
    history = followed(10, began=began)
    before = history.unfinished_by(began.toordinal() - 1)
    after = history.unfinished_by(began.toordinal())
    assert before is not None
    assert after is not None
    assert not before.label.any()
    # In the crisis itself nothing is asked.
    assert after.label.tolist() == [True, True, True]


def test_a_programme_nobody_speaks_of_any_more_is_followed_no_further() -> None:
    history = followed(5)
    assert history.rows.day is not None
    found = history.unfinished_by(weeks(7)[-1].toordinal())
    assert found is not None
    assert found.exposure is not None
    # Of the windows not over by then, only that of week 3 was followed, for a week.
    assert found.exposure.tolist() == [0.25]


def test_what_began_later_is_not_seen_in_unfinished_windows(prior: LinearModel) -> None:
    """Time travel with windows that are not over: crises to come change nothing told before them."""
    rows = organisation(60, 60, seed=22, effect=1.6)
    assert rows.day is not None
    cut = int(np.median(rows.day))
    groups = {
        group: sorted(rows.day[rows.group == group].tolist()) for group in set(rows.group.tolist())
    }
    began = np.where(rows.label, rows.day + 28, NEVER)
    turned = np.where(began > cut, cut + 1, began)
    known_on = rows.day + 28
    later = replace(rows, label=np.where(known_on > cut, ~rows.label, rows.label))
    told = walk.walk(History(rows, known_on, began, groups), prior).probability
    again = walk.walk(History(later, known_on, turned, groups), prior).probability
    before = rows.day < cut
    assert np.array_equal(told[before], again[before])
    assert not np.array_equal(told[~before], again[~before])
