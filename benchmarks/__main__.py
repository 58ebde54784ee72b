"""Measure the pages with 200 and 2,000 programmes in one organisation, beside a bare Django view.

    python -m benchmarks [--programmes 200,2000] [--runs 30] [--json FILE]

Without DATABASE_URL a PostgreSQL server of its own is started in a temporary folder. With it, the login must
be a superuser's: a database is made there and dropped afterwards. Ends with 1 when a page asks more of the
database for more programmes, or grows by half or more.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import database


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--programmes", default="200,2000", help="sizes of the portfolio")
    parser.add_argument("--runs", type=int, default=30, help="requests measured for each page")
    parser.add_argument("--json", type=Path, help="write the figures to a file as well")
    wanted = parser.parse_args()
    sizes = [int(size) for size in wanted.programmes.split(",")]
    with database.serving():
        # Django reads its settings once, so only after the database is there.
        from . import pages, report

        measured = [pages.measure(size, runs=wanted.runs) for size in sizes]
        print(report.table(measured))
        if wanted.json:
            wanted.json.write_text(json.dumps([each.as_dict() for each in measured], indent=2))
        complaints = report.complaints(measured)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
