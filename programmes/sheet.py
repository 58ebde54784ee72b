"""The sheet of a budget line: months down, kinds of amounts across, all typed as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pmo_portal.common.money import format_minor, parse, typed

from .choices import AmountKind

# So many stand on one page; a longer line is read and typed in parts.
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


@dataclass(frozen=True)
class Part:
    """Some months of a line, as many as stand on one page. Parts are counted from 1."""

    number: int
    months: list[date]

    @property
    def first(self) -> date:
        return self.months[0]

    @property
    def last(self) -> date:
        return self.months[-1]


def parts_of(
    starts_on: date | None, ends_on: date | None, cells: Cells, *, today: date
) -> list[Part]:
    """The months of the programme, and every one that has an amount; none is left out."""
    this = today.replace(day=1)
    first = min([starts_on or this, *(month for month, _kind in cells)])
    last = max([ends_on or starts_on or this, *(month for month, _kind in cells)])
    counts = range(_count(first), max(_count(last), _count(first)) + 1)
    return [
        Part(number, [_month(count) for count in counts[start : start + MOST_MONTHS]])
        for number, start in enumerate(range(0, len(counts), MOST_MONTHS), 1)
    ]


def chosen(parts: list[Part], wanted: str) -> Part:
    """The part an address asks for; the first where it asks for none there is."""
    return next((part for part in parts if str(part.number) == wanted), parts[0])


def _count(day: date) -> int:
    """The months up to a day, to be counted with."""
    return day.year * 12 + day.month - 1


def _month(count: int) -> date:
    return date(count // 12, count % 12 + 1, 1)


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
    if typed_in is not None:
        _refuse_others(made, typed_in)
    return made


def _refuse_others(made: Sheet, typed_in: Mapping[str, str]) -> None:
    """Amounts of months that do not stand in the sheet are not dropped without a word."""
    here = {cell.name for row in made.rows for cell in row.cells}
    others = [
        name
        for name, text in typed_in.items()
        if name.partition("-")[0] in KINDS and name not in here and text.strip()
    ]
    if others:
        made.errors.append(
            _(
                "These months do not stand in this part of the sheet: %(months)s. Open theirs, "
                "or make the programme longer first."
            )
            % {"months": ", ".join(sorted({name.partition("-")[2] for name in others}))}
        )


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


def show_theirs(
    made: Sheet,
    opened: Cells,
    now: Cells,
    wanted: Mapping[tuple[date, str], int | None],
    currency: str,
) -> list[str]:
    """Mark the cells a colleague changed since the sheet was opened, and say which.

    What this person did not touch takes the colleague's amount, so that saving again takes nothing back.
    """
    said = []
    for row in made.rows:
        for kind, cell in zip(KINDS, row.cells, strict=True):
            key = (row.month, str(kind))
            if opened.get(key) == now.get(key):
                continue
            theirs = format_minor(now.get(key), currency)
            said.append(f"{cell.label}: {theirs}")
            if key in wanted:
                cell.theirs = theirs
            else:
                cell.text = typed(now.get(key))
    return said or [_("None of these amounts is another one than you saw.")]
