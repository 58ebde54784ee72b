from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from adoption.engagement import UNIT_SD, Wave, estimate, measurement_variance, way

DAY = date(2026, 6, 1)


def test_without_a_wave_nothing_is_known():
    assert estimate([], on=DAY) is None
    assert estimate([Wave(DAY + timedelta(days=1), 50, 40)], on=DAY) is None


def test_a_wave_of_many_is_believed_and_one_of_few_only_half():
    many = estimate([Wave(DAY, 40, 400)], on=DAY, mean=62)
    few = estimate([Wave(DAY, 40, 12)], on=DAY, mean=62)
    assert many.value == pytest.approx(40.6, abs=0.1)
    assert few.value == pytest.approx(62 - 22 * 49 / (49 + 48), abs=0.01)


def test_an_old_wave_decays_to_the_mean_of_the_organisation_and_becomes_less_sure():
    waves = [Wave(DAY, 40, 400)]
    fresh = estimate(waves, on=DAY, mean=62)
    old = estimate(waves, on=DAY + timedelta(weeks=10), mean=62)
    assert old.value == pytest.approx(62 + 0.93**10 * (fresh.value - 62))
    assert fresh.variance < old.variance < UNIT_SD**2
    assert old.age_weeks == 10


def test_the_chance_of_lying_below_a_threshold():
    found = estimate([Wave(DAY, 50, 100)], on=DAY, mean=62)
    assert found.chance_below(found.value) == pytest.approx(0.5)
    assert found.chance_below(90) > 0.99
    assert found.chance_below(20) < 0.01


@given(
    st.lists(st.tuples(st.integers(0, 700), st.floats(0, 100), st.integers(7, 500)), min_size=1),
    st.integers(700, 1500),
)
def test_the_estimate_stays_between_what_was_said(waves, later):
    said = [Wave(DAY + timedelta(days=days), mean, n) for days, mean, n in waves]
    found = estimate(said, on=DAY + timedelta(days=later), mean=62)
    values = [62, *(wave.mean for wave in said)]
    assert min(values) - 1e-6 <= found.value <= max(values) + 1e-6
    assert 0 < found.variance <= UNIT_SD**2 + 1e-9


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 100)), min_size=1), st.integers(0, 300))
def test_moving_the_future_does_not_move_the_past(waves, at):
    on = DAY + timedelta(days=at)
    said = [Wave(DAY + timedelta(days=days), mean, 50) for days, mean in waves]
    past = [wave for wave in said if wave.on <= on]
    assert estimate(said, on=on) == estimate(past, on=on)


@pytest.mark.parametrize(
    ("change", "n", "said"),
    [
        # Of nine answers each 14 points are chance, of 90 they are not.
        (-14.0, 9, "unsure"),
        (-14.0, 90, "down"),
        (14.0, 90, "up"),
        # However many answer, a small change is none.
        (7.4, 50_000, "flat"),
        (-1.0, 9, "flat"),
        # Published without the number of answers: the size alone.
        (7.5, None, "up"),
    ],
)
def test_engagement_moved_by_its_size_and_beyond_chance(change, n, said):
    assert way(change, 2 * measurement_variance(n)) == said
