"""What the chance to miss a baseline is made of: parts that add up to it, and say which way each thing moves it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from forecasting.learning.dates import slips
from forecasting.learning.dates.parts import Parts, parts
from forecasting.learning.dates.slips import Reference
from forecasting.learning.dates.steps import classes
from forecasting.learning.part_names import MISS_PARTS

from .test_slip_steps import curve_of, reference


def parts_of(used: Reference, ahead: float, schedule: float | None, baseline: float) -> Parts:
    return parts(classes(used, ahead=ahead, schedule=schedule), baseline=baseline)


def test_each_part_is_the_difference_to_the_class_before() -> None:
    # A baseline a hundred and three days after the forecast is missed from the 111th day on.
    own = {"months/late": curve_of(0, 1, 2, 3, milestones=10)}
    found = parts_of(reference(own), 50, 0.9, 103)
    # Of three curves one is reached by then, one half, one not at all; none a week after the forecast.
    assert found.start == pytest.approx(1)
    assert list(found.added) == list(MISS_PARTS)
    assert found.added["room"] == pytest.approx(-0.5)
    # Those some months ahead are reached by half then, those behind schedule never, own ones always.
    assert found.added["ahead"] == pytest.approx(0.0)
    assert found.added["schedule"] == pytest.approx(0.5)
    assert found.added["own"] == pytest.approx(-0.5)
    assert found.added["open"] == pytest.approx(0.0)


def test_what_is_open_after_its_baseline_is_missed_because_it_is_open() -> None:
    used = Reference.from_dicts(slips.shipped(), {})
    found = parts_of(used, -30, 1.0, 0)
    assert found.added["room"] == 0
    assert found.added["open"] > 0.3
    assert found.start + sum(found.added.values()) == pytest.approx(1)


@given(
    st.integers(-120, 250),
    st.none() | st.floats(0.7, 1.2),
    st.integers(-200, 200),
    st.sampled_from([0, 3, 40, 4000]),
)
def test_the_parts_add_up_to_what_is_told(
    ahead: int, schedule: float | None, baseline: int, own: int
) -> None:
    mine = {kind: curve_of(-20, 4, 31, 90, milestones=own) for kind in slips.KINDS} if own else {}
    used = Reference.from_dicts(slips.shipped(), slips.as_dict(mine))
    found = parts_of(used, ahead, schedule, baseline)
    told = used.tell(ahead=ahead, schedule=schedule, baseline=baseline).missed
    assert found.start + sum(found.added.values()) == pytest.approx(told, abs=1e-12)


@given(st.integers(-60, 250), st.none() | st.floats(0.7, 1.2), st.integers(-100, 100))
def test_an_earlier_baseline_never_lowers_its_part_nor_the_chance(
    ahead: int, schedule: float | None, baseline: int
) -> None:
    used = Reference.from_dicts(slips.shipped(), {})
    later, earlier = (parts_of(used, ahead, schedule, baseline - less) for less in (0, 10))
    assert earlier.added["room"] >= later.added["room"]
    assert sum(earlier.added.values()) >= sum(later.added.values()) - 1e-12
