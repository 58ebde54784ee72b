"""Measure what the nightly jobs take in one organisation, run as a worker runs them: claimed, read, computed, written.

    python -m benchmarks.night [--programmes 10000] [--nights 2] [--only KIND] [--scoring-limit SECONDS] [--json FILE]

The first night finds no snapshot and takes those of every week since programmes began. Each job has a process of its
own, so its memory is its own. Ends with 1 when a job does not end well, or when the job of scoring takes longer than
its limit on the last night; the other jobs are measured and have none.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock
from uuid import UUID

from . import database


@dataclass(frozen=True)
class Took:
    """One job of one night; `cpu` is that of the worker alone, memory its largest."""

    night: int
    job: str
    ended: str
    seconds: float
    cpu: float
    megabytes: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.night", description=__doc__)
    parser.add_argument("--programmes", type=int, default=10_000, help="in the organisation")
    parser.add_argument("--nights", type=int, default=2, help="one after the other")
    parser.add_argument("--only", default="", help="the kind of job to run, instead of all of them")
    parser.add_argument(
        "--scoring-limit",
        type=float,
        default=0,
        help="seconds the job of scoring may take on the last night; other jobs have no limit",
    )
    parser.add_argument("--json", type=Path, help="write the figures to a file as well")
    wanted = parser.parse_args()
    took: list[Took] = []
    with database.serving("pmo_worker"):
        from pmo_portal.common import clock

        from . import data

        started = time.perf_counter()
        tenant, _lead = data.organisation(wanted.programmes, today=clock.today())
        print(f"Made {wanted.programmes} programmes in {time.perf_counter() - started:.0f} s.")
        for night in range(1, wanted.nights + 1):
            for each in _night(tenant.id, night, only=wanted.only):
                took.append(each)
                print(
                    f"night {each.night}  {each.job:<32} {each.ended:<8} {each.seconds:7.1f} s "
                    f"{each.cpu:7.1f} s of its own {each.megabytes:6d} MB",
                    flush=True,
                )
            database.analyse()
    if wanted.json:
        wanted.json.write_text(json.dumps([asdict(each) for each in took], indent=2))
    complaints = [
        f"{each.job} of night {each.night} ended as {each.ended}."
        for each in took
        if each.ended != "done"
    ]
    scoring = [each.seconds for each in took if each.job == "forecasting.recompute_scores"]
    last = scoring[-1] if scoring else 0.0
    if wanted.scoring_limit and last > wanted.scoring_limit:
        complaints.append(f"Scoring took {last:.0f} s, more than {wanted.scoring_limit:.0f} s.")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


def _night(tenant_id: UUID, night: int, *, only: str) -> Iterator[Took]:
    """Ask for the jobs of a night and run them one after the other."""
    from django.db import connections

    from pmo_portal.common import clock
    from pmo_portal.jobs import services

    later = timedelta(days=night - 1)
    slot = (clock.today() + later).isoformat()
    with _clock(later), mock.patch.object(services, "nudge"):
        services.ask_nightly(night=slot)
    done: set[int] = set()
    # Some jobs ask for others.
    while asked := _next(tenant_id, done, only, by=clock.now() + later):
        number, ticket_id, kind = asked
        done.add(number)
        connections.close_all()
        here, there = multiprocessing.Pipe(duplex=False)
        worker = multiprocessing.get_context("fork").Process(
            target=_work, args=(tenant_id, ticket_id, later, there)
        )
        worker.start()
        there.close()
        try:
            ended, seconds, cpu, megabytes = here.recv()
        except EOFError:
            ended, seconds, cpu, megabytes = "died", 0.0, 0.0, 0
        worker.join()
        yield Took(night, kind, ended, seconds, cpu, megabytes)


def _next(
    tenant_id: UUID, done: set[int], only: str, *, by: datetime
) -> tuple[int, UUID, str] | None:
    """The next job that is due by a moment, of one kind or any: its number, its ticket and its kind."""
    from pmo_portal.jobs.models import Job
    from pmo_portal.tenants.context import tenant_context

    with tenant_context(tenant_id):
        due = Job.objects.filter(ticket__state="queued", ticket__run_at__lte=by)
        waiting = due.exclude(number__in=done)
        if only:
            waiting = waiting.filter(ticket__kind=only)
        return waiting.order_by("number").values_list("number", "ticket_id", "ticket__kind").first()


def _work(tenant_id: UUID, ticket_id: UUID, later: timedelta, there: Connection) -> None:
    """What a worker does with a ticket, in a process of its own."""
    from pmo_portal.jobs import runs
    from pmo_portal.jobs.models import Job
    from pmo_portal.tenants.context import tenant_context

    started, cpu = time.perf_counter(), time.process_time()
    with _clock(later):
        ended = runs.run(tenant_id, ticket_id)
        if ended != "done":
            with tenant_context(tenant_id):
                job = Job.objects.get(ticket_id=ticket_id)
            print(f"{job.title}: {job.message or job.error}", file=sys.stderr)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    there.send((ended, time.perf_counter() - started, time.process_time() - cpu, megabytes))


def _clock(later: timedelta) -> mock._patch[mock.MagicMock]:
    """The clock of the portal, so much later."""
    from django.utils import timezone

    now = timezone.now
    return mock.patch("django.utils.timezone.now", side_effect=lambda: now() + later)


if __name__ == "__main__":
    sys.exit(main())
