"""Computed rows that answer to the filters, orders and pages of a queryset.

The portfolio of today is a queryset over stored summaries; that of an earlier day is computed. Both go
through the same register.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Self


class Rows(list[Any]):
    """A list with the few methods of a queryset that a register uses."""

    def filter(self, **lookups: Any) -> Self:
        tests = [_test(name, wanted) for name, wanted in lookups.items()]
        return type(self)(row for row in self if all(test(row) for test in tests))

    def exclude(self, **lookups: Any) -> Self:
        kept = {id(row) for row in self.filter(**lookups)}
        return type(self)(row for row in self if id(row) not in kept)

    def order_by(self, *orders: Any) -> Self:
        """Orders as `Register.order` makes them: fields, with what is missing last."""
        found = type(self)(self)
        for order in reversed(orders):
            value_of = partial(value, path=order.expression.name)
            known = [row for row in found if value_of(row) is not None]
            missing = [row for row in found if value_of(row) is None]
            known.sort(key=value_of, reverse=order.descending)
            found = type(self)([*known, *missing])
        return found


def value(row: Any, path: str) -> Any:
    """What a path of double underscores leads to; None where it breaks off."""
    for name in path.split("__"):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


_TESTS = {
    "range": lambda found, wanted: wanted[0] <= found <= wanted[1],
    "icontains": lambda found, wanted: str(wanted).lower() in str(found).lower(),
    "lt": lambda found, wanted: found < wanted,
}


def _test(name: str, wanted: Any) -> Any:
    path, _, last = name.rpartition("__")
    if last in _TESTS:
        compare = _TESTS[last]
        return lambda row: (found := value(row, path)) is not None and compare(found, wanted)
    return lambda row: value(row, name) == wanted


def of(rows: Iterable[Any]) -> Rows:
    return Rows(rows)
