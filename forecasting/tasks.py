from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.common import clock
from pmo_portal.common.batches import batches
from pmo_portal.common.days import monday_of
from pmo_portal.jobs.registry import LONG, job
from pmo_portal.jobs.runs import JobRun
from programmes.models import Milestone, Programme, RaidItem

from . import services
from .choices import Target
from .models import RiskScore


class LooksBack(Protocol):
    """Something that tells earlier days: those it has to look at, and how."""

    @property
    def lacking(self) -> list[date]: ...

    def look_at(self, day: date) -> None: ...


@job(services.RECOMPUTE, nightly=_("Recompute the signals before go-lives"))
def recompute_signals(run: JobRun) -> None:
    """Read once, think outside the transaction, write under the fence."""
    with timezone.override(run.job.tenant.time_zone):
        as_of = clock.today()
        with run.read():
            outcomes = services.outcomes_as_of(as_of)
        with run.write() as result:
            changes = services.keep_signals(outcomes, as_of=as_of, at=clock.now())
            result.update(
                looked_at=changes.looked_at,
                added=changes.added,
                ended=changes.ended,
                raised=changes.raised,
            )


@job(services.SCORE, nightly=_("Compute the risk scores"))
def recompute_scores(run: JobRun) -> None:
    """Keep the weeks that are missing, then tell programmes and their units.

    Dates, readiness and items are told by jobs of their own, which this one asks for: dates and items rest on the scores
    of their programmes, and a very large organisation should hold one of them in memory at a time.
    """
    # numpy and the models stay out of the web workers, which know this module too.
    from . import inputs
    from .crises import scoring, weeks_before

    with timezone.override(run.job.tenant.time_zone):
        as_of, at = clock.today(), clock.now()
        _keep_weeks(
            run, lambda: inputs.days_not_kept(weeks_before.of_trend(as_of)), as_of=as_of, at=at
        )
        with run.read():
            is_first = not RiskScore.objects.exists()
            scored = scoring.compute_scores(as_of=as_of, at=at)
        with run.write() as result:
            result.update(scoring.keep_scores(scored))
            if is_first and scored.scores:
                # The evidence beside first scores does not wait for the night.
                services.ask_to_watch()
            if Milestone.all_objects.exists():
                services.ask_to_score_dates()
            if RaidItem.all_objects.exists():
                services.ask_to_score_items()


@job(services.SCORE_DATES)
def recompute_dates(run: JobRun) -> None:
    """Tell by when open milestones will be reached, then whether units will be ready; each is kept as it is told, so that
    a run that is cut off leaves each either as it was or as it is."""
    from .crises import scoring
    from .dates import slips
    from .readiness import shortfalls

    with timezone.override(run.job.tenant.time_zone):
        as_of, at = clock.today(), clock.now()
        with run.read():
            outlooks = slips.open_milestones(as_of=as_of, at=at, schedules=scoring.schedules_told())
        _look_back(run, outlooks.before)
        with run.step():
            found = slips.keep_outlooks(outlooks.whole(), as_of=as_of)
        del outlooks
        run.progress(0, 0, str(_("Whether units will be ready")))
        with run.read():
            units = shortfalls.compute_readiness(as_of=as_of, at=at)
        with run.write() as result:
            result.update({**found, **shortfalls.keep_readiness(units, as_of=as_of)})


@job(services.SCORE_ITEMS)
def recompute_items(run: JobRun) -> None:
    """Tell how likely each open RAID item is to escalate, some thousand at a time."""
    from .raid import scoring as raid_scoring

    with timezone.override(run.job.tenant.time_zone):
        as_of, at = clock.today(), clock.now()
        with run.read():
            items = raid_scoring.open_items(as_of=as_of, at=at)
        _look_back(run, items)
        found: Counter[str] = Counter(items=0, items_written=0, items_ended=0)
        for some in items.blocks():
            run.progress(found["items"], len(items.made), str(_("Telling items")))
            with run.read():
                scores = items.scores_of(some)
            with run.step():
                found.update(raid_scoring.keep_some(scores))
        with run.write() as result:
            found["items_ended"] += raid_scoring.end_others(items.made.items.tolist(), at=at)
            result.update(found)


# So many inputs of programmes are read and kept at once; a run that is cut off goes on where it stopped.
PLACES_AT_ONCE = 40_000
WEEKS_AT_ONCE = 13


def _keep_weeks(
    run: JobRun, missing: Callable[[], list[date]], *, as_of: date, at: datetime
) -> int:
    """Keep the inputs of the weeks that are missing, some at a time. Returns how many."""
    from .crises import scoring

    with run.read():
        weeks = missing()
        programmes = Programme.objects.count()
    at_once = min(WEEKS_AT_ONCE, max(1, PLACES_AT_ONCE // max(1, programmes)))
    done = 0
    for some in batches(weeks, at_once):
        run.progress(done, len(weeks), str(_("Reading what was known in earlier weeks")))
        with run.read():
            snapshots = scoring.take_snapshots(some, at=at, as_of=as_of)
        with run.step():
            scoring.keep_snapshots(snapshots)
        done += len(some)
    return len(weeks)


def _look_back(run: JobRun, told: LooksBack) -> None:
    """Tell the weeks before, a day at a time."""
    days = told.lacking
    for done, day in enumerate(days):
        run.progress(done, len(days), str(_("Telling earlier weeks")))
        with run.read():
            told.look_at(day)


@job(services.LEARN, queue=LONG, nightly=_("Learn from the weeks that are over"), minutes=30)
def learn_models(run: JobRun) -> None:
    """Keep the weeks that are missing, then learn from all of them what is due to be learned.

    Weeks and lessons are kept as they are made: a run that is cut off goes on with those that are still due.
    """
    from . import lessons
    from .dates import slips
    from .lessons import weeks as weeks_to_learn
    from .readiness import shortfalls

    with timezone.override(run.job.tenant.time_zone):
        as_of, at = clock.today(), clock.now()
        is_asked = bool(run.args.get("because"))
        weeks = _keep_weeks(
            run, lambda: weeks_to_learn.weeks_without_snapshot(as_of), as_of=as_of, at=at
        )
        learned, models = 0, 0
        for target in Target:
            with run.read():
                is_due = lessons.is_due(target, as_of, is_asked=is_asked)
                gathered = lessons.gather(target, as_of) if is_due else None
            if not gathered:
                continue
            draft = lessons.learn_from(
                gathered,
                at=at,
                progress=lambda _day: run.progress(0, 1, str(_("Learning"))),
            )
            with run.step():
                models += lessons.keep_lesson(draft) is not None
                services.ask_to_score()
            learned += 1
        with run.read():
            record = (
                slips.learn_slips(as_of, at=at) if slips.is_due(as_of, is_asked=is_asked) else None
            )
            readiness = (
                shortfalls.learn_readiness(as_of, at=at)
                if shortfalls.is_due(as_of, is_asked=is_asked)
                else None
            )
        with run.write() as result:
            if record is not None:
                slips.keep_record(record)
            if readiness is not None:
                shortfalls.keep_record(readiness)
            if record is not None or readiness is not None:
                services.ask_to_score()
            result.update(weeks=weeks, lessons=learned, models=models)


@job(services.READ_COMMENTS, nightly=_("Read what comments say"))
def read_comments(run: JobRun) -> None:
    """Read what is not read yet, learn topics and a tone where that is due, and count anew."""
    from .comments import reading as reading_comments

    with timezone.override(run.job.tenant.time_zone):
        as_of, at = clock.today(), clock.now()
        with run.read():
            gathered = reading_comments.gather_comments()
        found = reading_comments.think(gathered, at=at)
        with run.write() as result:
            result.update(reading_comments.keep_readings(found))
            result["patterns"] = reading_comments.keep_patterns(
                reading_comments.count_patterns(as_of)
            )


@job(services.WATCH, nightly=_("Compare forecasts with what happened"))
def watch_models(run: JobRun) -> None:
    """Close scores whose time is over, and once a week see whether the models in use still hold, and what was like now."""
    from . import watching
    from .crises import similar

    with timezone.override(run.job.tenant.time_zone):
        as_of, at = clock.today(), clock.now()
        monday = monday_of(as_of)
        with run.read():
            found = watching.look(as_of)
            alike = similar.find_similar(as_of, monday, at=at) if similar.is_due(monday) else []
        with run.write() as result:
            result.update(
                watching.keep_findings(found, on=as_of), similar=similar.keep_similar(alike)
            )


@shared_task(ignore_result=True)
def combine_shared() -> int:
    """In the first days of a quarter: make priors of what organisations give. Outside of all of them, harmless when two run at once."""
    from .sharing import combining

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('pmo-shared-priors'))")
        if not cursor.fetchone()[0]:
            return 0
        on = clock.today()
        due = [target for target in Target if combining.is_time(target, on)]
        return sum(combining.combine(target, on=on) is not None for target in due)
