"""Measure how long the forecast of crises takes to learn and to tell from a matrix, on one core.

    python -m benchmarks.matrix [--programmes 10000] [--weeks 52] [--portfolios 12]

A row for each programme and week is drawn: inputs around those of the shipped prior, one in twenty unknown, and crises as the
prior tells them. Learned is an organisation's own model, once (`own_model`: spreads, weights, portfolios and the draws of its band);
told is the chance of every row, and then its band. Nothing is read from a database, so the figures are of the computing alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable
from typing import Any

# Before numpy is there: its threads are counted when it is loaded.
for _setting in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_setting] = "1"

import numpy as np  # noqa: E402

from forecasting.learning import pooling, prior  # noqa: E402
from forecasting.learning.linear import LinearModel, Rows  # noqa: E402

UNKNOWN, BAND_ROWS = 0.05, 20_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matrix", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--programmes", type=int, default=10_000)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--portfolios", type=int, default=12)
    wanted = parser.parse_args()
    shipped = prior.load("crisis_4w")
    rows = drawn(shipped, wanted.programmes, wanted.weeks, wanted.portfolios)
    print(
        f"{len(rows):,} rows of {rows.raw.shape[1]} inputs, {int(rows.label.sum()):,} of them before a crisis"
    )
    model = timed("learned", lambda: pooling.own_model(rows, shipped))
    timed("told", lambda: model.probability(rows.raw, rows.pool))
    part = rows.only(np.arange(min(len(rows), BAND_ROWS)))
    timed(f"bands of {len(part):,} rows", lambda: model.band(part.raw, part.pool))
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 0


def timed(what: str, work: Callable[[], Any]) -> Any:
    started, used = time.perf_counter(), time.process_time()
    made = work()
    print(
        f"{what}: {time.perf_counter() - started:.2f} s, of processor time {time.process_time() - used:.2f} s"
    )
    return made


def drawn(shipped: LinearModel, programmes: int, weeks: int, portfolios: int) -> Rows:
    random = np.random.default_rng(programmes)
    count = programmes * weeks
    size = np.maximum(np.abs(shipped.reference) * 0.3, 0.1)
    raw = shipped.reference + size * random.normal(size=(count, len(shipped.reference)))
    raw[random.random(raw.shape) < UNKNOWN] = np.nan
    group = np.repeat(np.arange(programmes), weeks)
    return Rows(
        raw=raw,
        label=random.random(count) < shipped.probability(raw),
        group=group,
        pool=np.array([f"PF{at}" for at in range(portfolios)])[group % portfolios],
        day=np.tile(738_000 + 7 * np.arange(weeks), programmes),
    )


if __name__ == "__main__":
    raise SystemExit(main())
