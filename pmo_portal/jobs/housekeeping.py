"""What is tidied up every night in every tenant."""

from __future__ import annotations

from pmo_portal.common import clock
from pmo_portal.history import services as history

from . import services
from .registry import job
from .runs import JobRun


@job("jobs.purge_deleted", nightly="Remove what was deleted more than 30 days ago")
def purge_deleted(run: JobRun) -> None:
    with run.write() as result:
        result["removed"] = history.purge(at=clock.now())
        result["forgotten"] = services.forget(at=clock.now())
