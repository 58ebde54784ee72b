"""Signs of resistance: for members, and what they added up to on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from pmo_portal.accounts.members import Member
from pmo_portal.common.levels import State
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import thresholds
from programmes.selectors import programmes_for

from .. import resistance, status
from ..choices import SignalTheme
from ..models import ResistanceSignal


def signals_of(programme: Any) -> QuerySet[ResistanceSignal]:
    return ResistanceSignal.objects.filter(programme=programme).select_related(
        "unit", "programme", "tenant"
    )


def signal_by_number(member: Member, number: int) -> ResistanceSignal | None:
    """Also one that was deleted, so that it can be brought back."""
    return (
        ResistanceSignal.all_objects.filter(number=number, programme__in=programmes_for(member))
        .select_related("unit", "programme", "tenant")
        .first()
    )


def signals_for(member: Member) -> QuerySet[ResistanceSignal]:
    """Signals of all programmes this member sees."""
    return ResistanceSignal.objects.filter(programme__in=programmes_for(member)).select_related(
        "unit", "programme", "tenant"
    )


@dataclass(frozen=True)
class Resistance:
    """The signs of a unit that are open on a day. `value` is r, 0 to 1; None where the unit is too small."""

    unit_id: int
    value: float | None
    is_pattern: bool
    count: int
    sources: tuple[str, ...]
    themes: tuple[str, ...]
    references: tuple[str, ...]
    latest_on: date
    earlier_value: float | None = None


def resistance_for(
    programme_ids: Collection[int], *, as_of: date, weeks_back: int = 4
) -> dict[int, dict[int, Resistance]]:
    """Resistance by programme and unit, with r of `weeks_back` weeks before beside it. Three statements.

    Units without an open sign are missing. Units of fewer than k people get no value.
    """
    smallest = thresholds().survey_k
    rows = (
        ResistanceSignal.objects.known_by(as_of)
        .filter(programme_id__in=programme_ids)
        .select_related("unit")
        .order_by("effective_on", "number")
    )
    by_unit: dict[tuple[int, int], list[ResistanceSignal]] = {}
    for row in rows:
        by_unit.setdefault((row.programme_id, row.unit_id), []).append(row)
    before = date.fromordinal(as_of.toordinal() - 7 * weeks_back)
    found: dict[int, dict[int, Resistance]] = {pk: {} for pk in programme_ids}
    for (programme_id, unit_id), signals in by_unit.items():
        open_now = [
            signal for signal in signals if signal.resolved_on is None or signal.resolved_on > as_of
        ]
        if not open_now:
            continue
        signs = [
            resistance.Sign(each.source, each.strength, each.effective_on, each.resolved_on)
            for each in signals
        ]
        people = open_now[0].unit.headcount
        is_small = people is not None and people < smallest
        found[programme_id][unit_id] = Resistance(
            unit_id,
            None if is_small else resistance.resistance(signs, on=as_of),
            resistance.is_pattern(signs, on=as_of),
            len(open_now),
            tuple(sorted({each.source for each in open_now})),
            tuple(sorted({str(SignalTheme(each.theme).label) for each in open_now if each.theme})),
            tuple(each.reference for each in open_now),
            max(each.effective_on for each in open_now),
            None if is_small else resistance.resistance(signs, on=before),
        )
    return found


def resistance_as_of(
    unit_ids: Collection[int], programme: Any, as_of: date
) -> dict[int, Resistance]:
    found = resistance_for([programme.pk], as_of=as_of)[programme.pk]
    return {unit_id: found[unit_id] for unit_id in unit_ids if unit_id in found}


def open_signal_counts(programme_ids: Collection[int], *, as_of: date) -> dict[int, int]:
    """How many signals are open on a day, by programme."""
    counts = dict.fromkeys(programme_ids, 0)
    rows = ResistanceSignal.objects.open_on(as_of).filter(programme_id__in=programme_ids)
    for programme_id in rows.values_list("programme_id", flat=True):
        counts[programme_id] += 1
    return counts


@dataclass(frozen=True)
class UnitResistance:
    """One line of the summary: the unit, what was found, and what it amounts to."""

    unit: BusinessUnit
    found: Resistance
    state: State

    @property
    def words(self) -> str:
        return "" if self.found.value is None else f"{round(self.found.value * 100)}%"


def resistance_summary(programme: Any, *, as_of: date) -> list[UnitResistance]:
    """Units with open signs, the strongest first; those too small for a value come last."""
    found = resistance_for([programme.pk], as_of=as_of)[programme.pk]
    units = BusinessUnit.objects.in_bulk(list(found))
    rows = [
        UnitResistance(units[unit_id], each, status.resistance_state(each.value))
        for unit_id, each in found.items()
    ]
    return sorted(
        rows, key=lambda row: (row.found.value is None, -(row.found.value or 0), row.unit.path)
    )
