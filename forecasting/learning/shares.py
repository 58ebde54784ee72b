"""How much each of a few causes adds to a number that is no sum of them (Shapley 1953).

A cause is taken into account before or after each of the others, in every order, and gets the mean of what it changes. So there is no order to
choose, the parts add up to the whole difference, and what never raises the number by itself has no part that raises it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial


def shares(causes: Sequence[str], value: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """What each cause adds, in the unit of the value; together the value of all less that of none.

    Args:
        causes: a handful, as the value is asked for each set of them.
        value: the number where just these causes are as they are, and the others as they usually are.
    """
    told = {
        some: value(some)
        for size in range(len(causes) + 1)
        for some in map(frozenset, combinations(causes, size))
    }
    count = len(causes)
    return {
        cause: sum(
            factorial(len(some)) * factorial(count - len(some) - 1) / factorial(count)
            * (told[some | {cause}] - before)
            for some, before in told.items()
            if cause not in some
        )
        for cause in causes
    }  # fmt: skip
