from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from adoption import engagement as filtering
from forecasting.learning import readiness as shortfall
from forecasting.learning.readiness import Case, Engagement, Spreads, ToldReadiness, Training

SPREADS = Spreads(
    own_pace=0.5, usual=0.02, unknown=0.03, training=0.02, people=0.2, engagement=0.8, base=0.3, cases=40
)  # fmt: skip


def test_training_is_moved_on_by_own_pace_and_by_a_share_of_those_left() -> None:
    """By hand: 0.6 + 4 weeks of (0.5 x 0.06 + 0.02 x 0.4) = 0.752; variance (4 x 0.02)^2 + 4 x 0.2^2 / 100 = 0.008."""
    told = SPREADS.untrained(Training(0.6, 100, 0.06), 4)
    assert told == pytest.approx(0.5 * math.erfc(-(0.85 - 0.752) / math.sqrt(0.008) / math.sqrt(2)))
    assert told == pytest.approx(0.8633, abs=1e-4)


def test_an_unknown_pace_is_the_usual_one() -> None:
    """0.6 + 5 x 0.03 x 0.4 = 0.66."""
    assert SPREADS.pace(Training(0.6, 100, None)) == pytest.approx(0.012)
    assert SPREADS.pace(Training(0.6, 100, -0.1)) == pytest.approx(0.008)


def test_engagement_below_the_threshold_by_hand() -> None:
    """55 with a variance of 25, spread 0.8: (50 - 55) / 4 = -1.25 standard deviations."""
    assert SPREADS.disengaged(Engagement(55, 25), 50) == pytest.approx(0.10565, abs=1e-5)


def test_the_chance_of_either_and_of_what_is_known() -> None:
    assert shortfall.either(0.5, 0.2) == pytest.approx(0.6)
    assert shortfall.either(None, 0.2) == pytest.approx(0.2)
    assert shortfall.either(0.5, None) == pytest.approx(0.5)
    assert shortfall.either(None, None) is None


def test_what_is_not_known_is_never_low_and_no_chance() -> None:
    none = shortfall.tell(SPREADS, weeks=3, training=None, engagement=None, threshold=50)
    assert none == ToldReadiness(None, None, None)
    assert shortfall.level(none, 0.3) == "unknown"
    well = shortfall.tell(
        SPREADS, weeks=3, training=Training(1.0, 100, 0.0), engagement=None, threshold=50
    )
    assert well.engagement is None
    assert well.chance is not None
    assert well.chance < 0.1
    assert shortfall.level(well, 0.3) == "unknown"
    # What is known is loud enough by itself.
    assert shortfall.level(ToldReadiness(0.8, None, 0.8), 0.3) == "high"


@pytest.mark.parametrize(
    ("chance", "base", "level"),
    [(0.22, 0.15, "low"), (0.23, 0.15, "elevated"), (0.32, 0.15, "elevated"), (0.33, 0.15, "high"),
     (0.32, 0.9, "low"), (0.33, 0.9, "elevated"), (0.48, 0.9, "high"), (0.02, 0.01, "low"), (0.03, 0.01, "high")],
)  # fmt: skip
def test_levels_compare_the_odds_with_the_base_rate(chance: float, base: float, level: str) -> None:
    """As chances are written: 22% is 20%, and 23% is 25%."""
    assert shortfall.level(ToldReadiness(chance, 0.0, chance), base) == level


def test_less_training_or_engagement_never_lowers_the_chance() -> None:
    for spreads in (SPREADS, Spreads.from_dict(shortfall.shipped()["spreads"])):
        for weeks in (0, 0.5, 2, 6, 12):
            for required in (5, 40, 4000):
                for pace in (None, 0.0, 0.05):
                    told = [
                        spreads.untrained(Training(share, required, pace), weeks)
                        for share in np.linspace(1, 0, 41).tolist()
                    ]
                    assert all(b >= a - 1e-12 for a, b in itertools.pairwise(told))
        low = [spreads.disengaged(Engagement(v, 30), 50) for v in range(90, 10, -2)]
        assert low == sorted(low)


def test_nearer_with_a_gap_never_lowers_the_chance() -> None:
    spreads = Spreads.from_dict(shortfall.shipped()["spreads"])
    for spread in (SPREADS, spreads):
        for share in (0.0, 0.3, 0.6, 0.8, 0.84):
            for pace in (None, 0.0, 0.02, 0.08):
                for required in (5, 60, 2000):
                    told = [
                        spread.untrained(Training(share, required, pace), weeks)
                        for weeks in np.linspace(12, 0, 49).tolist()
                    ]
                    assert all(b >= a - 1e-12 for a, b in itertools.pairwise(told))
        # Where the mean it is drawn to lies above the threshold.
        for value in (30.0, 42.0, 49.0):
            for variance in (2.0, 20.0, 49.0):
                known = filtering.Estimate(value, variance, 1)
                told = []
                for weeks in np.linspace(12, 0, 49).tolist():
                    then = filtering.run_on(known, weeks, mean=60)
                    told.append(spread.disengaged(Engagement(then.value, then.variance), 50))
                assert all(b >= a - 1e-12 for a, b in itertools.pairwise(told))


def test_fewer_people_and_more_weeks_are_less_sure() -> None:
    few, many = (SPREADS.untrained(Training(0.8, n, 0.1), 4) for n in (6, 600))
    assert abs(few - 0.5) < abs(many - 0.5)


def test_the_estimate_run_on_is_the_one_of_that_day() -> None:
    wave = filtering.Wave(date(2026, 1, 5), 48, 30)
    now = filtering.estimate([wave], on=date(2026, 1, 19), mean=62)
    then = filtering.estimate([wave], on=date(2026, 2, 16), mean=62)
    assert now is not None
    assert then is not None
    ahead = filtering.run_on(now, 4, mean=62)
    assert ahead.value == pytest.approx(then.value)
    assert ahead.variance == pytest.approx(then.variance)
    assert ahead.age_weeks == pytest.approx(then.age_weeks)


def cases(count: int, *, spread: float = 0.02, seed: int = 1) -> list[Case]:
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        share, pace = float(rng.uniform(0.2, 0.9)), float(rng.uniform(0, 0.06))
        for weeks in (4.0, 8.0):
            came = share + weeks * (0.6 * pace + 0.03 * (1 - share)) + weeks * rng.normal(0, spread)
            value = float(rng.uniform(45, 65))
            made.append(
                Case(
                    key=(number, 1), weeks=weeks, said=100 + number, counted=140 + number,
                    training=Training(share, 500, pace),
                    engagement=Engagement(value, 36),
                    came_share=float(np.clip(came, 0, 1.2)),
                    came_engagement=value + float(rng.normal(0, 3)),
                    threshold=50,
                )
            )  # fmt: skip
    return made


def test_spreads_are_found_in_ended_cases() -> None:
    found = shortfall.learn_spreads(cases(800))
    assert found is not None
    assert found.own_pace == pytest.approx(0.6, abs=0.1)
    assert found.usual == pytest.approx(0.03, abs=0.01)
    assert found.training == pytest.approx(0.02, abs=0.005)
    assert found.engagement == pytest.approx(0.5, abs=0.05)
    assert found.cases == 800


def test_too_few_cases_teach_nothing() -> None:
    assert shortfall.learn_spreads(cases(29)) is None
    assert shortfall.learn_spreads(cases(30)) is not None


def test_tellings_come_true_where_the_future_is_like_the_past() -> None:
    spreads = shortfall.learn_spreads(cases(800))
    assert spreads is not None
    found = shortfall.compared(cases(800, seed=2), spreads)
    assert found["rows"] == 1600
    assert found["told"] == pytest.approx(found["came"], rel=0.1)
    assert found["brier"] < found["plain"]
    assert sum(each["rows"] for each in found["bins"]) == 1600


def test_what_came_is_decided_by_one_part_only_where_it_fell_short() -> None:
    case = cases(1)[0]
    assert replace(case, came_share=0.5, came_engagement=None).came is True
    assert replace(case, came_share=0.9, came_engagement=None).came is None
    assert replace(case, came_share=0.9, came_engagement=60).came is False
    assert replace(case, came_share=None, came_engagement=40).came is True


def test_organisations_are_told_by_the_others() -> None:
    made = shortfall.derive([cases(60, seed=seed) for seed in range(4)], {"version": "x"})
    assert made["told_by_others"]["rows"] == 480
    assert made["spreads"]["cases"] == 240


def test_pages_know_what_the_module_knows() -> None:
    assert shortfall.digest({}) == shortfall.digest(None)
