"""Words for what drives a score."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from forecasting import chance, drivers
from forecasting.chance_words import band_text, percent_text
from forecasting.crises import forecast
from forecasting.crises.milestones_due import Due
from forecasting.golive import words as golive_words
from forecasting.golive.rule import Inputs
from forecasting.learning import names

DAY = date(2026, 6, 15)
NAN = float("nan")


def known(unit: str = "", worst: dict[str, str] | None = None, **values: float) -> drivers.Known:
    return drivers.Known(as_of=DAY, values=values, unit=unit, worst=worst or {})


def test_every_driver_of_the_model_has_words():
    assert set(drivers.LABELS) == {*names.DRIVERS, names.PORTFOLIO} == set(drivers.HALVES)


def test_the_unit_that_needs_most_is_named():
    text = drivers.sentence(
        "training",
        known(
            worst={"training": "Claims"},
            train_gap=0.12,
            train_gap_max=0.31,
            near_golive=0.6,
            weeks_to_golive=3.0,
        ),
    )
    assert text == (
        "Training in Claims is 31 points behind plan, over all units 12; go-live in 3 weeks"
    )


def test_a_score_of_a_unit_names_that_unit():
    text = drivers.sentence(
        "engagement", known(unit="Claims", eng_mean=41.2, eng_min=41.2, eng_age_w=7.0)
    )
    assert text == "Smoothed engagement in Claims is 41 of 100, asked 7 weeks ago"


@pytest.mark.parametrize(
    ("rate", "said"),
    [(34.6, "35% of the people answered"), (0.4, "under 1% of the people answered"), (0.0, "how many answered is not known")],
)  # fmt: skip
def test_engagement_says_how_many_answered(rate: float, said: str) -> None:
    text = drivers.sentence("engagement", known(eng_mean=71.0, eng_min=71.0, response_rate_s=rate))
    assert text == f"Smoothed engagement is 71 of 100, {said}"


def test_what_is_not_known_is_never_told_as_a_value():
    for driver in drivers.LABELS:
        assert drivers.sentence(driver, known()) == "Not known; the usual value is used"


@pytest.mark.parametrize("value", [0.0, 1.0, 3.7, 30.0])
def test_every_driver_has_a_sentence_for_whatever_value(value):
    everything = known(**dict.fromkeys(names.NAMES, value))
    for driver in drivers.LABELS:
        assert "nan" not in drivers.sentence(driver, everything).lower()


def test_comments_are_told_where_they_move_the_score():
    values = {"resist_4w": 0.0, "resist_text_4w": 0.31}
    quiet = drivers.Known(as_of=DAY, values=values)
    heard = drivers.Known(as_of=DAY, values=values, shares={"resist_text_4w": 0.2})
    assert drivers.sentence("resistance", quiet) == "No sign of resistance in four weeks"
    assert drivers.sentence("resistance", heard) == (
        "No sign of resistance in four weeks; 31% of comments in four weeks speak of resistance, "
        "pulled towards the usual where there are few"
    )


def test_a_go_live_far_away_is_no_count_of_weeks():
    assert drivers.golive_phrase(30.0) == "go-live is more than half a year away"
    assert drivers.golive_phrase(-2.0) == "the date of go-live was 2 weeks ago"
    assert drivers.golive_phrase(-3 / 7) == "the date of go-live was within the last week"
    assert drivers.golive_phrase(1.0) == "go-live within a week"


@pytest.mark.parametrize("days", range(57))
def test_drivers_and_signals_count_the_same_weeks_to_a_go_live(days):
    before = Inputs(unit="Claims", as_of=DAY, golive_on=DAY + timedelta(days=days))
    assert drivers.golive_phrase(days / 7) == golive_words.golive_phrase(before)


def test_weeks_to_a_go_live_are_the_nearest():
    assert drivers.golive_phrase(22 / 7) == "go-live in 3 weeks"
    assert drivers.golive_phrase(25 / 7) == "go-live in 4 weeks"


# --- milestones -------------------------------------------------------------------------------------------


def milestones(counted: Due | None, coming: int = 3, *, share: float | None = None, **shares: float) -> str:  # fmt: skip
    values = {"ms_missed_12w": counted.share if share is None and counted else share, "ms_due_4w": coming}  # fmt: skip
    return drivers.sentence(
        "milestones",
        drivers.Known(as_of=DAY, values=values, shares=shares, due=counted),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("counted", "text"),
    [
        (Due(0, 0), "No milestone was due in the last twelve weeks"),
        (Due(1, 0), "The one milestone due in the last twelve weeks was on time"),
        (Due(5, 0), "All 5 milestones due in the last twelve weeks were on time"),
        (Due(1, 1), "1 of 1 due in the last twelve weeks was late, if only by a day"),
        (Due(5, 1), "1 of 5 due in the last twelve weeks was late, if only by a day"),
    ],
)
def test_late_milestones_are_told_as_counts(counted, text):
    assert milestones(counted, ms_missed_12w=0.3) == text


@pytest.mark.parametrize("counted", [None, Due(5, 2)])
def test_counts_that_do_not_make_the_share_a_model_was_told_are_not_named(counted):
    """As where the plan was edited since: 47% is one of one, and nothing else is known of it."""
    assert milestones(counted, share=1.4 / 3, ms_missed_12w=0.3) == (
        "Late milestones of the last twelve weeks count as a share of 47%, pulled towards the usual 20% where few were due"
    )


def test_a_figure_of_milestones_stands_only_where_it_is_part_of_the_share():
    coming = "3 milestones are due in the next four weeks"
    late = "2 of 2 due in the last twelve weeks were late, if only by a day"
    both = Due(2, 2)
    assert milestones(both, ms_missed_12w=0.001, ms_due_4w=-0.33) == coming
    assert milestones(both, ms_missed_12w=0.1, ms_due_4w=0.2) == f"{coming}; {late}"
    assert milestones(both, ms_missed_12w=0.1, ms_due_4w=-0.33) == (
        f"{coming}, which lowers it; {late}, which raises it"
    )
    assert milestones(both) == f"{late}; {coming}"
    assert milestones(both, 0, ms_due_4w=0.1) == "No milestone is due in the next four weeks"


def test_cost_is_told_by_what_moves_the_score():
    def cost(**shares: float) -> str:
        values = {"cpi_s": 0.91, "burn_ratio_s": 1.08}
        return drivers.sentence("cost", drivers.Known(as_of=DAY, values=values, shares=shares))

    index, spent = (
        "the cost index is 0.91",
        "spending is at 108% of what was planned by now",
    )
    assert cost(cpi_s=0.001, burn_ratio_s=0.7) == f"S{spent[1:]}"
    assert cost(cpi_s=0.01, burn_ratio_s=0.7) == f"S{spent[1:]}; {index}"
    assert cost() == f"T{index[1:]}; {spent}"


def test_missing_inputs_are_named_once_and_old_surveys_with_them():
    told = drivers.missing_texts(["eng_mean", "eng_min", "eng_low", "spi_s"], {})
    assert len(told) == 2
    assert "No survey for 7 weeks" in drivers.missing_texts([], {"eng_age_w": 7.0})


def test_the_age_of_a_survey_is_a_day():
    assert drivers.day_of("engagement", known(eng_age_w=2.0)) == date(2026, 6, 1)
    assert drivers.day_of("engagement", known()) is None


# --- chances --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.005, "under 5%"), (0.024, "under 5%"), (0.025, "5%"), (0.27, "25%"), (0.95, "95%"), (0.99, "95%")],
)  # fmt: skip
def test_a_chance_is_shown_in_steps_and_never_as_certain(probability, text):
    assert percent_text(chance.shown(probability, probability, probability)) == text


def test_the_band_is_rounded_outwards_and_holds_the_chance():
    told = chance.shown(0.22, 0.11, 0.31)
    assert (told.low_percent, told.percent, told.high_percent) == (10, 20, 35)
    narrow = chance.shown(0.024, 0.02, 0.0245)
    assert band_text(narrow) == "up to 5%"


def test_the_frequency_counts_programmes():
    assert "about 5 are" in forecast.frequency_text(chance.shown(0.25, 0.2, 0.3))
    assert "about 1 is" in forecast.frequency_text(chance.shown(0.05, 0.0, 0.1))
    assert "fewer than 1" in forecast.frequency_text(chance.shown(0.01, 0.0, 0.1))


def test_drivers_merge_terms_and_keep_their_sum():
    score = SimpleNamespace(
        missing=[],
        terms=[
            {"name": "near_x_eng_low", "share": 0.9, "value": 1},
            {"name": "eng_mean", "share": 0.25, "value": 1},
            {"name": "spi_s", "share": -0.1, "value": 1},
        ],
    )
    made = forecast.drivers_of(score, known(spi_s=1.02, eng_mean=50.0))  # type: ignore[arg-type]
    assert [each.key for each in made[:2]] == ["engagement", "schedule"]
    assert made[0].share == pytest.approx(1.15)
    assert sum(each.share for each in made) == pytest.approx(1.05, abs=1e-9)


def test_what_is_not_known_is_not_named_as_what_raises_the_risk():
    score = SimpleNamespace(
        missing=["cpi_s", "burn_ratio_s"],
        terms=[
            {"name": "cpi_s", "share": 0.9, "value": 1},
            {"name": "eng_mean", "share": 0.25, "value": 1},
        ],
    )
    made = forecast.drivers_of(score, known(eng_mean=50.0))  # type: ignore[arg-type]
    told = forecast.Forecast(score, chance.shown(0.1, 0.0, 0.2), made, [])  # type: ignore[arg-type]
    # It is part of the sum all the same.
    assert (made[0].key, made[0].is_known) == ("cost", False)
    assert told.main is made[1]
    assert forecast.main_driver(score) == "Engagement"  # type: ignore[arg-type]
    score.missing = list(names.NAMES)
    assert forecast.main_driver(score) == ""  # type: ignore[arg-type]


def test_a_unit_stands_out_only_where_one_is_worst():
    def unit(name: str, gap: float) -> SimpleNamespace:
        raw = [NAN] * len(names.NAMES)
        raw[names.NAMES.index("train_gap")] = gap
        return SimpleNamespace(unit=SimpleNamespace(name=name), raw=raw)

    assert forecast.worst_units([unit("A", 0.1), unit("B", 0.3)]) == {"training": "B"}  # type: ignore[list-item]
    assert forecast.worst_units([unit("A", 0.3), unit("B", 0.3)]) == {}  # type: ignore[list-item]


def test_no_end_of_a_band_says_that_something_is_certain() -> None:
    certain, likely = chance.shown(1.0, 1.0, 1.0), chance.shown(0.93, 0.82, 1.0)
    assert band_text(certain) == "95% or more"
    assert band_text(likely) == "80% to 95%"
