"""Split a public file into rows to learn from and rows to tell, always in the same way.

python benchmarks/split_public.py FILE --train A.csv --test B.csv --from as_of=2017-04-01
python benchmarks/split_public.py FILE --train A.csv --test B.csv --last-quarter sprintid --within project,boardid
python benchmarks/split_public.py FILE --train A.csv --test B.csv --only project=moodle,mulesoft
python benchmarks/split_public.py FILE --train A.csv --test B.csv --every-fourth pid
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

Row = dict[str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("file", type=Path)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--from", dest="since", metavar="COLUMN=VALUE", help="tell rows from there on")
    how.add_argument("--last-quarter", metavar="COLUMN", help="tell the last quarter of its values, within --within")  # fmt: skip
    how.add_argument("--only", metavar="COLUMN=VALUE,...", help="tell rows with these values")
    how.add_argument("--every-fourth", metavar="COLUMN", help="tell every fourth of its values")
    parser.add_argument("--within", metavar="COLUMN,...", default="")
    wanted = parser.parse_args(arguments)
    if any("=" not in each for each in (wanted.since, wanted.only) if each is not None):
        parser.error("Give a column and a value, such as as_of=2017-04-01.")
    if len({each.resolve() for each in (wanted.file, wanted.train, wanted.test)}) < 3:
        print("Nothing was split. Name three files: one is read, and two are written.", file=sys.stderr)  # fmt: skip
        return 1
    opened = gzip.open if wanted.file.suffix == ".gz" else open
    try:
        with opened(wanted.file, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names, rows = list(reader.fieldnames or ()), list(reader)
        is_told = chosen(rows, wanted)
    except (OSError, UnicodeDecodeError) as error:
        print(f"Nothing was split. {wanted.file.name} cannot be read: {error}", file=sys.stderr)
        return 1
    except KeyError as error:
        print(f"Nothing was split. {wanted.file.name} has no column {error}.", file=sys.stderr)
        return 1
    for path, told in ((wanted.train, False), (wanted.test, True)):
        kept = [row for row in rows if is_told(row) == told]
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(kept)
        except OSError as error:
            print(f"{path} cannot be written: {error.strerror}.", file=sys.stderr)
            return 1
        print(f"{path.name}: {len(kept)} rows")
    return 0


def chosen(rows: list[Row], wanted: argparse.Namespace) -> Callable[[Row], bool]:
    """Whether a row is to be told.

    Raises:
        KeyError: there is no such column.
    """
    if wanted.since:
        column, start = wanted.since.split("=", 1)
        return lambda row: in_order(row[column]) >= in_order(start)
    if wanted.only:
        column, values = wanted.only.split("=", 1)
        names = set(values.split(","))
        return lambda row: row[column] in names
    if wanted.every_fourth:
        column = wanted.every_fourth
        fourth = set(sorted({row[column] for row in rows}, key=in_order)[::4])
        return lambda row: row[column] in fourth
    return _last_quarter(rows, wanted.last_quarter, [name for name in wanted.within.split(",") if name])  # fmt: skip


def _last_quarter(rows: list[Row], column: str, within: list[str]) -> Callable[[Row], bool]:
    values = defaultdict(set)
    for row in rows:
        values[tuple(row[name] for name in within)].add(row[column])
    cuts = {}
    for key, found in values.items():
        ordered = sorted(found, key=in_order)
        cuts[key] = in_order(ordered[len(ordered) * 3 // 4])
    return lambda row: in_order(row[column]) >= cuts[tuple(row[name] for name in within)]


def in_order(text: str) -> tuple[float, str]:
    """Numbers by size, dates and words as they are written."""
    try:
        return float(text), ""
    except ValueError:
        return float("inf"), text


if __name__ == "__main__":
    sys.exit(main())
