from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.jobs.registry import job
from pmo_portal.jobs.runs import JobRun

from . import services


@job(services.RECOMPUTE, nightly=_("Recompute the signals before go-lives"))
def recompute_signals(run: JobRun) -> None:
    """Read once, think outside the transaction, write under the fence."""
    with timezone.override(run.job.tenant.time_zone):
        as_of = clock.today()
        with run.read():
            outcomes = services.outcomes_as_of(as_of)
        with run.write() as result:
            changes = services.keep(outcomes, as_of=as_of, at=clock.now())
            result.update(
                looked_at=changes.looked_at,
                added=changes.added,
                ended=changes.ended,
                raised=changes.raised,
            )
