"""Derive the shipped prior: invent organisations, import them, read their inputs, learn what holds across them.

    python scripts/derive_prior.py [--target NAME] [--worlds 40] [--programmes 120] [--out FILE]

Every world goes the way of a real history: written as a bundle, imported, read week by week as it was known
then. So there is one definition of every input. The same arguments give the same file. Takes about a quarter
of a minute for each world on one core; needs no server (see `benchmarks/database.py`).
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import database  # noqa: E402

FIRST_SEED = 1000
WEEKS = 60
# So many days are read with one set of statements.
AT_ONCE = 13
VERSION = "2026.1"


def rows_of(folder: Path, tenant_slug: str, target: str = "crisis_4w") -> Any:
    """Import a bundle into a fresh organisation and read its rows to learn from. Django is set up."""
    from django.core.management import call_command

    from pmo_portal.tenants.context import tenant_context
    from pmo_portal.tenants.services import create_tenant

    tenant = create_tenant(slug=tenant_slug, name=tenant_slug)
    call_command("import_history", str(folder), "--tenant", tenant_slug, stdout=io.StringIO())
    with tenant_context(tenant.id):
        return READERS[target]()


def _raid() -> Any:
    """One row for every open item and week, labelled once its four weeks are over."""
    from forecasting.raid import history as raid_history
    from programmes.models import StatusReport

    days = sorted(set(StatusReport.objects.values_list("effective_on", flat=True)))
    history = raid_history.gather_items(days)
    rows, _escalated = history.rows(cut=days[-1] + timedelta(weeks=52))
    return rows


def _crises() -> Any:
    import numpy as np

    from forecasting import inputs
    from forecasting.crises.outcomes import crises_of
    from forecasting.learning.linear import Rows
    from forecasting.learning.outcomes import label
    from programmes.models import Programme, StatusReport

    crises = crises_of()
    spans: dict[int, tuple[date, date]] = {}
    days: set[date] = set()
    for programme, on in StatusReport.objects.values_list("programme_id", "effective_on"):
        first, last = spans.get(programme, (on, on))
        spans[programme] = (min(first, on), max(last, on))
        days.add(on)
    ordered = sorted(days)
    portfolio = dict(Programme.objects.values_list("pk", "portfolio"))
    raw, labels, groups, when = [], [], [], []
    for start in range(0, len(ordered), AT_ONCE):
        made = inputs.read(ordered[start : start + AT_ONCE])
        for index, (programme, day) in enumerate(made.places):
            first, last = spans.get(programme, (date.max, date.min))
            if not first <= day <= last:
                continue
            came = label(day, crises.get(programme, ()), observed_until=last)
            if came is not None:
                raw.append(made.raw[index])
                labels.append(came)
                groups.append(programme)
                when.append(day.toordinal())
    return Rows(
        raw=np.array(raw),
        label=np.array(labels, dtype=bool),
        group=np.array(groups),
        pool=np.array([portfolio[programme] for programme in groups]),
        day=np.array(when),
    )


def _slips() -> Any:
    """One row for every word on a milestone's date that is looked back at."""
    from forecasting.crises import scoring
    from forecasting.dates import slips
    from pmo_portal.common import clock
    from programmes.models import StatusReport

    days = sorted(set(StatusReport.objects.values_list("effective_on", flat=True)))
    for start in range(0, len(days), AT_ONCE):
        taken = scoring.take_snapshots(days[start : start + AT_ONCE], at=clock.now())
        scoring.keep_snapshots(taken)
    return slips.history(days[-1]).slips


def _shortfalls() -> Any:
    """Every unit at a go-live that has passed, some weeks before the day that counted, with what came."""
    from forecasting.readiness import shortfalls
    from programmes.models import StatusReport

    days = StatusReport.objects.order_by("-effective_on").values_list("effective_on", flat=True)
    return shortfalls.history(days[0])


SLIPS = "milestone_slip"
SHORTFALLS = "adoption_shortfall"
READERS = {"crisis_4w": _crises, "raid_escalates_4w": _raid, SLIPS: _slips, SHORTFALLS: _shortfalls}


def _worlds(seeds: list[int], programmes: int, target: str) -> list[Any]:
    """The rows of some worlds, with a database of this process's own."""
    found = []
    with database.serving():
        from forecasting.learning.worlds import History, draw_world

        for seed in seeds:
            started = time.perf_counter()
            with tempfile.TemporaryDirectory(prefix="world-") as folder:
                History(draw_world(seed, programmes=programmes, weeks=WEEKS)).write(Path(folder))
                rows = rows_of(Path(folder), f"world-{seed}", target)
            took = time.perf_counter() - started
            print(
                f"World {seed}: {len(rows)} rows, {_events(rows, target)} before an event, {took:.0f} s.",
                flush=True,
            )
            found.append(rows)
    return found


def _events(rows: Any, target: str) -> int:
    if target == SHORTFALLS:
        return sum(each.came is True for each in rows)
    return int((rows.reached if target == SLIPS else rows.label).sum())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--programmes", type=int, default=120)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--target", choices=sorted(READERS), default="crisis_4w")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    seeds = list(range(FIRST_SEED, FIRST_SEED + wanted.worlds))
    shares = [seeds[at :: wanted.processes] for at in range(wanted.processes)]
    with ProcessPoolExecutor(wanted.processes) as pool:
        parts = pool.map(
            _worlds,
            shares,
            [wanted.programmes] * wanted.processes,
            [wanted.target] * wanted.processes,
        )
        by_seed = {
            seed: rows
            for share, part in zip(shares, parts, strict=True)
            for seed, rows in zip(share, part, strict=True)
        }
    from forecasting.learning import readiness as shortfall
    from forecasting.learning.dates import slips
    from forecasting.learning.pooling import learn_prior
    from forecasting.learning.prior import INPUTS, path_of
    from forecasting.learning.worlds import PROGRAMME_SPREAD, RAID_SPREAD, unseen

    about = {
        "version": VERSION,
        "assumed": True,
        "target": wanted.target,
        "made_by": "scripts/derive_prior.py",
        "programmes_per_world": wanted.programmes,
        "weeks_per_world": WEEKS,
        "first_seed": FIRST_SEED,
        "horizon_weeks": timedelta(weeks=4).days // 7,
    }
    worlds = [by_seed[seed] for seed in seeds]
    if wanted.target == SLIPS:
        made = slips.derive(worlds, about)
    elif wanted.target == SHORTFALLS:
        made = shortfall.derive(worlds, about)
    else:
        spread = RAID_SPREAD if wanted.target == "raid_escalates_4w" else PROGRAMME_SPREAD
        made = learn_prior(
            worlds, INPUTS[wanted.target], beyond=unseen(spread), about=about
        ).as_dict()
    out = wanted.out or path_of(wanted.target)
    out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"Written: {out.name}, {made['about']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
