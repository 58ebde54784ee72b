"""How figures of models are written."""

from __future__ import annotations

import pytest

from forecasting import numbers


@pytest.mark.parametrize(
    ("write", "nothing", "less"),
    [
        (numbers.one, "0.0", "−0.1"),
        (numbers.two, "0.00", "−0.10"),
        (numbers.three, "0.000", "−0.100"),
        (numbers.four, "0.0000", "−0.1000"),
    ],
)
def test_what_rounds_to_nothing_has_no_sign(write, nothing, less) -> None:
    """“−0.0000” beside “neither better nor worse” reads as a little worse."""
    assert write(-0.00001) == nothing
    assert write(-0.1) == less
