"""Amounts as they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given, strategies as st

from pmo_portal.common.money import rough, short_sum

AMOUNTS = st.integers(-(10**9), 10**9) | st.integers(-(10**13), 10**13)
TIMES = {"bn": 10**9, "m": 10**6, "k": 10**3}


def read(text: str) -> Decimal:
    """The pounds somebody reads."""
    plain = text.replace("\u2212", "-").replace("\u00a3", "").replace(",", "")
    number = plain.rstrip("bnmk")
    return Decimal(number) * TIMES.get(plain[len(number) :], 1)


@given(AMOUNTS, AMOUNTS)
@example(17_150_000, -1_250_000)
@example(50_000, 50_000)
@example(99_999_999, 1)
@example(99_999_999_999, 499_999)
def test_a_short_sum_adds_up_as_it_is_written(one: int, other: int) -> None:
    first, second, both = (read(text) for text in short_sum(one, other, "GBP"))
    assert first + second == both
    # And no part is far from what it stands for: a tenth of the largest at most.
    largest = Decimal(max(abs(one), abs(other), abs(one + other))) / 100
    for said, amount in ((first, one), (second, other), (both, one + other)):
        assert abs(said - Decimal(amount) / 100) <= max(largest / 10, 1)


@pytest.mark.parametrize(
    ("amount", "told"),
    [(0, 0), (4_949, 4_900), (123_456, 123_000), (2_374_169, 2_370_000), (99_960_000, 100_000_000)],
)
def test_what_is_assumed_is_written_roughly(amount: int, told: int) -> None:
    assert rough(amount) == told
