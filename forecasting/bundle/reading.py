"""Reads a bundle: exactly the files it may have, each row checked, nothing of it written. No database in here.

A file or column that is missing stops the import. A row that cannot be understood is left out and named.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.jobs.imports import DamagedFile, Finding, NotCarried, Parsed

# Of all files together, unpacked; a bundle of 1,000 programmes and 60 weeks has about 20 MB.
MAX_BYTES = 200 * 1024 * 1024
Rows = list[tuple[Any, ...]]


class Unreadable(ValueError):
    """What is wrong with a cell, in words."""


class _Cells:
    """Cells to values. Dates are few and come often: each is parsed once."""

    def __init__(self) -> None:
        self._days: dict[str, date] = {}

    def text(self, cell: str) -> str:
        if not cell:
            raise Unreadable(_("is empty"))
        return cell

    def name(self, cell: str) -> str:
        return self._at_most(self.text(cell), 160)

    def item(self, cell: str) -> str:
        return self._at_most(self.text(cell), 60)

    def _at_most(self, cell: str, length: int) -> str:
        if len(cell) > length:
            raise Unreadable(_("is longer than %(length)s characters") % {"length": length})
        return cell

    def words(self, cell: str) -> str:
        return cell

    def day(self, cell: str) -> date:
        found = self._days.get(cell)
        if found is None:
            try:
                found = date.fromisoformat(cell)
            except ValueError:
                raise Unreadable(_("is no date like 2026-11-23")) from None
            if not 1900 <= found.year < 2200:
                raise Unreadable(_("is no date of a programme"))
            self._days[cell] = found
        return found

    def some_day(self, cell: str) -> date | None:
        return self.day(cell) if cell else None

    def ratio(self, cell: str) -> float | None:
        if not cell:
            return None
        try:
            value = float(cell)
        except ValueError:
            raise Unreadable(_("is no number")) from None
        if not -1e6 < value < 1e6:
            raise Unreadable(_("is no usable number"))
        return value

    def share(self, cell: str) -> float | None:
        value = self.ratio(cell)
        if value is not None and not 0 <= value <= 1:
            raise Unreadable(_("is no share from 0 to 1"))
        return value

    def index(self, cell: str) -> float:
        value = self.ratio(cell)
        if value is None or not 0 <= value <= 100:
            raise Unreadable(_("is no figure from 0 to 100"))
        return value

    def count(self, cell: str) -> int:
        if not cell.isascii() or not cell.isdigit() or len(cell) > 9:
            raise Unreadable(_("is no whole number"))
        return int(cell)

    def some_count(self, cell: str) -> int | None:
        return self.count(cell) if cell else None

    def one_to_five(self, cell: str) -> int | None:
        value = self.some_count(cell)
        if value is not None and not 1 <= value <= 5:
            raise Unreadable(_("is no number from 1 to 5"))
        return value

    def yes(self, cell: str) -> bool | None:
        if cell not in ("", "0", "1"):
            raise Unreadable(_("is neither 0 nor 1"))
        return cell == "1" if cell else None

    def colour(self, cell: str) -> str:
        cell = cell.lower()
        if cell not in ("", "green", "amber", "red"):
            raise Unreadable(_("is neither green, amber nor red"))
        return cell

    def kind(self, cell: str) -> str:
        cell = cell.lower()
        if cell not in ("risk", "assumption", "issue", "dependency"):
            raise Unreadable(_("is neither risk, assumption, issue nor dependency"))
        return cell


@dataclass(frozen=True)
class Table:
    """One file: its columns in order with how each is read, and the columns that name a row."""

    columns: Mapping[str, str]
    key: tuple[str, ...]
    required: bool = False


TABLES: dict[str, Table] = {
    "programmes": Table(
        {
            "programme": "name",
            "portfolio": "words",
            "start_date": "day",
            "size": "ratio",
            "planned_golive_at_start": "some_day",
        },
        ("programme",),
        required=True,
    ),
    "units": Table(
        {"programme": "name", "unit": "name", "headcount": "some_count"}, ("programme", "unit")
    ),
    "snapshots": Table(
        {
            "programme": "name",
            "date": "day",
            "spi": "ratio",
            "cpi": "ratio",
            "burn_ratio": "ratio",
            "rag": "colour",
            "golive_date": "some_day",
            "in_crisis": "yes",
        },
        ("programme", "date"),
        required=True,
    ),
    "surveys": Table(
        {"programme": "name", "unit": "name", "date": "day", "score": "index", "n": "count"},
        ("programme", "unit", "date"),
    ),
    "comments": Table({"programme": "name", "unit": "name", "date": "day", "text": "words"}, ()),
    "training": Table(
        {
            "programme": "name",
            "unit": "name",
            "date": "day",
            "completed": "count",
            "enrolled": "count",
            "planned_share": "share",
        },
        ("programme", "unit", "date"),
    ),
    "flags": Table(
        {"programme": "name", "unit": "name", "date": "day", "flags": "count"},
        ("programme", "unit", "date"),
    ),
    "milestones": Table(
        {"programme": "name", "planned_date": "day", "missed": "yes", "actual_date": "some_day"},
        ("programme", "planned_date"),
    ),
    "raid": Table(
        {
            "item": "item",
            "programme": "name",
            "opened_date": "day",
            "type": "kind",
            "category": "words",
            "probability": "one_to_five",
            "impact": "one_to_five",
            "escalated_date": "some_day",
            "closed_date": "some_day",
        },
        ("item",),
    ),
    "raid_updates": Table(
        {"item": "item", "date": "day", "mitigation_in_place": "yes"}, ("item", "date")
    ),
}
NAMES = frozenset(f"{name}.csv{packed}" for name in TABLES for packed in ("", ".gz"))


@dataclass
class Bundle:
    """The rows of every file, in the order of its columns and of the file."""

    tables: dict[str, Rows] = field(default_factory=lambda: {name: [] for name in TABLES})

    def __getitem__(self, name: str) -> Rows:
        return self.tables[name]

    def by_programme(self, name: str) -> dict[str, Rows]:
        """Rows of a table by programme, sorted by date where there is one."""
        columns = list(TABLES[name].columns)
        at = columns.index("programme")
        found: dict[str, Rows] = {}
        for row in self[name]:
            found.setdefault(row[at], []).append(row)
        if "date" in columns:
            when = columns.index("date")
            for rows in found.values():
                rows.sort(key=lambda row: row[when])
        return found


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a bundle in a folder: those a bundle may have, by their exact names, and no other.

    Raises:
        DamagedFile: it is no folder, or a file cannot be read.
    """
    if not folder.is_dir():
        raise DamagedFile(_("%(folder)s is no folder.") % {"folder": folder})
    found = {}
    for name in sorted(NAMES):
        path = folder / name
        try:
            found[name] = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise DamagedFile(
                _("%(name)s cannot be read: %(why)s.") % {"name": name, "why": error.strerror}
            ) from None
    return found


def files_of(archive: bytes) -> dict[str, bytes]:
    """The files of a bundle in a zip: at its top, or all in its one folder, and no other.

    A folder counts only where it holds `programmes.csv` and nothing of a bundle lies at the top: a folder
    beside the bundle may have files of the same names.

    Raises:
        DamagedFile: it is no zip, is damaged, or unpacks to more than a bundle can be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            found: dict[str, bytes] = {}
            left = MAX_BYTES
            for name, member in _members(opened).items():
                with opened.open(member) as file:
                    found[name] = _at_most(file, name, left)
                left -= len(found[name])
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DamagedFile(_("The zip cannot be unpacked: %(why)s.") % {"why": error}) from None


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members that are files of the bundle, by their plain names; nothing is opened."""
    by_folder: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in archive.infolist():
        folder, slash, name = member.filename.rpartition("/")
        is_odd = "/" in folder or folder in (".", "..") or (slash and not folder)
        if name not in NAMES or is_odd:
            continue
        inside = by_folder.setdefault(folder, {})
        if name in inside:
            raise DamagedFile(
                _("The zip has %(name)s twice. Keep one.") % {"name": member.filename}
            )
        inside[name] = member
    if "" in by_folder:
        return by_folder[""]
    bundles = [
        inside
        for inside in by_folder.values()
        if {"programmes.csv", "programmes.csv.gz"} & {*inside}
    ]
    if len(bundles) > 1:
        raise DamagedFile(_("The zip holds more than one bundle. Send them one by one."))
    return bundles[0] if bundles else {}


def _at_most(file: Any, name: str, limit: int) -> bytes:
    content: bytes = file.read(limit + 1)
    if len(content) > limit:
        raise DamagedFile(
            _("The files of the bundle unpack to more than %(limit)s MB, %(name)s among them.")
            % {"limit": MAX_BYTES // (1024 * 1024), "name": name}
        )
    return content


def _unpacked(files: Mapping[str, bytes], table: str, limit: int) -> bytes | None:
    plain, packed = files.get(f"{table}.csv"), files.get(f"{table}.csv.gz")
    if plain is not None and packed is not None:
        raise DamagedFile(
            _("%(name)s is there twice, packed and unpacked. Keep one.") % {"name": f"{table}.csv"}
        )
    if packed is None:
        return plain
    try:
        with gzip.open(io.BytesIO(packed)) as file:
            return _at_most(file, f"{table}.csv.gz", limit)
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedFile(
            _("%(name)s cannot be unpacked: %(why)s.") % {"name": f"{table}.csv.gz", "why": error}
        ) from None


def parse_archive(content: bytes) -> Parsed:
    """Read a bundle that was sent as a zip."""
    return parse(files_of(content))


def parse(files: Mapping[str, bytes]) -> Parsed:
    """Read and check every file.

    Raises:
        DamagedFile: a required file or a column is missing, or a file is garbled; says which.
    """
    bundle, parsed = Bundle(), Parsed([])
    left = MAX_BYTES
    for name, table in TABLES.items():
        content = _unpacked(files, name, left)
        left = max(0, left - len(content or b""))
        if content is None:
            if table.required:
                raise DamagedFile(
                    _("The bundle has no %(name)s; it is needed.") % {"name": f"{name}.csv"}
                )
            continue
        bundle.tables[name] = list(_rows(name, table, content, parsed))
    if not {"units.csv", "units.csv.gz"} & files.keys():
        _gather_units(bundle, parsed)
    _keep_known(bundle, parsed)
    if not bundle["programmes"]:
        raise DamagedFile(_("programmes.csv names no programme."))
    parsed.rows = [bundle]
    parsed.not_carried.append(
        NotCarried(
            _("Whether a go-live took place"),
            _("A bundle tells the planned day of a go-live, not the day it happened."),
            sum(row[4] is not None for row in bundle["programmes"]),
        )
    )
    return parsed


def _rows(name: str, table: Table, content: bytes, parsed: Parsed) -> Iterator[tuple[Any, ...]]:
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
        cells = _Cells()
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


def _gather_units(bundle: Bundle, parsed: Parsed) -> None:
    """The units the other files name, where no file says how many people they have."""
    programmes = {row[0] for row in bundle["programmes"]}
    named = dict.fromkeys(
        row[:2]
        for name in ("surveys", "training", "flags", "comments")
        for row in bundle[name]
        if row[0] in programmes
    )
    bundle.tables["units"] = [(*pair, None) for pair in named]
    if named:
        parsed.findings.append(
            Finding(
                None,
                _(
                    "There is no units.csv: the units were taken from the other files, without their headcount."
                ),
                level="note",
            )
        )


def _keep_known(bundle: Bundle, parsed: Parsed) -> None:
    """Leave out rows that speak of a programme, unit or item no other file names, and impossible ones."""
    programmes = {row[0] for row in bundle["programmes"]}
    units = {(row[0], row[1]) for row in bundle["units"]}
    for name, table in TABLES.items():
        if name in ("programmes", "raid_updates"):
            continue
        columns = list(table.columns)
        at = columns.index("programme")
        with_unit = "unit" in columns and name != "units"
        kept = []
        for row in bundle[name]:
            if row[at] not in programmes or (with_unit and (row[0], row[1]) not in units):
                _unknown(parsed, name, row)
            elif _is_impossible(name, row):
                _impossible(parsed, name, row)
            else:
                kept.append(row)
        bundle.tables[name] = kept
    items = {row[0] for row in bundle["raid"]}
    known = []
    for row in bundle["raid_updates"]:
        if row[0] in items:
            known.append(row)
        else:
            _unknown(parsed, "raid_updates", row)
    bundle.tables["raid_updates"] = known


def _unknown(parsed: Parsed, name: str, row: tuple[Any, ...]) -> None:
    parsed.findings.append(
        Finding(
            None,
            _("%(file)s: %(row)s is named in no other file; the row was left out.")
            % {"file": f"{name}.csv", "row": ", ".join(str(each) for each in row[:2])},
        )
    )


def _is_impossible(name: str, row: tuple[Any, ...]) -> bool:
    if name == "training":
        return not row[4] or row[3] > row[4]
    if name == "raid":
        return any(day is not None and day < row[2] for day in row[7:9])
    return False


def _impossible(parsed: Parsed, name: str, row: tuple[Any, ...]) -> None:
    why = (
        _("more people completed the training than were enrolled, or nobody was")
        if name == "training"
        else _("it was escalated or closed before it was opened")
    )
    parsed.findings.append(
        Finding(
            None,
            _("%(file)s: %(row)s: %(why)s; the row was left out.")
            % {"file": f"{name}.csv", "row": ", ".join(str(each) for each in row[:3]), "why": why},
        )
    )
