"""Figures the portal knows of a programme, to compare what was agreed with what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from adoption import selectors as adoption
from pmo_portal.tenants import nested
from pmo_portal.tenants.models import BusinessUnit
from programmes import schedule
from programmes.choices import Half
from programmes.models import Programme
from programmes.selectors import (
    MilestoneAsOf,
    milestones_as_of,
    money_as_of,
    units_touched,
)

from ..choices import Yardstick


def known_figures(
    programme: Programme, figures: Collection[str], as_of: date
) -> dict[str, float | None]:
    """Each figure as it was known on a day; None where nothing is known. A few statements, whatever is asked."""
    wanted = {figure for figure in figures if figure}
    found: dict[str, float | None] = dict.fromkeys(wanted)
    if wanted & {Yardstick.MILESTONES_MET, Yardstick.GOLIVE_SLIP}:
        milestones = milestones_as_of([programme.pk], as_of)
        found[Yardstick.MILESTONES_MET] = _met(milestones, as_of)
        found[Yardstick.GOLIVE_SLIP] = _golive_slip(milestones, as_of)
    if wanted & {Yardstick.PEOPLE_TOUCHED, Yardstick.ENGAGEMENT}:
        links = list(units_touched(programme))
        people = {link.unit.path: link.headcount or link.unit.headcount or 0 for link in links}
        found[Yardstick.PEOPLE_TOUCHED] = float(nested.people_once(people)) if links else None
        if Yardstick.ENGAGEMENT in wanted:
            units = [link.unit for link in links]
            found[Yardstick.ENGAGEMENT] = _engagement(programme, units, people, as_of)
    if Yardstick.TRAINING in wanted:
        training = adoption.training_for([programme.pk], as_of=as_of)[programme.pk].values()
        outer = nested.outermost(each.path for each in training)
        required = sum(each.required for each in training if each.path in outer)
        completed = sum(each.completed for each in training if each.path in outer)
        found[Yardstick.TRAINING] = 100 * completed / required if required else None
    if Yardstick.RESISTANCE in wanted:
        counts = adoption.open_signal_counts([programme.pk], as_of=as_of)
        found[Yardstick.RESISTANCE] = float(counts[programme.pk])
    if wanted & {Yardstick.COST_INDEX, Yardstick.TIME_INDEX}:
        money = money_as_of([programme.pk], as_of)[programme.pk]
        found[Yardstick.COST_INDEX] = money.performance.cpi
        found[Yardstick.TIME_INDEX] = money.schedule.index if money.schedule else None
    if Yardstick.BUDGET in wanted:
        found[Yardstick.BUDGET] = programme.budget / 100 if programme.budget is not None else None
    return {figure: found.get(figure) for figure in wanted}


def _met(milestones: list[MilestoneAsOf], as_of: date) -> float | None:
    """Reached, of the delivery milestones whose baseline has come: counted as on the scorecard."""
    due = [
        each
        for each in milestones
        if each.milestone.track == Half.DELIVERY and each.milestone.baseline_on <= as_of
    ]
    if not due:
        return None
    return 100 * sum(each.actual_on is not None for each in due) / len(due)


def _golive_slip(milestones: list[MilestoneAsOf], as_of: date) -> float | None:
    golives = [each for each in milestones if each.milestone.is_golive]
    if not golives:
        return None
    last = max(golives, key=lambda each: (each.milestone.baseline_on, each.milestone.number))
    return float(
        schedule.slip_days(
            baseline_on=last.milestone.baseline_on,
            expected_on=last.actual_on or max(last.forecast_on, as_of),
        )
    )


def _engagement(
    programme: Programme, units: list[BusinessUnit], people: Mapping[str, int], as_of: date
) -> float | None:
    """The mean over units with a released figure, by headcount; a unit speaks for those within it."""
    readings = adoption.engagement_as_of([unit.pk for unit in units], programme, as_of)
    values = {unit.path: value for unit in units if (value := readings[unit.pk].value) is not None}
    outer = nested.outermost(values)
    weights = {path: people[path] or 1 for path in values if path in outer}
    if not weights:
        return None
    return sum(values[path] * weight for path, weight in weights.items()) / sum(weights.values())
