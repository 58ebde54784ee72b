from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from adoption.resistance import Sign, is_pattern, resistance

DAY = date(2026, 6, 1)


def test_one_fresh_strong_sign():
    assert resistance([Sign("log", 3, DAY)], on=DAY) == pytest.approx(0.36)


def test_a_sign_counts_half_after_three_weeks():
    found = resistance([Sign("log", 3, DAY)], on=DAY + timedelta(days=21))
    assert found == pytest.approx(0.18)


def test_two_sources_add_up():
    signs = [Sign("log", 3, DAY), Sign("champion", 2, DAY)]
    assert resistance(signs, on=DAY) == pytest.approx(1 - 0.64 * 0.76)
    assert is_pattern(signs, on=DAY)


def test_one_loud_source_cannot_turn_a_unit_red():
    assert resistance([Sign("log", 3, DAY)] * 20, on=DAY) == pytest.approx(0.5)
    assert not is_pattern([Sign("log", 3, DAY)] * 20, on=DAY)


def test_what_was_resolved_counts_until_that_day():
    sign = Sign("log", 3, DAY, resolved_on=DAY + timedelta(days=5))
    assert resistance([sign], on=DAY + timedelta(days=4)) > 0
    assert resistance([sign], on=DAY + timedelta(days=5)) == 0


def test_the_future_counts_for_nothing():
    assert resistance([Sign("log", 3, DAY)], on=DAY - timedelta(days=1)) == 0


SIGNS = st.lists(
    st.builds(
        Sign,
        st.sampled_from(["log", "champion", "tickets"]),
        st.integers(1, 3),
        st.integers(0, 60).map(lambda days: DAY + timedelta(days=days)),
    )
)


@given(SIGNS, st.integers(0, 200))
def test_resistance_is_a_share_and_another_sign_never_lowers_it(signs, later):
    on = DAY + timedelta(days=later)
    before = resistance(signs, on=on)
    after = resistance([*signs, Sign("workaround", 2, on)], on=on)
    assert 0 <= before <= after < 1
