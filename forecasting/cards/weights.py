"""The terms of a model: what each weighs, here and in the prior, and how far that was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .. import drivers
from ..choices import Target
from ..crises.term_words import LABELS, PARTS
from ..raid import words as raid_words
from ..sharing.prior import Start

# Odds that differ by less than about one in a hundred are called the same.
STILL = 0.01


@dataclass(frozen=True)
class Term:
    """One term of a model: the odds for one standard deviation more of it, here and in the prior."""

    label: str
    driver: str
    half: str
    unit: str
    odds: float
    prior_odds: float
    measured: float | None

    @property
    def is_moved(self) -> bool:
        """Whether history moved it and yet left it as unsure as it was: measured it is not, nor is it what was assumed."""
        return (
            self.measured is not None
            and round(100 * self.measured) == 0
            and abs(math.log(self.odds / self.prior_odds)) >= STILL
        )

    @property
    def effect(self) -> str:
        if abs(math.log(self.odds)) < STILL:
            return _("No effect")
        return _("Raises") if self.odds > 1 else _("Lowers")


def terms(target: Target, numbers: Mapping[str, Any], assumed: Mapping[str, Any]) -> list[Term]:
    """What each term of a model weighs, and how far that was measured here.

    An effect is measured as far as the rows narrowed what was assumed of it: one less the variance that is left
    over that between organisations, both of a normal cut off where the effect would turn. Of a prior none is, on
    whatever level it was put, and none of an input that never varied.

    Args:
        assumed: the prior it started from.
    """
    labels, parts = LABELS[target], PARTS[target]
    was_learned = "learned_on" in numbers["about"]
    words = drivers if target is Target.CRISIS_4W else raid_words
    found = []
    for at, name in enumerate(numbers["terms"]):
        driver, usual = parts[name].driver, _assumed_weight(numbers, assumed, at)
        found.append(
            Term(
                str(labels[name]),
                str(words.LABELS[driver]),
                words.HALVES[driver],
                getattr(parts[name], "unit", _("product")),
                math.exp(numbers["weights"][at]),
                math.exp(usual),
                _narrowed(numbers, assumed, at, parts[name].direction) if was_learned else None,
            )
        )
    return sorted(found, key=lambda each: -abs(math.log(each.odds)))


def unmeasured(start: Start) -> str:
    """What is said of a term that was not measured here, by what a model was learned from."""
    return _("Measured elsewhere") if start.is_shared else _("Assumed")


def pools(numbers: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The odds of each portfolio against a programme of none, the highest first."""
    found = [(name, math.exp(shift)) for name, shift in numbers.get("pools", {}).items()]
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _assumed_weight(numbers: Mapping[str, Any], assumed: Mapping[str, Any], at: int) -> float:
    """What the prior gives a term, for as much of it as the model calls one: it may have found another scale for it."""
    return float(assumed["weights"][at] * numbers["scale"][at] / assumed["scale"][at])


def _narrowed(
    numbers: Mapping[str, Any], assumed: Mapping[str, Any], at: int, direction: int
) -> float | None:
    members, spread = numbers["members"], assumed["spread"]
    if len(members) < 2 or len(spread) <= at + 1:
        return None
    usual = _assumed_weight(numbers, assumed, at)
    # Kept in nine digits.
    if all(math.isclose(row[at + 1], usual, abs_tol=1e-6) for row in members):
        return None
    left = statistics.pvariance([row[at + 1] for row in members])
    return max(0.0, min(1.0, 1 - left / _variance(usual, spread[at + 1], direction)))


def _variance(middle: float, spread: float, direction: int) -> float:
    """The variance of a normal, of which only what lies on one side of nought is left where there is a direction."""
    if not direction:
        return float(spread**2)
    normal, edge = statistics.NormalDist(), -direction * middle / spread
    steep = normal.pdf(edge) / (1 - normal.cdf(edge))
    return float(spread**2 * (1 + edge * steep - steep**2))
