"""The inputs of the go-live rule: what was known of every unit before every watched go-live."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from adoption import selectors as adoption
from adoption.choices import Measure
from adoption.models import ResistanceSignal, SurveyResult
from pmo_portal.tenants.models import BusinessUnit, TenantSettings
from pmo_portal.tenants.selectors import thresholds
from programmes.choices import Stage
from programmes.models import (
    Milestone,
    MilestoneForecast,
    MilestoneUnit,
    Programme,
    ProgrammeUnit,
)

from .. import usual
from ..golive.rule import Engagement, Inputs, Limits, Resistance, Training


@dataclass(frozen=True)
class Pair:
    """A unit before a go-live, with all that the rule may look at. `unit` is None where nobody named any."""

    programme_id: int
    milestone: Milestone
    unit: BusinessUnit | None
    golive_on: date
    inputs: Inputs | None


def limits_for(settings: TenantSettings | None = None) -> Limits:
    """The limits of the rule in this tenant: only the watched weeks can be set."""
    return Limits(window_weeks=(settings or thresholds()).golive_window_weeks)


def pairs_as_of(as_of: date, *, programme_ids: Collection[int] | None = None) -> list[Pair]:
    """Every unit before every watched go-live, as known on a day."""
    settings = thresholds()
    golives = _golives(as_of, limits_for(settings), programme_ids)
    touched = units_before(golives)
    wanted: dict[int, set[int]] = {}
    for milestone, _on in golives:
        ids = wanted.setdefault(milestone.programme_id, set())
        ids.update(unit.pk for unit, _headcount in touched[milestone.pk])
    known = _Known(wanted, as_of, settings)
    found = []
    for milestone, golive_on in golives:
        units = touched[milestone.pk]
        if not units:
            found.append(Pair(milestone.programme_id, milestone, None, golive_on, None))
        for unit, headcount in units:
            inputs = known.inputs(milestone.programme_id, unit, headcount, golive_on)
            found.append(Pair(milestone.programme_id, milestone, unit, golive_on, inputs))
    return found


def is_watched(programme: Programme, on: date) -> bool:
    """Whether a go-live of the programme is watched by the rule, by the plan of that day. Two statements."""
    return bool(_golives(on, limits_for(), [programme.pk]))


def _golives(
    as_of: date, limits: Limits, programme_ids: Collection[int] | None
) -> list[tuple[Milestone, date]]:
    """Go-lives that had not happened, with the date said for them by then."""
    facts = (
        MilestoneForecast.objects.known_by(as_of)
        .filter(milestone__is_golive=True, milestone__deleted_at__isnull=True)
        .filter(milestone__programme__deleted_at__isnull=True)
        .exclude(milestone__programme__stage=Stage.CLOSED)
    )
    if programme_ids is not None:
        facts = facts.filter(milestone__programme_id__in=programme_ids)
    latest = (
        facts.select_related("milestone")
        .order_by("milestone_id", "-effective_on", "-known_at", "-pk")
        .distinct("milestone_id")
    )
    first = as_of - timedelta(weeks=limits.overdue_weeks)
    last = as_of + timedelta(weeks=limits.window_weeks)
    return sorted(
        (
            (fact.milestone, fact.forecast_on)
            for fact in latest
            if fact.actual_on is None and first <= fact.forecast_on <= last
        ),
        key=lambda each: (each[1], each[0].pk),
    )


Touched = dict[int, list[tuple[BusinessUnit, int | None]]]


def units_before(golives: list[tuple[Milestone, date]]) -> Touched:
    """The units of each go-live with their people; all units of the programme where none are named."""
    headcounts: dict[tuple[int, int], int | None] = {}
    of_programme: dict[int, list[BusinessUnit]] = {}
    programmes = {milestone.programme_id for milestone, _on in golives}
    rows = ProgrammeUnit.objects.filter(programme_id__in=programmes).select_related("unit")
    for row in rows.order_by("unit__path"):
        headcounts[row.programme_id, row.unit_id] = row.headcount
        of_programme.setdefault(row.programme_id, []).append(row.unit)
    named: dict[int, list[BusinessUnit]] = {}
    links = MilestoneUnit.objects.filter(milestone_id__in=[each.pk for each, _on in golives])
    for link in links.select_related("unit").order_by("unit__path"):
        named.setdefault(link.milestone_id, []).append(link.unit)
    return {
        milestone.pk: [
            (unit, headcounts.get((milestone.programme_id, unit.pk)) or unit.headcount)
            for unit in named.get(milestone.pk) or of_programme.get(milestone.programme_id, [])
        ]
        for milestone, _on in golives
    }


class _Known:
    """What adoption knew of the wanted units on a day, read once."""

    def __init__(self, wanted: dict[int, set[int]], as_of: date, settings: TenantSettings) -> None:
        self._as_of = as_of
        self._estimates = adoption.estimates(wanted, as_of=as_of)
        self._readings = adoption.readings(dict(wanted.items()), as_of=as_of)
        self._training = adoption.training_for(list(wanted), as_of=as_of)
        self._resistance = adoption.resistance_for(list(wanted), as_of=as_of)
        self._log = set(
            ResistanceSignal.objects.known_by(as_of)
            .filter(programme_id__in=list(wanted))
            .values_list("programme_id", flat=True)
            .distinct()
        )
        measured = usual_engagement(as_of)
        # What the organisation expects stands in, and is said to.
        self._usual = measured if measured is not None else float(settings.engagement_target)
        self._usual_is_measured = measured is not None

    def inputs(
        self, programme_id: int, unit: BusinessUnit, headcount: int | None, golive_on: date
    ) -> Inputs:
        return Inputs(
            unit=unit.name,
            as_of=self._as_of,
            golive_on=golive_on,
            headcount=headcount,
            usual=self._usual,
            usual_is_measured=self._usual_is_measured,
            engagement=self._engagement(programme_id, unit.pk),
            training=self._trained(programme_id, unit.pk),
            resistance=self._resisting(programme_id, unit.pk),
            resistance_is_logged=programme_id in self._log,
        )

    def _engagement(self, programme_id: int, unit_id: int) -> Engagement | None:
        estimate = self._estimates[programme_id].get(unit_id)
        reading = self._readings[programme_id].get(unit_id)
        if estimate is None or reading is None or reading.value is None:
            return None
        assert reading.effective_on is not None
        return Engagement(
            value=estimate.value,
            variance=estimate.variance,
            shown=reading.value,
            n=reading.n,
            effective_on=reading.effective_on,
            age_weeks=(self._as_of - reading.effective_on).days / 7,
            wave=reading.wave,
            inherited_from=reading.inherited_from.name if reading.inherited_from else "",
            is_published=reading.is_published,
        )

    def _trained(self, programme_id: int, unit_id: int) -> Training | None:
        known = self._training[programme_id].get(unit_id)
        return Training(known.share, known.planned_share, known.effective_on) if known else None

    def _resisting(self, programme_id: int, unit_id: int) -> Resistance | None:
        known = self._resistance[programme_id].get(unit_id)
        if known is None:
            return None
        return Resistance(
            known.value, known.earlier_value, known.count, known.references, known.latest_on
        )


def usual_engagement(as_of: date) -> float | None:
    """What is usual on a day (`usual`), of released figures; None where too few units have one. One statement."""
    means = (
        SurveyResult.objects.released()
        .known_by(as_of)
        .of_living_waves()
        .filter(wave__measure=Measure.ENGAGEMENT, is_rolled_up=False)
        .filter(effective_on__gte=as_of - usual.LOOKS_BACK)
        .order_by("unit_id", "-effective_on", "-pk")
        .distinct("unit_id")
        .values_list("mean", flat=True)
    )
    return usual.middle([mean for mean in means if mean is not None])
