"""A plain table of rows to learn from or to tell, and how it is split: by group, and in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
FOLDS = 5
# Earlier rows are only learned from when they are so many. Tables with fewer than these in all have too few later rows
# to decide by alone: groups are left out as well.
LEAST_EARLIER, LEAST_ALONE = 200, 2000
# The shares of the rows, in order of time, from which a model is learned to tell those that follow.
CUTS = (0.5, 0.6, 0.7, 0.8, 0.9)
# So few groups are organisations: each is left out once and counts the same, however many rows it has.
FEW_GROUPS = 20


@dataclass(frozen=True)
class Table:
    """Rows to learn from or to tell.

    Attributes:
        numbers: name -> values, NaN where unknown.
        categories: name -> words, empty where unknown.
        label: how clearly it happened: 1, 0, in between where it was close (above a half where it did), or NaN where the
            outcome is not known.
        group: rows of one group stay together when they are split.
        time: of each row: what it holds was known then.
        known_on: when the outcome of each row was known, on the scale of `time`.
        record: the word each row is of whose past outcomes make the plainest baseline: a team, an agency.
        aside: whether a row is only learned from, because it answers another question than those to tell, such as what came
            within a shorter time; none is where not given.
    """

    numbers: Mapping[str, Array]
    categories: Mapping[str, Array]
    label: Array
    group: Array
    time: Array
    known_on: Array
    record: Array
    aside: Array | None = None

    def __post_init__(self) -> None:
        columns = [*self.numbers.values(), *self.categories.values(), self.asked]
        if {len(each) for each in (*columns, self.group, self.time, self.known_on, self.record)} - {len(self)}:  # fmt: skip
            raise ValueError("All columns of a table need the same number of rows.")

    def __len__(self) -> int:
        return len(self.label)

    def only(self, wanted: Array) -> Table:
        """Some of the rows, by a mask or by their numbers."""
        return Table(
            {name: values[wanted] for name, values in self.numbers.items()},
            {name: values[wanted] for name, values in self.categories.items()},
            *(
                each[wanted]
                for each in (self.label, self.group, self.time, self.known_on, self.record)
            ),
            aside=None if self.aside is None else self.aside[wanted],
        )

    @property
    def known(self) -> Table:
        return self.only(~np.isnan(self.label))

    @property
    def asked(self) -> Array:
        """Whether a row answers the question of those to tell."""
        return np.ones(len(self), dtype=bool) if self.aside is None else ~self.aside

    @property
    def happened(self) -> Array:
        """1 or 0 of each row; only of known ones."""
        return (self.label > 0.5).astype(float)

    @property
    def events(self) -> int:
        return int(self.happened.sum())

    @property
    def share(self) -> float:
        """How often it happened, among the known rows that answer the question of those to tell; among all where none does."""
        asked = self.asked if self.asked.any() else np.ones(len(self), dtype=bool)
        return float(self.happened[asked].mean())


def folds(group: Array, count: int) -> Array:
    """The fold of each row; rows of one group are in the same."""
    names, at = np.unique(group, return_inverse=True)
    turn = np.random.default_rng(len(names)).permutation(len(names)) % max(count, 1)
    return np.asarray(turn[at])


def splits(table: Table, new_groups: bool) -> Sequence[tuple[Array, Array]]:
    """Rows to learn from and rows to tell: groups left out, or later rows, or both where there are few.

    What later rows are told from had its outcome known before the first of them. Rows that stand aside are never told;
    where nothing but those is left to tell, there is no split.
    """
    later = [] if new_groups else _later_rows(table)
    enough = later and len(table) >= LEAST_ALONE
    return later if enough else [*later, *_groups_left_out(table)]


def _groups_left_out(table: Table) -> list[tuple[Array, Array]]:
    count = len(np.unique(table.group))
    fold = folds(table.group, count if count < FEW_GROUPS else FOLDS)
    if count < 2:
        return []
    made = [
        (np.flatnonzero(fold != each), np.flatnonzero((fold == each) & table.asked))
        for each in range(fold.max() + 1)
    ]
    return [(learned, told) for learned, told in made if len(told)]


def _later_rows(table: Table) -> list[tuple[Array, Array]]:
    made = []
    # Rows of which nobody knows the time are neither earlier nor later.
    ordered = np.sort(table.time[table.asked & np.isfinite(table.time)])
    if not len(ordered):
        return []
    cuts = np.unique([ordered[int(len(ordered) * share)] for share in CUTS])
    for cut, end in zip(cuts, [*cuts[1:], np.inf], strict=True):
        inside = np.flatnonzero((table.time < cut) & (table.known_on <= cut))
        if table.asked[inside].sum() >= LEAST_EARLIER:
            made.append((inside, np.flatnonzero((table.time >= cut) & (table.time < end) & table.asked)))  # fmt: skip
    return made
