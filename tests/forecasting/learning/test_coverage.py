"""Whether what was told surely does not come true, and what is then told instead."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.learning.judging import coverage
from forecasting.learning.judging.coverage import P80, P80_ALLOWED, Held, Judged, held

rng = np.random.default_rng(3)


def p80(kept: list[bool] | np.ndarray, groups: np.ndarray | None = None) -> Held:
    came = np.asarray(kept, dtype=bool)
    of = np.arange(len(came)) if groups is None else groups
    return held(came, np.full(len(came), P80), of, allowed=P80_ALLOWED)


def kept(cases: int, count: int) -> np.ndarray:
    return np.arange(cases) < count


def test_the_range_of_a_share_is_the_exact_binomial_one() -> None:
    found = p80(kept(20, 16))
    assert (found.share, found.came) == (0.8, 16)
    # Clopper and Pearson, tables: 16 of 20.
    assert found.low == pytest.approx(0.5634, abs=1e-3)
    assert found.high == pytest.approx(0.9427, abs=1e-3)


@pytest.mark.parametrize(
    ("cases", "count", "alarm", "holds"),
    [
        (200, 160, "", True),
        (200, 120, "fewer", False),
        (200, 199, "more", False),
        # Off, and too few of them to be sure; a little off, and surely so, but not by enough.
        (12, 7, "", True),
        (4000, 3040, "", False),
        (5, 5, "", False),
        (0, 0, "", False),
    ],
)
def test_an_alarm_is_raised_where_the_range_lies_outside_of_what_is_allowed(
    cases: int, count: int, alarm: str, holds: bool
) -> None:
    found = p80(kept(cases, count))
    assert (found.alarm, found.holds) == (alarm, holds)


def test_many_rows_of_few_programmes_are_not_many() -> None:
    """Two of four programmes keep all their dates, two none: that is as sure as four coins."""
    groups = np.repeat(np.arange(4), 100)
    found = p80(groups < 2, groups)
    assert (found.cases, found.groups) == (400, 4)
    assert found.low < 0.1
    assert found.high > 0.9
    assert not found.alarm
    assert p80(kept(300, 0), np.zeros(300)).alarm == ""


def test_chances_may_be_off_by_five_points_in_the_mean() -> None:
    told = np.full(2000, 0.6)
    groups = np.arange(2000)
    assert held(rng.random(2000) < 0.62, told, groups).alarm == ""
    assert held(rng.random(2000) < 0.75, told, groups).alarm == "more"
    assert held(rng.random(2000) < 0.45, told, groups).alarm == "fewer"


def test_under_what_was_told_an_alarm_is_rare() -> None:
    """Dates that keep what was told raise an alarm in less than one of a hundred half years."""
    draws = np.random.default_rng(8)
    alarms = sum(bool(p80(draws.random(60) < P80).alarm) for _turn in range(400))
    assert alarms <= 4


GOOD, BAD, WORSE = kept(200, 160), kept(200, 110), kept(200, 60)


@pytest.mark.parametrize(
    ("own", "shipped", "has_own", "was_back", "falls_back"),
    [
        (GOOD, GOOD, True, False, False),
        (BAD, GOOD, True, False, True),
        # What is shipped would be further off; or there is nothing of the own to leave.
        (BAD, WORSE, True, False, False),
        (BAD, BAD, False, False, False),
        # From then on until it holds again, by enough cases.
        (kept(4000, 3040), GOOD, True, True, True),
        (kept(5, 4), GOOD, True, True, True),
        (GOOD, GOOD, True, True, False),
    ],
)
def test_what_is_shipped_is_told_from_an_alarm_on_until_the_own_holds_again(
    own, shipped, has_own: bool, was_back: bool, falls_back: bool
) -> None:
    judged = Judged(p80(own), p80(shipped), has_own, was_back)
    assert judged.falls_back is falls_back
    assert judged.as_dict()["alarms"] == judged.alarms


def test_of_each_case_the_first_counts() -> None:
    assert coverage.one_of_each(np.array([7, 7, 3, 7, 3])).tolist() == [0, 2]
