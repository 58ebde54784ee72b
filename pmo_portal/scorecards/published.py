"""What was published of a programme year by year, beside the engagement of the organisations it lands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from adoption.choices import Measure
from adoption.models import SurveyResult
from pmo_portal.tenants import nested
from programmes.choices import Half, Opinion, Rating
from programmes.models import Programme, ProgrammeUnit
from programmes.selectors import reports_as_of
from programmes.status import state_of

from .indicators import engagement_value


@dataclass
class Year:
    """The ratings of one day, with the last engagement known before it."""

    on: date
    ratings: list[dict[str, str]] = field(default_factory=list)
    engagement: str = ""
    organisations: int = 0
    engagement_on: date | None = None


def years(programme: Programme, *, as_of: date) -> list[Year]:
    """Newest first. Four statements at most."""
    found: dict[date, Year] = {}
    reports = [
        report
        for report in reports_as_of([programme.pk], as_of)
        if report.half == Half.DELIVERY and report.opinion != Opinion.LEAD
    ]
    reports.sort(key=lambda report: report.opinion)
    reports.sort(key=lambda report: report.effective_on, reverse=True)
    for report in reports:
        year = found.setdefault(report.effective_on, Year(report.effective_on))
        year.ratings.append(
            {
                "opinion": str(Opinion(report.opinion).label),
                "rating": str(Rating(report.rating).label),
                "state": str(state_of(report.rating)),
            }
        )
    if not found:
        return []
    waves = _waves(programme, as_of)
    for year in found.values():
        before = [on for on in waves if on <= year.on]
        if before:
            year.engagement_on = max(before)
            means = waves[year.engagement_on]
            year.engagement = engagement_value(min(means), max(means), None)
            year.organisations = len(means)
    return list(found.values())


def _waves(programme: Programme, as_of: date) -> dict[date, list[float]]:
    """Released engagement of the units it lands in, or of those below them, by the day of the wave."""
    paths = ProgrammeUnit.objects.filter(programme=programme).values_list("unit__path", flat=True)
    within = Q()
    for path in paths:
        within |= Q(unit__path=path) | Q(unit__path__startswith=f"{path}/")
    if not within:
        return {}
    rows = (
        SurveyResult.objects.released()
        .known_by(as_of)
        .of_living_waves()
        .filter(within, wave__measure=Measure.ENGAGEMENT, wave__programme__isnull=True)
        .values_list("effective_on", "unit__path", "mean")
    )
    by_day: dict[date, dict[str, float]] = {}
    for on, path, mean in rows:
        by_day.setdefault(on, {})[path] = mean
    # Where the organisation has a figure of its own, that one counts and not those of its parts.
    return {on: [means[path] for path in nested.outermost(means)] for on, means in by_day.items()}
