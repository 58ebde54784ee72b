"""What was known when: plain functions over what was said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from pmo_portal.scorecards import facts

DAY = date(2026, 6, 15)


def said(
    forecast_on: date,
    *,
    on: date,
    known: date | None = None,
    actual: date | None = None,
    baseline: date = DAY,
) -> facts.Forecast:
    return facts.Forecast(on, known or on, baseline, forecast_on, actual)


def milestone(*entries: facts.Forecast, **more: object) -> facts.Milestone:
    values = {"reference": "M-1", "name": "Go", "track": "delivery", "is_golive": True, **more}
    return facts.Milestone(said=facts.Line(entries), **values)


def test_a_line_answers_with_what_was_known_on_the_day():
    early, late = said(DAY, on=date(2026, 5, 1)), said(DAY, on=date(2026, 6, 1))
    line = facts.Line([early, late])
    assert line.at(date(2026, 4, 30)) is None
    assert line.at(date(2026, 5, 20)) is early
    assert line.at(DAY) is late


def test_what_was_said_of_a_day_but_learnt_later_was_not_known_then():
    backdated = said(DAY, on=date(2026, 5, 1), known=date(2026, 6, 1))
    assert facts.Line([backdated]).at(date(2026, 5, 20)) is None
    assert facts.Line([backdated]).at(date(2026, 6, 1)) is backdated


days = st.integers(0, 60).map(lambda n: date(2026, 5, 1) + timedelta(days=n))
entries = st.builds(
    lambda on, late, forecast: said(forecast, on=on, known=on + timedelta(days=late)),
    days,
    st.integers(0, 30),
    days,
)


@given(st.lists(entries, max_size=8), entries, days)
def test_later_knowledge_never_changes_an_earlier_day(known, news, day):
    def line(all_entries: list[facts.Forecast]) -> facts.Line[facts.Forecast]:
        ordered = sorted(all_entries, key=lambda each: (each.effective_on, each.known_on))
        return facts.Line(ordered)

    if news.known_on > day:
        assert line([*known, news]).at(day) == line(known).at(day)


def test_milestones_met_are_those_due_by_their_baseline():
    before = date(2026, 5, 1)
    met = milestone(said(DAY, on=before, actual=before))
    missed = milestone(said(DAY, on=before, baseline=date(2026, 6, 1)))
    coming = milestone(said(DAY, on=before, baseline=date(2026, 7, 1)))
    people = milestone(said(DAY, on=before), track="adoption")
    plan = facts.plan_on([met, missed, coming, people], "delivery", DAY)
    assert (plan.met, plan.due, plan.share) == (1, 2, 50)


def test_a_milestone_is_not_met_before_it_was():
    done = milestone(
        said(DAY, on=date(2026, 5, 1)), said(DAY, on=date(2026, 6, 5), actual=date(2026, 6, 5))
    )
    assert not done.is_met(date(2026, 6, 4))
    assert done.is_met(date(2026, 6, 5))


def test_the_largest_slip_counts_and_a_passed_date_is_expected_today_at_the_earliest():
    before = date(2026, 5, 1)
    late = milestone(said(date(2026, 6, 22), on=before), name="Late")
    passed = milestone(said(date(2026, 6, 12), on=before, baseline=date(2026, 6, 12)))
    plan = facts.plan_on([late, passed], "delivery", DAY)
    assert (plan.slip, plan.latest.name, plan.is_overdue) == (5, "Late", True)


def test_nothing_said_is_nothing_known():
    plan = facts.plan_on([], "delivery", DAY)
    assert (plan.share, plan.slip, plan.said_on) == (None, None, None)


def test_the_next_golive_is_the_nearest_open_one():
    before = date(2026, 5, 1)
    near = milestone(said(date(2026, 7, 1), on=before), name="Near")
    far = milestone(said(date(2026, 8, 1), on=before), name="Far")
    done = milestone(said(DAY, on=before, actual=before), name="Done")
    found = facts.next_golive([far, near, done], DAY)
    assert found is not None
    assert (found[0], found[1].name) == (date(2026, 7, 1), "Near")


def test_the_log_counts_open_items_and_the_red_ones_of_its_sides():
    def item(side: str, score: int | None, *, is_open: bool = True) -> facts.RaidItem:
        return facts.RaidItem(side, facts.Line([facts.Rating(DAY, DAY, score, is_open)]))

    items = [
        item("delivery", 12),
        item("both", 11),
        item("delivery", None),
        item("people", 25),
        item("delivery", 25, is_open=False),
    ]
    log = facts.log_on(items, DAY, appetite=12, sides=frozenset({"delivery", "both"}))
    assert (log.open, log.red) == (3, 1)


def figure(value: float, weight: int | None, **more: object) -> facts.Figure:
    return facts.Figure("Unit", value, value, weight, **more)


def test_engagement_is_weighted_by_people():
    found = facts.together([figure(40, 300), figure(60, 100)], of_units=3)
    assert found is not None
    assert (found.mean, found.low, found.high) == (45, 40, 60)
    assert (found.units, found.of_units) == (2, 3)


def test_a_unit_speaks_for_those_within_it():
    """In the mean and the answers everybody counts once; the lowest is that of any unit."""
    outer = figure(60, 300, path="CHS", n=150)
    within = [figure(30, 100, path="CHS/ADM", n=50), figure(50, None, path="CHS/CSW", n=90)]
    beside = figure(40, 100, path="CHSX", n=20)
    found = facts.together([outer, *within, beside], of_units=4)
    assert found is not None
    assert (found.mean, found.low, found.high) == (55, 30, 60)
    assert (found.n, found.units) == (170, 4)


@pytest.mark.parametrize("weight", [None, 0])
def test_no_mean_is_made_where_a_weight_is_missing(weight):
    found = facts.together([figure(40, 300), figure(60, weight)], of_units=2)
    assert found is not None
    assert (found.mean, found.low, found.high) == (None, 40, 60)


def test_one_figure_needs_no_weight():
    found = facts.together([figure(40, None)], of_units=1)
    assert found is not None
    assert found.mean == 40


def test_a_spread_has_no_mean():
    found = facts.together([facts.Figure("Dept", 51, 66, 100, units=9)], of_units=1)
    assert found is not None
    assert (found.mean, found.units) == (None, 9)


def test_published_figures_of_several_have_no_mean():
    found = facts.together(
        [figure(40, 300, is_published=True), figure(60, 100, is_published=True)], of_units=2
    )
    assert found is not None
    assert (found.mean, found.low, found.high) == (None, 40, 60)


def test_answers_are_those_of_the_units_own_figures():
    own, above = figure(40, 10, n=12), figure(50, 10, n=80, is_inherited=True)
    found = facts.together([own, above], of_units=2)
    assert found is not None
    assert (found.n, found.inherited) == (12, 1)


def test_what_stands_in_both_means_adds_no_chance():
    """Of two units one was asked again: only its own chance counts, by its share."""

    def both(value: float, source: str) -> facts.Engagement:
        asked = figure(value, 100, source=source, variance=50.0)
        other = figure(60, 100, source="other", variance=100.0)
        found = facts.together([asked, other], of_units=2)
        assert found is not None
        return found

    before = both(80, "first")
    # A half of 20 points, and of two deviations of 7: 10 against 1.96 times 5. With the chance of the other it were 17.
    assert facts.way(before, both(60, "second")) == "down"
    # The same survey, as before.
    assert facts.way(before, both(80, "first")) == "flat"


def test_units_shown_as_the_one_above_move_together():
    above = [
        figure(60, 100, source="above", variance=100.0, is_inherited=True) for _unit in range(4)
    ]
    found = facts.together(above, of_units=4)
    assert found is not None
    assert found.parts == {"above": (1.0, 100.0)}


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 5000)), min_size=1))
def test_a_mean_lies_between_lowest_and_highest(pairs):
    found = facts.together([figure(value, weight) for value, weight in pairs], of_units=9)
    assert found is not None
    assert found.mean is not None
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
