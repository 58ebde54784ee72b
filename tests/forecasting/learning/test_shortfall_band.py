"""How sure a chance not to be ready is."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from forecasting.learning.readiness import (
    Case,
    Engagement,
    Spreads,
    ToldReadiness,
    Training,
    band as shortfall_band,
    either,
)

SPREADS = Spreads(
    own_pace=0.5, usual=0.02, unknown=0.03, training=0.02, people=0.2, engagement=0.8, base=0.3, cases=40
)  # fmt: skip


def test_a_known_part_alone_by_hand() -> None:
    """A chance of a half lies at no distance: 1.2816 / sqrt(30) = 0.234 spreads either way, 0.4075 to 0.5925."""
    low, high = shortfall_band.band(ToldReadiness(0.0, 0.5, 0.5), 30) or (0, 0)
    assert low == pytest.approx(0.4075, abs=1e-4)
    assert high == pytest.approx(0.5925, abs=1e-4)


def test_eight_of_ten_bands_hold_the_chance_that_is_true() -> None:
    """A middle and a spread are found from thirty cases; what is told of a threshold 1.2 spreads below has a band."""
    rng = np.random.default_rng(7)
    for true_z in (0.0, 1.2, -0.7):
        held = 0
        for _again in range(2000):
            cases = rng.normal(size=30)
            z = (true_z - cases.mean()) / cases.std(ddof=1)
            told = float(norm.cdf(-z))
            low, high = shortfall_band.band(ToldReadiness(0.0, told, told), 30) or (0, 0)
            held += low <= norm.cdf(-true_z) <= high
        assert held / 2000 == pytest.approx(0.8, abs=0.04)


def test_the_chance_lies_inside_and_more_cases_make_it_narrower() -> None:
    shares = (0.0, 1e-12, 0.02, 0.3, 0.5, 0.9, 0.999, 1.0)
    for training in shares:
        for engagement in shares:
            told = ToldReadiness(training, engagement, either(training, engagement))
            before = None
            for worth in (0.0, 1.0, 3.5, 30.0, 500.0):
                low, high = shortfall_band.band(told, worth) or (-1, -1)
                assert 0 <= low <= told.chance <= high <= 1
                assert before is None or high - low <= before + 1e-12
                before = high - low


def test_two_parts_move_the_chance_less_than_both_at_their_ends() -> None:
    told = ToldReadiness(0.4, 0.3, either(0.4, 0.3))
    low, high = shortfall_band.band(told, 30) or (0, 0)
    of_training = shortfall_band.band(ToldReadiness(0.4, 0.0, 0.4), 30) or (0, 0)
    of_engagement = shortfall_band.band(ToldReadiness(0.0, 0.3, 0.3), 30) or (0, 0)
    ends = [either(of_training[at], of_engagement[at]) for at in (0, 1)]
    assert ends[0] < low < told.chance - (0.4 - of_training[0]) * 0.7 + 1e-9
    assert told.chance + (of_training[1] - 0.4) * 0.7 - 1e-9 < high < ends[1]


def test_what_is_not_known_may_be_anything() -> None:
    assert shortfall_band.band(ToldReadiness(None, None, None), 30) is None
    low, high = shortfall_band.band(ToldReadiness(0.5, None, 0.5), 30) or (0, 0)
    # By two numbers: 1.2816 x sqrt(2 / 30) spreads below.
    assert (round(low, 3), high) == (0.37, 1.0)
    low, high = shortfall_band.band(ToldReadiness(None, 0.5, 0.5), 30) or (0, 0)
    assert (round(low, 2), high) == (0.41, 1.0)


def case(unit: int, golive: int, *, off: float = 0.0, weeks: float = 4) -> Case:
    known = Training(0.6, 100, 0.06)
    return Case(
        (unit, golive), weeks, 0, 28, known, Engagement(55, 25),
        SPREADS.reached(known, weeks) + off, 55 + 10 * off, 50,
    )  # fmt: skip


def test_cases_of_one_golive_that_go_alike_are_worth_one() -> None:
    rng = np.random.default_rng(3)
    fates = rng.normal(size=10)
    alike = [case(unit, golive, off=float(fates[golive])) for golive in range(10) for unit in range(6)]  # fmt: skip
    assert 6 <= shortfall_band.worth(alike, SPREADS) <= 15
    apart = [replace(each, key=(each.key[0], at)) for at, each in enumerate(alike)]
    assert shortfall_band.worth(apart, SPREADS) == pytest.approx(60)


def test_a_unit_counts_once_and_the_less_known_part_decides() -> None:
    rng = np.random.default_rng(4)
    cases = [
        case(at, at, off=float(rng.normal()), weeks=weeks) for at in range(20) for weeks in (4, 8)
    ]
    assert shortfall_band.worth(cases, SPREADS) == pytest.approx(20)
    unknown = [replace(each, came_engagement=None) if each.key[0] > 4 else each for each in cases]
    assert shortfall_band.worth(unknown, SPREADS) == pytest.approx(5)
    assert shortfall_band.worth([], SPREADS) == 0


def test_few_cases_worth_little_leave_nearly_everything_open() -> None:
    low, high = shortfall_band.band(ToldReadiness(0.0, 0.5, 0.5), 2) or (0, 0)
    assert (low, high) == pytest.approx((0.182, 0.818), abs=1e-3)
    assert math.isclose(shortfall_band.SURE, 1.2815515, abs_tol=1e-6)
