"""Geometry of figures: gaps stay gaps, labels stay apart, the appetite line follows the scores."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from adoption import figures as adoption_figures
from forecasting import figures as forecasting_figures
from pmo_portal.common import figures
from pmo_portal.common.raid_map import raid_map

VALUES = st.lists(st.none() | st.floats(-1000, 1000), max_size=24)


def test_a_sparkline_of_fewer_than_two_values_is_empty() -> None:
    assert figures.sparkline([]).segments == ()
    assert figures.sparkline([None, 5, None]).segments == ()


def test_a_missing_value_breaks_the_line_and_is_said_aloud() -> None:
    spark = figures.sparkline([1, 2, None, 3, 4])
    assert len(spark.segments) == 2
    assert spark.spoken == "1, 2, no data, 3, 4"


def test_equal_values_run_through_the_middle() -> None:
    (points,) = figures.sparkline([7, 7]).segments
    assert [point.split(",")[1] for point in points.split()] == ["12.0", "12.0"]


@given(VALUES)
def test_a_sparkline_never_leaves_its_box(values: list[float | None]) -> None:
    for segment in figures.sparkline(values).segments:
        for point in segment.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= figures.SPARK_WIDTH
            assert 0 <= y <= figures.SPARK_HEIGHT


def test_a_trend_draws_both_halves_on_one_scale() -> None:
    chart = figures.trend(
        ["Sep", "Oct", "Nov"],
        [("delivery", "Delivery", [80, 80, 80]), ("adoption", "Adoption", [80, None, 60])],
        target=70,
        target_text="Agreed 70%",
        unit="%",
    )
    delivery, adoption = chart.lines
    assert delivery.points[0].y == adoption.points[0].y
    assert adoption.segments == ()
    assert [point.label for point in adoption.points] == ["Sep", "Nov"]
    assert chart.rows[1] == ("Oct", ("80%", "No data"))
    assert chart.target_y is not None
    assert delivery.points[0].y < chart.target_y < adoption.points[-1].y


@given(st.lists(st.floats(0, 100), min_size=2, max_size=4))
def test_the_names_at_the_ends_never_cover_each_other(ends: list[float]) -> None:
    chart = figures.trend(["now"], [("", str(index), [end]) for index, end in enumerate(ends)])
    heights = sorted(line.end_y for line in chart.lines)
    assert all(lower - upper >= 16.9 for upper, lower in pairwise(heights))


@pytest.mark.parametrize("name", ["", "Delivery", "What began, of what was expected"])
def test_what_stands_at_the_end_of_a_line_has_room_beside_the_lines(name) -> None:
    chart = figures.trend(["Sep", "Oct"], [("", name, [100, 0])], unit="%", floor=0)
    [line] = chart.lines
    assert line.end_text == f"{name} 0%".strip()
    assert line.end_x > chart.right
    # A letter of this size is seven units wide at most in the mean.
    assert line.end_x + 7 * len(line.end_text) <= chart.width


def test_a_trend_of_nothing_is_an_empty_frame() -> None:
    chart = figures.trend([], [("delivery", "Delivery", [])])
    assert chart.lines[0].points == ()
    assert chart.y_ticks


@pytest.mark.parametrize(
    ("most", "ends_at"),
    [(0, 5), (3, 5), (4, 5), (6, 6), (7, 8), (23, 25), (61, 80), (100, 100), (48_231, 50_000)],
)
def test_what_is_counted_from_a_floor_ends_close_above_its_largest_value(most, ends_at) -> None:
    assert figures.scale([0, most], 0, None) == (0, ends_at)


def test_a_scale_without_a_floor_does_not_blow_small_moves_up() -> None:
    assert figures.scale([71, 73], None, None) == (70, 90)
    assert figures.scale([3], 0, 100) == (0, 100)


@given(st.floats(-500, 500), st.floats(0.5, 10_000_000))
def test_grid_lines_are_few_and_inside(low: float, span: float) -> None:
    found = figures.steps(low, low + span)
    assert len(found) <= 7
    assert all(low <= value <= low + span + 1e-9 for value in found)


def test_the_risk_map_counts_and_moves() -> None:
    drawn = raid_map(
        {(4, 4): 2, (1, 1): 1},
        moves=[("R-1", (3, 4), (4, 4)), ("R-3", (2, 1), (1, 1)), ("R-2", (4, 4), (4, 4))],
        link=lambda likelihood, impact: f"?l={likelihood}&i={impact}",
    )
    counted = {(cell.likelihood, cell.impact): cell for cell in drawn.cells if cell.count}
    assert counted[4, 4].count == 2
    assert counted[4, 4].url == "?l=4&i=4"
    assert [(move.reference, move.worse) for move in drawn.moves] == [("R-1", True), ("R-3", False)]
    assert drawn.is_linked


def test_the_appetite_line_separates_twelve_and_above() -> None:
    """From the top: right of two fields in two rows, of three, then of all."""
    drawn = raid_map({})
    assert drawn.appetite_path == "M217 4 L217 53 L217 53 L217 102 L266 102 L266 151 L364 151"
    assert not drawn.is_linked


@pytest.mark.parametrize("count", [3, 12, 29])
@pytest.mark.parametrize("width", [404, 608])
def test_days_on_the_axis_have_room_beside_each_other(count, width) -> None:
    labels = [f"{day + 1} Nov" for day in range(count)]
    chart = figures.trend(labels, [("", "Risk", [1.0] * count)], width=width)
    for one, other in pairwise(chart.x_ticks):
        assert other.position - one.position >= figures.LETTER * max(len(one.text), len(other.text))
    assert chart.x_ticks[-1].text == labels[-1]


def test_figures_that_shrink_are_drawn_for_a_phone() -> None:
    """316 units of a phone for these: letters of 13 stay above eleven."""
    narrow = [
        raid_map({}).width,
        adoption_figures.training_bars([]).width,
        forecasting_figures.driver_bars([]).width,
        forecasting_figures.delays([(0, 0.2, -0.1, 0.1, False)]).width,
        forecasting_figures.date_range([("Plan", "1 Jun", 1, False)]).width,
        forecasting_figures.risk_trend(
            ["1 Jun", "8 Jun"], [3, 5], name="Risk", levels=[]
        ).base.width,
    ]
    assert set(narrow) == {368}
    assert 13 * 316 / 368 > 11
