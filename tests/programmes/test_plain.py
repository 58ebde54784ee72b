"""Slip, scores and ratings: examples people would agree with, and what must hold whatever the figures are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from pmo_portal.common.levels import State
from programmes import figures, raid, schedule, status
from programmes.choices import Rating
from programmes.status import Indicator

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1))
LEVELS = st.sampled_from([State.OK, State.WARN, State.BAD, State.NONE])
MONDAY = date(2026, 6, 1)


def state(forecast_on: date, *, actual_on: date | None = None, on: date = MONDAY) -> State:
    return schedule.milestone_state(
        baseline_on=MONDAY,
        forecast_on=forecast_on,
        actual_on=actual_on,
        on=on,
        amber_days=5,
        red_days=20,
    )


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (MONDAY, MONDAY, 0),
        (MONDAY, date(2026, 6, 5), 4),
        (MONDAY, date(2026, 6, 6), 4),
        (MONDAY, date(2026, 6, 8), 5),
        (date(2026, 6, 5), date(2026, 6, 8), 1),
        (date(2026, 6, 6), date(2026, 6, 7), 0),
        (date(2026, 6, 8), MONDAY, -5),
    ],
)
def test_weekends_do_not_count(start, end, days):
    assert schedule.working_days_between(start, end) == days


@given(DAYS, st.integers(min_value=0, max_value=4000))
def test_working_days_are_counted_one_by_one(start, length):
    end = start + timedelta(days=length)
    counted = sum((start + timedelta(days=day)).weekday() < 5 for day in range(1, length + 1))
    assert schedule.working_days_between(start, end) == counted
    assert schedule.working_days_between(end, start) == -counted


@given(DAYS, DAYS, DAYS)
def test_slip_adds_up(first, second, third):
    whole = schedule.working_days_between(first, third)
    parts = schedule.working_days_between(first, second) + schedule.working_days_between(
        second, third
    )
    assert whole == parts


def test_a_milestone_is_judged_by_its_slip():
    assert state(MONDAY) == State.OK
    assert state(MONDAY + timedelta(days=7)) == State.OK
    assert state(MONDAY + timedelta(days=8)) == State.WARN
    assert state(MONDAY + timedelta(days=29)) == State.BAD


def test_a_date_that_passed_is_at_risk_at_once_and_off_track_in_time():
    assert state(MONDAY, on=MONDAY + timedelta(days=1)) == State.WARN
    assert state(MONDAY, on=MONDAY + timedelta(days=60)) == State.BAD


def test_reached_is_done_from_that_day_on():
    reached = MONDAY + timedelta(days=3)
    assert state(MONDAY, actual_on=reached, on=reached) == State.DONE
    assert state(MONDAY, actual_on=reached, on=MONDAY + timedelta(days=2)) == State.WARN


@given(DAYS, DAYS, DAYS)
def test_a_later_forecast_never_looks_better(baseline, one, other):
    order = [State.OK, State.WARN, State.BAD]
    found = [
        order.index(
            schedule.milestone_state(
                baseline_on=baseline,
                forecast_on=forecast,
                actual_on=None,
                on=min(one, other),
                amber_days=5,
                red_days=20,
            )
        )
        for forecast in sorted((one, other))
    ]
    assert found == sorted(found)


def test_a_score_needs_both_assessments():
    assert raid.score(4, 4) == 16
    assert raid.score(None, 4) is None
    assert raid.severity(None, appetite=12) == State.NONE


@pytest.mark.parametrize(
    ("score", "expected"), [(5, State.OK), (6, State.WARN), (11, State.WARN), (12, State.BAD)]
)
def test_the_appetite_draws_the_line(score, expected):
    assert raid.severity(score, appetite=12) == expected


@given(st.integers(1, 25), st.integers(1, 25), st.integers(1, 25))
def test_a_higher_score_is_never_milder(one, other, appetite):
    order = [State.OK, State.WARN, State.BAD]
    low, high = (
        order.index(raid.severity(score, appetite=appetite)) for score in sorted((one, other))
    )
    assert low <= high
    assert (raid.severity(one, appetite=appetite) == State.BAD) == (one >= appetite)


def test_every_rating_has_a_state():
    assert {rating: status.state_of(rating) for rating in Rating}[Rating.AMBER_RED] == State.BAD
    assert status.state_of("not_rated") == State.NONE


def test_the_worst_indicator_speaks_and_says_why():
    found = status.computed(
        [Indicator(State.OK, "fine"), Indicator(State.BAD, "late"), Indicator(State.NONE, "?")]
    )
    assert found == (State.BAD, ["late"])


@given(st.lists(st.builds(Indicator, LEVELS, st.just("because"))))
def test_no_data_is_never_green_and_changes_nothing(indicators):
    known = [each for each in indicators if each.state != State.NONE]
    assert status.computed(indicators)[0] == status.computed(known)[0]
    if not known:
        assert status.computed(indicators)[0] == State.NONE


def bar(name: str, baseline: date, expected: date) -> figures.Bar:
    return figures.Bar(name, name, "/", baseline, expected, False, False, 0, False)


BARS = st.lists(st.builds(bar, st.just("M-1"), DAYS, DAYS), max_size=20)


@given(BARS, BARS, DAYS, st.booleans())
def test_every_bar_lies_on_the_axis(delivery, adoption, on, for_phone):
    figure = figures.plan(delivery, adoption, on=on, for_phone=for_phone)
    if not delivery and not adoption:
        assert figure is None
        return
    assert figure is not None
    assert [lane.half for lane in figure.lanes] == ["delivery", "adoption"]
    for lane in figure.lanes:
        for drawn in lane.bars:
            assert figure.left <= drawn.x_baseline <= figure.right
            assert figure.left <= drawn.x_expected <= figure.right
            assert lane.top < drawn.y < lane.top + lane.height
    assert sum(len(lane.bars) + lane.left_out for lane in figure.lanes) == len(delivery) + len(
        adoption
    )
    assert len(figure.months) <= 10


def test_a_long_name_takes_two_lines_and_says_where_it_is_cut() -> None:
    day = date(2026, 6, 1)
    short, long = "Contract signed", "Data of the warehouse are taken over into the new ledger"
    endless = f"{long} and everybody has looked at what came out"
    alone = figures.plan([bar(short, day, day)], [], on=day)
    figure = figures.plan([bar(short, day, day), bar(long, day, day)], [bar(endless, day, day)], on=day)  # fmt: skip
    assert alone is not None
    assert figure is not None
    one, two = figure.lanes[0].bars
    assert {one.lines, two.lines} == {(short,), ("Data of the warehouse are taken", "over into the new ledger")}  # fmt: skip
    (cut,) = figure.lanes[1].bars
    assert len(cut.lines) == 2
    assert cut.is_cut
    assert not one.is_cut
    assert not two.is_cut
    # Rows are as high as the highest, so that neither half looks smaller.
    assert abs(two.y - one.y) > alone.lanes[0].height - figures.LANE_HEAD


def test_on_a_phone_each_name_stands_above_its_bar() -> None:
    day, long = date(2026, 6, 1), "Data of the warehouse are taken over into the new ledger"
    later = date(2026, 7, 1)
    figure = figures.plan([bar(long, later, later), bar("Go-live", later, later)], [], on=day, for_phone=True)  # fmt: skip
    assert figure is not None
    one, two = figure.lanes[0].bars
    assert len(one.lines) == len(two.lines) == 1
    assert two.is_cut or one.is_cut
    assert one.y < two.name_y < two.y
    assert figure.left < one.x_expected < figure.right <= figure.width
