"""Engagement over time: filtered estimates and trends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q

from .. import engagement
from ..choices import Measure
from ..models import SurveyResult
from .tree import Tree


def estimates(
    wanted: Mapping[int, Collection[int]], *, as_of: date
) -> dict[int, dict[int, engagement.Estimate]]:
    """Filtered engagement by programme and unit, from all released waves; a hidden unit takes the nearest above.

    Units without any wave, their own or above, are missing. The mean the filter returns to is that of the
    organisation's latest released figures.
    """
    tree = Tree()
    units = {unit_id for unit_ids in wanted.values() for unit_id in unit_ids}
    chains = {unit_id: tree.upwards(unit_id) for unit_id in units}
    rows = (
        SurveyResult.objects.released()
        .known_by(as_of)
        .of_living_waves()
        .filter(
            wave__measure=Measure.ENGAGEMENT,
            unit_id__in={node.pk for chain in chains.values() for node in chain},
        )
        .filter(Q(wave__programme__isnull=True) | Q(wave__programme_id__in=list(wanted)))
        .values_list("wave__programme_id", "unit_id", "effective_on", "mean", "n")
    )
    series: dict[tuple[int | None, int], list[engagement.Wave]] = {}
    for programme_id, unit_id, on, mean, n in rows:
        series.setdefault((programme_id, unit_id), []).append(engagement.Wave(on, mean, n))
    centre = organisation_mean(as_of)
    found: dict[int, dict[int, engagement.Estimate]] = {}
    for programme_id, unit_ids in wanted.items():
        found[programme_id] = {}
        for unit_id in unit_ids:
            for node in chains[unit_id]:
                waves = [
                    *series.get((programme_id, node.pk), ()),
                    *series.get((None, node.pk), ()),
                ]
                estimate = engagement.estimate(waves, on=as_of, mean=centre)
                if estimate is not None:
                    found[programme_id][unit_id] = estimate
                    break
    return found


def organisation_mean(as_of: date) -> float:
    """Mean of the latest released figures of units that were entered as such, each unit once.

    Falls back to what the filter assumes where nothing is known.
    """
    rows = (
        SurveyResult.objects.released()
        .known_by(as_of)
        .of_living_waves()
        .filter(wave__measure=Measure.ENGAGEMENT, is_rolled_up=False)
        .order_by("unit_id", "-effective_on", "-pk")
        .distinct("unit_id")
        .values_list("mean", flat=True)
    )
    means = [mean for mean in rows if mean is not None]
    return sum(means) / len(means) if means else engagement.DEFAULT_MEAN
