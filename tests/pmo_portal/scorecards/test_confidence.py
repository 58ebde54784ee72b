"""Confidence: plain arithmetic, and what is not known stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from pmo_portal.scorecards import confidence


def delivery(**known: object) -> confidence.Confidence:
    nothing = {"met": None, "slip": None, "red_items": None, "rating": ""}
    return confidence.delivery(**{**nothing, **known}, slip_amber=5, slip_red=20)


def adoption(**known: object) -> confidence.Confidence:
    nothing = {"engagement": None, "training_behind": None, "resistance": None, "rating": ""}
    return confidence.adoption(**{**nothing, **known}, target=62, floor=50)


def test_it_is_the_mean_of_the_four_figures():
    found = delivery(met=95.0, slip=20, red_items=0, rating="amber_red")
    assert dict(found.parts) == {"met": 75, "slip": 50, "red": 90, "reported": 30}
    assert (found.value, found.known) == (61.2, 4)


def test_what_is_not_known_is_left_out_and_counted():
    found = adoption(engagement=62.0)
    assert (found.value, found.known) == (75.0, 1)


def test_nothing_known_is_not_zero():
    assert delivery().value is None
    assert adoption().value is None
    assert adoption(rating="red").value == 10


def test_a_rating_that_is_none_counts_as_missing():
    assert delivery(rating="not_rated").value is None


def test_both_halves_have_the_same_number_of_figures():
    assert len(delivery().parts) == len(adoption().parts) == confidence.OF_FIGURES


@pytest.mark.parametrize(
    ("engagement", "stands_at"),
    [(0, 0), (25, 25), (50, 50), (56, 62.5), (62, 75), (81, 82.5), (100, 90)],
)
def test_the_borders_of_the_tenant_stand_at_fifty_and_seventy_five(engagement, stands_at):
    assert adoption(engagement=engagement).value == stands_at


@pytest.mark.parametrize(("slip", "stands_at"), [(-8, 90), (0, 90), (5, 75), (60, 0), (200, 0)])
def test_slip_follows_the_borders_of_the_tenant(slip, stands_at):
    assert delivery(slip=slip).value == stands_at


@given(st.floats(-50, 150), st.floats(-50, 150))
def test_better_training_never_lowers_confidence(one, other):
    better, worse = sorted((one, other))
    assert adoption(training_behind=better).value >= adoption(training_behind=worse).value


@given(
    st.integers(0, 40),
    st.integers(0, 40),
    st.floats(-100, 400, allow_nan=False),
)
def test_any_borders_keep_it_between_nought_and_a_hundred(amber, red, slip):
    value = confidence.on_scale(slip, confidence.slip_points(amber, red))
    assert 0 <= value <= 100
