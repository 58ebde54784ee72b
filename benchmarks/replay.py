"""Measure a replay of an invented organisation, or of a bundle that is there.

    python -m benchmarks.replay [--programmes 1000] [--weeks 60] [--seed 1] [--limit SECONDS]
    python -m benchmarks.replay --bundle FOLDER

Time is that of `manage.py replay` with the start and end of its own server. Memory is what the command, its server and
all they start hold at once (proportional set size, looked at twice a second; Linux only). Ends with 1 when the replay
fails or takes longer than the limit.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

HOME = Path(__file__).parent.parent
PROC = Path("/proc")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("--programmes", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bundle", type=Path, help="a folder instead of an invented organisation")
    parser.add_argument("--limit", type=float, default=0, help="seconds it may take")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pmo-bench-replay-") as made:
        bundle = wanted.bundle
        if bundle is None:
            from forecasting.learning.worlds import History, draw_world

            bundle = Path(made) / "bundle"
            bundle.mkdir()
            world = draw_world(wanted.seed, programmes=wanted.programmes, weeks=wanted.weeks)
            History(world).write(bundle)
        started = time.perf_counter()
        replay = subprocess.Popen(
            [sys.executable, "manage.py", "replay", str(bundle.resolve()), "--out", f"{made}/told"],
            cwd=HOME,
        )
        largest = 0
        while replay.poll() is None:
            largest = max(largest, held_by(replay.pid))
            time.sleep(0.5)
        seconds = time.perf_counter() - started
    print(f"{seconds:.0f} s, at most {largest / 1024:.0f} MB at once")
    if replay.returncode:
        return 1
    if wanted.limit and seconds > wanted.limit:
        print(f"It took longer than {wanted.limit:.0f} s.", file=sys.stderr)
        return 1
    return 0


def held_by(pid: int) -> int:
    """Kilobytes held by a process and all it started, shared pages counted in parts."""
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        said = _read(folder / "stat")
        if said:
            # The name in brackets may hold spaces.
            parents[int(folder.name)] = int(said.rpartition(")")[2].split()[1])
    return sum(_kilobytes(each) for each in _family(pid, parents))


def _family(pid: int, parents: dict[int, int]) -> Iterable[int]:
    yield pid
    for child, parent in parents.items():
        if parent == pid:
            yield from _family(child, parents)


def _kilobytes(pid: int) -> int:
    for line in _read(PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _read(file: Path) -> str:
    """What a file of a process says; nothing where the process is over or belongs to somebody else."""
    try:
        return file.read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
