from __future__ import annotations

import numpy as np
import pytest

from forecasting.learning.judging import evaluation


def made(seed: int = 0, programmes: int = 100, weeks: int = 30) -> tuple[np.ndarray, ...]:
    """Outcomes, the chances they came from, and the programme of each row."""
    rng = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(-rng.normal(-2.5, 1, programmes * weeks)))
    return rng.random(len(chance)) < chance, chance, np.repeat(np.arange(programmes), weeks)


def test_what_is_better_is_used() -> None:
    label, chance, group = made()
    verdict = evaluation.judge(label, chance, np.full(len(label), label.mean()), group)
    assert verdict.promoted
    assert verdict.reasons == ()
    assert 0 < verdict.gain.low < verdict.gain.value < verdict.gain.high
    assert verdict.slope.low < 1 < verdict.slope.high


def test_what_is_surely_worse_is_not() -> None:
    label, chance, group = made()
    worse = np.clip(chance + 0.1, 0, 1)
    verdict = evaluation.judge(label, worse, chance, group)
    assert not verdict.promoted
    assert verdict.reasons[0] == "gain"


def test_what_is_too_bold_is_not_used_however_good_its_order() -> None:
    label, chance, group = made()
    odds = np.log(chance / (1 - chance))
    bold = 1 / (1 + np.exp(-(2.5 * odds + 2.5)))
    verdict = evaluation.judge(label, bold, np.full(len(label), 0.5), group)
    assert verdict.reasons == ("slope",)
    assert not verdict.promoted


def test_no_slice_may_be_told_worse() -> None:
    label, chance, group = made()
    part = np.arange(len(label)) % 5 == 0
    spoilt = np.where(part, np.clip(chance + 0.15, 0, 1), chance)
    verdict = evaluation.judge(
        label, spoilt, np.where(part, chance, 0.5), group, {"near a go-live": part}
    )
    assert verdict.reasons[-1] == "slice:near a go-live"


@pytest.mark.parametrize(
    ("then", "now", "reasons"),
    [
        # What was learned before was worse, and what is learned now is worse as well, or no better.
        (0.15, 0.15, ("later",)),
        (0.15, 0.0, ("later",)),
        # The last weeks taught what was missing.
        (0.15, -0.15, ()),
        # It was right all along.
        (-0.15, 0.0, ()),
    ],
)
def test_the_last_weeks_may_not_be_told_worse_unless_they_made_up_for_it(then, now, reasons) -> None:  # fmt: skip
    """What stands against it is off by 0.15 on each side: plus is worse than that, minus better."""
    label, chance, group = made()
    last = np.tile(np.arange(30) >= 17, 100)
    otherwise = np.clip(chance + 0.15, 0, 0.99)

    def off(by: float) -> np.ndarray:
        return np.clip(chance + 0.15 + by, 0.001, 0.99)

    told = np.where(last, off(now), chance)
    verdict = evaluation.judge(
        label, told, otherwise, group, later=evaluation.Later(last, off(then)[last])
    )
    assert tuple(each for each in verdict.reasons if each == "later") == reasons
    assert verdict.later is not None
    assert np.sign(verdict.later.value) == -np.sign(then)


def test_labels_that_mean_nothing_teach_nothing() -> None:
    """Outcomes dealt out to other programmes: the order is a coin's, and nothing replaces the base rate."""
    label, chance, group = made(programmes=200)
    aucs = []
    for seed in range(12):
        turn = np.random.default_rng(seed).permutation(200)
        dealt = label.reshape(200, 30)[turn].reshape(-1)
        verdict = evaluation.judge(dealt, chance, np.full(len(dealt), dealt.mean()), group)
        assert not verdict.promoted
        aucs.append(evaluation.measures(dealt, chance, group, draws=2)["auc"].value)
    assert np.mean(aucs) == pytest.approx(0.5, abs=0.03)


def test_an_order_that_is_only_a_coins_is_not_used_however_little_it_costs() -> None:
    label, _chance, group = made()
    coin = 0.1 + 0.001 * np.random.default_rng(9).normal(size=len(label))
    assert "order" in evaluation.judge(label, coin, np.full(len(label), 0.5), group).reasons
    assert "order" in evaluation.judge(label, np.full(len(label), 0.1), coin, group).reasons


def test_a_slope_is_as_unsure_as_its_programmes_make_it() -> None:
    """The interval of formulas is that of programmes drawn again and again."""
    label, chance, group = made(seed=3)
    shared = np.random.default_rng(3).normal(0, 1, 100)[group]
    chance = 1 / (1 + np.exp(-(np.log(chance / (1 - chance)) + shared)))
    label = np.random.default_rng(4).random(len(chance)) < chance
    told = 1 / (1 + np.exp(-(np.log(chance / (1 - chance)) - shared)))
    found = evaluation.slope_interval(label, told, group, share=0.9)
    drawn = evaluation.measures(label, told, group, draws=300)["slope"]
    assert found.value == pytest.approx(drawn.value)
    assert found.high - found.low == pytest.approx(drawn.high - drawn.low, rel=0.25)


def test_a_level_that_is_off_is_found_with_its_size_and_one_that_is_right_is_nought() -> None:
    label, chance, group = made(seed=5, programmes=400)
    odds = np.log(chance / (1 - chance))
    right = evaluation.level_interval(label, chance, group, share=0.9)
    assert right.low < 0 < right.high
    too_low = evaluation.level_interval(label, 1 / (1 + np.exp(0.7 - odds)), group, share=0.9)
    assert too_low.value == pytest.approx(0.7 + right.value, abs=1e-6)
    assert too_low.low > 0
    # The base rate itself is right in the large, whatever its order.
    flat = evaluation.level_interval(label, np.full(len(label), label.mean()), group)
    assert flat.value == pytest.approx(0.0, abs=1e-6)


def test_a_level_is_as_unsure_as_its_programmes_make_it() -> None:
    """The interval of formulas is that of programmes drawn again and again."""
    _label, chance, group = made(seed=3)
    shared = np.random.default_rng(3).normal(0, 1, 100)[group]
    label = np.random.default_rng(4).random(len(chance)) < 1 / (
        1 + np.exp(-(np.log(chance / (1 - chance)) + shared))
    )
    found = evaluation.level_interval(label, chance, group, share=0.9)
    drawn = [
        evaluation.level_interval(label[rows], chance[rows], group[rows]).value
        for rows in evaluation.samples(group, 200)
    ]
    low, high = np.quantile(drawn, [0.05, 0.95])
    assert found.high - found.low == pytest.approx(high - low, rel=0.25)
    of_rows = evaluation.level_interval(label, chance, np.arange(len(label)), share=0.9)
    assert found.high - found.low > 1.5 * (of_rows.high - of_rows.low)


@pytest.mark.parametrize("label", [np.ones(5, dtype=bool), np.zeros(5, dtype=bool)])
def test_calibration_needs_both_outcomes(label: np.ndarray) -> None:
    for measure in (evaluation.level_interval, evaluation.slope_interval):
        with pytest.raises(ValueError, match="both outcomes"):
            measure(label, np.full(5, 0.2), np.arange(5))


def test_the_base_rate_is_told_in_nats_beside_what_is_better_than_it() -> None:
    label, chance, group = made()
    base = evaluation.base_loss(label, group)
    share = label.mean()
    assert base.value == pytest.approx(-(share * np.log(share) + (1 - share) * np.log(1 - share)))
    assert base.low < base.value < base.high
    assert evaluation.surprise(label, chance).mean() < base.value
    assert evaluation.surprise(label, np.full(len(label), share)).mean() == pytest.approx(
        base.value
    )


def test_intervals_are_those_of_programmes_not_of_rows() -> None:
    """The same rows thirty times over tell no more than once."""
    rng = np.random.default_rng(4)
    once = rng.normal(0, 1, 60)
    wide = evaluation.mean_interval(np.repeat(once, 30), np.repeat(np.arange(60), 30))
    narrow = evaluation.mean_interval(np.repeat(once, 30), np.arange(60 * 30))
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_measures_hold_their_value_inside_their_interval_and_repeat() -> None:
    label, chance, group = made()
    found = evaluation.measures(label, chance, group, draws=60)
    for each in found.values():
        assert each.low <= each.value <= each.high or each.value == pytest.approx(
            each.low, abs=0.02
        )
    assert evaluation.measures(label, chance, group, draws=60) == found


def test_reliability_counts_every_row_once() -> None:
    label, chance, _group = made()
    bins = evaluation.reliability(label, chance)
    assert sum(each.rows for each in bins) == len(label)
    assert sum(each.events for each in bins) == label.sum()
    inside = [each.low <= each.told <= each.high for each in bins]
    assert sum(inside) >= 7


def test_the_share_of_nothing_may_be_anything() -> None:
    assert evaluation.wilson(0, 0) == (0.0, 1.0)
    low, high = evaluation.wilson(5, 50)
    assert 0.03 < low < 0.1 < high < 0.21
