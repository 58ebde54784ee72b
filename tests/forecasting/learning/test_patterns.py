"""Whether a share rose: worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.learning.comments import patterns
from forecasting.learning.comments.patterns import Pattern, chance_it_rose, share

DAY = date(2026, 6, 29)


def test_a_share_is_drawn_towards_a_quarter() -> None:
    assert share(0, 0) == 0.25
    assert share(2, 2) == 0.5
    assert share(9, 16) == 0.5


def test_the_chance_worked_by_hand() -> None:
    # X of Beta(1, 3) and Y of Beta(1, 3) are alike.
    assert chance_it_rose((0, 0), (0, 0)) == pytest.approx(0.5)
    # X of Beta(2, 3), Y of Beta(1, 3). P(X > Y) = 1 - E[(1 - X)^3]; E[(1-X)^3] = B(2, 6) / B(2, 3) = (1/42) / (1/12).
    assert chance_it_rose((1, 1), (0, 0)) == pytest.approx(1 - 12 / 42)
    # X of Beta(1, 3), Y of Beta(2, 3): the other way round.
    assert chance_it_rose((0, 0), (1, 1)) == pytest.approx(12 / 42)


def test_the_chance_agrees_with_drawing_lots() -> None:
    drawn = np.random.default_rng(3)
    now, before = (7, 11), (4, 15)
    ours = drawn.beta(1 + 7, 3 + 4, 400_000) > drawn.beta(1 + 4, 3 + 11, 400_000)
    assert chance_it_rose(now, before) == pytest.approx(ours.mean(), abs=0.003)


def test_large_counts_stay_a_chance() -> None:
    assert (
        0.0
        <= chance_it_rose((0, 5000), (5000, 5000))
        <= chance_it_rose((5000, 5000), (0, 1))
        <= 1.0
    )


@pytest.mark.parametrize(
    ("windows", "people", "alert"),
    [
        (((1, 10), (8, 10)), 10, True),
        # Four people may be one team that talks to each other.
        (((1, 10), (4, 4)), 4, False),
        (((3, 10), (4, 10)), 10, False),
        # Nothing to compare, or nothing now.
        (((0, 0), (8, 10)), 10, False),
        (((8, 10), (0, 0)), 0, False),
        # A pause between waves: the latest four weeks in which somebody wrote count.
        (((1, 10), (0, 0), (8, 10)), 10, True),
    ],
)
def test_when_there_is_an_alert(windows, people, alert) -> None:
    assert Pattern(windows, people).is_alert is alert


def test_the_bound_is_above_nine_in_ten() -> None:
    """The smallest number of hits that is an alert, next to the largest that is none."""
    rose = [chance_it_rose((hits, 10), (2, 10)) for hits in range(11)]
    first = next(hits for hits, chance in enumerate(rose) if chance > 0.9)
    assert rose == sorted(rose)
    assert not Pattern(((2, 10), (first - 1, 10)), 10).is_alert
    assert Pattern(((2, 10), (first, 10)), 10).is_alert


def test_windows_end_on_the_day_and_do_not_look_ahead() -> None:
    assert patterns.window_of(DAY, DAY) == 0
    assert patterns.window_of(DAY - timedelta(days=27), DAY) == 0
    assert patterns.window_of(DAY - timedelta(days=28), DAY) == 1
    assert patterns.window_of(DAY + timedelta(days=1), DAY) is None
    assert patterns.window_of(DAY - timedelta(days=28 * patterns.WINDOWS), DAY) is None


def test_people_of_two_waves_are_not_added() -> None:
    assert patterns.people_at_least([]) == 0
    assert patterns.people_at_least([4, 3]) == 4
