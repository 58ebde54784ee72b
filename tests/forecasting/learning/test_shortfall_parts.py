"""The parts of the chance not to be ready: they add up to it, and worse is never better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from forecasting.learning import readiness as shortfall
from forecasting.learning.limits import TRAINED
from forecasting.learning.readiness import Engagement, Spreads, Training, parts as shortfall_parts
from forecasting.learning.readiness.parts import Parts
from forecasting.learning.shares import shares

SHIPPED = Spreads.from_dict(shortfall.shipped()["spreads"])
USUAL = Engagement(60.0, 49.0)

_share = st.floats(0, 1)
_spreads = st.builds(
    Spreads, own_pace=_share, usual=st.floats(0, 1 / 12), unknown=st.floats(0, 1 / 12), training=st.floats(0, 0.1),
    people=_share, engagement=st.floats(0.1, 3), base=_share, cases=st.just(40),
)  # fmt: skip
_training = st.builds(Training, _share, st.integers(1, 3000), st.none() | st.floats(-0.1, 0.3))
_engagement = st.builds(Engagement, st.floats(0, 100), st.floats(0.01, 60))
_weeks = st.floats(0, 12)


def told(
    training: Training | None, engagement: Engagement | None, *, weeks: float = 5.0,
    spreads: Spreads = SHIPPED, usual: Engagement = USUAL, threshold: float = 50.0,
) -> Parts:  # fmt: skip
    found = shortfall_parts.parts(
        spreads, weeks=weeks, training=training, engagement=engagement, usual=usual, threshold=threshold,
    )  # fmt: skip
    assert found is not None
    return found


@given(
    _spreads, _weeks, st.none() | _training, st.none() | _engagement, _engagement, st.floats(20, 80)
)
def test_the_parts_add_up_to_the_chance(
    spreads: Spreads, weeks: float, training: Any, engagement: Any, usual: Engagement, threshold: float
) -> None:  # fmt: skip
    found = shortfall_parts.parts(
        spreads, weeks=weeks, training=training, engagement=engagement, usual=usual, threshold=threshold,
    )  # fmt: skip
    chance = shortfall.tell(
        spreads, weeks=weeks, training=training, engagement=engagement, threshold=threshold
    ).chance
    if found is None:
        assert chance is None
        return
    assert found.start + sum(found.added.values()) == pytest.approx(chance, abs=1e-9)


@given(
    _spreads,
    _weeks,
    _training,
    st.none() | _engagement,
    _share,
    _share,
    st.floats(0, 0.3),
    st.floats(0, 0.3),
)
def test_less_training_and_a_slower_pace_never_lower_their_own_part(
    spreads: Spreads, weeks: float, training: Training, engagement: Any,
    one: float, other: float, slow: float, fast: float,
) -> None:  # fmt: skip
    less, more = (
        told(replace(training, share=each), engagement, weeks=weeks, spreads=spreads).added
        for each in sorted((one, other))
    )
    assert less["training"] >= more["training"] - 1e-9
    slower, faster = (
        told(replace(training, pace=each), engagement, weeks=weeks, spreads=spreads).added
        for each in sorted((slow, fast))
    )
    assert slower["pace"] >= faster["pace"] - 1e-9


@given(_spreads, _weeks, st.none() | _training, _engagement, st.floats(0, 100), st.floats(0, 100))
def test_less_engagement_never_lowers_its_part(
    spreads: Spreads, weeks: float, training: Any, engagement: Engagement, one: float, other: float
) -> None:  # fmt: skip
    less, more = (
        told(training, replace(engagement, value=each), weeks=weeks, spreads=spreads).added
        for each in sorted((one, other))
    )
    assert less["engagement"] >= more["engagement"] - 1e-9


@given(_spreads, _weeks, _weeks)
def test_the_nearer_the_day_the_more_are_needed(spreads: Spreads, one: float, other: float) -> None:
    near, far = sorted((one, other))
    wanted = shortfall_parts.needed(spreads, near)
    assert shortfall_parts.needed(spreads, far) <= wanted + 1e-9
    assert 0 <= wanted <= TRAINED + 1e-9


def test_it_begins_at_a_unit_that_is_just_on_its_way() -> None:
    """As many as needed at the usual pace, and engagement far above the threshold: a toss-up."""
    wanted = shortfall_parts.needed(SHIPPED, 5.0)
    assert wanted + 5 * SHIPPED.unknown * (1 - wanted) == pytest.approx(TRAINED)
    found = told(Training(wanted, 100, None), USUAL, usual=replace(USUAL, value=90.0))
    assert found.start == pytest.approx(0.5)
    assert found.added["training"] == pytest.approx(0, abs=1e-12)


def test_a_unit_of_two_causes_by_hand() -> None:
    """No pace and no weeks left: too few are trained for sure, and engagement is a toss-up where usually it is high."""
    found = told(Training(0.5, 100, None), Engagement(50.0, 49.0), weeks=0, usual=Engagement(99.0, 49.0))  # fmt: skip
    # From one in two: training alone makes it sure (+0.5), engagement alone adds a quarter. Each gets the mean over both orders.
    assert found.start == pytest.approx(0.5)
    assert found.added == pytest.approx({"training": 0.375, "engagement": 0.125, "sureness": 0}, abs=1e-9)  # fmt: skip


def test_a_sure_survey_moves_the_chance_away_from_one_in_two() -> None:
    """Low engagement that many confirmed raises it further, high engagement lowers it further; nobody asked adds nothing."""
    low, high = (told(None, Engagement(value, 9.0)).added["sureness"] for value in (46.0, 54.0))
    assert low > 0.01
    assert high < -0.01
    assert told(None, Engagement(46.0, USUAL.variance)).added["sureness"] == pytest.approx(0)


@pytest.mark.parametrize(
    "spreads", [SHIPPED, replace(SHIPPED, own_pace=0), replace(SHIPPED, unknown=0.02)]
)
@pytest.mark.parametrize("engagement", [None, Engagement(45.0, 30.0), Engagement(80.0, 30.0)])
@pytest.mark.parametrize("weeks", [0.0, 1.0, 5.0, 12.0])
def test_a_pace_slower_than_usual_never_lowers_and_a_faster_one_never_raises(
    spreads: Spreads, engagement: Any, weeks: float
) -> None:  # fmt: skip
    for share in [at / 20 for at in range(21)]:
        usual = spreads.usual_pace(share)
        for pace in [-0.02, *(at / 200 for at in range(41)), usual]:
            part = told(Training(share, 80, pace), engagement, weeks=weeks, spreads=spreads).added[
                "pace"
            ]
            if pace <= usual:
                assert part >= -1e-12, (share, pace)
            if pace >= usual:
                assert part <= 1e-12, (share, pace)


def test_where_nearly_all_are_trained_a_slow_pace_is_no_news() -> None:
    assert told(Training(0.98, 100, 0.0), Engagement(70.0, 30.0)).added["pace"] == pytest.approx(0, abs=0.005)  # fmt: skip


def test_the_usual_pace_says_as_much_as_none_that_is_known() -> None:
    """About 2 points a week where 40 % are left: what goes on is then what goes on anywhere."""
    usual = SHIPPED.usual_pace(0.6)
    assert 0.01 < usual < 0.03
    assert SHIPPED.pace(Training(0.6, 100, usual)) == pytest.approx(
        SHIPPED.pace(Training(0.6, 100, None))
    )


def test_what_is_not_known_has_no_part() -> None:
    assert set(told(Training(0.5, 100, None), None).added) == {"training"}
    assert set(told(None, Engagement(50, 9)).added) == {"engagement", "sureness"}
    assert shortfall_parts.parts(SHIPPED, weeks=3, training=None, engagement=None, usual=None, threshold=50) is None  # fmt: skip


def test_causes_share_what_they_make_together() -> None:
    """Two that only work together get half each; one that does nothing gets nothing."""
    found = shares(("a", "b", "c"), lambda some: 1.0 if {"a", "b"} <= some else 0.0)
    assert found == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0})
