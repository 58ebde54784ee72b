"""The sheet of a budget line: months down, kinds of amounts across, all typed as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pmo_portal.common.money import format_minor, parse, typed

from .choices import AmountKind
from .earned_value import next_month

MOST_MONTHS = 60
# In minor units.
MOST_AMOUNT = 10**15
KINDS = tuple(AmountKind)
Cells = Mapping[tuple[date, str], int]


@dataclass
class Cell:
    """One field: its name, what stands in it, and what is wrong with it."""

    name: str
    label: str
    text: str
    error: str = ""
    # What a colleague saved there meanwhile.
    theirs: str = ""


@dataclass
class Row:
    month: date
    cells: list[Cell]


@dataclass
class Sheet:
    """All fields of a line, and after `read` what was typed."""

    rows: list[Row]
    amounts: dict[tuple[date, str], int | None] = field(default_factory=dict)
    # What is wrong with the sheet as a whole; what is wrong with one amount stands in its cell.
    errors: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[Cell]:
        """The fields that need another look."""
        return [cell for row in self.rows for cell in row.cells if cell.error]


def months_of(
    starts_on: date | None, ends_on: date | None, cells: Cells, *, today: date
) -> list[date]:
    """The months a sheet shows: those of the programme, and every one that has an amount."""
    this = today.replace(day=1)
    first = min([(starts_on or this).replace(day=1), *(month for month, _kind in cells)])
    last = max([(ends_on or starts_on or this).replace(day=1), *(month for month, _kind in cells)])
    found = [first]
    while found[-1] < last and len(found) < MOST_MONTHS:
        found.append(next_month(found[-1]))
    return found


def sheet(months: Iterable[date], cells: Cells, typed_in: Mapping[str, str] | None = None) -> Sheet:
    """The fields with what is kept, or with what was typed; typed text is read and checked."""
    made = Sheet([])
    for month in months:
        row = Row(month, [])
        for kind in KINDS:
            name = f"{kind}-{month:%Y-%m}"
            label = f"{kind.label}, {date_format(month, 'F Y')}"
            kept = cells.get((month, str(kind)))
            text = typed(kept) if typed_in is None else typed_in.get(name, typed(kept)).strip()
            cell = Cell(name, label, text)
            if typed_in is not None:
                _read(made, cell, month, str(kind), kept)
            row.cells.append(cell)
        made.rows.append(row)
    return made


def _read(made: Sheet, cell: Cell, month: date, kind: str, kept: int | None) -> None:
    try:
        amount = parse(cell.text) if cell.text else None
    except ValueError:
        cell.error = _("Type an amount such as 1,200.50, or leave it empty.")
        return
    if amount is not None and abs(amount) > MOST_AMOUNT:
        cell.error = _("An amount is too large.")
        return
    if amount != kept:
        made.amounts[month, kind] = amount


def show_theirs(made: Sheet, opened: Cells, now: Cells, currency: str) -> list[str]:
    """Mark the cells a colleague changed since the sheet was opened, and say which."""
    said = []
    for row in made.rows:
        for kind, cell in zip(KINDS, row.cells, strict=True):
            key = (row.month, str(kind))
            if opened.get(key) != now.get(key):
                cell.theirs = format_minor(now.get(key), currency)
                said.append(f"{cell.label}: {cell.theirs}")
    return said
