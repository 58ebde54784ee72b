"""A job that takes its time, for workers that tests start and kill."""

import time
from pathlib import Path

from pmo_portal.jobs import registry, runs
from pmo_portal.tenants.models import BusinessUnit


@registry.job("tests.slow", queue="tests")
def slow(run: runs.JobRun) -> None:
    """Say that it started, wait until somebody opens the gate, and add one unit."""
    run.progress(1, 2, "at the gate")
    while not Path(run.args["gate"]).exists():
        time.sleep(0.05)
    with run.write() as result:
        number = BusinessUnit.objects.count() + 1
        BusinessUnit.objects.create(code=f"U{number}", name=f"Unit {number}", path=f"U{number}")
        result["attempt"] = run.attempt
