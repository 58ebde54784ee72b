"""Measure the import of a history bundle, as it is and made larger by repeating its programmes under new names.

    python -m benchmarks.bundle FOLDER [--programmes 1000] [--limit SECONDS]

Imports it twice: everything new, and everything there already. Ends with 1 when the first takes longer than
the limit or the second changes anything.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import database


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bundle", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of a history bundle")
    parser.add_argument("--programmes", type=int, default=0, help="as many; without, as it is")
    parser.add_argument("--limit", type=float, default=0, help="seconds the import may take")
    wanted = parser.parse_args()
    with database.serving(), _bundle(wanted.folder, wanted.programmes) as folder:
        from django.core.management import call_command

        from pmo_portal.tenants.services import create_tenant

        create_tenant(slug="bench-bundle", name="Organisation of a bundle")
        took, said = [], ""
        for run in ("first", "again"):
            out = io.StringIO()
            started = time.perf_counter()
            call_command("import_history", str(folder), "--tenant", "bench-bundle", stdout=out)
            took.append(time.perf_counter() - started)
            said = out.getvalue()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{run}: {took[-1]:.1f} s, at most {memory} MB", flush=True)
        print(said)
    complaints = []
    if wanted.limit and took[0] > wanted.limit:
        complaints.append(f"The import took {took[0]:.0f} s, more than {wanted.limit:.0f} s.")
    if "nothing changed" not in said:
        complaints.append("The second import changed something.")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


@contextmanager
def _bundle(folder: Path, programmes: int) -> Iterator[Path]:
    """The bundle with that many programmes, in a temporary folder; itself where nothing is asked."""
    if not programmes:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="pmo-bench-bundle-") as made:
        enlarge(folder, Path(made), programmes)
        yield Path(made)


def enlarge(folder: Path, to: Path, programmes: int) -> None:
    """Write a bundle of as many programmes: those of another, round and round, each time under new names."""
    from forecasting.bundle.reading import TABLES, files_in

    files = files_in(folder)
    names: list[str] = []
    for table in TABLES:
        content = files.get(f"{table}.csv")
        if content is None and f"{table}.csv.gz" in files:
            content = gzip.decompress(files[f"{table}.csv.gz"])
        if content is None:
            continue
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        if table == "programmes":
            names = [row["programme"] for row in rows]
        elif table == "raid":
            home = {row["item"]: row["programme"] for row in rows}
        place = {name: at for at, name in enumerate(names)}
        with (to / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else list(TABLES[table].columns))
            writer.writeheader()
            for turn in range(-(-programmes // len(names))):
                for row in rows:
                    name = row["programme"] if "programme" in row else home[row["item"]]
                    if turn * len(names) + place[name] < programmes:
                        writer.writerow(_renamed(row, turn))


def _renamed(row: dict[str, str], turn: int) -> dict[str, str]:
    if not turn:
        return row
    return row | {key: f"{row[key]}-{turn}" for key in ("programme", "item") if key in row}


if __name__ == "__main__":
    sys.exit(main())
