from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from forecasting.learning.judging.metrics import quality
from forecasting.learning.plain.candidates import CANDIDATES, Inputs
from forecasting.learning.plain.quantiles import for_one_more, train_quantiles
from forecasting.learning.plain.table import folds, splits
from forecasting.learning.plain.training import calibration, train
from tests.forecasting.learning.plain_rows import plain_rows, relabelled

pytestmark = pytest.mark.filterwarnings("error")


def test_what_is_learned_is_told_of_later_rows_and_is_calibrated():
    rows = plain_rows(1500)
    trained = train(rows.only(rows.time < 700))
    later = rows.only(rows.time >= 700)

    found = quality(later.label, trained.tell(later))

    assert trained.name != "base rate"
    assert found.auc > 0.8
    assert found.skill > 0.25
    assert 0.75 < found.slope < 1.3


@pytest.mark.parametrize("new_groups", [False, True])
def test_shuffled_outcomes_bring_no_skill(new_groups):
    rows = plain_rows(800)
    shuffled = relabelled(rows, np.random.default_rng(3).permutation(rows.label))

    told = train(shuffled, new_groups=new_groups).tell(plain_rows(800, seed=9))

    assert np.abs(told - shuffled.label.mean()).max() < 0.15
    assert abs(quality(plain_rows(800, seed=9).label, told).skill) < 0.08


def test_twice_the_same_rows_tell_the_same():
    rows, wanted = plain_rows(400), plain_rows(50, seed=4)

    first, second = (train(rows).tell(wanted) for _turn in range(2))

    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("groups", [6, 90])
def test_groups_that_are_left_out_share_no_row_with_those_learned_from(groups):
    rows = plain_rows(300, groups=groups)

    made = splits(rows, new_groups=True)

    assert len(made) == (6 if groups == 6 else 5)
    for inside, outside in made:
        assert not set(rows.group[inside]) & set(rows.group[outside])
    assert sorted(np.concatenate([outside for _inside, outside in made])) == list(range(300))


def test_folds_keep_groups_together():
    rows = plain_rows(200, groups=12)
    fold = folds(rows.group, 3)
    for name in np.unique(rows.group):
        assert len(set(fold[rows.group == name])) == 1


def test_later_rows_are_told_from_outcomes_that_were_known_before_them():
    rows = plain_rows(2500)
    rows = replace(rows, known_on=rows.time + 120)
    made = splits(rows, new_groups=False)
    assert made
    for inside, outside in made:
        assert rows.known_on[inside].max() <= rows.time[outside].min()


def test_few_rows_are_decided_by_later_rows_and_by_groups():
    rows = plain_rows(600, groups=60)
    alone, both = splits(rows, new_groups=True), splits(rows, new_groups=False)
    assert len(alone) == 5
    assert len(both) > len(alone)


def _beside(asked, aside):
    """Both tables as one, the second only to be learned from."""
    joined = {name: {each: np.concatenate([getattr(table, name)[each] for table in (asked, aside)]) for each in getattr(asked, name)} for name in ("numbers", "categories")}  # fmt: skip
    columns = {name: np.concatenate([getattr(table, name) for table in (asked, aside)]) for name in ("label", "group", "time", "known_on", "record")}  # fmt: skip
    return replace(
        asked, **joined, **columns, aside=np.arange(len(asked) + len(aside)) >= len(asked)
    )


@pytest.mark.parametrize("new_groups", [False, True])
def test_rows_that_stand_aside_are_never_told_and_known_before_what_is(new_groups):
    aside = plain_rows(900, seed=2)
    rows = _beside(plain_rows(600), replace(aside, known_on=aside.time + 300))

    made = splits(rows, new_groups)

    assert made
    for inside, outside in made:
        assert rows.asked[outside].all()
        assert rows.aside[inside].any()
        of_groups = set(rows.group[inside]) & set(rows.group[outside])
        assert not of_groups or rows.known_on[inside].max() <= rows.time[outside].min()


def test_a_group_of_which_every_row_stands_aside_is_no_part_to_tell():
    aside = plain_rows(40, seed=2)
    rows = _beside(plain_rows(600, groups=15), replace(aside, group=np.full(40, "only aside")))

    made = splits(rows, new_groups=True)

    assert len(made) == 15
    assert all(len(outside) for _inside, outside in made)
    assert train(rows, new_groups=True).losses


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_rows_of_which_nobody_knows_the_time_move_no_cut(odd):
    rows = plain_rows(3000)
    time = rows.time.copy()
    time[-1000:] = odd

    made = splits(replace(rows, time=time), new_groups=False)

    assert all(np.isfinite(time[outside]).all() for _inside, outside in made)
    assert len(made) == len(splits(rows.only(np.isfinite(time)), new_groups=False))


def test_rows_that_stand_aside_are_learned_from_and_are_no_base_rate():
    few, wanted = plain_rows(90, seed=1), plain_rows(1500, seed=7)
    more = plain_rows(1500, seed=2)
    always = relabelled(more, np.ones(len(more)))

    alone, beside = (train(rows) for rows in (few, _beside(few, more)))

    assert quality(wanted.label, beside.tell(wanted)).auc > quality(wanted.label, alone.tell(wanted)).auc + 0.02  # fmt: skip
    assert beside.base == alone.base == train(_beside(few, always)).base == few.label.mean()
    assert quality(wanted.label, beside.tell(wanted)).error < 0.1


def test_nothing_but_rows_that_stand_aside_is_an_error():
    rows = _beside(plain_rows(1), plain_rows(300)).only(np.arange(1, 301))
    with pytest.raises(ValueError, match="known outcome"):
        train(rows)
    with pytest.raises(ValueError, match="known amount"):
        train_quantiles(rows)


@pytest.mark.parametrize("name", sorted({*CANDIDATES} - {"base rate", "record"}))
def test_what_was_close_is_learned_as_parts_of_both_outcomes(name):
    rows = plain_rows(600)
    unsure = relabelled(rows, np.where(rows.label == 1, 0.7, 0.3))

    told = CANDIDATES[name](unsure)(rows)

    assert unsure.events == rows.events
    assert told.mean() == pytest.approx(unsure.label.mean(), abs=0.02)
    assert 0.1 < told.min() < 0.45
    assert 0.55 < told.max() < 0.9


def test_unknown_values_are_told_too():
    rows, wanted = plain_rows(900, unknown=0.3), plain_rows(300, seed=5, unknown=0.3)
    wanted.numbers["noise"][:] = np.nan
    wanted.categories["team"][:] = "never seen"

    told = train(rows).tell(wanted)

    assert np.isfinite(told).all()
    assert quality(wanted.label, told).auc > 0.65


def test_a_column_nobody_ever_filled_in_is_no_obstacle():
    rows = plain_rows(300)
    rows.numbers["noise"][:] = np.nan
    assert np.isfinite(train(rows).tell(plain_rows(20, seed=1))).all()


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_a_single_outcome_is_neither_impossible_nor_certain(outcome):
    rows = plain_rows(200)
    trained = train(relabelled(rows, np.full(200, outcome)))
    told = trained.tell(rows)
    assert trained.name == "base rate"
    assert "too few" in trained.why
    assert 0 < told.min() == told.max() < 1
    assert abs(told[0] - outcome) < 0.01


@pytest.mark.parametrize("count", [1, 5, 39])
def test_few_rows_tell_the_base_rate_and_say_so(count):
    rows = plain_rows(count)
    trained = train(rows)
    assert trained.name == "base rate"
    assert str(count) in trained.why
    assert len(set(trained.tell(plain_rows(10, seed=2)))) == 1


def test_no_row_with_an_outcome_is_an_error():
    rows = plain_rows(30)
    with pytest.raises(ValueError, match="known outcome"):
        train(relabelled(rows, np.full(30, np.nan)))
    with pytest.raises(ValueError, match="known amount"):
        train_quantiles(relabelled(rows, np.full(30, np.nan)))


def test_rows_without_an_outcome_are_not_learned_from():
    rows = plain_rows(400)
    label = rows.label.copy()
    label[::2] = np.nan
    wanted = plain_rows(30, seed=8)
    half = relabelled(rows, label)
    assert (train(half).tell(wanted) == train(rows.only(np.arange(1, 400, 2))).tell(wanted)).all()


def test_columns_of_different_length_are_refused():
    rows = plain_rows(30)
    with pytest.raises(ValueError, match="same number of rows"):
        replace(rows, time=rows.time[:-1])


def test_what_holds_in_one_organisation_only_is_not_told_of_another():
    rows = plain_rows(1200, groups=4, effect=2.5)
    # In two of four organisations strain brings the opposite about.
    turned = np.isin(rows.group, ["G0", "G1"])
    rows = relabelled(rows, np.where(turned, 1 - rows.label, rows.label))

    trained = train(rows, new_groups=True)

    assert trained.name == "base rate"
    assert np.ptp(trained.tell(rows)) == 0


def test_new_organisations_are_told_more_carefully_where_known_ones_differ():
    alike = train(plain_rows(1600, groups=8, seed=1), new_groups=True)
    apart = train(plain_rows(1600, groups=8, seed=1, spread=2.0), new_groups=True)
    wanted = plain_rows(400, seed=6)
    assert np.std(apart.tell(wanted)) < np.std(alike.tell(wanted))


def test_calibration_leaves_calibrated_chances_alone_and_calms_bold_ones():
    rng = np.random.default_rng(1)
    odds = rng.normal(0, 1.2, 20_000)
    chance = 1 / (1 + np.exp(-odds))
    happened = (rng.random(len(odds)) < chance).astype(float)

    level, slope = calibration(happened, [chance])
    _level, calmed = calibration(happened, [1 / (1 + np.exp(-2 * odds))])

    assert level == pytest.approx(0, abs=0.06)
    assert slope == pytest.approx(1, abs=0.06)
    assert calmed == pytest.approx(0.5, abs=0.06)


def test_the_means_and_words_of_held_out_rows_are_not_looked_at():
    rows = plain_rows(200)
    inputs = Inputs(rows.only(np.arange(100)))
    alone = inputs.flat(rows.only(np.arange(100, 120)))
    assert (inputs.flat(rows)[100:120] == alone).all()


@pytest.mark.parametrize("name", sorted(CANDIDATES))
def test_every_candidate_tells_probabilities(name):
    told = CANDIDATES[name](plain_rows(120))(plain_rows(40, seed=3, unknown=0.5))
    assert told.shape == (40,)
    assert ((told > 0) & (told < 1)).all()


def _amounts(count, seed=0):
    rows = plain_rows(count, seed=seed, groups=count // 4)
    rng = np.random.default_rng(seed + 100)
    scale = np.exp(0.6 * rows.numbers["strain"])
    return relabelled(rows, 100 * scale * rng.gamma(2.0, 1.0, count))


@pytest.mark.parametrize("new_groups", [False, True])
def test_quantiles_are_ordered_and_cover_what_they_say(new_groups):
    tell = train_quantiles(_amounts(800), new_groups=new_groups)
    wanted = _amounts(1500, seed=7)

    told = tell(wanted)

    assert (np.diff(told, axis=1) >= 0).all()
    for at, share in enumerate((0.5, 0.8, 0.9)):
        assert (wanted.label <= told[:, at]).mean() == pytest.approx(share, abs=0.05)
    assert np.corrcoef(told[:, 1], wanted.numbers["strain"])[0, 1] > 0.6


def test_amounts_of_half_the_time_are_learned_from_as_such():
    """Amounts grow with the time: without looking at it quantiles would be too low."""
    asked, half = _amounts(90), _amounts(900, seed=3)
    for rows, span in ((asked, 0.0), (half, np.log(0.5))):
        rows.numbers["span"] = np.full(len(rows), span)
    wanted = _amounts(1500, seed=7)
    wanted.numbers["span"] = np.zeros(len(wanted))

    told = train_quantiles(_beside(asked, relabelled(half, half.label / 2)), new_groups=True)(wanted)  # fmt: skip

    assert (wanted.label <= told[:, 1]).mean() == pytest.approx(0.8, abs=0.06)


def test_quantiles_of_few_rows_are_those_of_all():
    rows = _amounts(20)
    told = train_quantiles(rows)(_amounts(5, seed=3))
    assert (told == np.quantile(rows.label, (0.5, 0.8, 0.9))).all()


def test_quantiles_of_no_rows_are_no_rows():
    assert train_quantiles(_amounts(80))(_amounts(8).only(np.arange(0))).shape == (0, 3)


def test_few_dates_with_fates_of_their_own_make_upper_quantiles_wider_and_leave_the_middle():
    few, many = (for_one_more(np.array([0.5, 0.8, 0.9]), drawn) for drawn in (6, 2000))

    assert few[0] == pytest.approx(0.5)
    assert few[1] > 0.82
    assert few[2] > 0.93
    assert many == pytest.approx([0.5, 0.8, 0.9], abs=0.001)
    assert (for_one_more(np.array([0.8]), 1) == 0.8).all()
    # Six draws of a normal: their mean and spread, and a seventh that is to be covered.
    rng = np.random.default_rng(5)
    known, later = rng.normal(size=(20_000, 6)), rng.normal(size=20_000)
    reached = known.mean(axis=1) + ndtri(few[1]) * known.std(axis=1, ddof=1)
    assert (later <= reached).mean() == pytest.approx(0.8, abs=0.01)
