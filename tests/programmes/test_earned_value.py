from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from programmes.earned_schedule import Schedule, elapsed, schedule
from programmes.earned_value import (
    Performance,
    Period,
    Point,
    earned_value,
    planned_value,
    progress,
    together,
)

JAN = date(2026, 1, 1)
YEAR = [Period(date(2026, month, 1), 100_00) for month in range(1, 13)]


DAY = timedelta(days=1)


def reached(month: int, *, late: int = 0) -> Point:
    day = date(2026, month, 28)
    return Point(day, day + timedelta(days=late))


def schedule_of(points: list[Point], on: date, periods: list[Period] = YEAR) -> Schedule:
    found = schedule(periods, progress(periods, points, on))
    assert found is not None
    return found


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


def test_between_two_milestones_on_plan_every_figure_says_so() -> None:
    """Milestones in months 3 and 6: in month 5 the earned value stood still, and the cost index fell to 0.6."""
    points = [reached(3), Point(date(2026, 6, 28), None)]
    day = date(2026, 5, 31)
    p = Performance(1200_00, planned_value(YEAR, day), earned_value(YEAR, points, day), 500_00)
    assert (p.spi, p.cpi, p.eac_typical, p.vac) == (1, 1, 1200_00, 0)
    assert schedule_of(points, day).index == 1


def test_work_stands_still_before_a_milestone_that_is_not_reached() -> None:
    points = [reached(6), Point(date(2026, 12, 28), None)]
    eve = date(2026, 12, 27)
    for day in (date(2026, 12, 28), date(2027, 1, 1), date(2028, 1, 1)):
        assert earned_value(YEAR, points, day) == planned_value(YEAR, eve)
    assert schedule_of(points, date(2027, 12, 31)).index == pytest.approx(elapsed(JAN, eve) / 24)


def test_of_milestones_of_one_day_each_earns_its_share() -> None:
    """Work went on up to their eve; one of two leaves it there, and so does an earlier day."""
    day = date(2026, 12, 28)
    early = date(2026, 3, 1)
    assert earned_value(YEAR, [Point(day, early), Point(day, None)], early) == 600_00
    half = earned_value(YEAR, [Point(day, day), Point(day, None)], date(2027, 1, 1))
    assert half == planned_value(YEAR, day - DAY)


def test_late_stays_as_late_and_early_as_early_until_something_else_is_known() -> None:
    late = [reached(3, late=61), Point(date(2026, 9, 28), None)]
    early = [reached(3, late=-31), Point(date(2026, 9, 28), None)]
    for month in (6, 7, 8):
        day = date(2026, month, 28)
        assert schedule_of(late, day).variance == pytest.approx(-2, abs=0.1)
        assert schedule_of(early, day).variance == pytest.approx(1, abs=0.1)


def test_before_a_milestone_was_due_or_reached_nothing_is_told() -> None:
    points = [Point(date(2026, 3, 28), None), Point(date(2026, 6, 28), None)]
    assert progress(YEAR, points, date(2026, 3, 27)) is None
    assert schedule(YEAR, None) is None
    assert earned_value(YEAR, points, date(2026, 3, 28)) == planned_value(YEAR, date(2026, 3, 27))
    first = [Point(date(2026, 3, 28), date(2026, 1, 15)), points[1]]
    assert earned_value(YEAR, first, date(2026, 1, 15)) == planned_value(YEAR, date(2026, 3, 28))


def test_what_is_reached_out_of_order_earns_what_it_is_worth() -> None:
    """The third of four while the second is open: two quarters are earned, and the second is still the next."""
    points = [reached(3), Point(date(2026, 6, 28), None), reached(9, late=-151), Point(date(2026, 12, 28), None)]  # fmt: skip
    on = date(2026, 4, 30)
    worth = planned_value(YEAR, date(2026, 3, 28)) + (
        planned_value(YEAR, date(2026, 9, 28)) - planned_value(YEAR, date(2026, 6, 28))
    )
    assert worth <= earned_value(YEAR, points, on) < worth + 4_00
    assert earned_value(YEAR, points, date(2026, 11, 1)) == earned_value(YEAR, points, on)


def test_a_milestone_without_money_of_its_own_holds_nothing_up_but_the_end() -> None:
    """Money in January and June alone: the milestone of March is worth nothing, and neither is the one of September."""
    periods = [Period(JAN, 100), Period(date(2026, 6, 1), 100)]
    january, june = date(2026, 1, 31), date(2026, 6, 30)
    points = [Point(january, january), Point(date(2026, 3, 28), None), Point(june, june), Point(date(2026, 9, 28), None)]  # fmt: skip
    assert schedule_of(points, date(2026, 5, 31), periods).index == 1
    assert earned_value(periods, points, date(2026, 9, 1)) == 200
    over = schedule_of(points, date(2026, 12, 31), periods)
    assert over.index == pytest.approx(elapsed(JAN, date(2026, 9, 27)) / 12)


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
    """Five months: what was to be done in two and a half of them is done after three."""
    middle = date(2026, 3, 16)
    points = [Point(middle, date(2026, 3, 31)), Point(date(2026, 5, 31), None)]
    found = schedule_of(points, date(2026, 3, 31), YEAR[:5])
    assert found.earned == pytest.approx(2.5, abs=0.02)
    assert found.index == pytest.approx(2.5 / 3, abs=0.01)
    assert found.variance == pytest.approx(-0.5, abs=0.02)
    assert found.duration == pytest.approx(6, abs=0.05)


def test_a_late_project_stays_late_for_good_and_grows_no_later() -> None:
    """SPI in money is 1 when everything is earned; SPI(t) says how late it was, on every later day the same."""
    points = [Point(date(2026, 5, 31), date(2026, 8, 31))]
    for day in (date(2026, 8, 31), date(2028, 12, 31)):
        assert earned_value(YEAR[:5], points, day) == 500_00
        assert schedule_of(points, day, YEAR[:5]).index == pytest.approx(5 / 8)


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


def plan_of(planned: list[int]) -> list[Period]:
    """Months without a plan are left out, as nobody notes them."""
    found = [Period(date(2026 + at // 12, at % 12 + 1, 1), each) for at, each in enumerate(planned)]
    return [period for period in found if period.planned] or found[:1]


days_of = st.lists(st.integers(-60, 1200), min_size=1, max_size=12)
wild = st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=36)


@given(st.one_of(amounts, wild), days_of, st.integers(0, 1300), st.sets(st.integers(0, 11)))
def test_whoever_is_on_plan_has_earned_what_was_planned_on_every_day(
    planned, milestones, days, removed
) -> None:
    """To the penny, whatever the plan, also where it takes money back, and whichever milestones are removed."""
    periods, on = plan_of(planned), JAN + days * DAY
    due = [JAN + each * DAY for at, each in enumerate(milestones) if at not in removed]
    points = [Point(each, each if each <= on else None) for each in due]
    found = progress(periods, points, on)
    if found is None:
        return
    if all(point.actual_on for point in points):
        # What is planned after the last milestone is earned with it.
        assert found.worth == sum(planned)
    elif on >= periods[0].starts_on:
        assert found.worth == planned_value(periods, on)
        assert found.place == on
    told = schedule(periods, found)
    if told.actual and found.place >= periods[0].starts_on:
        assert told.index == 1


moments = st.one_of(st.none(), st.integers(-60, 1300))
facts = st.lists(st.tuples(st.integers(-60, 1200), moments), min_size=1, max_size=12)


def points_of(milestones) -> list[Point]:
    return [Point(JAN + due * DAY, None if met is None else JAN + met * DAY) for due, met in milestones]  # fmt: skip


@given(amounts, facts, st.integers(0, 1400))
def test_what_is_earned_lies_between_what_is_reached_and_the_budget(
    planned, milestones, days
) -> None:
    periods, points, on = plan_of(planned), points_of(milestones), JAN + days * DAY
    found = progress(periods, points, on)
    if found is None:
        return
    met = [point for point in points if point.actual_on is not None and point.actual_on <= on]
    by_day = sorted({point.baseline_on for point in points})
    tops = [planned_value(periods, day) for day in by_day[:-1]] + [sum(planned)]
    reached_worth = sum(
        (top - before)
        * sum(point.baseline_on == day for point in met)
        / sum(point.baseline_on == day for point in points)
        for day, (before, top) in zip(by_day, pairwise([0, *tops]), strict=True)
    )
    assert reached_worth - len(points) <= found.worth <= sum(planned)
    if len(met) == len(points):
        assert found.worth == sum(planned)


@given(amounts, facts, st.integers(0, 1400), st.integers(0, 60))
def test_nothing_earned_is_lost_by_another_milestone_or_another_day(
    planned, milestones, days, later
) -> None:
    periods, points, on = plan_of(planned), points_of(milestones), JAN + days * DAY
    found = progress(periods, points, on)
    for at, point in enumerate(points):
        if found is not None and (point.actual_on is None or point.actual_on > on):
            more = progress(periods, [*points[:at], Point(point.baseline_on, on), *points[at + 1 :]], on)  # fmt: skip
            assert more.worth >= found.worth
    if found is not None:
        assert progress(periods, points, on + later * DAY).worth >= found.worth


def test_a_plan_that_takes_money_back_tells_months_all_the_same() -> None:
    """June holds nothing, July gives 100 back, August takes 1,000: reaching July's milestone earns less than nothing."""
    periods = [Period(date(2026, 6 + at, 1), each) for at, each in enumerate((0, -100, 1000))]
    points = [reached(7), Point(date(2026, 8, 28), None)]
    found = schedule_of(points, date(2026, 7, 31), periods)
    assert (found.earned, found.index) == (2, 1)
    assert earned_value(periods, points, date(2026, 7, 31)) == -100
