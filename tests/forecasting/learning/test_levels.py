"""The prior on the level of an organisation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from forecasting.learning import features, pooling, stages, walk
from forecasting.learning.levels import Level
from forecasting.learning.linear import LinearModel, Rows, logit
from forecasting.learning.names import RECALIBRATED_FROM
from forecasting.learning.stages import Stage

from .rows import organisation, raw_rows


@pytest.fixture(scope="module")
def prior() -> LinearModel:
    worlds = [organisation(60, seed=seed, effect=effect, pool_spread=0.5) for seed, effect in enumerate([0.2, 0.5, 0.8, 1.0, 0.3])]  # fmt: skip
    return pooling.learn_prior(worlds, features.CRISIS)


@given(shift=st.floats(-3, 3), slope=st.floats(0, 2))
def test_log_odds_are_moved_and_drivers_keep_their_proportions(prior, shift, slope) -> None:
    raw = raw_rows(20, seed=1)
    moved = pooling.levelled(prior, Level(shift, slope, 0.05))
    assert moved.log_odds(raw) == pytest.approx(shift + slope * prior.log_odds(raw), abs=1e-6)
    for name, share in moved.drivers(raw).items():
        assert share == pytest.approx(slope * prior.drivers(raw)[name], abs=1e-6)
    assert moved.base == 0.05


def coin(rate: float, *, programmes: int = 150, seed: int = 4) -> Rows:
    """An organisation in which nothing drives crises."""
    return organisation(programmes, seed=seed, effect=0.0, rate=rate)


@pytest.mark.parametrize("rate", [0.3, 6.0])
def test_a_coin_brings_nothing_into_use_and_comes_to_be_told_its_share(prior, rate: float) -> None:
    rows = coin(rate, programmes=400)
    learned = stages.learn_crises(rows, prior)
    assert learned.stage is Stage.PRIOR
    assert learned.level is not None
    share = rows.label.mean()
    alone, told = (np.log(each.probability(rows.raw).mean() / share) for each in (prior, learned.model))  # fmt: skip
    assert abs(alone) > 0.5
    assert abs(told) < abs(alone) / 2
    assert 0 <= learned.level.slope < 0.8
    assert learned.model.base == pytest.approx(learned.model.probability(rows.raw).mean())


def test_no_crisis_at_all_lowers_the_level_and_never_to_nothing(prior) -> None:
    rows = coin(1.0)
    learned = stages.learn_crises(replace(rows, label=np.zeros(len(rows), dtype=bool)), prior)
    told, alone = learned.model.probability(rows.raw), prior.probability(rows.raw)
    assert told.min() > 0
    assert told.mean() < alone.mean() / 2


def test_too_few_programmes_say_nothing_of_a_level(prior) -> None:
    fewest = RECALIBRATED_FROM[0]
    rows = coin(3.0)
    assert stages.learn_crises(rows.only(rows.group < fewest - 1), prior).model is prior
    assert stages.learn_crises(rows.only(rows.group < fewest), prior).level is not None


def test_weeks_that_are_not_over_count_for_the_share_that_is(prior) -> None:
    """A quarter of the window without a crisis is no proof that none comes."""
    rows = coin(1.0)
    quiet = replace(rows, label=np.zeros(len(rows), dtype=bool))
    partly = replace(quiet, exposure=np.full(len(rows), 0.25))
    whole, part = (pooling.level_of(each, prior, level_spread=0.6) for each in (quiet, partly))
    assert whole.base < part.base < prior.probability(rows.raw).mean()


def test_the_level_moves_every_week_and_knows_nothing_of_what_comes(prior) -> None:
    rows = coin(3.0, programmes=40)
    assert rows.day is not None
    history = walk.History(rows, rows.day + 28)
    middle = int(np.median(rows.day))
    late = replace(rows, label=np.where(rows.day + 28 > middle, ~rows.label, rows.label))
    first, second = (
        walk.walk(each, prior) for each in (history, walk.History(late, rows.day + 28))
    )
    before = rows.day <= middle
    assert np.array_equal(first.probability[before], second.probability[before])
    digests = [each.model.digest for day, each in first.learned if each.stage is Stage.PRIOR]
    assert len(set(digests)) > len(digests) / 2


def test_a_slope_never_turns_the_order_round(prior) -> None:
    rows = organisation(150, seed=8, effect=1.5)
    turned = replace(
        rows, label=rows.label[np.argsort(np.argsort(-logit(prior.probability(rows.raw))))]
    )
    assert pooling.level_of(turned, prior, level_spread=0.6).slope >= 0


def test_to_be_calmer_takes_less_evidence_than_to_be_bolder(prior) -> None:
    """Where nothing the prior goes by counts, it soon says little; where all counts twice, forty programmes are not enough."""
    calm = pooling.level_of(coin(3.0, programmes=400), prior, level_spread=0.6)
    bold = pooling.level_of(organisation(40, seed=4, effect=1.0), prior, level_spread=0.6)
    assert calm.slope < 0.4
    assert 1 < bold.slope < 1.25
