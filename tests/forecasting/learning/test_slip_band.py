"""How sure a chance to miss a baseline is: an exact interval of as many milestones as it is worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from forecasting.learning import slip_band
from forecasting.learning.slips import Slips


def test_it_is_the_exact_interval_of_a_share() -> None:
    # Three of twenty: beyond each end so many, or so few, come with a chance of one in ten (Clopper and Pearson).
    low, high = slip_band.band(0.15, 20)
    assert 1 - binom.cdf(2, 20, low) == pytest.approx(0.1)
    assert binom.cdf(3, 20, high) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("missed", "cases", "low", "high"),
    [
        # None of ten, and all of ten.
        (0.0, 10, 0.0, 1 - 0.1**0.1),
        (1.0, 10, 0.1**0.1, 1.0),
        # Hardly any such milestone is left: nothing is known.
        (1.0, 0.1, 0.0, 1.0),
        (1.0, 0.0, 0.0, 1.0),
    ],
)
def test_nothing_and_everything_have_an_end_too(missed: float, cases: float, low: float, high: float) -> None:  # fmt: skip
    assert slip_band.band(missed, cases) == pytest.approx((low, high), abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1e6))
def test_what_is_told_lies_inside(missed: float, cases: float) -> None:
    low, high = slip_band.band(missed, cases)
    assert 0 <= low <= missed <= high <= 1


@given(st.floats(0, 1), st.floats(1, 1e4))
def test_more_milestones_never_make_it_wider(missed: float, cases: float) -> None:
    few, many = slip_band.band(missed, cases), slip_band.band(missed, 2 * cases)
    assert many[1] - many[0] <= few[1] - few[0] + 1e-9


def test_own_milestones_of_one_programme_are_worth_little() -> None:
    assert slip_band.worth(0, 10, 1.0) == 10
    assert slip_band.worth(30, 10, 1.0) == 40
    # Thirty of which fifteen say as much as one are worth two, and count three quarters.
    assert slip_band.worth(30, 10, 15.0) == pytest.approx(1 / (0.75**2 / 2 + 0.25**2 / 10))
    # A design effect is of all kinds together: two of a kind say no less than one.
    assert slip_band.worth(2, 10, 15.0) == pytest.approx(slip_band.worth(2, 10, 2.0))


def _words(late: list[bool], *, words: int = 1) -> Slips:
    """Milestones that were reached in time or three weeks late, each with so many words on it."""
    days = np.repeat(np.where(late, 21, 0), words)
    count = len(days)
    return Slips(
        days, np.ones(count, dtype=bool), np.full(count, 14), np.ones(count),
        np.repeat(np.arange(len(late)), words), np.tile(np.arange(words), len(late)),
    )  # fmt: skip


def test_milestones_that_share_the_fate_of_their_programme_count_as_few() -> None:
    programme = np.repeat(np.arange(20), 5)
    together = _words([bool(each % 2) for each in programme])
    apart = _words([bool(number % 2) for number in range(100)])
    seen = np.full(100, 300)
    # Five of a programme that are all late, or all in time, say as much as one.
    assert slip_band.alike(together, seen=seen, programme=programme) == pytest.approx(5, rel=0.1)
    assert slip_band.alike(apart, seen=seen, programme=programme) == 1


def test_several_words_on_a_milestone_are_not_alike_by_that() -> None:
    slips = _words([bool(number % 2) for number in range(40)], words=3)
    programme = np.repeat(np.arange(10), 12)
    seen = np.full(len(slips), 300)
    assert slip_band.alike(slips, seen=seen, programme=programme) == pytest.approx(1)


def test_what_is_not_decided_yet_says_nothing_of_it() -> None:
    slips = _words([True] * 4)
    open_yet = Slips(np.full(4, 3), np.zeros(4, dtype=bool), *(getattr(slips, name) for name in ("ahead", "schedule", "milestone", "said")))  # fmt: skip
    assert slip_band.alike(open_yet, seen=np.full(4, 3), programme=np.zeros(4)) == 1
    assert slip_band.alike(slips, seen=np.full(4, 300), programme=np.zeros(4)) == 4


@pytest.mark.parametrize(("ahead", "baseline", "over"), [(-8, 0, True), (-7, 0, False), (20, -28, True), (20, -27, False), (-20, 14, False)])  # fmt: skip
def test_a_baseline_is_missed_for_sure_once_more_than_is_allowed_has_passed(ahead: int, baseline: int, over: bool) -> None:  # fmt: skip
    assert slip_band.is_over(ahead=ahead, baseline=baseline) == over
