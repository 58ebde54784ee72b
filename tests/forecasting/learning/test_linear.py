from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from forecasting import chance
from forecasting.learning import features, limits, linear

from .rows import labelled, raw_rows

AT = {name: index for index, name in enumerate(features.CRISIS.names)}


@pytest.fixture(scope="module")
def model() -> linear.LinearModel:
    return linear.fit(labelled(), features.CRISIS, penalty=5.0)


def test_it_finds_what_brings_the_event_about(model: linear.LinearModel) -> None:
    weights = dict(zip(model.inputs.terms, model.weights, strict=True))
    strongest = sorted(weights, key=lambda term: -abs(weights[term]))[:2]
    assert set(strongest) == {"spi_s", "near_x_eng_low"}


def test_probabilities_are_those_of_fresh_rows(model: linear.LinearModel) -> None:
    fresh = labelled(20_000, seed=7)
    told = model.probability(fresh.raw)
    assert told.mean() == pytest.approx(fresh.label.mean(), abs=0.01)
    high = told > np.quantile(told, 0.9)
    assert told[high].mean() == pytest.approx(fresh.label[high].mean(), rel=0.1)


def test_drivers_add_up_to_the_score(model: linear.LinearModel) -> None:
    raw = raw_rows(200, seed=3)
    raw[::3, AT["eng_mean"]] = np.nan
    total = sum(model.drivers(raw).values())
    start = model.log_odds(model.reference[None, :])
    assert np.abs(total - (model.log_odds(raw) - start)).max() < 1e-6


@pytest.mark.parametrize("name", [each.name for each in features.CRISIS.raw if each.direction])
def test_what_can_only_make_it_worse_never_lowers_a_score(
    model: linear.LinearModel, name: str
) -> None:
    raw = raw_rows(300, seed=5)
    worse = raw.copy()
    direction = next(each.direction for each in features.CRISIS.raw if each.name == name)
    worse[:, AT[name]] += 0.3 * direction
    if name == "near_golive":
        worse[:, AT[name]] = np.clip(worse[:, AT[name]], 0, None)
    assert (model.probability(worse) >= model.probability(raw) - 1e-12).all()


def test_nothing_is_impossible_or_certain(model: linear.LinearModel) -> None:
    raw = raw_rows(2)
    raw[0, AT["spi_s"]], raw[1, AT["spi_s"]] = -50, 50
    assert model.probability(raw).tolist() == [linear.HIGHEST, linear.LOWEST]


def test_the_score_lies_inside_its_band(model: linear.LinearModel) -> None:
    rng = np.random.default_rng(1)
    point = np.concatenate([[model.intercept], model.weights])
    members = point + rng.normal(0, 0.2, (15, len(point)))
    wide = replace(model, members=members)
    raw = raw_rows(50)
    low, high = wide.band(raw)
    assert (low <= wide.probability(raw)).all()
    assert (wide.probability(raw) <= high).all()
    assert (high > low).all()


def test_a_band_reaches_as_far_about_the_score_as_members_about_their_middle(
    model: linear.LinearModel,
) -> None:
    """Also where every member says more than the score, as where weights lie on the edge of where they may go."""
    point = np.concatenate([[model.intercept], model.weights])
    members = np.tile(point, (60, 1))
    members[:, 0] += np.linspace(0.5, 2.5, 60)
    skewed = replace(model, members=members)
    raw = raw_rows(50)
    low, high = skewed.band(raw)
    odds = linear.logit(skewed.probability(raw))
    reach = np.percentile(members[:, 0], 50) - np.percentile(members[:, 0], 10)
    inside = low > linear.LOWEST
    assert np.allclose(odds[inside] - linear.logit(low[inside]), reach)
    at_most = point[0] + np.percentile(np.linspace(0.5, 2.5, 60), 90) - model.intercept
    assert np.allclose(linear.logit(high) - odds, at_most)


def test_what_no_term_tells_is_in_the_band(model: linear.LinearModel) -> None:
    """Eight of ten true chances, whether the members are sure, unsure, or no surer than what they cannot tell."""
    rng = np.random.default_rng(3)
    raw, point = raw_rows(4000), np.concatenate([[model.intercept], model.weights])
    for unsure in (0.0, 0.3, 1.0):
        members = np.tile(point, (400, 1))
        members[:, 0] += rng.normal(0, unsure, 400)
        told = replace(model, members=members, beyond=0.3)
        low, high = told.band(raw)
        odds = linear.logit(told.probability(raw))
        true = linear.sigmoid(odds + rng.normal(0, unsure, 4000) + rng.normal(0, 0.3, 4000))
        inside = (low > linear.LOWEST) & (high < linear.HIGHEST)
        held = ((low <= true) & (true <= high))[inside].mean()
        assert held == pytest.approx(0.8, abs=0.03)


def test_silence_and_few_answers_never_lower_a_score_on_either_half() -> None:
    ways = {each.name: each.direction for each in features.CRISIS.raw}
    assert (ways["status_age_w"], ways["eng_age_w"], ways["response_rate_s"]) == (1, 1, -1)
    # Nobody ever said anything: that is no fresh report.
    never = dict(zip(features.CRISIS.names, features.CRISIS.filled(np.full((1, len(ways)), np.nan))[0], strict=True))  # fmt: skip
    assert never["status_age_w"] == never["eng_age_w"] > 0


def test_levels_are_told_against_the_base(model: linear.LinearModel) -> None:
    made = replace(model, base=0.1)
    # Elevated from 15%, high from 30%, as they are written.
    told = [made.level(chance) for chance in (0.124, 0.126, 0.274, 0.276)]
    assert told == ["low", "elevated", "elevated", "high"]


@given(st.floats(0, 0.95), st.floats(0, 0.95), st.floats(0.001, 0.9))
def test_what_is_written_alike_has_one_level(one: float, other: float, base: float) -> None:
    """And more is never a lower level."""
    ranks = {"low": 0, "elevated": 1, "high": 2}
    levels = [ranks[limits.level_against(each, base)] for each in sorted((one, other))]
    assert levels == sorted(levels)
    if chance.twentieths(one) == chance.twentieths(other):
        assert levels[0] == levels[1]


def test_a_model_survives_keeping(model: linear.LinearModel) -> None:
    again = linear.LinearModel.from_dict(json.loads(json.dumps(model.as_dict())), features.CRISIS)
    raw = raw_rows(20)
    assert np.allclose(again.probability(raw), model.probability(raw), atol=1e-8)
    assert again.digest == model.digest


def test_a_model_for_other_inputs_is_refused(model: linear.LinearModel) -> None:
    with pytest.raises(ValueError, match="inputs"):
        linear.LinearModel.from_dict({**model.as_dict(), "feature_set": "older"}, features.CRISIS)


def test_the_same_rows_give_the_same_model(model: linear.LinearModel) -> None:
    assert linear.fit(labelled(), features.CRISIS, penalty=5.0).digest == model.digest


@pytest.mark.parametrize("label", [False, True])
def test_one_outcome_makes_no_model(label: bool) -> None:
    rows = labelled(100)
    alike = linear.Rows(rows.raw, np.full(100, label), rows.group)
    with pytest.raises(linear.NotEnough):
        linear.fit(alike, features.CRISIS, penalty=5.0)


def test_no_rows_make_no_model() -> None:
    with pytest.raises(linear.NotEnough):
        linear.fit(labelled(40).only(np.zeros(40, dtype=bool)), features.CRISIS, penalty=5.0)


def test_an_input_that_never_varies_gets_no_say() -> None:
    rows = labelled()
    rows.raw[:, AT["actions_overdue"]] = 2.0
    made = linear.fit(rows, features.CRISIS, penalty=5.0)
    assert made.weights[AT["actions_overdue"]] == pytest.approx(0, abs=1e-9)


def test_few_rows_stay_near_to_what_was_believed() -> None:
    rows = labelled(60)
    terms = features.CRISIS.design(rows.raw)
    mean, scale = linear.scaling(terms)
    believed = np.zeros(terms.shape[1] + 1)
    believed[0] = -2.0
    held = linear.solve(
        linear.with_level((terms - mean) / scale),
        rows.label.astype(float),
        penalty=1e6,
        towards=believed,
    )
    assert np.allclose(held, believed, atol=1e-3)
