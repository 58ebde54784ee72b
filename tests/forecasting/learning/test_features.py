from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from forecasting.learning import features

from .rows import raw_rows


def test_every_term_has_a_driver_and_a_direction() -> None:
    assert len(set(features.CRISIS.terms)) == len(features.CRISIS.terms)
    assert set(features.CRISIS.driver_of) == set(features.CRISIS.terms)
    assert set(features.CRISIS.driver_of.values()) == set(features.CRISIS.drivers)
    assert set(features.CRISIS.directions) <= {-1, 0, 1}


def test_what_is_not_known_is_filled_by_its_own_rule_and_named() -> None:
    raw = raw_rows(3)
    at = features.CRISIS.names.index("weeks_to_golive")
    raw[1, at] = np.nan
    assert features.CRISIS.filled(raw)[1, at] == 30
    assert features.CRISIS.missing(raw).sum() == 1
    assert np.isfinite(features.CRISIS.design(raw)).all()


def test_interactions_are_products_of_the_filled_inputs() -> None:
    raw = raw_rows(50)
    made = dict(zip(features.CRISIS.terms, features.CRISIS.design(raw).T, strict=True))
    near, low, gap = (made[name] for name in ("near_golive", "eng_low", "train_gap"))
    assert np.allclose(made["near_x_eng_low_x_train_gap"], near * low * gap)
    assert np.allclose(made["late_x_eng_low"], np.clip(1 - made["spi_s"], 0, None) * low)


def test_a_table_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="inputs"):
        features.CRISIS.design(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("weeks", "expected"), [(12, 0.0), (6, 0.5), (0, 1.0), (-4, 0.5), (-8, 0.0), (40, 0.0)]
)
def test_closeness_rises_to_the_day_and_falls_after_it(weeks: float, expected: float) -> None:
    assert features.closeness(np.array(weeks)) == pytest.approx(expected)


def test_nearness_is_that_of_the_weeks_ahead() -> None:
    # In two weeks: the four weeks ahead lie one before it, on it, and one and two after it.
    expected = (features.closeness(np.array([1.0, 0.0, -1.0, -2.0]))).mean()
    assert features.near(np.array([2.0]))[0] == pytest.approx(expected)


@given(st.floats(0, 100), st.floats(0, 100))
def test_lower_engagement_never_weighs_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    weighed = features.low_engagement(np.array([low, high]), usual=64.0)
    assert weighed[0] >= weighed[1] >= 0
