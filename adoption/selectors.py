"""Reads of adoption: lists for members, and what was known of units on a day.

Figures come from released results alone. Everything that takes several programmes needs the same number of
statements for one and for fifty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from pmo_portal.accounts.members import Member
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import thresholds
from programmes.selectors import programmes_for

from . import engagement, resistance
from .choices import Measure, SignalTheme
from .models import ResistanceSignal, SurveyResult, SurveyWave, TrainingProgress

# --- lists and single records ------------------------------------------------------------------


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


def training_of(programme: Any) -> QuerySet[TrainingProgress]:
    return TrainingProgress.objects.filter(programme=programme).select_related("unit")


# --- the unit tree, once per question ------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    pk: int
    code: str
    name: str
    path: str
    headcount: int | None


class Tree:
    """All units of the tenant by id and by path: one statement, some hundred rows."""

    def __init__(self) -> None:
        rows = BusinessUnit.objects.values_list("pk", "code", "name", "path", "headcount")
        self.by_id = {row[0]: Node(*row) for row in rows}
        self.by_path = {node.path: node for node in self.by_id.values()}

    def upwards(self, unit_id: int) -> list[Node]:
        """The unit, what it is part of, and so on to the root."""
        node = self.by_id.get(unit_id)
        if node is None:
            return []
        parts = node.path.split("/")
        paths = ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
        return [self.by_path[path] for path in paths if path in self.by_path]

    def below(self, unit_id: int) -> list[Node]:
        node = self.by_id.get(unit_id)
        if node is None:
            return []
        return [other for path, other in self.by_path.items() if path.startswith(f"{node.path}/")]


# --- engagement ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """What the units below one say, where the unit has no figure itself: lowest and highest, never a mean."""

    low: float
    high: float
    count: int
    effective_on: date
    is_published: bool


@dataclass(frozen=True)
class Reading:
    """The engagement of one unit as known on a day.

    `value` is None where nothing may be shown or nothing is known; then `below` may hold the spread of the
    units below. `inherited_from` names the unit above whose figure stands in, because the unit's own is
    hidden or was never asked for. `n` is None for published statistics.
    """

    unit_id: int
    value: float | None = None
    n: int | None = None
    effective_on: date | None = None
    wave: str = ""
    is_published: bool = False
    inherited_from: Node | None = None
    is_hidden: bool = False
    below: Spread | None = None


def readings(
    wanted: Mapping[int | None, Collection[int]],
    *,
    as_of: date,
    measure: str = Measure.ENGAGEMENT,
) -> dict[int | None, dict[int, Reading]]:
    """Readings of units by programme id (None: waves of the organisation alone). Three statements at most."""
    tree = Tree()
    rows = _latest(wanted, tree, as_of=as_of, measure=measure)
    return {
        programme_id: {unit_id: _reading(unit_id, programme_id, tree, rows) for unit_id in unit_ids}
        for programme_id, unit_ids in wanted.items()
    }


def engagement_as_of(
    unit_ids: Collection[int],
    programme: Any,
    as_of: date,
    *,
    measure: str = Measure.ENGAGEMENT,
) -> dict[int, Reading]:
    """Readings of units for one programme (or None): own figure, or that of the nearest unit above."""
    key = programme.pk if programme is not None else None
    return readings({key: unit_ids}, as_of=as_of, measure=measure)[key]


Latest = dict[tuple[int | None, int], SurveyResult]


def _latest(
    wanted: Mapping[int | None, Collection[int]], tree: Tree, *, as_of: date, measure: str
) -> Latest:
    """The newest row of every unit concerned, released or not, by (programme, unit)."""
    concerned: set[int] = set()
    for unit_id in {unit_id for unit_ids in wanted.values() for unit_id in unit_ids}:
        concerned.update(node.pk for node in tree.upwards(unit_id))
        concerned.update(node.pk for node in tree.below(unit_id))
    programmes = [programme_id for programme_id in wanted if programme_id is not None]
    rows = (
        SurveyResult.objects.known_by(as_of)
        .of_living_waves()
        .filter(wave__measure=measure, unit_id__in=concerned)
        .filter(Q(wave__programme__isnull=True) | Q(wave__programme_id__in=programmes))
        .select_related("wave")
        .order_by("wave__programme_id", "unit_id", "-effective_on", "-wave__number")
        .distinct("wave__programme_id", "unit_id")
    )
    return {(row.wave.programme_id, row.unit_id): row for row in rows}


def _row(unit_id: int, programme_id: int | None, rows: Latest) -> SurveyResult | None:
    """The newest of the programme's own waves and those of the organisation."""
    own, common = rows.get((programme_id, unit_id)), rows.get((None, unit_id))
    if own is None or common is None:
        return own or common
    return own if own.effective_on >= common.effective_on else common


def _reading(unit_id: int, programme_id: int | None, tree: Tree, rows: Latest) -> Reading:
    own = _row(unit_id, programme_id, rows)
    is_hidden = own is not None and not own.is_released
    for node in tree.upwards(unit_id):
        row = _row(node.pk, programme_id, rows)
        if row is not None and row.is_released:
            return Reading(
                unit_id,
                row.mean,
                row.n,
                row.effective_on,
                row.wave.reference,
                row.wave.is_published,
                None if node.pk == unit_id else node,
                is_hidden,
            )
    below = [_row(node.pk, programme_id, rows) for node in tree.below(unit_id)]
    return Reading(unit_id, is_hidden=is_hidden, below=_spread(below))


def _spread(rows: Iterable[SurveyResult | None]) -> Spread | None:
    """Lowest and highest of the units below in the latest wave that asked any of them."""
    shown = [row for row in rows if row is not None and row.is_released]
    if not shown:
        return None
    latest = max(row.effective_on for row in shown)
    same = [row for row in shown if row.effective_on == latest]
    values = [row.mean for row in same if row.mean is not None]
    published = all(row.wave.is_published for row in same)
    return Spread(min(values), max(values), len(values), latest, published)


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


@dataclass(frozen=True)
class WavePoint:
    """One wave as a point of a trend: the mean of the units, weighted by answers. None where weights are missing."""

    on: date
    wave: str
    value: float | None
    n: int | None
    is_published: bool


def engagement_trend(
    wanted: Mapping[int, Collection[int]], *, as_of: date, limit: int = 18
) -> dict[int, list[WavePoint]]:
    """The latest waves that asked a programme's units, oldest first, by programme id."""
    units = {unit_id for unit_ids in wanted.values() for unit_id in unit_ids}
    rows = (
        SurveyResult.objects.released()
        .known_by(as_of)
        .of_living_waves()
        .filter(wave__measure=Measure.ENGAGEMENT, unit_id__in=units)
        .filter(Q(wave__programme__isnull=True) | Q(wave__programme_id__in=list(wanted)))
        .select_related("wave", "unit")
    )
    by_wave: dict[SurveyWave, list[SurveyResult]] = {}
    for row in rows:
        by_wave.setdefault(row.wave, []).append(row)
    found: dict[int, list[WavePoint]] = {}
    for programme_id, unit_ids in wanted.items():
        points = []
        for wave, results in by_wave.items():
            if wave.programme_id not in (None, programme_id):
                continue
            mine = _outermost([row for row in results if row.unit_id in set(unit_ids)])
            if mine:
                points.append(_point(wave, mine))
        points.sort(key=lambda point: (point.on, point.wave))
        found[programme_id] = points[-limit:]
    return found


def _outermost(rows: list[SurveyResult]) -> list[SurveyResult]:
    """Without units that lie below another one of them: their answers are in it already."""
    paths = {row.unit.path for row in rows}
    return [row for row in rows if not any(row.unit.path.startswith(f"{path}/") for path in paths)]


def _point(wave: SurveyWave, rows: list[SurveyResult]) -> WavePoint:
    if len(rows) == 1:
        value, n = rows[0].mean, rows[0].n
    else:
        value = engagement.weighted_mean([(row.mean or 0.0, row.n) for row in rows])
        n = None if value is None else sum(row.n or 0 for row in rows)
    return WavePoint(wave.closed_on, wave.reference, value, n, wave.is_published)


# --- training ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Training:
    """The latest known progress of a unit."""

    unit_id: int
    required: int
    completed: int
    share: float
    planned_share: float | None
    gap: float | None
    effective_on: date


def training_for(programme_ids: Collection[int], *, as_of: date) -> dict[int, dict[int, Training]]:
    """Training by programme and unit. One statement."""
    rows = (
        TrainingProgress.objects.known_by(as_of)
        .filter(programme_id__in=programme_ids)
        .order_by("programme_id", "unit_id", "-effective_on", "-known_at", "-pk")
        .distinct("programme_id", "unit_id")
    )
    found: dict[int, dict[int, Training]] = {pk: {} for pk in programme_ids}
    for row in rows:
        found[row.programme_id][row.unit_id] = Training(
            row.unit_id,
            row.required,
            row.completed,
            row.share,
            row.planned_share,
            row.gap,
            row.effective_on,
        )
    return found


def training_as_of(unit_ids: Collection[int], programme: Any, as_of: date) -> dict[int, Training]:
    found = training_for([programme.pk], as_of=as_of)[programme.pk]
    return {unit_id: found[unit_id] for unit_id in unit_ids if unit_id in found}


# --- resistance --------------------------------------------------------------------------------------


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
    texts: tuple[str, ...] = field(default=(), repr=False)


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
            tuple(each.text for each in open_now),
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
