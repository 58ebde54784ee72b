"""Headings are true of the figures under them."""

from __future__ import annotations

from datetime import date

import pytest

from pmo_portal.common.levels import State
from pmo_portal.scorecards import findings
from pmo_portal.scorecards.figures import Adoption, Delivery, Figures, Reported, Series

DAY = date(2026, 6, 15)


def figures(delivery: State, adoption: State) -> Figures:
    made = Figures(DAY, Delivery(), Adoption(), Series())
    made.delivery_state, made.adoption_state = delivery, adoption
    return made


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ""),
        ([None, 50], ""),
        ([40, 50], "up"),
        ([50, 40], "down"),
        ([50, 51], "flat"),
        ([90, 40, None, 45, 50], "up"),
    ],
)
def test_a_direction_needs_two_known_figures_and_a_real_difference(values, expected):
    assert findings.direction(values) == expected


KNOWN = (State.OK, State.WARN, State.BAD)


@pytest.mark.parametrize("delivery", KNOWN)
@pytest.mark.parametrize("adoption", KNOWN)
def test_the_heading_of_a_scorecard_names_both_states(delivery, adoption):
    heading = findings.programme_finding(figures(delivery, adoption))
    for state in (delivery, adoption):
        assert str(state.label).lower() in heading


@pytest.mark.parametrize("known", KNOWN)
def test_the_heading_of_a_scorecard_says_which_half_is_not_known(known):
    assert "people are not known" in findings.programme_finding(figures(known, State.NONE))
    assert "delivery is not known" in findings.programme_finding(figures(State.NONE, known))
    assert findings.programme_finding(figures(State.NONE, State.NONE)) == "Neither half has figures yet"  # fmt: skip


@pytest.mark.parametrize(
    ("known", "heading"),
    [
        (Delivery(), "No figures from delivery yet"),
        (Delivery(plan_on=DAY, slip=0), "The plan holds"),
        (Delivery(plan_on=DAY, slip=0, is_overdue=True), "A milestone is past its date"),
        (
            Delivery(plan_on=DAY, slip=6, log_on=DAY),
            "The plan slips by 6 days, no RAID item is red",
        ),
        (Delivery(plan_on=DAY, slip=None), "Every milestone is met"),
        (Delivery(log_on=DAY, red=1), "1 RAID item is red"),
    ],
)
def test_the_heading_of_delivery(known, heading):
    assert findings.delivery_finding(known) == heading


@pytest.mark.parametrize(
    ("known", "series", "heading"),
    [
        (Adoption(), Series(), "No figures from people yet"),
        (Adoption(resistance_on=DAY), Series(), "Engagement is not known"),
        (
            Adoption(low=41, high=41, mean=41.0),
            Series(trained=[40, 50, 60], engagement=[63, 55, 41], engagement_lately="down"),
            "Training climbs, engagement falls to 41",
        ),
        (
            Adoption(low=41, high=41, mean=41.0),
            Series(engagement=[63, 41], engagement_lately="unsure"),
            "Engagement is not surely different at 41",
        ),
        (
            Adoption(low=60, high=60, mean=60.0),
            Series(engagement=[63, 60], engagement_lately="flat"),
            "Engagement is about the same at 60",
        ),
        (
            Adoption(low=49, high=49, mean=49.0),
            Series(engagement=[63, 58, 54, 49], engagement_lately="flat", engagement_since="down"),
            "Engagement fell to 49 over the months shown",
        ),
        (Adoption(low=51, high=66), Series(), "Engagement lies between 51 and 66"),
        (Adoption(low=60, high=60, mean=60.0), Series(), "Engagement is 60"),
    ],
)
def test_the_heading_of_adoption(known, series, heading):
    assert findings.adoption_finding(known, series) == heading


def test_a_half_without_figures_is_what_was_said_of_it():
    said = Reported("amber_red", "published", "", "", DAY, "none", "SR-1")
    assert (
        findings.delivery_finding(Delivery(), said)
        == "Published as Amber/Red, no figures of our own"
    )
    said.opinion = "lead"
    assert (
        findings.adoption_finding(Adoption(), Series(), said)
        == "Reported as Amber/Red, no figures yet"
    )


@pytest.mark.parametrize(
    ("way", "said"),
    [("down", "falls"), ("flat", "is about the same"), ("unsure", "is not surely different")],
)
def test_the_trend_says_where_each_line_goes(way, said):
    series = Series(
        days=["a", "b", "c"], met=[70, 80, 86], engagement=[61, 60, 54], engagement_since=way
    )
    assert findings.trend_finding(series) == f"Delivery rises, engagement {said}"


def test_without_figures_there_is_no_line():
    assert findings.trend_finding(Series()) == "Too few figures for a line yet"


@pytest.mark.parametrize(
    ("counts", "heading"),
    [
        ({}, "No programmes yet"),
        (
            {("ok", "bad"): 2, ("ok", "warn"): 1, ("bad", "bad"): 4},
            "3 programmes deliver on track while their people are at risk or off track",
        ),
        ({("bad", "ok"): 1, ("ok", "ok"): 5}, "1 programme is off track in one half or both"),
        ({("ok", "none"): 1, ("ok", "ok"): 5}, "One half of 1 programme is not known"),
        ({("ok", "ok"): 5}, "Every programme is on track in both halves"),
        ({("warn", "ok"): 5}, "No programme is off track"),
    ],
)
def test_the_heading_of_the_portfolio(counts, heading):
    assert findings.portfolio_finding(counts) == heading


def test_the_heading_of_the_list_counts_both_halves():
    counts = {("bad", "bad"): 2, ("ok", "bad"): 2, ("bad", "none"): 1}
    assert (
        findings.table_finding(counts)
        == "Off track: people of 4 programmes, delivery of 3 programmes"
    )
