"""When an item escalates, and how far an organisation's own items move the prior."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecasting.learning.judging.metrics import quality
from forecasting.learning.linear import LinearModel, Rows, fit, logit, sigmoid
from forecasting.learning.pooling import FOLDS
from forecasting.learning.raid.escalation import RAID, Said, escalations, learn_escalation
from forecasting.learning.raid.names import PROGRAMMES_FROM
from forecasting.learning.stages import Stage

DAY = date(2026, 3, 2)
LATER = DAY + timedelta(weeks=20)


def said(days: int, **more) -> Said:
    on = DAY + timedelta(days=days)
    return Said(on=on, known_at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC), **more)


def told(*log: Said, until: date = LATER) -> list[tuple[int, str]]:
    return [((each.on - DAY).days, each.why) for each in escalations(log, until=until)]


def test_a_rating_that_rises_by_a_level_escalates_an_item() -> None:
    assert told(said(0, level=1), said(7, level=1), said(14, level=2)) == [(14, "level")]


def test_a_first_rating_or_a_lower_one_is_no_escalation() -> None:
    assert told(said(0), said(7, level=3), said(14, level=1)) == []


def test_what_it_warned_of_occurs_once() -> None:
    log = said(0, level=2), said(7, occurred=True, ended=True), said(9, occurred=True, ended=True)
    assert told(*log) == [(7, "occurred")]


def test_somebody_escalates_it_on_a_day_of_its_own() -> None:
    on = DAY + timedelta(days=5)
    assert told(said(0), said(7, escalated_on=on), said(9, escalated_on=on)) == [(5, "said")]


def test_a_date_more_than_five_working_days_past_escalates_once() -> None:
    due = DAY + timedelta(days=14)
    assert told(said(0, due_on=due), said(3, due_on=due)) == [(22, "due")]
    assert told(said(0, due_on=due), until=due + timedelta(days=7)) == []


@pytest.mark.parametrize("change", [{"due_on": DAY + timedelta(days=60)}, {"ended": True}, {}])
def test_a_date_that_is_moved_or_met_in_time_is_none(change) -> None:
    log = said(0, due_on=DAY + timedelta(days=14)), said(21, **change)
    assert told(*log, until=DAY + timedelta(days=60)) == []


def test_it_is_known_when_it_is_said_or_when_time_has_told() -> None:
    (found,) = escalations([said(0, due_on=DAY)], until=LATER)
    assert found.on == found.known_at.date() == DAY + timedelta(days=8)
    late = replace(said(0, due_on=DAY), known_at=datetime(2026, 5, 1, tzinfo=UTC))
    (found,) = escalations([late], until=LATER)
    assert found.known_at == late.known_at


# --- models ------------------------------------------------------------------------------------------


def raw_rows(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    raw = np.array([[each.stands_in for each in RAID.raw]] * count)
    for name, low, high in (("score", 1, 26), ("mitigated", 0, 2), ("is_schedule", 0, 2)):
        raw[:, RAID.names.index(name)] = rng.integers(low, high, count)
    raw[:, RAID.names.index("late")] = rng.normal(0, 0.06, count)
    return raw


def labelled(count: int, *, seed: int = 0, level: float = -3.0, own: float = 0.0) -> Rows:
    """`own`: what mitigation adds here; elsewhere it lowers."""
    raw = raw_rows(count, seed)
    at = {name: raw[:, index] for index, name in enumerate(RAID.names)}
    odds = level + 0.08 * at["score"] + (own - 1.0) * at["mitigated"]
    odds = odds + 10 * at["is_schedule"] * at["late"]
    rng = np.random.default_rng(seed + 1)
    return Rows(raw, rng.random(count) < sigmoid(odds), np.arange(count) // 20)


@pytest.fixture(scope="module")
def prior() -> LinearModel:
    model = fit(labelled(20000), RAID, penalty=30.0)
    width = 1 + len(model.weights)
    members = np.array([np.concatenate([[model.intercept], model.weights])] * 3)
    return replace(model, spread=np.full(width, 0.3), members=members)


def test_few_escalations_or_programmes_leave_the_prior_as_it_is(prior: LinearModel) -> None:
    few = labelled(2000, seed=5)
    assert learn_escalation(few, prior, escalated=7).stage is Stage.PRIOR
    one = replace(few, group=few.group % (PROGRAMMES_FROM - 1))
    learned = learn_escalation(one, prior, escalated=200)
    assert (learned.model, learned.stage, learned.verdict) == (prior, Stage.PRIOR, None)
    assert PROGRAMMES_FROM == FOLDS


def test_some_escalations_move_its_level(prior: LinearModel) -> None:
    rows = labelled(3000, seed=5, level=-1.5)
    learned = learn_escalation(rows, prior, escalated=15)
    model = learned.model
    assert learned.stage is Stage.RECALIBRATED
    assert model.probability(rows.raw).mean() == pytest.approx(rows.label.mean(), rel=0.1)
    # The order of the items stays that of the prior, and so does the band around it.
    assert (np.argsort(model.log_odds(rows.raw)) == np.argsort(prior.log_odds(rows.raw))).all()
    low, high = model.band(rows.raw)
    assert np.allclose(low, high)


def test_an_informative_history_makes_a_model_of_its_own(prior: LinearModel) -> None:
    rows = labelled(20000, seed=5, own=1.0)
    learned = learn_escalation(rows, prior, escalated=200)
    assert learned.stage is Stage.OWN
    assert learned.verdict is not None
    assert learned.verdict.promoted
    assert learned.verdict.gain.low > 0
    at = RAID.terms.index("mitigated")
    assert abs(learned.model.weights[at]) < abs(prior.weights[at]) / 2
    assert learn_escalation(rows, prior, escalated=200).model.digest == learned.model.digest


@pytest.mark.parametrize("seed", range(5))
def test_labels_from_a_coin_stay_on_the_prior(prior: LinearModel, seed: int) -> None:
    """Whatever an item is like: it escalates by chance, as often as items do here."""
    rows = labelled(4000, seed=seed)
    coin = np.random.default_rng(100 + seed).random(len(rows)) < 0.06
    learned = learn_escalation(replace(rows, label=coin), prior, escalated=200)
    assert (learned.model, learned.stage) == (prior, Stage.PRIOR)
    assert learned.verdict is not None
    assert "order" in learned.verdict.reasons


@pytest.mark.parametrize("escalated", [15, 200])
@pytest.mark.parametrize("seed", range(3))
def test_shuffled_programmes_stay_on_the_prior(
    prior: LinearModel, seed: int, escalated: int
) -> None:
    """What came in one programme is dealt to another."""
    programmes = 1500
    rows = labelled(20 * programmes, seed=seed)
    turn = np.random.default_rng(200 + seed).permutation(programmes)
    dealt = replace(rows, label=rows.label.reshape(programmes, -1)[turn].reshape(-1))
    learned = learn_escalation(dealt, prior, escalated=escalated)
    assert (learned.model, learned.stage) == (prior, Stage.PRIOR)
    assert quality(dealt.label, learned.told).auc == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("label", [False, True])
@pytest.mark.parametrize("escalated", [0, 8, 20])
@pytest.mark.parametrize("programmes", [1, 5, 40])
def test_one_outcome_or_no_rows_break_nothing(
    prior: LinearModel, label: bool, escalated: int, programmes: int
) -> None:
    rows = labelled(200)
    alike = Rows(rows.raw, np.full(200, label), np.arange(200) % programmes)
    told = learn_escalation(alike, prior, escalated=escalated).model.probability(rows.raw)
    assert ((told > 0) & (told < 1)).all()
    empty = rows.only(np.zeros(200, dtype=bool))
    learned = learn_escalation(empty, prior, escalated=escalated)
    assert (learned.model, learned.stage) == (prior, Stage.PRIOR)


def test_inputs_that_never_vary_are_no_trouble(prior: LinearModel) -> None:
    rows = labelled(400, level=-1.0)
    rows.raw[:] = rows.raw[0]
    assert np.isfinite(
        learn_escalation(rows, prior, escalated=60).model.probability(rows.raw)
    ).all()


def test_drivers_of_an_item_add_up_to_its_score(prior: LinearModel) -> None:
    raw = raw_rows(100, 3)
    raw[::3, RAID.names.index("score")] = np.nan
    start = prior.log_odds(prior.reference[None, :])
    total = sum(prior.drivers(raw).values())
    assert np.abs(total + start - logit(sigmoid(prior.log_odds(raw)))).max() < 1e-6


def test_what_is_done_about_an_item_never_raises_its_risk(prior: LinearModel) -> None:
    raw = raw_rows(100, 4)
    better, worse = raw.copy(), raw.copy()
    better[:, RAID.names.index("mitigated")] = 1
    worse[:, RAID.names.index("mitigated")] = 0
    assert (prior.probability(better) <= prior.probability(worse) + 1e-12).all()
