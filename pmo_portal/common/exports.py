"""Tables that leave the portal as files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone


@dataclass(frozen=True)
class Percent:
    """A share of 1 as files show it: in words as on the page in CSV, in a spreadsheet a number that it can reckon with."""

    share: float
    digits: int = 0

    def __str__(self) -> str:
        return f"{100 * self.share:.{self.digits}f}%"

    @property
    def number_format(self) -> str:
        return "0.0%" if self.digits else "0%"


Cell = str | int | float | Decimal | date | datetime | None

# A spreadsheet would run text that starts like this as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# What XML, and so a spreadsheet's file, cannot hold; the line break of pasted slides is one (\x0b).
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe_text(value: str) -> str:
    """Text that no spreadsheet takes for a formula, and without what its files cannot hold."""
    value = _CONTROLS.sub(" ", value)
    stripped = value.lstrip(" ")
    return f"'{value}" if stripped.startswith(_FORMULA_STARTS) else value


def _plain(value: Any) -> Cell:
    if value is None or isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, Percent):
        return str(value)
    return safe_text(str(value))


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """UTF-8 with a byte order mark, so that spreadsheets read accents."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe_text(str(cell)) for cell in header])
    writer.writerows(["" if cell is None else _plain(cell) for cell in row] for row in rows)
    return _attachment(
        ("\ufeff" + text.getvalue()).encode(), "text/csv; charset=utf-8", f"{name}.csv"
    )


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """One sheet; text cells are typed as text, numbers stay numbers."""
    # Loads numpy, which a web worker should not carry until somebody asks for a spreadsheet.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        if isinstance(value, Percent):
            made = WriteOnlyCell(sheet, value=value.share)
            made.number_format = value.number_format
            return made
        plain: Any = _plain(value)
        made = WriteOnlyCell(sheet, value=plain)
        if isinstance(plain, str):
            made.data_type = "s"
        return made

    sheet.append([cell(str(title)) for title in header])
    for row in rows:
        sheet.append([cell(value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return _attachment(
        stream.getvalue(),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        f"{name}.xlsx",
    )


def _attachment(content: bytes, content_type: str, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
