"""A challenger beside what is in use, on the same rows; and what it costs to keep what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.learning import features, pooling, stages, walk
from forecasting.learning.judging import challenge
from forecasting.learning.judging.metrics import log_loss
from forecasting.learning.limits import FEWEST_EVENTS
from forecasting.learning.linear import LinearModel, Rows
from forecasting.learning.pooling import levelled
from forecasting.learning.raid import escalation
from forecasting.learning.stages import Stage, count_events

from .rows import organisation


@pytest.fixture(scope="module")
def prior() -> LinearModel:
    worlds = [organisation(60, seed=seed, effect=1.0) for seed in range(5)]
    return pooling.learn_prior(worlds, features.CRISIS)


@pytest.fixture(scope="module")
def coin() -> Rows:
    """An organisation in which nothing of what the prior knows brings a crisis about."""
    return organisation(60, seed=31, effect=0.0)


def compared(rows: Rows, told, beside, **values):
    return challenge.compare(
        rows, told, beside, count=lambda wanted: count_events(rows.only(wanted)), **values
    )


def test_who_tells_better_gains_and_the_other_loses_as_much(coin: Rows) -> None:
    rng = np.random.default_rng(2)
    good = np.where(coin.label, 0.4, 0.04)
    bad = rng.uniform(0.02, 0.3, len(coin))
    one, other = compared(coin, good, bad), compared(coin, bad, good)
    assert one["gain"][0] == pytest.approx(-other["gain"][0])
    assert one["gain"][0] == pytest.approx(log_loss(coin.label, bad) - log_loss(coin.label, good))
    assert one["gain"][1] > 0 > other["gain"][2]
    assert one["by"]["challenger"] == other["by"]["champion"]
    by = one["by"]
    assert by["challenger"]["auc"][0] == pytest.approx(1.0)
    assert by["champion"]["auc"][1] < 0.6
    for name in ("auc", "ap", "skill", "error", "slope"):
        value, low, high = by["champion"][name]
        assert low <= value <= high, name


def test_only_rows_after_what_is_in_use_was_learned_are_asked_about(coin: Rows) -> None:
    assert coin.day is not None
    told = np.full(len(coin), 0.1)
    middle = int(np.median(coin.day))
    found = compared(coin, told, told, since=middle)
    assert found["rows"] == int((coin.day > middle).sum())
    assert found["events"] == count_events(coin.only(coin.day > middle))
    assert found["since"] == middle


def test_of_too_few_events_nothing_is_measured(coin: Rows) -> None:
    few = coin.only(np.flatnonzero(np.cumsum(coin.label) <= FEWEST_EVENTS // 2))
    told = np.full(len(few), 0.1)
    found = compared(few, told, told)
    assert (found["gain"], found["by"]) == (None, {})
    assert 0 < found["events"] < FEWEST_EVENTS
    assert compared(few.only(~few.label), told[~few.label], told[~few.label])["events"] == 0


def test_what_is_refused_is_kept_where_it_is_asked_for(prior: LinearModel, coin: Rows) -> None:
    plain, kept = (stages.learn_crises(coin, prior, keep_refused=each) for each in (False, True))
    assert plain.verdict == kept.verdict
    assert not kept.verdict.promoted
    assert plain.refused is None
    assert kept.refused is not None
    assert kept.refused.digest != prior.digest
    assert kept.reached is stages.stage_reached(kept.programmes, kept.events) is not Stage.PRIOR
    # What is used is the same either way: the prior, on the level of here.
    assert kept.stage is plain.stage is Stage.PRIOR
    assert kept.level is not None
    assert kept.model.digest == plain.model.digest == levelled(prior, kept.level).digest


def test_a_model_that_is_used_is_not_refused(prior: LinearModel) -> None:
    learned = stages.learn_crises(organisation(150, seed=50, effect=1.6), prior, keep_refused=True)
    assert learned.verdict.promoted
    assert learned.refused is None
    assert learned.reached is learned.stage


def test_a_walk_makes_no_model_it_does_not_use(prior: LinearModel, coin: Rows, monkeypatch) -> None:
    """A replay of a thousand programmes refuses often; each of those would be a fit more."""
    made = []
    monkeypatch.setattr(stages, "own_model", lambda *_values, **_more: made.append(1))
    # Those left out are told by models that are handed over when the function is made.
    history = walk.History(coin, coin.day + 28)
    walked = walk.walk(history, prior)
    assert any(each.verdict is not None for _day, each in walked.learned)
    assert all(each.stage is Stage.PRIOR for _day, each in walked.learned)
    assert not made
    stages.learn_crises(coin, prior, keep_refused=True)
    assert made


def test_what_is_refused_of_items_is_kept_as_well(prior_of_items, items) -> None:
    rows, escalated = items
    plain, kept = (
        escalation.learn_escalation(rows, prior_of_items, escalated=escalated, keep_refused=each)
        for each in (False, True)
    )
    assert not kept.verdict.promoted
    assert plain.refused is None
    assert kept.refused.digest != prior_of_items.digest
    assert kept.reached is escalation.stage_reached(kept.programmes, escalated)


@pytest.fixture
def prior_of_items() -> LinearModel:
    from forecasting.learning import prior as shipped

    return shipped.load("raid_escalates_4w")


@pytest.fixture
def items(prior_of_items: LinearModel) -> tuple[Rows, int]:
    """Weeks of open items that escalate by a coin."""
    rng = np.random.default_rng(8)
    count = 2000
    raw = prior_of_items.reference + rng.normal(size=(count, len(escalation.RAID.raw)))
    label = rng.random(count) < 0.05
    rows = Rows(raw, label, np.arange(count) // 50, day=np.arange(count) % 50 * 7)
    return replace(rows, pool=np.full(count, "")), int(label.sum())
