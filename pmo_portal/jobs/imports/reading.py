"""Reading tables out of files that people send in, and saying plainly what is wrong with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from pmo_portal.common.known_days import is_known

from .kinds import DamagedFile

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000


class Row(NamedTuple):
    """One record: the line of the file it ends on and its values by column, trimmed."""

    line: int
    values: dict[str, str]


def read_csv(content: bytes, *, required: Collection[str]) -> list[Row]:
    """The records of a comma-separated file with a heading.

    Raises:
        DamagedFile: it is not such a file, or is cut off or garbled somewhere; says where.
    """
    if not content.strip():
        raise DamagedFile(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise DamagedFile(_("The file is larger than 20 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DamagedFile(
            _("The file is not UTF-8 text: line %(line)s has bytes that cannot be read.")
            % {"line": line}
        ) from None
    if not text.strip():
        raise DamagedFile(_("The file is empty."))
    if "\x00" in text:
        raise DamagedFile(_("The file holds binary data; a comma-separated text file is expected."))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        heading = [name.strip() for name in next(reader)]
        _check_heading(heading, required)
        for record in reader:
            if not any(cell.strip() for cell in record):
                continue
            if len(record) != len(heading):
                raise DamagedFile(
                    _(
                        "Line %(line)s has %(found)s values where the heading has %(expected)s: the file is damaged."
                    )
                    % {"line": reader.line_num, "found": len(record), "expected": len(heading)}
                )
            rows.append(
                Row(reader.line_num, dict(zip(heading, map(str.strip, record), strict=True)))
            )
            if len(rows) > MAX_ROWS:
                raise DamagedFile(_("The file has more than %(rows)s rows.") % {"rows": MAX_ROWS})
    except csv.Error as error:
        raise DamagedFile(
            _(
                "Line %(line)s cannot be read as comma-separated text (%(error)s): the file is damaged."
            )
            % {"line": reader.line_num, "error": error}
        ) from None
    if not rows:
        raise DamagedFile(_("The file has a heading and no rows."))
    return rows


def _check_heading(heading: list[str], required: Collection[str]) -> None:
    missing = [name for name in required if name not in heading]
    if missing:
        raise DamagedFile(
            _("The heading lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    twice = sorted({name for name in heading if name and heading.count(name) > 1})
    nameless = heading.count("")
    if nameless > 1:
        raise DamagedFile(
            _("%(count)s columns have no name in the heading. Name them, or remove them.")
            % {"count": nameless}
        )
    if twice:
        raise DamagedFile(
            _("The heading names a column twice: %(columns)s.") % {"columns": ", ".join(twice)}
        )


def number(text: str) -> float | None:
    """A decimal number, or None for an empty cell.

    Raises:
        ValueError: something else stands there.
    """
    if not text:
        return None
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def day(text: str) -> date | None:
    """A date as YYYY-MM-DD, or None for an empty cell.

    Raises:
        ValueError: something else stands there, or a day no page could show.
    """
    if not text:
        return None
    found = date.fromisoformat(text)
    if not is_known(found):
        raise ValueError(text)
    return found
