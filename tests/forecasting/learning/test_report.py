"""What scores were worth, as plain values; and what followed unready people near a go-live."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from forecasting.learning import prior
from forecasting.learning.features import CRISIS
from forecasting.learning.judging import report
from forecasting.learning.linear import Rows
from forecasting.learning.stages import learn_crises, told_on_level
from forecasting.learning.walk import History, Walked

NAMES = CRISIS.names


def rows(count: int = 400, *, events: bool = True, seed: int = 3) -> Rows:
    """A week each of as many programmes; a crisis follows where a go-live is near and engagement low."""
    rng = np.random.default_rng(seed)
    raw = np.full((count, len(NAMES)), np.nan)
    near, low = rng.random(count) < 0.4, rng.random(count) < 0.4
    raw[:, NAMES.index("near_golive")] = np.where(near, 0.8, 0.0)
    raw[:, NAMES.index("eng_mean")] = np.where(low, 50.0, 70.0)
    raw[:, NAMES.index("weeks_to_golive")] = np.where(near, 3.0, 25.0)
    raw[:, NAMES.index("rag_reported")] = rng.integers(0, 3, count)
    raw[:, NAMES.index("log_size")] = rng.normal(size=count)
    label = near & low & (rng.random(count) < 0.5) if events else np.zeros(count, dtype=bool)
    return Rows(
        raw=raw, label=label, group=np.arange(count), pool=np.array([""] * count),
        day=np.full(count, 739_000) + 7 * (np.arange(count) % 20),
    )  # fmt: skip


def left_out(some: Rows) -> dict:
    assumed = prior.load("crisis_4w")
    return report.left_out_report(some, learn_crises(some, assumed), assumed)


def test_the_model_the_prior_and_the_colour_are_measured_on_the_same_weeks() -> None:
    found = left_out(rows())
    (whole, *_parts) = found["parts"]
    assert whole["part"] == "all"
    assert set(whole["by"]) == {"model", "levelled", "prior", "colour"}
    assert whole["by"]["model"]["auc"][0] > 0.8
    assert abs(whole["by"]["colour"]["auc"][0] - 0.5) < 0.15
    told = whole["by"]["model"]
    assert told["loss"][0] < whole["base_loss"][0]
    assert told["level"][1] < told["level"][0] < told["level"][2]
    assert told["slope"][0] > 0.5
    # A colour is no chance.
    assert set(whole["by"]["colour"]) == {"auc", "ap"}
    assert sum(each["rows"] for each in found["reliability"]) == 400
    assert 0 < found["alerts"]["precision"] <= 1


def rare(count: int) -> Rows:
    """Four weeks each of as many programmes, of whom a crisis comes in half of the weeks: far oftener than the prior has it."""
    some = rows(count, events=False)
    label = np.random.default_rng(5).random(count) < 0.5
    return replace(some, label=label, group=np.arange(count) // 4)


def test_the_prior_is_measured_as_it_is_and_on_the_level_of_the_others() -> None:
    (whole, *_parts) = left_out(rare(400))["parts"]
    as_it_is, here = whole["by"]["prior"], whole["by"]["levelled"]
    # What it tells is far too little; on the level of the others less than half as much is left to add.
    assert as_it_is["level"][1] > 1
    assert abs(here["level"][0]) < as_it_is["level"][0] / 2
    assert here["loss"][0] < as_it_is["loss"][0]


def test_nobody_is_told_on_a_level_that_knows_what_came_of_them() -> None:
    assumed, some = prior.load("crisis_4w"), rare(80)
    told = told_on_level(some, assumed)
    its = some.group == 3
    other = told_on_level(replace(some, label=np.where(its, ~some.label, some.label)), assumed)
    assert told is not None
    assert other is not None
    assert told[its].tolist() == other[its].tolist()
    assert (told != other).any()


def test_of_few_programmes_no_level_is_known() -> None:
    few, ten = (rare(4 * count) for count in (9, 10))
    assert told_on_level(few, prior.load("crisis_4w")) is None
    (whole, *_parts) = left_out(few)["parts"]
    assert set(whole["by"]) == {"model", "prior", "colour"}
    assert whole["by"]["model"] == whole["by"]["prior"]
    assert told_on_level(ten, prior.load("crisis_4w")) is not None


def test_where_nothing_was_tried_the_prior_is_measured_as_it_is_told() -> None:
    assumed, some = prior.load("crisis_4w"), rare(400)
    nothing = replace(learn_crises(some, assumed), told=np.empty(0))
    (whole, *_parts) = report.left_out_report(some, nothing, assumed)["parts"]
    assert "levelled" not in whole["by"]
    assert whole["by"]["model"]["loss"][0] < whole["by"]["prior"]["loss"][0]


def test_weeks_that_are_not_over_move_the_level_as_in_lessons() -> None:
    assumed, some = prior.load("crisis_4w"), rare(80)
    more = replace(rare(80), label=np.ones(80, dtype=bool), group=np.arange(80) + 1000, exposure=np.full(80, 0.5))  # fmt: skip
    alone, joined = told_on_level(some, assumed), told_on_level(some, assumed, more)
    assert alone is not None
    assert joined is not None
    assert (joined > alone).all()


def test_a_part_with_few_crises_is_not_measured() -> None:
    names = {each["part"] for each in left_out(rows())["parts"]}
    assert "before_golive" in names
    assert "after_golive" not in names


def test_lead_times_are_those_of_the_same_alerts() -> None:
    found = left_out(rows())
    # Of each programme a single week is told.
    assert found["lead"]["events"] == found["events"]
    assert found["lead"]["named"] == pytest.approx(found["alerts"]["found"])
    assert found["lead"]["unbroken"]["above"][1] > 0


def test_late_phases_and_small_units_are_parts() -> None:
    some = rows(6)
    days = 739_000 + 7 * np.array([0, 10, 25, 33, 40, 90])
    some = Rows(some.raw, some.label, np.zeros(6, dtype=int), some.pool, days)
    some.raw[:, NAMES.index("weeks_to_golive")] = [30, 20, 5, -3, np.nan, 30]
    parts = report.parts_of(some, {7})
    # The day of a go-live thirty weeks off or more is not known, and whatever is past it is late.
    assert parts["late"].tolist() == [False, False, True, True, False, False]
    assert not parts["small_units"].any()
    assert report.parts_of(some, {0})["small_units"].all()


def test_nothing_can_be_measured_without_crises_and_that_is_said() -> None:
    found = left_out(rows(events=False))
    assert (found["parts"], found["reliability"], found["alerts"]) == ([], [], None)
    assert (found["events"], found["lead"]) == (0, None)


@pytest.mark.parametrize("some", [rows(), rows(events=False), rows(0)], ids=["many", "none", "empty"])  # fmt: skip
def test_a_report_is_kept_as_json_without_loss(some) -> None:
    found = left_out(some)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_case_that_counts_is_told_from_the_others() -> None:
    engagement, training = report.combinations_of(rows())
    assert engagement["subject"] == "engagement"
    cells = {(each["near"], each["low"]): each for each in engagement["cells"]}
    assert cells[True, True]["before"] == engagement["events"]
    assert cells[True, False]["before"] == cells[False, True]["before"] == 0
    assert sum(each["weeks"] for each in cells.values()) == 400
    alone = cells[True, True]
    assert alone["from"] < alone["before"] / alone["weeks"] < alone["to"]
    # Nothing is known of training here.
    assert [each["weeks"] for each in training["cells"]] == [0, 0, 0, 0]
    assert training["base"] is None


def test_alerts_go_to_as_many_as_an_organisation_can_look_into() -> None:
    assumed, some = prior.load("crisis_4w"), rows()
    few, many = (
        report.left_out_report(some, learn_crises(some, assumed), assumed, alerts=share)["alerts"]
        for share in (0.05, 0.3)
    )
    assert (few["share"], many["share"]) == (0.05, 0.3)
    assert few["found"] < many["found"]
    assert few["precision"] >= many["precision"]
    assert left_out(some)["alerts"]["share"] == report.ALERTS


def test_what_surveys_are_worth_is_not_asked_of_weeks_of_crises_alone() -> None:
    some, at = rows(), NAMES.index("weeks_to_golive")
    before = np.isfinite(some.raw[:, at]) & (some.raw[:, at] <= 6)
    told = np.linspace(0.1, 0.9, len(some))
    walked = Walked(told, told, told, told, np.zeros(len(some), dtype=int))
    for label, parts in (
        (some.label, ["all", "before_golive"]),
        (before, ["all"]),
    ):
        history = History(replace(some, label=label), some.day + 28)
        found = report.survey_report(history, {"released": walked, "none": walked})
        assert [each["part"] for each in found] == parts
