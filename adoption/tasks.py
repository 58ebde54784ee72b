from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.jobs.registry import job
from pmo_portal.jobs.runs import JobRun

from . import services


@job(services.BEGIN_HEADCOUNTS, nightly=_("Bring in the headcounts recorded for today"))
def begin_headcounts(run: JobRun) -> None:
    with timezone.override(run.job.tenant.time_zone):
        today = clock.today()
        with run.write() as result:
            result["units"] = services.begin_headcounts(today=today)
