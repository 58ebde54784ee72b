"""Watching whether risks come true: a change is seen soon, chance is not, and what is done about it helps."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.learning import prior
from forecasting.learning.features import CRISIS
from forecasting.learning.judging import watch
from forecasting.learning.judging.watch import Remedy, ToldWeeks, sequential, stability

PROGRAMMES = 300
FIRST = 739_000


def told(weeks: int, *, truth: float = 1.0, seed: int = 1) -> ToldWeeks:
    """Programmes told a risk each week; crises begin `truth` times as often as told."""
    rng = np.random.default_rng(seed)
    risk = np.tile(rng.beta(1, 12, size=PROGRAMMES), (weeks, 1))
    weekly = (1 - (1 - risk) ** 0.25) * truth
    came = rng.random((weeks, PROGRAMMES)) < weekly
    week = FIRST + 7 * np.repeat(np.arange(weeks), PROGRAMMES)
    # The first beginning within the four weeks after, as in a diary.
    began = np.full((weeks, PROGRAMMES), np.nan)
    for later in range(3, -1, -1):
        shifted = np.zeros_like(came)
        shifted[: weeks - later] = came[later:]
        began = np.where(shifted, 7.0 * later + 4, began)
    return ToldWeeks(
        week=week,
        programme=np.tile(np.arange(PROGRAMMES), weeks),
        probability=risk.ravel(),
        began=began.ravel(),
        over=week + 28 <= FIRST + 7 * weeks,
    )


def found(rows: ToldWeeks, weeks: int) -> watch.Watched:
    return watch.watch(rows, until=FIRST + 7 * weeks, high_from=0.3)


def test_what_comes_true_raises_no_alarm() -> None:
    cried = [bool(found(told(26, seed=seed), 26).alarms) for seed in range(20)]
    assert sum(cried) <= 2


@pytest.mark.parametrize(("truth", "alarm"), [(0.4, "fewer"), (2.2, "more")])
def test_a_change_of_the_rate_is_seen_within_six_weeks(truth, alarm) -> None:
    seen = [found(told(6, truth=truth, seed=seed), 6).alarms == [alarm] for seed in range(20)]
    assert sum(seen) >= 18


def test_the_ratio_of_observed_and_expected_has_its_exact_interval() -> None:
    made = found(told(26), 26)
    assert made.weeks == 26
    assert made.rows == 26 * PROGRAMMES
    assert made.low < made.ratio < made.high
    assert watch.poisson_interval(0) == pytest.approx((0.0, 3.6889), abs=1e-3)
    assert watch.poisson_interval(10) == pytest.approx((4.7954, 18.3904), abs=1e-3)


def test_the_sequential_test_begins_anew_after_good_weeks() -> None:
    assert sequential([0, 0, 0], [2.0, 2.0, 2.0], watch.MORE) == (0.0, 3)
    alone, _week = sequential([6], [2.0], watch.MORE)
    assert sequential([0, 0, 6], [2.0, 2.0, 2.0], watch.MORE) == (pytest.approx(alone), 2)


def test_a_corrected_level_comes_true() -> None:
    """A tenant begins to log crises by another rule: 0.4 of what was."""
    model = prior.load("crisis_4w")
    late = told(6, truth=0.4, seed=3)
    made = found(late, 6)
    better = watch.with_level(model, made, late.probability, {})
    odds = np.log(late.probability) - np.log1p(-late.probability)
    moved = 1 / (1 + np.exp(-(odds + better.about["level_shift"])))
    after = told(26, truth=0.4, seed=4)
    again = 1 / (1 + np.exp(-(np.log(after.probability) - np.log1p(-after.probability) + better.about["level_shift"])))  # fmt: skip
    weekly = (1 - (1 - again) ** 0.25).sum()
    came = np.nansum(after.began <= 7)
    assert abs(came / weekly - 1) < 0.2
    assert moved.mean() < late.probability.mean()
    assert better.base < model.base
    raw = model.reference[None, :]
    low, high = better.band(raw)
    assert low <= better.probability(raw) <= high
    assert better.digest != model.digest


def test_too_bold_and_too_timid_scores_are_told_by_their_slope() -> None:
    rows = told(40, seed=5)
    odds = np.log(rows.probability) - np.log1p(-rows.probability)
    centre = odds.mean()
    bold = 1 / (1 + np.exp(-(centre + 2.5 * (odds - centre))))
    made = found(ToldWeeks(rows.week, rows.programme, bold, rows.began, rows.over), 40)
    assert "slope" in made.alarms
    assert made.slope[2] < 0.8
    assert found(rows, 40).slope[1] <= 1.0 <= found(rows, 40).slope[2]


def test_nothing_told_and_nothing_begun_break_nothing() -> None:
    empty = ToldWeeks(*(np.empty(0) for _each in range(5)))
    made = watch.watch(
        ToldWeeks(empty.week, empty.programme, empty.probability, empty.began, np.empty(0, dtype=bool)),
        until=FIRST, high_from=0.3,
    )  # fmt: skip
    assert made.alarms == []
    assert made.ratio is None
    quiet = told(3, truth=0.0)
    made = found(quiet, 3)
    assert (made.observed, made.skill, made.slope) == (0, None, None)


def test_an_input_that_lies_otherwise_than_before_is_seen() -> None:
    rng = np.random.default_rng(2)
    before, same, moved = rng.normal(size=900), rng.normal(size=400), rng.normal(1.0, 1, size=400)
    assert stability(before, same) < watch.PSI_WATCH
    assert stability(before, moved) > watch.PSI_ALARM
    assert stability(before, same[:99]) is None
    # A value that never varied, and one that was never known.
    assert stability(np.zeros(500), np.zeros(500)) == pytest.approx(0.0, abs=1e-9)
    assert stability(np.full(500, np.nan), same) is None


def test_inputs_come_with_how_often_they_were_not_known() -> None:
    before, now = np.zeros((200, len(CRISIS.names))), np.zeros((100, len(CRISIS.names)))
    now[:50, 0] = np.nan
    first = watch.inputs_watched(CRISIS, before, now, programmes=40)[0]
    assert (first.name, first.missing, first.missing_before) == (CRISIS.names[0], 0.5, 0.0)
    assert first.state == "ok"
    second = watch.inputs_watched(CRISIS, before, now, programmes=40)[1]
    assert second.psi is not None
    # Weeks of a few programmes say nothing about all of them.
    assert watch.inputs_watched(CRISIS, before, now, programmes=12)[1].psi is None


@pytest.mark.parametrize(
    ("alarms", "tried", "wanted"),
    [
        ([], [], None),
        (["more"], [], Remedy.LEVEL),
        (["slope"], [], Remedy.LEARN),
        (["fewer", "slope"], [], Remedy.LEVEL),
        (["fewer"], [Remedy.LEVEL], Remedy.LEARN),
        (["fewer"], [Remedy.LEARN, Remedy.LEVEL], Remedy.FALL_BACK),
    ],
)
def test_the_ladder_of_remedies(alarms, tried, wanted) -> None:
    assert watch.remedy(alarms, tried) is wanted
