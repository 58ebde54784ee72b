from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from governance import charter_text, drift

START, END = date(2026, 1, 1), date(2026, 4, 11)  # 100 days

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def test_the_day_of_a_share_of_the_time():
    assert drift.review_day(25, starts_on=START, ends_on=END) == date(2026, 1, 26)
    assert drift.review_day(50, starts_on=START, ends_on=END) == date(2026, 2, 20)
    assert drift.review_day(75, starts_on=START, ends_on=END) == date(2026, 3, 17)


@given(days, days)
def test_reviews_lie_in_order_within_the_time(first, last):
    start, end = min(first, last), max(first, last)
    found = [drift.review_day(share, starts_on=start, ends_on=end) for share in drift.SHARES]
    assert [start, *found, end] == sorted([start, *found, end])


def _due(on, *, agreed_on=START, existing=frozenset(), ends_on=END):
    found = drift.shares_to_open(
        starts_on=START, ends_on=ends_on, agreed_on=agreed_on, on=on, existing=existing
    )
    return [share for share, _day in found]


def test_a_review_opens_on_its_day_and_once():
    assert _due(date(2026, 1, 25)) == []
    assert _due(date(2026, 1, 26)) == [25]
    assert _due(date(2026, 2, 20), existing=frozenset({25})) == [50]
    assert _due(END, existing=frozenset({25, 50, 75})) == []


def test_what_was_over_before_the_agreement_is_not_reviewed():
    assert _due(date(2026, 3, 1), agreed_on=date(2026, 2, 1)) == [50]


def test_without_a_span_nothing_opens():
    assert _due(END, ends_on=START) == []


@pytest.mark.parametrize(
    ("off", "margin", "word"),
    [(5, 5, "holds"), (-5.1, 5, "drifted"), (10, 5, "drifted"), (10.1, 5, "broken"), (0, 0, "holds"),
     (1, 0, "broken"), (None, 5, ""), (3, None, "")],
)  # fmt: skip
def test_a_number_is_judged_by_its_margin(off, margin, word):
    assert drift.judged(off, margin) == word


@pytest.mark.parametrize(
    ("now", "share", "word"),
    [(60, 0.0, "holds"), (75, 0.5, "holds"), (70, 0.5, "drifted"), (62, 0.5, "broken"), (50, 0.5, "broken"),
     (90, 1.0, "holds")],
)  # fmt: skip
def test_a_measure_is_on_course_or_not(now, share, word):
    assert drift.on_course(60, 90, now, time_share=share) == word


def test_a_measure_that_should_fall_is_on_course_when_it_falls():
    assert drift.on_course(40, 10, 25, time_share=0.5) == "holds"
    assert drift.on_course(40, 10, 45, time_share=0.5) == "broken"


def test_the_worse_word_counts():
    assert drift.worst(["holds", "broken", "drifted"]) == "broken"
    assert drift.worst(["", "holds"]) == "holds"
    assert drift.worst([]) == ""


@given(st.dates(START - timedelta(days=400), END + timedelta(days=400)))
def test_the_share_of_the_time_stays_a_share(on):
    assert 0.0 <= drift.elapsed(on, starts_on=START, ends_on=END) <= 1.0


def test_the_fingerprint_depends_on_words_and_not_on_their_order():
    one = {"purpose": "Pay", "measures": [{"half": "delivery", "line": 1}]}
    same = {"measures": [{"line": 1, "half": "delivery"}], "purpose": "Pay"}
    assert charter_text.digest(one) == charter_text.digest(same)
    assert charter_text.digest(one) != charter_text.digest(one | {"purpose": "Pay."})


def test_a_charter_without_one_side_of_success_is_incomplete():
    content = {
        "purpose": "Pay",
        "objectives": "On time",
        "leads": {"delivery_lead": "dana", "change_lead": "cam"},
        "measures": [{"half": "delivery"}],
    }
    assert charter_text.missing(content) == ["measure_adoption"]
    content["measures"].append({"half": "adoption"})
    assert charter_text.missing(content) == []
    assert charter_text.missing(content | {"leads": {"delivery_lead": "dana"}}) == ["change_lead"]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(60.0, "%", "60%"), (1.25, "hours a week", "1.25 hours a week"), (1234567, "", "1,234,567"),
     (0.5, "", "0.5"), (None, "%", "")],
)  # fmt: skip
def test_numbers_in_words(value, unit, words):
    assert charter_text.number(value, unit) == words
