from __future__ import annotations

import numpy as np
import pytest

from forecasting.learning.dates import slips
from forecasting.learning.dates.slips import Curve, Reference, Slips

SHIPPED = {kind: Curve(np.array([0.0, 10.0, 40.0]), np.array([0.5, 0.8, 1.0]), 1000) for kind in slips.KINDS}  # fmt: skip


def made(days: list[int], *, reached: list[bool] | None = None, ahead: int = 14, schedule: float = 1.0) -> Slips:  # fmt: skip
    count = len(days)
    return Slips(
        days=np.array(days),
        reached=np.array(reached or [True] * count, dtype=bool),
        ahead=np.full(count, ahead),
        schedule=np.full(count, schedule),
        milestone=np.arange(count),
        said=np.full(count, 738000),
    )


def test_the_share_reached_is_counted() -> None:
    found = slips.curve(made([0, 0, 5, 10]))
    assert found.days.tolist() == [0, 5, 10]
    assert found.share.tolist() == pytest.approx([0.5, 0.75, 1.0])


def test_what_nobody_reached_yet_counts_as_later_than_it_is() -> None:
    """Kaplan and Meier by hand: of four one ends at 0; of the three left one is unseen after 3; of two left one ends at 8."""
    found = slips.curve(made([0, 3, 8, 20], reached=[True, False, True, False]))
    assert found.days.tolist() == [0, 8]
    assert found.share.tolist() == pytest.approx([0.25, 1 - 0.75 * 0.5])


def test_kinds_go_by_how_far_ahead_and_how_the_programme_runs() -> None:
    assert slips.kind_of(28, 0.95) == "near/steady"
    assert slips.kind_of(29, 0.944) == "months/late"
    # As it is written: 0.95.
    assert slips.kind_of(29, 0.946) == "months/steady"
    assert slips.kind_of(85, None) == "far/any"
    assert slips.kind_of(-30, float("nan")) == "near/any"


def test_without_milestones_of_its_own_an_organisation_is_told_the_shipped_ones() -> None:
    told = Reference(SHIPPED, {}, 20).tell(ahead=10, schedule=1.0, baseline=0)
    assert told.quantiles == (0, 10, 40)
    assert told.weight == 0
    # By the baseline and five working days after it, half are reached.
    assert told.missed == pytest.approx(0.5)


def test_own_milestones_count_more_the_more_there_are() -> None:
    few = slips.curves(made([90] * 5))
    many = slips.curves(made([90] * 980))
    assert Reference(SHIPPED, few, 20).tell(ahead=10, schedule=1.0, baseline=0).quantiles[0] == 10
    told = Reference(SHIPPED, many, 20).tell(ahead=10, schedule=1.0, baseline=0)
    assert told.weight == pytest.approx(0.98)
    assert told.quantiles == (90, 90, 90)


def test_a_date_that_has_passed_leaves_only_what_is_later() -> None:
    reference = Reference(SHIPPED, {}, 20)
    told = reference.tell(ahead=-5, schedule=1.0, baseline=0)
    assert told.quantiles == (10, 40, 40)
    assert told.missed == pytest.approx(1.0)
    assert reference.tell(ahead=-60, schedule=1.0, baseline=0).quantiles == (None, None, None)
    assert reference.tell(ahead=-60, schedule=1.0, baseline=0).missed == 1.0


def test_a_date_moved_past_its_baseline_is_missed_unless_it_comes_early() -> None:
    reference = Reference(SHIPPED, {}, 20)
    assert reference.tell(ahead=10, schedule=1.0, baseline=-30).missed == 1.0
    assert reference.tell(ahead=10, schedule=1.0, baseline=40).missed == pytest.approx(0.0)


def test_later_programmes_of_the_shipped_worlds_are_later() -> None:
    reference = Reference.from_dicts(slips.shipped(), {})
    late, steady = (reference.tell(ahead=14, schedule=each, baseline=0) for each in (0.9, 1.0))
    assert late.missed > steady.missed
    assert late.quantiles[1] is not None
    assert steady.quantiles[1] is not None
    assert late.quantiles[1] >= steady.quantiles[1]


def test_quantiles_never_fall_and_chances_are_chances() -> None:
    rng = np.random.default_rng(1)
    own = slips.curves(
        made(rng.integers(-10, 90, 60).tolist(), reached=(rng.random(60) < 0.8).tolist())
    )
    reference = Reference.from_dicts(slips.shipped(), slips.as_dict(own))
    for ahead in range(-40, 120, 7):
        for schedule in (0.9, 1.0, None):
            told = reference.tell(ahead=ahead, schedule=schedule, baseline=-7)
            known = [each for each in told.quantiles if each is not None]
            assert known == sorted(known)
            assert told.quantiles[: len(known)] == tuple(known)
            assert 0 <= told.missed <= 1
            assert all(each > -ahead or ahead >= 0 for each in known)


def test_ranges_cover_what_they_say_where_the_future_is_like_the_past() -> None:
    rng = np.random.default_rng(3)
    before, after = (
        made(np.round(rng.gamma(1.2, 15, 600)).astype(int).tolist()) for _turn in range(2)
    )
    reference = Reference(SHIPPED, slips.curves(before), 20)
    told = [reference.tell(ahead=14, schedule=1.0, baseline=0)] * len(after)
    found = slips.coverage(told, after, seen=np.full(len(after), 500))
    assert found["p50"] == pytest.approx(0.5, abs=0.06)
    assert found["p80"] == pytest.approx(0.8, abs=0.05)
    assert found["pinball"] < 0.8


def test_a_case_that_may_still_go_either_way_decides_nothing() -> None:
    rows = made([0, 3], reached=[True, False])
    told = [Reference(SHIPPED, {}, 20).tell(ahead=14, schedule=1.0, baseline=0)] * 2
    found = slips.coverage(told, rows, seen=np.array([3, 3]))
    # P50 is on the day itself: both are past it. P80 is ten days later: nobody knows, also of the one that was reached early.
    assert found["p50"] == pytest.approx(0.5)
    assert found["p80"] is None


def test_the_weight_of_own_milestones_is_chosen_not_typed() -> None:
    """Organisations that differ much from each other are told by their own milestones sooner."""
    rng = np.random.default_rng(5)

    def world(scale: float) -> Slips:
        return made(np.round(rng.gamma(1.2, scale, 500)).astype(int).tolist())

    alike = slips.derive([world(15) for _each in range(6)], {})
    different = slips.derive([world(scale) for scale in (1, 60, 2, 80, 1, 100)], {})
    assert different["own_counts_from"] < alike["own_counts_from"]
    assert set(alike["kinds"]) == set(slips.KINDS)


def test_the_same_curves_have_the_same_digest_and_others_another() -> None:
    own = slips.as_dict(slips.curves(made([1, 2, 3])))
    assert slips.digest(own) == slips.digest(slips.as_dict(slips.curves(made([1, 2, 3]))))
    assert slips.digest(own) != slips.digest({})
