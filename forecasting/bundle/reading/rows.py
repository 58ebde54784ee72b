"""Rows of one file: its heading, and each row checked by itself. One that cannot be understood is left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.jobs.imports import DamagedFile, Finding, NotCarried, Parsed

from .cells import Cells, Unreadable
from .tables import Table


def rows_of(name: str, table: Table, content: bytes, parsed: Parsed) -> Iterator[tuple[Any, ...]]:
    """The rows of one file of a bundle, each cell read as its column says.

    Raises:
        DamagedFile: naming the file and the line, and what is wrong with it.
    """
    file = f"{name}.csv"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DamagedFile(
            _("%(file)s is not UTF-8 text: line %(line)s has bytes that cannot be read.")
            % {"file": file, "line": line}
        ) from None
    if "\x00" in text:
        raise DamagedFile(
            _("%(file)s, line %(line)s holds binary data; comma-separated text is expected.")
            % {"file": file, "line": text.count("\n", 0, text.index("\x00")) + 1}
        )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        places = _places(file, heading, table, parsed)
        width = len(heading)
        cells = Cells()
        read: list[tuple[int, str, Callable[[str], Any]]] = [
            (place, column, getattr(cells, table.columns[column]))
            for column, place in places.items()
        ]
        key_at = [list(table.columns).index(column) for column in table.key]
        seen: set[tuple[Any, ...]] = set()
        for record in reader:
            if not any(record):
                continue
            parsed.read += 1
            if len(record) != width:
                raise DamagedFile(
                    _(
                        "%(file)s, line %(line)s: %(found)s values where the heading has %(expected)s."
                    )
                    % {
                        "file": file,
                        "line": reader.line_num,
                        "found": len(record),
                        "expected": width,
                    }
                )
            row = _row(file, reader.line_num, record, read, parsed)
            if row is None:
                continue
            if key_at:
                key = tuple(row[at] for at in key_at)
                if key in seen:
                    _left_out(parsed, file, reader.line_num, _("this row is there already"))
                    continue
                seen.add(key)
            yield row
    except csv.Error as error:
        raise DamagedFile(
            _("%(file)s, line %(line)s cannot be read as comma-separated text (%(error)s).")
            % {"file": file, "line": reader.line_num, "error": error}
        ) from None


def _places(file: str, heading: list[str], table: Table, parsed: Parsed) -> dict[str, int]:
    missing = [column for column in table.columns if column not in heading]
    if missing:
        raise DamagedFile(
            _("%(file)s lacks these columns: %(columns)s.")
            % {"file": file, "columns": ", ".join(missing)}
        )
    twice = [column for column in table.columns if heading.count(column) > 1]
    if twice:
        raise DamagedFile(
            _("%(file)s names a column twice: %(columns)s.")
            % {"file": file, "columns": ", ".join(twice)}
        )
    for column in heading:
        if column not in table.columns:
            parsed.not_carried.append(
                NotCarried(f"{file}: {column}", _("A bundle has no such column."))
            )
    return {column: heading.index(column) for column in table.columns}


def _row(
    file: str,
    line: int,
    record: list[str],
    read: list[tuple[int, str, Callable[[str], Any]]],
    parsed: Parsed,
) -> tuple[Any, ...] | None:
    values = []
    for place, column, convert in read:
        cell = record[place].strip()
        try:
            values.append(convert(cell))
        except Unreadable as why:
            _left_out(parsed, file, line, f"{column} '{cell[:40]}' {why}")
            return None
    return tuple(values)


def _left_out(parsed: Parsed, file: str, line: int, why: str) -> None:
    parsed.findings.append(
        Finding(line, _("%(file)s: %(why)s; the row was left out.") % {"file": file, "why": why})
    )
