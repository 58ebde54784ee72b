"""Keeping the stored summaries up to date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from forecasting import services as forecasting_services
from forecasting.choices import LOUDEST_FIRST, RiskLevel
from forecasting.models import GoLiveRisk
from pmo_portal.common.batches import batches
from pmo_portal.jobs import services as jobs
from pmo_portal.jobs.models import Job
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.models import TenantSettings
from pmo_portal.tenants.selectors import thresholds
from programmes.models import Programme

from .models import MADE_BY, ProgrammeSummary
from .reading import figures_as_of
from .summaries import summary_of

REFRESH = "scorecards.refresh_summaries"
# Long enough to gather what one person saves in a row, short enough to be there on the next page.
DEBOUNCE = timedelta(seconds=2)
BATCH = 100
# Arrows and changes of the portfolio are over four weeks.
CHANGE_OVER = timedelta(weeks=4)
_KEPT = [
    field.name
    for field in ProgrammeSummary._meta.concrete_fields
    if field.name not in {"id", "tenant", "programme", "marks"}
]


def mark_changed(programme_id: int | None) -> None:
    """Note that the figures of a programme, or of all, are no longer true. Asks for the job that corrects them."""
    rows = ProgrammeSummary.objects.all()
    if programme_id is not None:
        rows = rows.filter(programme_id=programme_id)
    if not rows.update(marks=F("marks") + 1) and programme_id is not None:
        # A row of a programme that is not there any more could not be written.
        ProgrammeSummary.objects.bulk_create(
            [
                ProgrammeSummary(programme=programme)
                for programme in Programme.objects.filter(pk=programme_id)
            ],
            ignore_conflicts=True,
        )
    ask_to_refresh()


def ask_to_refresh() -> Job | None:
    """Ask for one run over what changed; None when one is waiting already."""
    return jobs.enqueue(
        REFRESH,
        title=_("Bring the portfolio up to date"),
        slot=f"{REFRESH}:{current_tenant_id()}",
        coalesce=True,
        delay=DEBOUNCE,
    )


def outdated(as_of: date) -> list[Programme]:
    """Programmes without a summary, with a changed one, or with one of another day."""
    return list(
        Programme.objects.filter(
            Q(summary__isnull=True)
            | ~Q(summary__marks=F("summary__marks_seen"))
            | Q(summary__as_of__isnull=True)
            | ~Q(summary__as_of=as_of)
            | ~Q(summary__made_by=MADE_BY)
        ).select_related("summary")
    )


def compute(
    programmes: Sequence[Programme], as_of: date, settings: TenantSettings, *, is_today: bool
) -> list[ProgrammeSummary]:
    """Unsaved summaries. The signals of today are those stored; of an earlier day the rule is asked again."""
    ids = [programme.pk for programme in programmes]
    figures = figures_as_of(programmes, as_of, settings)
    before = figures_as_of(programmes, as_of - CHANGE_OVER, settings, with_series=False)
    levels = current_levels(ids) if is_today else levels_as_of(ids, as_of)
    made = []
    for programme in programmes:
        # Before the new one takes its place on the programme.
        seen = getattr(programme, "summary", None)
        summary = summary_of(
            programme,
            figures[programme.pk],
            settings,
            before=before[programme.pk],
            signal_level=levels.get(programme.pk, ""),
        )
        summary.marks = summary.marks_seen = seen.marks if seen is not None else 0
        made.append(summary)
    return made


def current_levels(programme_ids: Iterable[int] | None = None) -> dict[int, str]:
    """The loudest level in force by programme."""
    rows = GoLiveRisk.objects.current()
    if programme_ids is not None:
        rows = rows.filter(programme_id__in=list(programme_ids))
    return _loudest(rows.values_list("programme_id", "level"))


def levels_as_of(programme_ids: Sequence[int], as_of: date) -> dict[int, str]:
    outcomes = forecasting_services.outcomes_as_of(as_of, programme_ids=programme_ids)
    return _loudest((each.pair.programme_id, each.level) for each in outcomes)


def _loudest(rows: Iterable[tuple[int, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for programme_id, level in rows:
        before = found.get(programme_id)
        if before is None or _loudness(level) < _loudness(before):
            found[programme_id] = level
    return found


def _loudness(level: str) -> int:
    return LOUDEST_FIRST.index(RiskLevel(level))


def keep(summaries: Sequence[ProgrammeSummary], *, at: datetime) -> None:
    """Write computed summaries. A change since they were read stays marked."""
    tenant_id = current_tenant_id()
    for summary in summaries:
        summary.tenant_id, summary.computed_at = tenant_id, at
    ProgrammeSummary.objects.bulk_create(
        summaries,
        update_conflicts=True,
        unique_fields=["tenant", "programme"],
        update_fields=_KEPT,
        batch_size=500,
    )


def bring_up_to_date(*, as_of: date, at: datetime) -> int:
    """Compute and write what is outdated, in one go: for seeds, benchmarks and tests."""
    wanted, settings = outdated(as_of), thresholds()
    for batch in batches(wanted, BATCH):
        keep(compute(batch, as_of, settings, is_today=True), at=at)
    return len(wanted)


def take_over_levels() -> int:
    """Copy the levels of forecasting into the summaries, after it computed them. Returns how many changed."""
    levels = current_levels()
    changed = 0
    by_level: dict[str, list[int]] = {level: [] for level in (*LOUDEST_FIRST,)}
    for programme_id, level in levels.items():
        by_level[level].append(programme_id)
    for level, ids in by_level.items():
        changed += (
            ProgrammeSummary.objects.filter(programme_id__in=ids)
            .exclude(signal_level=level)
            .update(signal_level=level)
        )
    changed += (
        ProgrammeSummary.objects.exclude(programme_id__in=list(levels))
        .exclude(signal_level="")
        .update(signal_level="")
    )
    return changed
