"""The engagement of units as it was known on a day. Released figures are all that is read here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from pmo_portal.common.clock import end_of

from ..choices import Measure
from ..models import SurveyResult
from .tree import Node, Tree


@dataclass(frozen=True)
class Spread:
    """What the units below one say, where the unit has no figure itself: lowest and highest, never a mean.

    `n` are the fewest answers of any of them; None where all are published.
    """

    low: float
    high: float
    count: int
    effective_on: date
    is_published: bool
    n: int | None


@dataclass(frozen=True)
class Reading:
    """The engagement of one unit as known on a day.

    `bound` says "or more" or "or less" where the value is the bound of a band.
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
    bound: str = ""


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
    rows = (
        _rows(wanted, tree, as_of=as_of, measure=measure)
        .order_by("wave__programme_id", "unit_id", "-effective_on", "-wave__number")
        .distinct("wave__programme_id", "unit_id")
    )
    return {(row.wave.programme_id, row.unit_id): row for row in rows}


def _rows(
    wanted: Mapping[int | None, Collection[int]], tree: Tree, *, as_of: date, measure: str
) -> QuerySet[SurveyResult]:
    """What was known of the wanted units, those above and those below them."""
    concerned: set[int] = set()
    for unit_id in {unit_id for unit_ids in wanted.values() for unit_id in unit_ids}:
        concerned.update(node.pk for node in tree.upwards(unit_id))
        concerned.update(node.pk for node in tree.below(unit_id))
    programmes = [programme_id for programme_id in wanted if programme_id is not None]
    return (
        SurveyResult.objects.known_by(as_of)
        .of_living_waves()
        .filter(wave__measure=measure, unit_id__in=concerned)
        .filter(Q(wave__programme__isnull=True) | Q(wave__programme_id__in=programmes))
        .select_related("wave")
    )


def readings_over(
    wanted: Mapping[int | None, Collection[int]],
    *,
    days: Collection[date],
    measure: str = Measure.ENGAGEMENT,
) -> dict[date, dict[int | None, dict[int, Reading]]]:
    """Readings of several days at once: each as it was known on its own day. Two statements."""
    tree = Tree()
    rows = list(_rows(wanted, tree, as_of=max(days), measure=measure))
    rows.sort(key=lambda row: (row.effective_on, row.wave.number))
    found = {}
    for day in days:
        known_until = end_of(day)
        latest = {
            (row.wave.programme_id, row.unit_id): row
            for row in rows
            if row.effective_on <= day and row.known_at <= known_until
        }
        found[day] = {
            programme_id: {
                unit_id: _reading(unit_id, programme_id, tree, latest) for unit_id in unit_ids
            }
            for programme_id, unit_ids in wanted.items()
        }
    return found


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
                bound=row.bound,
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
    counts = [row.n for row in same if row.n is not None]
    return Spread(
        min(values),
        max(values),
        len(values),
        latest,
        all(row.wave.is_published for row in same),
        min(counts, default=None),
    )
