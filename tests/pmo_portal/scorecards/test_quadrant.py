"""The chart of both confidences: everything is drawn where it stands, and names cover nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from pmo_portal.scorecards.quadrant import (
    NAMED_OF_MANY,
    TOP,
    Dot,
    field_of,
    figure,
    quadrant,
)

score = st.one_of(st.none(), st.floats(0, 100, allow_nan=False))


def dot(number: int = 1, **fields: object) -> Dot:
    given_ = {
        "name": f"Programme {number}",
        "code": f"P{number}",
        "url": f"/p/P{number}/",
        "budget": number * 1000,
        "delivery": 70.0,
        "adoption": 50.0,
    }
    return Dot(**{**given_, **fields})


def test_nothing_known_is_no_chart():
    assert quadrant([dot(delivery=None, adoption=None)], expected=60) is None
    assert quadrant([], expected=60) is None


@pytest.mark.parametrize(
    ("delivery", "adoption", "field"),
    [
        (60, 60, "both"),
        (60, 59.9, "built"),
        (59.9, 60, "wanted"),
        (10, 10, "neither"),
        (None, 80, ""),
        (80, None, ""),
    ],
)
def test_fields(delivery, adoption, field):
    assert field_of(delivery, adoption, 60) == field


def test_better_stands_further_right_and_higher():
    made = quadrant([dot(1), dot(2, delivery=90.0, adoption=80.0)], expected=60)
    one, two = sorted(made.bubbles, key=lambda each: each.dot.code)
    assert two.x > one.x
    assert two.y < one.y


def test_the_area_is_the_budget():
    made = quadrant([dot(1, budget=400), dot(2, budget=1600)], expected=60)
    one, two = sorted(made.bubbles, key=lambda each: each.r)
    assert (two.r / one.r) ** 2 == pytest.approx(4)


def test_a_missing_half_stands_in_its_own_strip():
    made = quadrant([dot(1, adoption=None), dot(2, delivery=None)], expected=60)
    below, beside = sorted(made.bubbles, key=lambda each: each.dot.code)
    assert below.y > made.bottom
    assert beside.x < made.left
    assert {below.look, beside.look} == {"unknown"}


def test_the_tail_begins_where_it_stood_and_is_left_out_where_that_is_not_known():
    moved = dot(1, delivery_before=50.0, adoption_before=70.0)
    made = quadrant(
        [moved, dot(2), dot(3, delivery_before=70.0, adoption_before=50.0)], expected=60
    )
    tails = {each.dot.code: each.tail for each in made.bubbles}
    assert tails["P1"][0] < next(each.x for each in made.bubbles if each.dot.code == "P1")
    assert tails["P2"] is None
    assert tails["P3"] is None


@settings(max_examples=40)
@given(
    st.lists(st.tuples(score, score, st.integers(0, 10**9)), min_size=1, max_size=60), st.booleans()
)
def test_names_cover_no_bubble_and_no_other_name(rows, for_phone):
    dots = [
        dot(number, delivery=d, adoption=a, budget=money or None)
        for number, (d, a, money) in enumerate(rows)
    ]
    made = quadrant(dots, expected=60, for_phone=for_phone)
    if made is None:
        return
    boxes = []
    for each in made.bubbles:
        assert each.x - each.r >= 0
        assert each.x + each.r <= made.width
        if each.label is None:
            continue
        width = 6.9 * len(each.label.text)
        x, y = float(each.label.x), float(each.label.y)
        start = {"start": x, "middle": x - width / 2, "end": x - width}[each.label.anchor]
        boxes.append((start, y - 12, start + width, y + 4))
    for index, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= made.width
        for other in boxes[index + 1 :]:
            assert not (
                one[0] < other[2] - 0.2
                and other[0] < one[2] - 0.2
                and one[1] < other[3] - 0.2
                and other[1] < one[3] - 0.2
            )


def test_of_many_only_those_that_matter_are_named():
    made = quadrant(
        [dot(n, delivery=n % 100, adoption=(7 * n) % 100) for n in range(60)], expected=60
    )
    named = [each for each in made.bubbles if each.label]
    assert len(named) <= NAMED_OF_MANY
    assert made.unnamed == 60 - len(named)


def test_everything_known_stands_on_the_plot():
    made = quadrant([dot(1, delivery=3.0, adoption=100.0)], expected=60)
    (bubble,) = made.bubbles
    assert made.left <= bubble.x <= made.right
    assert TOP <= bubble.y <= made.bottom


def test_the_figure_for_exploring_holds_the_same_points():
    made = figure([dot(1), dot(2, adoption=None)], expected=60, words=("a", "b"))
    assert made["data"][1]["x"] == [70.0]
    assert made["data"][1]["y"] == [50.0]


def test_names_of_fields_have_a_line_each_on_a_phone():
    screen = quadrant([dot()], expected=60)
    phone = quadrant([dot()], expected=60, for_phone=True)
    assert screen.right_names == (screen.top + 20, screen.bottom - 11)
    assert phone.right_names[0] - (phone.top + 20) == 16
    assert (phone.bottom - 11) - phone.right_names[1] == 16
