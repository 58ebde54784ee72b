"""Reading the cells of public files, and looking from a row to those before and after it."""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from forecasting.learning.linear import sigmoid

Array = npt.NDArray[Any]
Row = dict[str, str]
NAN = float("nan")
# A file counts as another where more of the filled cells of a column are beyond reading.
UNREADABLE = 0.5
# Larger numbers are slips of a tool, and none that can be reckoned with.
LARGEST = 1e15


@dataclass(frozen=True)
class Aside:
    """What else became of rows: the same report beside a later one that is nearer or further than the one asked for.

    Attributes:
        row: the number of the row each is of; a row may be there several times.
        label: what became of it, as a share of what may be expected in that time.
        known: when it was known.
        span: how much longer it took than what is asked for, as a logarithm; nought is as long.
    """

    row: Array
    label: Array
    known: Array
    span: Array


@dataclass(frozen=True)
class Target:
    """Something to tell: from all rows of a file to labels, or to amounts.

    Attributes:
        of: the labels (1, 0, in between where it was close, NaN where nobody knows), looked up inside the file of the rows.
        known: when they were known, on the scale of the time of the rows; nothing if before the next row.
        aside: what else is learned from.
    """

    of: Callable[[list[Row]], Array]
    known: Callable[[list[Row]], Array] | None = None
    aside: Callable[[list[Row]], Aside] | None = None


@dataclass(frozen=True)
class Made:
    """The inputs of all rows.

    Attributes:
        time: of each row, and what it holds was known then.
        record: the word each row is of whose past outcomes make the plainest baseline.
    """

    time: Array
    numbers: dict[str, Array]
    categories: dict[str, Array]
    record: Array


@dataclass(frozen=True)
class Dataset:
    """How a public file becomes a table.

    Attributes:
        columns: the file must have them.
        outcomes: columns that hold outcomes; a file to tell need not have them, and what a row says there is never
            an input of the row.
        keys: of a row, written beside its probabilities.
        organisation: the column that says of which organisation a row is; empty where there is one.
        group: the columns of what rows belong to.
        build: from all rows to inputs; a row may look at rows before it.
        targets, amounts: what is told; the first target is the `probability`.
        dates: columns at least half of which must be dates, and
        figures: columns at least half of which must be numbers, or the file is another.
        parts: the column by whose words what was told is measured apart as well.
        apart: whether rows of each such word have a model of their own.
        baseline: a number of `build` to rank by, and what it is.
    """

    columns: tuple[str, ...]
    keys: tuple[str, ...]
    group: tuple[str, ...]
    build: Callable[[list[Row]], Made]
    targets: dict[str, Target]
    baseline: tuple[str, str]
    amounts: dict[str, Target] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    organisation: str = ""
    dates: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    parts: str = ""
    apart: bool = False


class WrongFile(ValueError):
    """A file is not what it is said to be; the message says what to do."""


def read(path: Path, dataset: Dataset, *, to_tell: bool = False) -> list[Row]:
    """The rows of a file, plain or gzipped.

    Args:
        to_tell: whether its outcomes may be missing.

    Raises:
        WrongFile: it cannot be read, a column is missing, there are no rows, or its cells are of another kind.
    """
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file, restval="")
            names = set(reader.fieldnames or ())
            rows = [{name: value or "" for name, value in row.items() if name} for row in reader]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise WrongFile(f"{path.name} cannot be read as CSV ({error}). Give a CSV file in UTF-8, plain or gzipped.") from error  # fmt: skip
    wanted = {*dataset.columns, *(() if to_tell else dataset.outcomes)}
    if missing := sorted(wanted - names):
        raise WrongFile(f"{path.name} has no column {', '.join(missing)}. Give a file with the columns of the public one, or name another data set.")  # fmt: skip
    if not rows:
        raise WrongFile(f"{path.name} has no rows. Give a file with at least one.")
    for names_of_kind, read_as, kind in ((dataset.dates, day, "dates"), (dataset.figures, number, "numbers")):  # fmt: skip
        for name in names_of_kind:
            filled = [row[name] for row in rows if row[name]]
            if filled and np.isnan([read_as(each) for each in filled]).mean() > UNREADABLE:
                raise WrongFile(f"The column {name} of {path.name} holds no {kind}, such as {filled[0][:30]!r}. Is it the right file?")  # fmt: skip
    return [{**dict.fromkeys(dataset.outcomes, ""), **row} for row in rows]


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") if path.suffix == ".gz" else path.open(encoding="utf-8-sig", newline="") as file:  # type: ignore[attr-defined]  # fmt: skip
        yield file


def number(text: str) -> float:
    """A number, NaN where there is none or none that can be reckoned with."""
    try:
        value = float(text)
    except ValueError:
        return NAN
    return value if abs(value) <= LARGEST else NAN


def day(text: str) -> float:
    """A date as an ordinal, NaN where there is none."""
    try:
        return float(date.fromisoformat(text[:10]).toordinal())
    except ValueError:
        return NAN


def column(rows: list[Row], name: str, read_as: Callable[[str], float] = number) -> Array:
    return np.array([read_as(row[name]) for row in rows], dtype=float)


def words(rows: list[Row], *names: str) -> Array:
    """One word for each row, of one column or several."""
    return np.array(["/".join(row[name] for name in names) for row in rows], dtype=object)


def signed_log(values: Array) -> Array:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))


def beyond(values: Array, marks: Sequence[float], name: str) -> dict[str, Array]:
    """How far values lie beyond each mark: lines that may bend there."""
    return {f"{name}_beyond_{mark}": np.maximum(values - mark, 0.0) for mark in marks}


def before(rows: list[Row], key: str, time: Array) -> list[list[int]]:
    """For each row the numbers of the rows of the same key before it, oldest first."""
    found: list[list[int]] = [[] for _ in rows]
    for members in _of_key(rows, key).values():
        # One that nobody knows the time of is before none, and would leave the others out of order.
        dated = sorted((at for at in members if not np.isnan(time[at])), key=lambda at: time[at])
        for at in members:
            found[at] = [other for other in dated if time[other] < time[at]]
    return found


def following(rows: list[Row], key: str, time: Array, least: float, most: float, aim: float) -> Array:  # fmt: skip
    """The number of the row of the same key that lies nearest to `aim` later, within limits; -1 where none does."""
    found = np.full(len(rows), -1)
    for members in _of_key(rows, key).values():
        for at in members:
            later = [other for other in members if least <= time[other] - time[at] <= most]
            if later:
                found[at] = min(later, key=lambda other: abs(time[other] - time[at] - aim))
    return found


def ranks_before(values: Array, name: Array, time: Array, least: int = 20) -> Array:
    """The share of earlier values of the same name that lie below each value; half of those that are the same.

    What is much in one project is little in another. NaN where fewer than `least` are known from before.
    """
    ranks = np.full(len(values), NAN)
    order = np.argsort(time, kind="stable")
    for each in np.unique(name):
        members = order[name[order] == each]
        first = np.searchsorted(time[members], time[members])
        known: list[float] = []
        for at, count in zip(members, first, strict=True):
            for other in members[len(known) : count]:
                insort(known, values[other])
            if len(known) >= least:
                below = bisect_left(known, values[at]) + bisect_right(known, values[at])
                ranks[at] = below / 2 / len(known)
    return ranks


def others(rows: list[Row], key: str, time: Array, least: float, most: float, but: Array) -> tuple[Array, Array]:  # fmt: skip
    """The numbers of all pairs of a row and a later one of the same key within limits; `but` are the later rows left out."""
    pairs = [
        (at, later)
        for members in _of_key(rows, key).values()
        for at in members
        for later in members
        if least <= time[later] - time[at] <= most and later != but[at]
    ]
    found = np.array(pairs, dtype=int).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _of_key(rows: list[Row], key: str) -> dict[str, list[int]]:
    of_key: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        of_key[row[key]].append(at)
    return of_key


def value_later(now: Array, later_row: Array) -> Array:
    return np.where(later_row >= 0, now[later_row], NAN)


def grew(now: Array, later: Array, over: float) -> Array:
    """Whether a value grew by more than so much; NaN where either is unknown."""
    return flagged(later - now, lambda grown: grown > over)


def clearly(grown: Array, over: float) -> Array:
    """How clearly a value grew by more than so much: a half at the mark, nearly nought where it did not grow at all.

    What came out within a third of the mark might as well have come out on its other side.
    """
    return np.asarray(sigmoid(3 * (grown - over) / over))


def happened(label: Array) -> Array:
    """1 where it did, 0 where not, NaN where nobody knows."""
    return flagged(label, lambda each: each > 0.5)


def flagged(values: Array, happened: Callable[[Array], Array]) -> Array:
    """1 where it happened, 0 where not, NaN where nobody knows."""
    return np.where(np.isnan(values), NAN, happened(values).astype(float))
