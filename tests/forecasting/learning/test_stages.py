from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.learning import features, pooling, stages, windows
from forecasting.learning.judging.metrics import quality
from forecasting.learning.linear import LinearModel, Rows
from forecasting.learning.stages import Stage

from .rows import organisation


@pytest.fixture(scope="module")
def prior() -> LinearModel:
    worlds = [
        organisation(60, seed=seed, effect=effect, pool_spread=0.5)
        for seed, effect in enumerate([0.2, 0.5, 0.8, 1.0, 0.3, 0.6])
    ]
    return pooling.learn_prior(worlds, features.CRISIS)


def test_crises_count_once_however_many_rows_come_before_them() -> None:
    label = np.array([0, 1, 1, 1, 1, 0, 0, 1, 1, 0], dtype=bool)
    rows = Rows(np.zeros((10, 1)), label, np.zeros(10), day=np.arange(10) * 7)
    assert stages.count_events(rows) == 2
    turned = rows.only(np.random.default_rng(0).permutation(10))
    assert stages.count_events(turned) == 2


def test_a_crisis_that_follows_before_a_quiet_week_is_another() -> None:
    """From the first on and for six weeks after its end nothing is asked: its last row and the first before the next stand side by side."""
    days = np.array([0, 7, 14, 21, 84, 91, 98, 105])
    rows = Rows(np.zeros((8, 1)), np.ones(8, dtype=bool), np.zeros(8), day=days)
    assert stages.count_events(rows) == 2
    assert stages.count_events(rows.only(days % 84 == 0)) == 2
    # The first and the last row before the same crisis are less than the horizon apart.
    assert stages.count_events(rows.only(np.isin(days, [84, 105]))) == 1


@pytest.mark.parametrize("until_next", range(43, 120, 7))
def test_crises_count_as_often_as_the_windows_beside_them(until_next: int) -> None:
    """What stands in the heading of a backtest is what stands in its line of four weeks."""
    began = np.array([30, 30 + until_next])
    day = np.arange(0, began[1], 7)
    # Not asked about is what lies in a crisis of a day and in the six weeks after.
    day = day[(day < began[0]) | (day > began[0] + 42)]
    until = began[np.searchsorted(began, day, side="right")] - day
    group = np.zeros(len(day))
    rows = Rows(np.zeros((len(day), 1)), until <= 28, group, day=day)
    counted = windows.compared(4, np.full(len(day), 0.1), until.astype(float), group, day)
    assert stages.count_events(rows) == counted.events
    assert counted.events == 1 + bool((day > began[0]).any())


def test_a_crisis_of_each_of_two_programmes_is_two() -> None:
    rows = Rows(np.zeros((2, 1)), np.ones(2, dtype=bool), np.array([1, 2]), day=np.array([7, 14]))
    assert stages.count_events(rows) == 2


@pytest.mark.parametrize(
    ("programmes", "events", "stage"),
    [
        (0, 0, Stage.PRIOR),
        (9, 100, Stage.PRIOR),
        (100, 4, Stage.PRIOR),
        (10, 5, Stage.RECALIBRATED),
        (99, 100, Stage.RECALIBRATED),
        (100, 70, Stage.OWN),
    ],
)
def test_stages_are_reached_by_programmes_and_crises(
    programmes: int, events: int, stage: Stage
) -> None:
    assert stages.stage_reached(programmes, events) is stage


def test_a_large_history_is_told_by_its_own_model(prior: LinearModel) -> None:
    rows = organisation(300, seed=50, effect=1.6, pool_spread=0.8)
    learned = stages.learn_crises(rows, prior)
    assert learned.stage is Stage.OWN
    assert learned.verdict is not None
    assert learned.verdict.promoted
    fresh = organisation(300, seed=50, effect=1.6, pool_spread=0.8)
    own = quality(fresh.label, learned.model.probability(fresh.raw, list(fresh.pool)))
    shipped = quality(fresh.label, prior.probability(fresh.raw))
    assert own.log_loss < shipped.log_loss


def turned(before: float, after: float, *, seed: int) -> Rows:
    """An organisation in which what brings crises about changes half a year before the end: the same weeks, other outcomes."""
    rows, later = (organisation(150, 84, seed=seed, effect=effect) for effect in (before, after))
    assert np.array_equal(rows.raw, later.raw)
    assert rows.day is not None
    late = rows.day >= rows.day.max() - 26 * 7
    return replace(rows, label=np.where(late, later.label, rows.label))


@pytest.mark.parametrize("seed", [90, 91, 92])
def test_what_reversed_half_a_year_ago_is_refused_by_time_though_left_out_programmes_speak_for_it(
    prior: LinearModel, seed: int
) -> None:
    learned = stages.learn_crises(turned(2.0, -2.0, seed=seed), prior)
    assert learned.verdict is not None
    assert learned.verdict.gain.low > 0
    assert learned.verdict.later is not None
    assert learned.verdict.later.high < 0
    assert learned.verdict.reasons == ("later",)
    assert learned.level is not None
    assert learned.model.digest == pooling.levelled(prior, learned.level).digest


@pytest.mark.parametrize("seed", [90, 91, 92])
def test_what_stays_as_it_was_is_not_refused_by_time(prior: LinearModel, seed: int) -> None:
    learned = stages.learn_crises(turned(1.6, 1.6, seed=seed), prior)
    assert learned.verdict is not None
    assert learned.verdict.later is not None
    assert learned.verdict.promoted


def test_the_last_weeks_are_told_by_what_was_known_when_they_began(prior: LinearModel) -> None:
    """Neither their own outcomes nor those of windows that were not over then change what is told of them."""
    rows = organisation(120, 60, seed=7, effect=1.6)
    assert rows.day is not None
    last = rows.day > rows.day.max() - 7 * stages.LATER_WEEKS
    embargo = ~last & (rows.day > rows.day.max() - 7 * stages.LATER_WEEKS - 28)
    found = stages.told_later(rows, prior)
    assert found is not None
    assert np.array_equal(found.weeks, last)
    # Of an outcome that was known the day before, everything may be learned.
    for change, is_seen in ((last & (rows.group % 2 == 0), False), (embargo, False), (~last & ~embargo, True)):  # fmt: skip
        again = stages.told_later(replace(rows, label=rows.label ^ change), prior)
        assert again is not None
        assert np.array_equal(again.told, found.told) is not is_seen


@pytest.mark.parametrize("part", ["before", "after"])
def test_few_events_on_either_side_say_nothing_of_time(prior: LinearModel, part: str) -> None:
    rows = organisation(120, 60, seed=7, effect=1.6)
    assert rows.day is not None
    last = rows.day > rows.day.max() - 7 * stages.LATER_WEEKS
    quiet = ~last if part == "before" else last
    assert stages.told_later(replace(rows, label=rows.label & ~quiet), prior) is None
    assert stages.told_later(replace(rows, day=None), prior) is None


def test_portfolios_that_differ_are_told_apart(prior: LinearModel) -> None:
    rows = organisation(300, seed=50, effect=1.6, pool_spread=0.8)
    model = stages.learn_crises(rows, prior).model
    observed = {name: rows.label[rows.pool == name].mean() for name in model.pools}
    assert max(model.pools, key=lambda name: model.pools[name]) == max(observed, key=lambda name: observed[name])  # fmt: skip
    raw = rows.raw[:1]
    assert model.probability(raw, ["nobody knows it"]) == model.probability(raw)


@pytest.mark.parametrize("seed", [60, 61, 62, 63])
def test_a_coin_stays_with_the_prior_of_a_world_of_coins(seed: int) -> None:
    """Where nothing drives crises there is nothing to learn, and nothing is promoted on noise."""
    worlds = [organisation(60, seed=each, effect=0.0) for each in range(5)]
    prior = pooling.learn_prior(worlds, features.CRISIS)
    rows = organisation(150, seed=seed, effect=0.0)
    assert stages.learn_crises(rows, prior).stage is Stage.PRIOR


def test_shuffled_labels_teach_nothing(prior: LinearModel) -> None:
    """Each programme with the outcomes of another: the order is that of a coin, and nothing comes into use."""
    count = 900
    rows = organisation(count, seed=70, effect=1.5)
    turn = np.random.default_rng(1).permutation(count)
    dealt = Rows(
        rows.raw,
        rows.label.reshape(count, -1)[turn].reshape(-1),
        rows.group,
        rows.pool,
        rows.day,
    )
    learned = stages.learn_crises(dealt, prior)
    assert learned.stage is Stage.PRIOR
    assert learned.verdict is not None
    assert not learned.verdict.promoted
    assert quality(dealt.label, learned.told).auc == pytest.approx(0.5, abs=0.03)


def test_a_golive_before_people_are_ready_is_told_as_it_is_in_an_organisation_nobody_saw(
    prior: LinearModel,
) -> None:
    """Schedule fine, engagement low, a go-live near: where an additive model says far too little."""
    learned = stages.learn_crises(organisation(400, seed=21, effect=1.5), prior)
    assert learned.stage is Stage.OWN
    unseen = organisation(800, seed=22, effect=1.5)
    at = {name: unseen.raw[:, index] for index, name in enumerate(features.CRISIS.names)}
    on_time_but_not_ready = (at["eng_low"] > 0.9) & (at["spi_s"] > 1.0)
    wanted = on_time_but_not_ready & (at["near_golive"] > 0.5)
    observed = unseen.label[wanted].mean()
    assert observed > 2 * unseen.label[on_time_but_not_ready & (at["near_golive"] < 0.1)].mean()
    told = learned.model.probability(unseen.raw[wanted])
    assert told.mean() == pytest.approx(observed, rel=0.3)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_hardly_any_rows_stay_with_the_prior(prior: LinearModel, count: int) -> None:
    rows = organisation(80, seed=3).only(np.arange(count))
    learned = stages.learn_crises(rows, prior)
    assert learned.model is prior
    assert learned.stage is Stage.PRIOR


@pytest.mark.parametrize("label", [False, True])
def test_a_single_outcome_stays_with_the_prior(prior: LinearModel, label: bool) -> None:
    rows = organisation(60, seed=3)
    alike = Rows(rows.raw, np.full(len(rows), label), rows.group, rows.pool, rows.day)
    learned = stages.learn_crises(alike, prior)
    told = learned.model.probability(rows.raw)
    assert ((told > 0) & (told < 1)).all()


def test_inputs_that_never_vary_are_no_trouble(prior: LinearModel) -> None:
    rows = organisation(60, seed=3)
    rows.raw[:] = rows.raw[0]
    told = stages.learn_crises(rows, prior).model.probability(rows.raw)
    assert np.isfinite(told).all()


def test_the_same_history_gives_the_same_model(prior: LinearModel) -> None:
    rows = organisation(120, seed=9, effect=1.5)
    assert (
        stages.learn_crises(rows, prior).model.digest
        == stages.learn_crises(rows, prior).model.digest
    )


def test_rows_of_another_organisation_change_nothing(prior: LinearModel) -> None:
    before = prior.digest
    stages.learn_crises(organisation(300, seed=50, effect=1.6), prior)
    assert prior.digest == before
