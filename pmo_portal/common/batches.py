"""Working through many rows a part at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Row = TypeVar("Row")


def batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """The rows in their order, so many at a time; the last part may be shorter."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
