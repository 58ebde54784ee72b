from __future__ import annotations

from adoption.figures import LEFT, RIGHT, training_bars


def test_bars_run_from_nothing_to_all_and_the_plan_lies_on_the_same_scale() -> None:
    made = training_bars([("Payroll", 0.5, 0.75, True), ("Depots", 1.2, None, False)])
    first, second = made.bars
    assert first.width == (RIGHT - LEFT) / 2
    assert first.planned_x == LEFT + (RIGHT - LEFT) * 0.75
    assert (second.width, second.planned_x) == (RIGHT - LEFT, None)
    assert second.y > first.y
    assert made.height >= second.y + made.bar_height


def test_long_names_are_cut_with_a_sign() -> None:
    (bar,) = training_bars([("Department of everything and more", 0.1, 0.2, True)]).bars
    assert len(bar.name) <= 22
    assert bar.name.endswith("…")
