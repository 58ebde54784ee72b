from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from programmes.earned_schedule import earned_schedule, elapsed, schedule
from programmes.earned_value import (
    Performance,
    Period,
    Point,
    earned_value,
    planned_value,
    together,
)

JAN = date(2026, 1, 1)
YEAR = [Period(date(2026, month, 1), 100_00) for month in range(1, 13)]


def reached(month: int, *, late: int = 0) -> Point:
    day = date(2026, month, 28)
    return Point(day, day + timedelta(days=late))


def test_the_plan_of_a_month_under_way_counts_by_its_days() -> None:
    assert planned_value(YEAR, date(2026, 1, 31)) == 100_00
    assert planned_value(YEAR, date(2026, 4, 15)) == 350_00
    assert planned_value(YEAR, date(2025, 12, 31)) == 0
    assert planned_value(YEAR, date(2030, 1, 1)) == 1200_00


def test_whoever_is_on_time_has_earned_what_was_planned() -> None:
    points = [reached(month) for month in (3, 6, 9, 12)]
    for month in (3, 6, 9):
        day = date(2026, month, 28)
        assert earned_value(YEAR, points, day) == planned_value(YEAR, day)
    assert earned_value(YEAR, points, date(2026, 12, 31)) == 1200_00


def test_a_milestone_that_is_not_reached_earns_nothing() -> None:
    points = [reached(6), Point(date(2026, 12, 28), None)]
    assert earned_value(YEAR, points, date(2027, 1, 1)) == planned_value(YEAR, date(2026, 6, 28))


def test_milestones_of_one_day_share_what_it_earns() -> None:
    day = date(2026, 12, 28)
    assert earned_value(YEAR, [Point(day, day), Point(day, None)], date(2027, 1, 1)) == 600_00


@pytest.mark.parametrize(("periods", "points"), [([], [reached(1)]), (YEAR, [])])
def test_without_plan_or_milestones_nothing_can_be_told(periods, points) -> None:
    assert earned_value(periods, points, JAN) is None


# The example of many textbooks: a year's work of 100,000, half the plan, 40 % done, 60,000 paid.
TEXTBOOK = Performance(bac=100_000_00, pv=50_000_00, ev=40_000_00, ac=60_000_00)


def test_the_textbook_example() -> None:
    assert TEXTBOOK.cv == -20_000_00
    assert TEXTBOOK.sv == -10_000_00
    assert TEXTBOOK.cpi == pytest.approx(0.6667, abs=1e-4)
    assert TEXTBOOK.spi == pytest.approx(0.8)
    assert TEXTBOOK.eac_typical == 150_000_00
    assert TEXTBOOK.eac_atypical == 120_000_00
    assert TEXTBOOK.eac_both == pytest.approx(172_500_00, abs=1)
    assert TEXTBOOK.vac == -50_000_00
    assert TEXTBOOK.tcpi == pytest.approx(1.5)


def test_without_actual_cost_there_is_no_cost_index() -> None:
    unpaid = Performance(bac=100, pv=50, ev=40, ac=None)
    assert (unpaid.cpi, unpaid.eac, unpaid.vac, unpaid.cv, unpaid.tcpi) == (None,) * 5
    assert unpaid.spi == 0.8


def test_nothing_paid_yet_is_no_index_either() -> None:
    assert Performance(bac=100, pv=50, ev=40, ac=0).cpi is None


def test_what_people_expect_goes_before_the_formula() -> None:
    expected = Performance(bac=100, pv=50, ev=40, ac=60, to_go=45)
    assert expected.eac == 105
    assert expected.vac == -5


def test_several_are_summed_before_they_are_divided() -> None:
    big, small = Performance(900, 450, 450, 900), Performance(100, 50, 50, 25)
    both = together([big, small])
    assert both.cpi == pytest.approx(500 / 925)
    # The mean of both indices would say 1.25: fine.
    assert both.cpi != pytest.approx((big.cpi + small.cpi) / 2)


def test_a_programme_without_figures_does_not_better_the_sum() -> None:
    known, unknown = Performance(100, 50, 40, 60), Performance(1000, 500, None, None)
    assert together([known, unknown]).cpi == known.cpi
    assert together([unknown]).cpi is None


def test_earned_schedule_of_the_book() -> None:
    """Five months of 100: 250 earned after three months is two and a half months' work."""
    periods = [Period(date(2026, month, 1), 100) for month in range(1, 6)]
    assert earned_schedule(periods, 250) == 2.5
    found = schedule(periods, 250, date(2026, 3, 31))
    assert found is not None
    assert found.index == pytest.approx(2.5 / 3)
    assert found.variance == pytest.approx(-0.5)
    assert found.duration == pytest.approx(6)


def test_a_late_project_stays_late_to_the_end() -> None:
    """SPI in money is 1 when everything is earned; SPI(t) says how late it was."""
    periods = [Period(date(2026, month, 1), 100) for month in range(1, 6)]
    found = schedule(periods, 500, date(2026, 8, 31))
    assert found is not None
    assert Performance(500, 500, 500, 500).spi == 1
    assert found.index == pytest.approx(5 / 8)


def test_a_month_without_a_plan_is_no_division_by_nothing() -> None:
    periods = [Period(date(2026, 1, 1), 100), Period(date(2026, 3, 1), 100)]
    assert earned_schedule(periods, 150) == 2.5


def test_months_are_counted_to_the_day() -> None:
    assert elapsed(JAN, date(2026, 1, 31)) == 1
    assert elapsed(JAN, date(2026, 2, 14)) == 1.5
    assert elapsed(JAN, date(2025, 12, 1)) == 0


amounts = st.lists(st.integers(0, 10**9), min_size=1, max_size=36)


@given(amounts, st.integers(0, 1200))
def test_the_plan_never_falls_and_ends_at_the_budget(planned: list[int], days: int) -> None:
    periods = [
        Period(date(2026 + at // 12, at % 12 + 1, 1), each) for at, each in enumerate(planned)
    ]
    day = JAN + timedelta(days=days)
    assert planned_value(periods, day) <= planned_value(periods, day + timedelta(days=1))
    assert planned_value(periods, date(2040, 1, 1)) == sum(planned)


@given(amounts, st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=12))
def test_what_is_earned_lies_between_nothing_and_the_budget(planned, milestones) -> None:
    periods = [
        Period(date(2026 + at // 12, at % 12 + 1, 1), each) for at, each in enumerate(planned)
    ]
    points = [
        Point(JAN + timedelta(days=days), JAN + timedelta(days=days) if done else None)
        for days, done in milestones
    ]
    earned = earned_value(periods, points, date(2040, 1, 1))
    if earned is not None:
        assert -len(points) <= earned <= sum(planned) + len(points)
        assert 0 <= earned_schedule(periods, max(earned, 0)) <= len(planned)
    if all(done for _days, done in milestones) and sum(planned):
        assert earned == pytest.approx(sum(planned), abs=len(points))


def test_a_plan_that_takes_money_back_tells_months_all_the_same() -> None:
    """June holds nothing, July gives 100 back, August takes 1,000: reaching July's milestone earns less than nothing."""
    periods = [Period(date(2026, 6 + at, 1), each) for at, each in enumerate((0, -100, 1000))]
    assert earned_schedule(periods, -100) == earned_schedule(periods, 0) == 2.1
