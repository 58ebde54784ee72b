from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.jobs.registry import job
from pmo_portal.jobs.runs import JobRun

from . import services


@job(services.OPEN_REVIEWS, nightly=_("Open the reviews that are due"))
def open_reviews(run: JobRun) -> None:
    with timezone.override(run.job.tenant.time_zone):
        on = clock.today()
        with run.write() as result:
            result.update(opened=[review.reference for review in services.open_due_reviews(on=on)])
