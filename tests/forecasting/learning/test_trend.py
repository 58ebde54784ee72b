from __future__ import annotations

import random

import pytest

from forecasting.learning.trend import trend


def test_one_odd_week_does_not_turn_it() -> None:
    series = [(week, 0.02 * week) for week in range(6)]
    series[3] = (3, 0.9)
    assert trend(series).slope == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize(("step", "direction"), [(0.03, "rising"), (-0.03, "falling")])
def test_a_steady_change_is_named(step: float, direction: str) -> None:
    rng = random.Random(1)
    series = [(week, 0.3 + step * week + rng.uniform(-0.01, 0.01)) for week in range(6)]
    assert trend(series).direction == direction


def test_noise_is_called_steady_nine_times_in_ten() -> None:
    rng = random.Random(2)
    called = sum(
        trend([(week, rng.gauss(0.2, 0.05)) for week in range(12)]).direction != "steady"
        for _try in range(400)
    )
    assert called < 0.2 * 400


def test_a_regular_but_small_change_is_none() -> None:
    assert (
        trend([(week, 0.1 + 0.001 * week) for week in range(6)], least=0.005).direction == "steady"
    )


def test_few_scores_have_no_trend() -> None:
    assert trend([(0, 0.1), (1, 0.2), (2, 0.3)]).direction == "unknown"
