"""What each condition does to the dates of a milestone: a chain whose last link is what is told."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from forecasting.learning.dates import slips, steps as slip_steps
from forecasting.learning.dates.slips import Curve, Reference, Slips
from forecasting.learning.part_names import STEPS


def curve_of(*days: float, milestones: int = 100) -> Curve:
    """Half, eight and nine of ten are reached by three days, all by a fourth."""
    return Curve(np.array(days), np.array([0.5, 0.8, 0.9, 1.0]), milestones)


def reference(own: dict[str, Curve] | None = None) -> Reference:
    """Curves that can be told apart by the hundreds (distance) and the tens (how the programme runs)."""
    made = {}
    for number, far in enumerate(("near", "months", "far")):
        for more, how in enumerate(("steady", "any", "late")):
            first = 100 * number + 10 * more
            made[f"{far}/{how}"] = curve_of(first, first + 1, first + 2, first + 3)
    return Reference(made, own or {}, 10)


def steps_of(used: Reference, *, ahead: float, schedule: float | None) -> tuple[slip_steps.Step, ...]:  # fmt: skip
    return slip_steps.steps(slip_steps.classes(used, ahead=ahead, schedule=schedule))


def told(found: tuple[slip_steps.Step, ...]) -> dict[str, tuple[int | None, ...]]:
    return {each.name: each.days for each in found}


def test_each_step_is_a_class_whose_days_are_listed() -> None:
    found = steps_of(reference(), ahead=50, schedule=0.9)
    assert [each.name for each in found] == list(STEPS)
    days = told(found)
    # Of three curves that count alike half are reached with the middle one, eight and nine of ten with the last.
    assert days["all"] == (110, 210, 211)
    assert days["ahead"] == (110, 111, 112)
    assert days["schedule"] == days["own"] == days["open"] == (120, 121, 122)
    assert [each.cases for each in found] == [300, 100, 100, 0, 100]


def test_where_the_schedule_is_not_known_it_changes_nothing() -> None:
    found = told(steps_of(reference(), ahead=50, schedule=None))
    assert found["schedule"] == found["ahead"]


def test_what_own_milestones_change_is_a_step_of_its_own() -> None:
    own = {"months/late": curve_of(0, 1, 2, 3, milestones=990)}
    found = {each.name: each for each in steps_of(reference(own), ahead=50, schedule=0.9)}
    assert found["schedule"].days == (120, 121, 122)
    # One in a hundred is of those that are not reached before the 120th day.
    assert found["own"].days == (1, 2, 3)
    assert (found["own"].cases, found["own"].share) == (990, 0.99)
    assert found["open"].cases == 1090


def test_a_date_that_passed_is_told_last_with_the_share_that_was_later() -> None:
    late = steps_of(reference(), ahead=-22, schedule=0.9)[-1]
    # Of milestones that were reached after 20, 21, 22 and 23 days one in five was open on the 22nd day.
    assert late.days == (22, 23, 23)
    assert late.share is not None
    assert abs(late.share - 0.2) < 1e-9
    gone = steps_of(reference(), ahead=-60, schedule=0.9)[-1]
    assert gone.days == (None, None, None)


_words = st.lists(
    st.tuples(st.integers(-30, 200), st.booleans(), st.integers(-20, 200), st.floats(0.7, 1.2)),
    max_size=40,
)


@given(_words, st.integers(-90, 200), st.none() | st.floats(0.7, 1.2))
def test_the_last_step_is_what_is_told(
    rows: list[tuple[int, bool, int, float]], ahead: int, schedule: float | None
) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [np.empty(0)] * 4
    days, reached, before, runs = columns
    own = slips.curves(
        Slips(days, reached.astype(bool), before, runs, np.arange(len(days)), np.zeros(len(days)))
    )
    used = Reference.from_dicts(slips.shipped(), slips.as_dict(own))
    found = steps_of(used, ahead=ahead, schedule=schedule)
    assert found[-1].days == used.tell(ahead=ahead, schedule=schedule, baseline=0).quantiles
    # Nothing is known of the last step that was not known of the class before it: a chain never ends in a gap.
    for quantile in range(3):
        assert found[-1].days[quantile] is None or found[-2].days[quantile] is not None
