"""The level of an organisation: how often it happens here, and how surely the prior tells where, as two numbers. No numpy in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# As models are kept.
DIGITS = 9


@dataclass(frozen=True)
class Level:
    """Where the log-odds of a prior lie in one organisation: `shift` plus `slope` times what the prior says.

    Attributes:
        slope: 1 where the prior tells programmes apart here as it says; towards nought the less it does. Never below.
        base: how often it is expected to happen within the horizon, in the mean over what was learned from.
    """

    shift: float
    slope: float
    base: float

    def of(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """A prior as plain numbers (`linear.LinearModel.as_dict`), on this level: so that pages can show what is told."""

        def moved(point: Sequence[float]) -> list[float]:
            """An intercept and its weights."""
            moved = [self.shift + self.slope * point[0], *(self.slope * each for each in point[1:])]
            return [round(each, DIGITS) + 0.0 for each in moved]

        intercept, *weights = moved([numbers["intercept"], *numbers["weights"]])
        return {
            **numbers,
            "intercept": intercept,
            "weights": weights,
            "members": [moved(member) for member in numbers["members"]],
            "spread": [],
            "base": round(self.base, DIGITS),
        }
