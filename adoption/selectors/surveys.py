"""Waves as members see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from pmo_portal.accounts.members import Member
from pmo_portal.tenants.models import BusinessUnit
from programmes.selectors import programmes_for

from ..models import SurveyResult, SurveyWave


def waves_for(member: Member, programme: Any = None) -> QuerySet[SurveyWave]:
    """Waves of the organisation and of the programmes this member sees; with a programme, of both."""
    waves = SurveyWave.objects.select_related("programme", "tenant")
    if programme is not None:
        return waves.filter(Q(programme=programme) | Q(programme__isnull=True))
    return waves.filter(Q(programme__isnull=True) | Q(programme__in=programmes_for(member)))


def wave_by_number(member: Member, number: int) -> SurveyWave | None:
    """Also one that was withdrawn, so that it can be brought back."""
    return (
        SurveyWave.all_objects.filter(number=number)
        .filter(Q(programme__isnull=True) | Q(programme__in=programmes_for(member)))
        .select_related("programme", "tenant")
        .first()
    )


def with_shown_counts(waves: QuerySet[SurveyWave]) -> QuerySet[SurveyWave]:
    """Waves with how many of their units are shown."""
    return waves.annotate(shown=Count("results", filter=Q(results__is_released=True)))


def results_of(wave: SurveyWave) -> Any:
    return SurveyResult.objects.filter(wave=wave).select_related("unit")


@dataclass(frozen=True)
class WaveRow:
    """One unit of a wave as it may be shown; a hidden one names the nearest unit above that is shown."""

    unit: BusinessUnit
    is_released: bool
    mean: float | None = None
    n: int | None = None
    is_rolled_up: bool = False
    bound: str = ""
    instead_unit: BusinessUnit | None = None
    instead_mean: float | None = None
    instead_bound: str = ""

    @property
    def depth(self) -> int:
        return min(self.unit.depth, 4)


def wave_rows(wave: SurveyWave) -> list[WaveRow]:
    """Every unit of a wave in the order of the tree."""
    results = list(results_of(wave).order_by("unit__path"))
    shown = {row.unit.path: row for row in results if row.is_released}
    rows = []
    for row in results:
        if row.is_released:
            rows.append(WaveRow(row.unit, True, row.mean, row.n, row.is_rolled_up, row.bound))
            continue
        above = row.unit.path
        while "/" in above and above not in shown:
            above = above.rsplit("/", 1)[0]
        instead = shown.get(above)
        rows.append(
            WaveRow(
                row.unit,
                False,
                instead_unit=instead.unit if instead else None,
                instead_mean=instead.mean if instead else None,
                instead_bound=instead.bound if instead else "",
            )
        )
    return rows
