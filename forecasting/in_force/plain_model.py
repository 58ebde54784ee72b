"""What a kept model says of inputs, by plain arithmetic: pages ask it without numpy.

The same as `learning.linear.LinearModel.probability`; a test compares them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from operator import mul
from typing import Any

from ..chance import probability_of
from ..crises.term_words import PARTS
from ..learning.limits import HIGHEST, LOWEST
from ..learning.names import Feature, Term


def teller(target: str, numbers: Mapping[str, Any]) -> Callable[[Sequence[float], str], float]:
    """A function from the raw inputs of a score (NaN for what was not known) and a portfolio to the risk a model tells.

    Args:
        numbers: `learning.linear.LinearModel.as_dict` of a model for the inputs of today.
    """
    parts = list(PARTS[target].values())
    features = [each for each in parts if isinstance(each, Feature)]
    stands_in = [each.stands_in for each in features]
    slopes = [w / s for w, s in zip(numbers["weights"], numbers["scale"], strict=True)]
    start = numbers["intercept"] - sum(s * m for s, m in zip(slopes, numbers["mean"], strict=True))
    at = {each.name: index for index, each in enumerate(features)}
    products = [
        (slope, [at.get(name, len(features)) for name in part.factors])
        for part, slope in zip(parts, slopes, strict=True)
        if isinstance(part, Term) and slope
    ]
    of_inputs = slopes[: len(features)]
    pools: Mapping[str, float] = numbers.get("pools", {})
    schedule = at.get("spi_s")

    def tell(raw: Sequence[float], pool: str) -> float:
        known = [usual if math.isnan(x) else x for x, usual in zip(raw, stands_in, strict=True)]
        odds = start + pools.get(pool, 0.0) + sum(map(mul, of_inputs, known))
        if schedule is not None:
            # The one factor that is no input itself: the shortfall of the schedule index.
            known.append(max(0.0, 1.0 - known[schedule]))
        for slope, factors in products:
            odds += slope * math.prod(known[each] for each in factors)
        return min(max(probability_of(odds), LOWEST), HIGHEST)

    return tell
