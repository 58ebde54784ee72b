from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.common.batches import batches
from pmo_portal.jobs.registry import job
from pmo_portal.jobs.runs import JobRun
from pmo_portal.tenants.selectors import thresholds

from . import services
from .models import ProgrammeSummary


@job(services.REFRESH, nightly=_("Bring the portfolio up to date"))
def refresh_summaries(run: JobRun) -> None:
    """Compute what changed and write it under the fence."""
    with timezone.override(run.job.tenant.time_zone):
        at, as_of = clock.now(), clock.today()
        with run.read():
            wanted, settings = services.outdated(as_of), thresholds()
        made: list[ProgrammeSummary] = []
        for batch in batches(wanted, services.BATCH):
            with run.read():
                made += services.compute(batch, as_of, settings, is_today=True)
            run.progress(len(made), len(wanted))
        with run.write() as result:
            services.keep(made, at=at)
            result["programmes"] = len(made)
