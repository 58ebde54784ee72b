import pytest

from adoption.status import engagement_state, resistance_state, training_state


@pytest.mark.parametrize(
    ("value", "own", "inherited"),
    [
        (None, "none", "none"),
        (49.4, "bad", "bad"),
        # As it is written: 50.
        (49.6, "warn", "warn"),
        (50, "warn", "warn"),
        (61.4, "warn", "warn"),
        # What is known of the unit above never makes a hidden unit green.
        (62, "ok", "none"),
        (61.6, "ok", "none"),
    ],
)
def test_engagement(value, own, inherited):
    limits = {"target": 62, "floor": 50}
    assert engagement_state(value, **limits) == own
    assert engagement_state(value, **limits, is_inherited=True) == inherited


@pytest.mark.parametrize(
    ("gap", "state"),
    [
        (None, "none"),
        (0, "ok"),
        (0.05, "ok"),
        (0.06, "warn"),
        (0.21, "bad"),
        # Five and twenty points as computers subtract them.
        (0.65 - 6 / 10, "ok"),
        (0.9 - 7 / 10, "warn"),
    ],
)
def test_training(gap, state):
    assert training_state(gap) == state


@pytest.mark.parametrize(
    ("value", "state"), [(None, "none"), (0.1, "ok"), (0.2, "warn"), (0.4, "bad")]
)
def test_resistance(value, state):
    assert resistance_state(value) == state
