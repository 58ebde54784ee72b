from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from programmes.critical_path import (
    Link,
    Loop,
    Point,
    before_working_days,
    loop_with,
    rooms,
    too_early,
)
from programmes.schedule import after_working_days, working_days_between

MONDAY = date(2026, 6, 1)


def day(count: int) -> date:
    return after_working_days(MONDAY, count)


def test_what_a_golive_waits_for_has_the_room_up_to_it() -> None:
    points = [
        Point("train", day(5)),
        Point("ready", day(8)),
        Point("live", day(10), is_fixed=True),
        Point("tidy", day(30)),
    ]
    found = rooms(points, [Link("train", "ready", 2), Link("ready", "live")])
    assert {key: room.days for key, room in found.items()} == {
        "train": 3,
        "ready": 2,
        "live": 0,
        "tidy": 0,
    }
    assert found["live"].is_critical


def test_a_chain_without_room_is_critical_all_along() -> None:
    points = [Point("a", day(2)), Point("b", day(5)), Point("live", day(6), is_fixed=True)]
    found = rooms(points, [Link("a", "b", 3), Link("b", "live", 1)])
    assert all(room.is_critical for room in found.values())


def test_what_comes_too_late_has_less_than_no_room() -> None:
    points = [Point("a", day(9)), Point("live", day(6), is_fixed=True)]
    assert rooms(points, [Link("a", "live")])["a"].days == -3
    assert too_early(points, [Link("a", "live")]) == {("a", "live"): 3}


def test_what_is_reached_holds_nobody_up() -> None:
    points = [Point("a", day(3)), Point("live", day(4), is_done=True), Point("end", day(20))]
    found = rooms(points, [Link("a", "live")])
    assert found["a"].days == 17
    assert "live" not in found


def test_without_a_golive_the_room_goes_to_the_end_of_the_plan_of_the_last_that_waits() -> None:
    points = [
        Point("a", day(3), plan="one"),
        Point("alone", day(4), plan="one"),
        Point("end", day(10), plan="one"),
        Point("b", day(5), plan="two"),
        Point("far", day(40), plan="two"),
    ]
    found = rooms(points, [Link("a", "b", 2)])
    assert {key: room.days for key, room in found.items()} == {
        "a": 35,
        "alone": 6,
        "end": 0,
        "b": 35,
        "far": 0,
    }


def test_a_link_to_a_milestone_that_is_not_there_says_nothing() -> None:
    assert rooms([Point("a", day(3))], [Link("a", "gone"), Link("gone", "a")])["a"].days == 0


def test_a_loop_is_named_before_it_is_closed() -> None:
    links = [Link("a", "b"), Link("b", "c")]
    assert loop_with(links, Link("c", "a")) == ["a", "b", "c", "a"]
    assert loop_with(links, Link("a", "c")) == []
    assert loop_with([], Link("a", "a")) == ["a", "a"]


def test_links_that_wait_for_each_other_are_refused() -> None:
    points = [Point(name, day(1)) for name in "abc"]
    with pytest.raises(Loop) as refused:
        rooms(points, [Link("a", "b"), Link("b", "c"), Link("c", "a")])
    assert refused.value.keys == ["a", "b", "c", "a"]


def test_no_milestones_no_rooms() -> None:
    assert rooms([], []) == {}


@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(0, 5)), max_size=20),
)
def test_moving_within_its_room_moves_nobody(milestones, pairs) -> None:
    """Whoever uses all of their room leaves every fixed day and everything that waits where it may be."""
    points = [
        Point(at, day(offset), is_fixed=fixed) for at, (offset, fixed) in enumerate(milestones)
    ]
    # Links run forwards in the list, so that there is no loop.
    links = [Link(a, b, lag) for a, b, lag in pairs if a < b < len(points)]
    found = rooms(points, links)
    for link in links:
        latest = found[link.before].latest_on
        assert latest <= before_working_days(found[link.after].latest_on, link.lag)
    for point in points:
        if point.is_fixed:
            assert found[point.key].days <= 0


@given(st.integers(0, 400), st.integers(0, 60))
def test_days_forth_and_back(start: int, days: int) -> None:
    begin = MONDAY + timedelta(days=start)
    if begin.weekday() < 5:
        assert before_working_days(after_working_days(begin, days), days) == begin
        assert working_days_between(begin, after_working_days(begin, days)) == days
