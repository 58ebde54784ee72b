from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.learning import features, whatif
from forecasting.learning.linear import LinearModel
from forecasting.learning.prior import load
from forecasting.learning.whatif import State, assumed_rates, measured_rates, project, within

from .rows import organisation

AT = {name: at for at, name in enumerate(features.CRISIS.names)}


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return load("crisis_4w")


def state(
    model: LinearModel, *, actual: float = 0.4, planned: float = 0.7, **values: float
) -> State:
    raw = model.reference.copy()[None, :]
    known = {"weeks_to_golive": 3.0, "train_gap": max(planned - actual, 0.0), **values}
    known["train_gap_max"] = known["train_gap"]
    for name, value in known.items():
        raw[0, AT[name]] = value
    raw[0, AT["near_golive"]] = features.near(raw[:, AT["weeks_to_golive"]])[0]
    return State(raw, np.array([[actual, planned, actual - 0.1]]))


def test_more_time_closes_the_gap_in_training(model: LinearModel) -> None:
    found = project(state(model), model, assumed_rates(model))
    assert (np.diff(found.gap[0]) <= 0).all()
    assert found.gap[0, 4] < found.gap[0, 0] - 0.1


def test_delaying_the_untrained_and_disengaged_helps(model: LinearModel) -> None:
    low = state(model, eng_mean=45.0, eng_min=40.0, eng_low=2.2)
    found = project(low, model, assumed_rates(model))
    assert found.change[0, 4] < -0.02


def test_delaying_those_who_are_ready_only_costs(model: LinearModel) -> None:
    """Nothing is the matter but that the date moves: what a delay costs is what is left."""
    ready = state(model, actual=0.95, planned=0.9, weeks_to_golive=26.0)
    found = project(ready, model, assumed_rates(model), cost_of_a_week=-0.01)
    assert found.change[0, -1] > 0


def test_no_delay_changes_nothing(model: LinearModel) -> None:
    found = project(state(model), model, assumed_rates(model))
    assert found.change[0, 0] == found.low[0, 0] == found.high[0, 0] == 0


def test_the_change_lies_inside_its_band(model: LinearModel) -> None:
    found = project(state(model), model, assumed_rates(model))
    assert (found.low <= found.change).all()
    assert (found.high >= found.change).all()
    assert found.high[0, 6] > found.low[0, 6]


def test_a_change_is_the_middle_of_what_the_members_tell(model: LinearModel) -> None:
    """The likeliest model says training does not matter; most of those that the rows leave possible say it does."""
    at = 1 + model.inputs.terms.index("near_x_train_gap")
    plain = np.concatenate([[model.intercept], 0 * model.weights])
    members = np.tile(plain, (3, 1))
    members[1:, at] = 0.6
    unsure = replace(model, weights=0 * model.weights, members=members, pools={})
    certain = replace(unsure, members=np.empty((0, len(plain))))
    now = state(model, actual=0.2, planned=0.8)
    assert project(now, certain, assumed_rates(model)).change[0, 4] == pytest.approx(0, abs=1e-12)
    found = project(now, unsure, assumed_rates(model))
    assert found.change[0, 4] < -0.01
    assert found.high[0, 4] <= 0
    assert found.probability[0, 4] == pytest.approx(found.probability[0, 0] + found.change[0, 4])


def test_engagement_returns_and_a_later_date_stays_near_for_longer(model: LinearModel) -> None:
    low = state(model, eng_mean=40.0)
    found = project(low, model, assumed_rates(model))
    assert (np.diff(found.engagement[0]) > 0).all()
    assert found.engagement[0, 0] > 40
    # In three weeks the go-live is over for most of the sixteen.
    assert 0 < found.nearness[0, 0] < found.nearness[0, 4] < 1


def test_sixteen_weeks_hold_more_risk_than_four(model: LinearModel) -> None:
    now = state(model)
    found = project(now, model, assumed_rates(model))
    assert found.probability[0, 0] > model.probability(now.raw)[0]
    assert found.probability[0, 0] < 1


def test_what_is_not_known_is_no_trouble(model: LinearModel) -> None:
    nothing = State(np.full((1, len(AT)), np.nan), np.full((1, 3), np.nan))
    found = project(nothing, model, assumed_rates(model))
    assert np.isfinite(found.probability).all()


def test_rates_are_measured_where_there_is_a_past(model: LinearModel) -> None:
    rows = organisation(60, 30, seed=2)
    planned = np.full(len(rows), np.nan)
    rates = measured_rates(rows, planned, model)
    assert rates.measured
    assert ((rates.persistence >= 0) & (rates.persistence <= 1)).all()
    # Programmes of that organisation hardly change from week to week.
    assert rates.persistence[AT["spi_s"]] > 0.8
    assert rates.half == whatif.USUAL_HALF


def test_few_rows_measure_no_rates(model: LinearModel) -> None:
    rows = organisation(3, 12, seed=2)
    assert not measured_rates(rows, np.full(len(rows), np.nan), model).measured


def test_the_plan_of_training_is_read_from_the_past(model: LinearModel) -> None:
    rows = organisation(60, 30, seed=2)
    to_go = rows.raw[:, AT["weeks_to_golive"]]
    planned = 1 / (1 + np.exp(-0.5 * (5.0 - to_go)))
    rates = measured_rates(rows, planned, model)
    assert rates.half == pytest.approx(5.0, abs=0.01)
    assert rates.rise == pytest.approx(0.5, abs=0.01)


def test_eight_weeks_are_the_score_and_four_weeks_more(model: LinearModel) -> None:
    rates = assumed_rates(model)
    now = state(model, eng_mean=45.0, eng_min=40.0, eng_low=2.2)
    four, *_band = within(now, model, rates, windows=1)
    assert four == pytest.approx(model.probability(now.raw))
    risk, low, high = within(now, model, rates)
    assert 0 < four[0] < risk[0] <= 0.95
    assert low[0] <= risk[0] <= high[0] <= 0.95


def test_eight_weeks_see_a_go_live_that_four_do_not(model: LinearModel) -> None:
    """What follows the first window lies nearer to a go-live eight weeks ahead than to one long past."""
    rates = assumed_rates(model)
    ahead, past = (
        state(model, weeks_to_golive=weeks, eng_mean=45.0, eng_min=40.0, eng_low=2.2)
        for weeks in (8.0, -11.0)
    )

    def later(one: State) -> float:
        four, eight = (within(one, model, rates, windows=windows)[0][0] for windows in (1, 2))
        return float(1 - (1 - eight) / (1 - four))

    assert later(ahead) > later(past)
