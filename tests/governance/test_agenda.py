"""Plain functions of meetings: days, turns, quorum, equal time."""

from __future__ import annotations

from datetime import date

import pytest

from governance import agenda


def test_months_keep_their_weekday() -> None:
    second_tuesday = date(2026, 1, 13)
    assert agenda.dates_of("monthly", second_tuesday, 4) == [
        date(2026, 1, 13),
        date(2026, 2, 10),
        date(2026, 3, 10),
        date(2026, 4, 14),
    ]


def test_a_fifth_weekday_becomes_the_last() -> None:
    assert agenda.dates_of("monthly", date(2026, 1, 29), 2)[1] == date(2026, 2, 26)


def test_other_rhythms() -> None:
    assert agenda.dates_of("fortnightly", date(2026, 1, 1), 2)[1] == date(2026, 1, 15)
    assert agenda.dates_of("quarterly", date(2026, 1, 6), 2)[1] == date(2026, 4, 7)


def test_sides_take_turns_after_whoever_was_last() -> None:
    assert agenda.alternation("delivery", 3) == ["change", "delivery", "change"]
    assert agenda.alternation("change", 2) == ["delivery", "change"]
    assert agenda.alternation("", 2) == ["delivery", "change"]


@pytest.mark.parametrize(
    ("present", "needed", "met"),
    [
        (["delivery", "change"], 2, True),
        (["delivery", "delivery", "business"], 2, False),
        (["delivery", "change"], 3, False),
        ([], 2, False),
    ],
)
def test_a_quorum_needs_both_functions(present: list[str], needed: int, met: bool) -> None:
    assert agenda.quorum(present, needed).is_met is met


@pytest.mark.parametrize("length", [30, 60, 90, 95, 180])
def test_both_sides_get_the_same_time(length: int) -> None:
    items = [
        ("delivery", 15),
        ("change", 15),
        ("both", 15),
        ("delivery", 20),
        ("delivery", 15),
        ("change", 10),
    ]
    minutes = agenda.spread(items, length)
    shared = agenda.shares(zip((side for side, _ in items), minutes, strict=True))
    assert shared.is_equal
    assert min(minutes) >= 5


def test_time_fills_the_meeting_where_it_can() -> None:
    items = [("delivery", 15), ("change", 15), ("both", 10)]
    assert agenda.spread(items, 90) == [40, 40, 10]


def test_one_side_alone_keeps_its_usual_time() -> None:
    assert agenda.spread([("delivery", 15), ("both", 10)], 90) == [15, 10]


def test_joint_items_give_way_to_the_length_of_the_meeting() -> None:
    items = [("delivery", 15), ("change", 15), ("change", 15), *[("both", 20)] * 4]
    minutes = agenda.spread(items, 60)
    assert sum(minutes) == 60
    assert minutes[:3] == [10, 5, 5]
