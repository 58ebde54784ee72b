from __future__ import annotations

from datetime import date, timedelta

import pytest

from forecasting.learning.outcomes import at_risk, label

MONDAY = date(2026, 6, 1)


def week(count: int) -> date:
    return MONDAY + timedelta(weeks=count)


@pytest.mark.parametrize(
    ("day", "expected"), [(5, False), (6, True), (9, True), (10, None), (11, None)]
)
def test_a_crisis_counts_for_the_four_weeks_before_it(day: int, expected: bool | None) -> None:
    assert label(week(day), [(week(10), week(13))], observed_until=week(60)) is expected


@pytest.mark.parametrize(("day", "expected"), [(9, True), (10, False), (18, False), (19, True)])
def test_six_quiet_weeks_follow_a_crisis(day: int, expected: bool) -> None:
    assert at_risk(week(day), [(week(10), week(13))]) is expected


def test_while_one_goes_on_no_other_is_forecast() -> None:
    assert not at_risk(week(40), [(week(10), None)])


def test_a_window_that_is_cut_off_says_nothing_even_of_bad_news() -> None:
    assert label(week(8), [(week(10), None)], observed_until=week(11)) is None
    assert label(week(8), [], observed_until=week(12)) is False
