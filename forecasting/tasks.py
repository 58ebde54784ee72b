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


@job(services.SCORE, nightly=_("Compute the risk scores"))
def recompute_scores(run: JobRun) -> None:
    """Read once, compute outside the transaction, write under the fence."""
    # numpy and the models stay out of the web workers, which know this module too.
    from . import raid_scoring, scoring

    with timezone.override(run.job.tenant.time_zone):
        as_of, at = clock.today(), clock.now()
        with run.read():
            scored = scoring.compute(as_of=as_of, at=at)
            of_items = raid_scoring.compute(as_of=as_of, at=at, signals=scored.around)
        with run.write() as result:
            result.update(scoring.keep(scored))
            result.update(raid_scoring.keep(of_items))
