"""Reading: the inputs of every subject put together, a row for each place and for each unit of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from ..learning import features
from ..learning.inputset import Matrix
from .asking import NAN, Asked, Place, Table
from .delivery import add_delivery
from .governed import add_governed
from .people import SURVEYED, People
from .size import add_size

_ABOUT_PEOPLE = (*SURVEYED, "train_gap", "train_gap_max", "resist_4w", "resist_text_4w")


@dataclass
class Inputs:
    """The raw inputs of many places (programme and day), and of the units of each.

    Attributes:
        places: programme id and day, in the order of the rows of `raw`.
        raw: places x `features.CRISIS.raw`, NaN for what was not known.
        trained: places x 2, the share of people trained and the share that was planned, by headcount.
        units: programme id, unit id and day, in the order of the rows of `unit_raw`.
    """

    places: list[Place]
    raw: Matrix
    trained: Matrix
    units: list[tuple[int, int, date]] = field(default_factory=list)
    unit_raw: Matrix = field(default_factory=lambda: np.empty((0, len(features.CRISIS.raw))))


def read(
    days: Sequence[date],
    *,
    programme_ids: Collection[int] | None = None,
    with_units: bool = False,
) -> Inputs:
    """The inputs as of some days. The number of statements is the same for any number of programmes and days;
    days on which programmes keep a budget of their own take four more each.

    A programme's size is told against that of the others read with it, so scores read all of them.
    """
    asked = Asked(days, programme_ids)
    places = asked.places
    table = {name: np.full(len(places), NAN) for name in features.CRISIS.names}
    at = {place: index for index, place in enumerate(places)}
    add_delivery(asked, at, table)
    add_governed(asked, at, table)
    people = People(asked)
    add_size(asked, people, places, table)
    for index, place in enumerate(places):
        for name, value in people.of_programme(place).items():
            table[name][index] = value
    raw = _matrix(table)
    trained = np.array([people.trained(place) for place in places]).reshape(-1, 2)
    made = Inputs(places, raw, trained)
    if with_units:
        _add_units(made, people)
    return made


def _matrix(table: Table) -> Matrix:
    return np.column_stack([table[name] for name in features.CRISIS.names])


def _add_units(made: Inputs, people: People) -> None:
    """A row for each unit of each place: what is known of the programme, with its own people."""
    columns = [features.CRISIS.names.index(name) for name in _ABOUT_PEOPLE]
    rows = []
    for index, place in enumerate(made.places):
        for unit in people.units_of(place):
            row = made.raw[index].copy()
            row[columns] = NAN
            for name, value in people.of_unit(place, unit).items():
                row[features.CRISIS.names.index(name)] = value
            made.units.append((place[0], unit, place[1]))
            rows.append(row)
    if rows:
        made.unit_raw = np.array(rows)
