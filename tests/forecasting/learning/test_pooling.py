from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.learning import features, pooling, sharing
from forecasting.learning.judging.metrics import log_loss
from forecasting.learning.linear import LinearModel, Rows, logit, sigmoid
from forecasting.learning.prior import load
from tests.factories.forecasting import word_values

from .rows import labelled


@pytest.fixture(scope="module")
def worlds() -> list[Rows]:
    return [labelled(1200, seed=10 * seed) for seed in range(6)]


def test_every_world_counts_the_same(worlds: list[Rows]) -> None:
    small = worlds[0].only(np.arange(1200) < 300)
    joined = pooling.together([small, worlds[1]])
    assert joined.weight is not None
    assert joined.weight[:300].sum() == pytest.approx(joined.weight[300:].sum())


def test_groups_of_different_worlds_are_not_mixed(worlds: list[Rows]) -> None:
    joined = pooling.together(worlds[:2])
    assert len(np.unique(joined.group)) == 2 * len(np.unique(worlds[0].group))


def test_rows_of_a_programme_stay_in_one_fold() -> None:
    groups = np.array(["a", "b", "c", "d", "e", "f"] * 7)
    found = pooling.folds(groups, 3)
    assert set(found) == {0, 1, 2}
    for name in np.unique(groups):
        assert len(set(found[groups == name])) == 1


def test_the_prior_has_a_band_and_says_what_it_was_learned_from(worlds: list[Rows]) -> None:
    prior = pooling.learn_prior(worlds, features.CRISIS, about={"assumed": True})
    low, high = prior.band(worlds[0].raw[:50])
    assert (high > low).all()
    assert prior.about["worlds"] == 6
    assert prior.about["rows"] == 7200
    assert prior.about["events"] == sum(int(world.label.sum()) for world in worlds)
    assert prior.about["assumed"] is True


def test_the_same_worlds_give_the_same_prior(worlds: list[Rows]) -> None:
    assert (
        pooling.learn_prior(worlds, features.CRISIS).digest
        == pooling.learn_prior(worlds, features.CRISIS).digest
    )


def test_labels_that_mean_nothing_give_a_prior_that_says_the_base_rate() -> None:
    rng = np.random.default_rng(3)
    coins = [
        Rows(each.raw, rng.random(len(each)) < 0.1, each.group)
        for each in (labelled(1500, seed=seed) for seed in range(5))
    ]
    prior = pooling.learn_prior(coins, features.CRISIS)
    told = prior.probability(coins[0].raw)
    assert np.quantile(told, 0.9) < 0.16
    assert np.quantile(told, 0.1) > 0.05


def test_few_worlds_are_refused(worlds: list[Rows]) -> None:
    with pytest.raises(ValueError, match="worlds"):
        pooling.learn_prior(worlds[:3], features.CRISIS)


def test_directions_hold_in_every_member(worlds: list[Rows]) -> None:
    prior = pooling.learn_prior(worlds, features.CRISIS)
    for index, direction in enumerate(features.CRISIS.directions):
        assert (prior.members[:, 1 + index] * direction >= -1e-12).all()


def test_a_share_of_a_horizon_counts_as_that_share(worlds: list[Rows]) -> None:
    """Half of a horizon without an event is less good news than all of it."""
    prior = pooling.learn_prior(worlds, features.CRISIS)
    quiet = replace(worlds[0], label=np.zeros(1200, dtype=bool))
    whole = pooling.own_model(quiet, prior)
    half = pooling.own_model(replace(quiet, exposure=np.full(1200, 0.5)), prior)
    full = pooling.own_model(replace(quiet, exposure=np.ones(1200)), prior)
    assert whole.intercept < half.intercept < prior.intercept
    assert full.intercept == whole.intercept


def test_a_cause_far_from_the_prior_is_let_go(worlds: list[Rows]) -> None:
    """Where crises follow one input far more than usual, that tells other weeks better than one distance for all."""
    prior = pooling.learn_prior(worlds, features.CRISIS)
    term = features.CRISIS.terms.index("near_x_train_gap")

    def crises(rows: Rows, seed: int) -> Rows:
        chance = sigmoid(3.0 * prior.standardised(rows.raw)[:, term] - 4.0)
        return replace(rows, label=np.random.default_rng(seed).random(len(rows)) < chance)

    rows, later = crises(labelled(4000, seed=77), 1), crises(labelled(4000, seed=78), 2)
    found = pooling.own_model(rows, prior)
    held = pooling._own(
        pooling._seen(rows, prior), prior, prior.spread, pooling.USUAL_POOL_SPREAD
    ).point
    told = sigmoid(held[0] + prior.standardised(later.raw) @ held[1:])
    assert found.weights[term] > held[1 + term] + 0.1
    assert log_loss(later.label, found.probability(later.raw)) < log_loss(later.label, told)


def test_draws_are_those_of_a_normal_cut_off_where_a_weight_would_turn(monkeypatch) -> None:
    """Against plain rejection: of three terms one may not fall below nothing, where its likeliest value lies."""
    monkeypatch.setattr(pooling, "DRAWS", 8000)
    centre = np.array([0.2, -0.7, 0.5])
    covariance = np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.3], [0.0, 0.3, 1.0]])
    # On the edge the others move to where the cut normal is highest.
    held = covariance[[0, 2], 1] / covariance[1, 1]
    point = np.array([centre[0] - held[0] * centre[1], 0.0, centre[2] - held[1] * centre[1]])
    slope = np.linalg.inv(covariance) @ (point - centre)
    found = pooling.draws(pooling._Own(point, (), covariance, slope), (1, 0))
    tried = np.random.default_rng(5).multivariate_normal(centre, covariance, size=400_000)
    kept = tried[tried[:, 1] >= 0]
    assert (found[:, 1] >= 0).all()
    assert found.mean(axis=0) == pytest.approx(kept.mean(axis=0), abs=0.04)
    assert found.std(axis=0) == pytest.approx(kept.std(axis=0), abs=0.04)


def _with(rows: Rows, name: str, values: np.ndarray) -> Rows:
    raw = rows.raw.copy()
    raw[:, features.CRISIS.names.index(name)] = values
    return replace(rows, raw=raw)


def test_an_input_nobody_saw_move_widens_no_band(worlds: list[Rows]) -> None:
    """Neither invented worlds nor own rows had decisions that wait: twenty days of it may not say 95%."""
    waits = "decisions_outstanding_days_p80"
    still = [_with(world, waits, np.zeros(len(world))) for world in worlds]
    prior = pooling.learn_prior(still, features.CRISIS)
    found = pooling.own_model(still[0], prior)
    usual, waited = still[1].raw[:50], _with(still[1], waits, np.full(1200, 20.0)).raw[:50]
    assert found.band(waited)[1] == pytest.approx(found.band(usual)[1])
    assert (found.band(usual)[1] > found.band(usual)[0]).all()


def test_an_input_that_moved_in_few_rows_is_taken_by_its_size(worlds: list[Rows]) -> None:
    """A few rows with decisions that wait for weeks say little, but are days no more than weeks."""
    waits = "decisions_outstanding_days_p80"
    prior = pooling.learn_prior(
        [_with(world, waits, np.zeros(len(world))) for world in worlds], features.CRISIS
    )
    days = np.where(np.arange(1200) % 100 == 0, 15.0, 0.0)
    rows = _with(worlds[0], waits, days)
    found = pooling.own_model(rows, prior)
    at = features.CRISIS.terms.index(waits)
    assert found.scale[at] == pytest.approx(15.0)
    calm, waited = worlds[1].raw[:50], _with(worlds[1], waits, np.full(1200, 20.0)).raw[:50]
    calm[:, features.CRISIS.names.index(waits)] = 0.0
    wider = found.band(waited)[1] - found.band(calm)[1]
    assert (wider > 0).all()
    assert wider.max() < 0.2


# --- a shared prior: others moved what nobody here saw vary ---

WAITS = "decisions_outstanding_days_p80"
AT = features.CRISIS.terms.index(WAITS)


@pytest.fixture(scope="module")
def shared() -> LinearModel:
    """What six others say: a day that decisions wait adds 0.06 to the log-odds, where no world of the shipped prior had any."""
    shipped = load("crisis_4w")
    assert (shipped.members[:, 1 + AT] == 0).all()
    made = sharing.together([word_values(**{WAITS: 0.06}) for _ in range(6)], shipped)
    assert made.weights[AT] > 0.02
    return made


def _widths(model: LinearModel, raw: np.ndarray) -> np.ndarray:
    """How far bands reach, in log-odds."""
    low, high = model.band(raw)
    return np.asarray(logit(high) - logit(low))


@pytest.mark.parametrize("always", [0.0, 7.0])
def test_what_others_saw_move_and_nobody_here_widens_no_band(worlds, shared, always) -> None:
    """Also where it stands still at another value than in the worlds; the score follows what others say all the same."""
    calm = _with(worlds[0], WAITS, np.full(1200, always))
    found = pooling.own_model(calm, shared)
    usual, waited = calm.raw[:50], _with(calm, WAITS, np.full(1200, always + 20.0)).raw[:50]
    assert _widths(found, waited) == pytest.approx(_widths(found, usual), rel=0.01)
    assert (_widths(found, usual) > 0.1).all()
    one_day = shared.weights[AT] / shared.scale[AT]
    assert found.log_odds(waited) - found.log_odds(usual) == pytest.approx(20 * one_day)


def test_what_never_varies_here_is_no_part_of_the_level(worlds, shared) -> None:
    """Seven days in every week are the same as none, as far as anybody here can tell: so is the band."""
    models = [
        pooling.own_model(_with(worlds[0], WAITS, np.full(1200, days)), shared) for days in (0.0, 7.0)
    ]  # fmt: skip
    none, seven = (_with(worlds[0], WAITS, np.full(1200, days)).raw[:50] for days in (0.0, 7.0))
    assert models[0].band(none)[1] == pytest.approx(models[1].band(seven)[1], abs=0.02)


def test_what_others_say_of_a_day_is_said_of_as_many_days_as_are_usual_here(worlds, shared) -> None:
    days = np.where(np.arange(1200) % 100 == 0, 15.0, 0.0)
    rows = _with(worlds[0], WAITS, days)
    known, unseen = pooling._on_scale_of(rows, shared)
    assert AT not in unseen
    assert known.scale[AT] == pytest.approx(15.0)
    assert known.log_odds(rows.raw) == pytest.approx(shared.log_odds(rows.raw))
    found = pooling.own_model(rows, shared)
    calm, waited = (_with(worlds[1], WAITS, np.full(1200, each)).raw[:50] for each in (0.0, 20.0))
    assert (_widths(found, waited) - _widths(found, calm)).max() < 1.5
