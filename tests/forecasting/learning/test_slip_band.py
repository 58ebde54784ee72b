"""How sure a chance to miss a baseline is: the middle of what as many milestones as it is worth leave open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import beta

from forecasting.learning.dates import band as slip_band
from forecasting.learning.dates.slips import (
    GRACE,
    Curve,
    Reference,
    Slips,
    curve,
    open_until,
    shipped,
)


def test_it_is_the_middle_of_what_the_process_leaves_open() -> None:
    # Three of twenty: a beta distribution of three that missed and seventeen that did not, a tenth of it beyond each end.
    low, high = slip_band.band(0.15, 20)
    assert beta.cdf(low, 3, 17) == pytest.approx(0.1)
    assert beta.cdf(high, 3, 17) == pytest.approx(0.9)


def test_the_end_towards_what_hardly_one_speaks_for_is_that_of_one() -> None:
    # Half a milestone missed, of ten.
    low, high = slip_band.band(0.05, 10)
    assert high == pytest.approx(beta.ppf(0.9, 1, 9.5))
    assert low == pytest.approx(beta.ppf(0.1, 0.5, 9.5))
    assert slip_band.band(0.95, 10) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(
    ("missed", "cases", "low", "high"),
    [
        # None of ten, and all of ten.
        (0.0, 10, 0.0, 1 - 0.1**0.1),
        (1.0, 10, 0.1**0.1, 1.0),
        # Hardly any such milestone is left: nothing is known.
        (1.0, 0.1, 0.0, 1.0),
        (1.0, 0.0, 0.0, 1.0),
    ],
)
def test_nothing_and_everything_have_an_end_too(missed: float, cases: float, low: float, high: float) -> None:  # fmt: skip
    assert slip_band.band(missed, cases) == pytest.approx((low, high), abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1e6))
def test_what_is_told_lies_inside(missed: float, cases: float) -> None:
    low, high = slip_band.band(missed, cases)
    assert 0 <= low <= missed <= high <= 1


@given(st.floats(0, 1), st.floats(1, 1e4))
def test_more_milestones_never_make_it_wider(missed: float, cases: float) -> None:
    few, many = slip_band.band(missed, cases), slip_band.band(missed, 2 * cases)
    assert many[1] - many[0] <= few[1] - few[0] + 1e-9


def test_own_milestones_of_one_programme_are_worth_little() -> None:
    assert slip_band.worth(0, 10, 1.0) == 10
    assert slip_band.worth(30, 10, 1.0) == 40
    # Thirty of which fifteen say as much as one are worth two, and count three quarters.
    assert slip_band.worth(30, 10, 15.0) == pytest.approx(1 / (0.75**2 / 2 + 0.25**2 / 10))
    # A design effect is of all kinds together: two of a kind say no less than one.
    assert slip_band.worth(2, 10, 15.0) == pytest.approx(slip_band.worth(2, 10, 2.0))


def _words(late: list[bool], *, words: int = 1) -> Slips:
    """Milestones that were reached in time or three weeks late, each with so many words on it."""
    days = np.repeat(np.where(late, 21, 0), words)
    count = len(days)
    return Slips(
        days, np.ones(count, dtype=bool), np.full(count, 14), np.ones(count),
        np.repeat(np.arange(len(late)), words), np.tile(np.arange(words), len(late)),
    )  # fmt: skip


def test_milestones_that_share_the_fate_of_their_programme_count_as_few() -> None:
    programme = np.repeat(np.arange(20), 5)
    together = _words([bool(each % 2) for each in programme])
    apart = _words([bool(number % 2) for number in range(100)])
    seen = np.full(100, 300)
    # Five of a programme that are all late, or all in time, say as much as one.
    assert slip_band.alike(together, seen=seen, programme=programme) == pytest.approx(5, rel=0.1)
    assert slip_band.alike(apart, seen=seen, programme=programme) == 1


def test_several_words_on_a_milestone_are_not_alike_by_that() -> None:
    slips = _words([bool(number % 2) for number in range(40)], words=3)
    programme = np.repeat(np.arange(10), 12)
    seen = np.full(len(slips), 300)
    assert slip_band.alike(slips, seen=seen, programme=programme) == pytest.approx(1)


def test_what_is_not_decided_yet_says_nothing_of_it() -> None:
    slips = _words([True] * 4)
    open_yet = Slips(np.full(4, 3), np.zeros(4, dtype=bool), *(getattr(slips, name) for name in ("ahead", "schedule", "milestone", "said")))  # fmt: skip
    assert slip_band.alike(open_yet, seen=np.full(4, 3), programme=np.zeros(4)) == 1
    assert slip_band.alike(slips, seen=np.full(4, 300), programme=np.zeros(4)) == 4


@pytest.mark.parametrize(("ahead", "baseline", "over"), [(-8, 0, True), (-7, 0, False), (20, -28, True), (20, -27, False), (-20, 14, False)])  # fmt: skip
def test_a_baseline_is_missed_for_sure_once_more_than_is_allowed_has_passed(ahead: int, baseline: int, over: bool) -> None:  # fmt: skip
    assert slip_band.is_over(ahead=ahead, baseline=baseline) == over


# The organisations a band is meant for: a curve of their own, drawn around the shipped one by the process that says how much own milestones count.
COUNTS_FROM, ORGANISATIONS = 10.0, 1500
NEVER = 10_000


def _organisation(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How late its milestones become, in days, and how often."""
    general = _shipped()
    share = np.diff([0.0, *general.share, 1.0])
    drawn = rng.gamma(COUNTS_FROM * share)
    return np.append(general.days, NEVER), drawn / drawn.sum()


def _shipped() -> Curve:
    return Reference.from_dicts(shipped(), {}).shipped["near/steady"]


@pytest.mark.parametrize("own", [0, 10, 100])
@pytest.mark.parametrize(("ahead", "baseline", "most"), [(14, 0, 0.84), (14, 28, 0.84), (-14, 14, 0.87)])  # fmt: skip
def test_four_of_five_true_chances_lie_inside(own: int, ahead: int, baseline: int, most: float) -> None:  # fmt: skip
    rng = np.random.default_rng([own, baseline])
    inside = []
    for _each in range(ORGANISATIONS):
        days, often = _organisation(rng)
        true = often[days > baseline + GRACE].sum() / often[days >= -ahead].sum()
        late = rng.choice(days, own, p=often)
        there = late < NEVER
        seen = Slips(np.where(there, late, 400), there, np.full(own, 14), np.ones(own), np.arange(own), np.zeros(own))  # fmt: skip
        known = {"near/steady": curve(seen)} if own else {}
        used = Reference({"near/steady": _shipped()}, known, COUNTS_FROM)
        told = used.tell(ahead=ahead, schedule=1.0, baseline=baseline)
        left = 1 - open_until(*used.together(told.kind, told.weight), ahead)
        low, high = slip_band.band(told.missed, slip_band.worth(own, COUNTS_FROM, 1.0) * left)
        inside.append(low <= true <= high)
    assert 0.76 < np.mean(inside) < most
