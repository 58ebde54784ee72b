"""What stands above the list of programmes: the chart of both confidences, and who moved in four weeks.

Of stored summaries the counts are made by the database and only what is drawn is read, so that the page takes as
long for two thousand programmes as for twenty. Earlier days are computed rows, counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from programmes.choices import Half, Stage
from programmes.models import Programme

from . import portfolio, quadrant
from .models import ProgrammeSummary
from .rows import Rows

# What is drawn and listed of a large portfolio; all of it is in the list and in the files.
MOST_DRAWN, MOST_MOVED = 60, 8
# Points below which nothing is said to have moved: figures are shown without decimals.
MOVED = 0.5
HALVES = (str(Half.DELIVERY), str(Half.ADOPTION))


@dataclass
class Overview:
    """Programmes that are drawn and that moved most, with counts over all that match the filters."""

    drawn: list[Any] = field(default_factory=list)
    moved: list[Any] = field(default_factory=list)
    total: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    fell: dict[str, int] = field(default_factory=dict)
    rose: dict[str, int] = field(default_factory=dict)
    unknown: int = 0

    @property
    def with_figures(self) -> int:
        return self.total - self.unknown


def overview(
    rows: QuerySet[Programme] | Rows, *, expected: float, today: date, with_closed: bool = False
) -> Overview:
    """Three statements for stored summaries, none for computed rows. Closed programmes count where asked for."""
    if isinstance(rows, Rows):
        return _of_rows([row for row in rows if with_closed or not row.is_closed], expected)
    found = rows if with_closed else rows.exclude(stage=Stage.CLOSED)
    made = _counted(found, expected)
    if made.with_figures:
        known = found.exclude(_UNKNOWN)
        made.drawn = _light(known.order_by(F("budget").desc(nulls_last=True), "pk"), MOST_DRAWN)
        made.moved = _light(_most_moved(known), MOST_MOVED)
        _make_true([*made.drawn, *made.moved], today=today)
    return made


@dataclass
class Light:
    """What is drawn of a programme: a model instance takes several times as long to read."""

    pk: int
    name: str
    code: str
    budget: int | None
    summary: Any


_LIGHT = (
    "as_of",
    "marks",
    "marks_seen",
    "made_by",
    "delivery_confidence",
    "delivery_confidence_of",
    "delivery_confidence_before",
    "adoption_confidence",
    "adoption_confidence_of",
    "adoption_confidence_before",
)


def _light(rows: QuerySet[Any], most: int) -> list[Any]:
    values = rows.select_related(None).values_list(
        "pk", "name", "code", "budget", *(f"summary__{name}" for name in _LIGHT)
    )
    return [
        Light(
            row[0],
            row[1],
            row[2],
            row[3],
            ProgrammeSummary(**dict(zip(_LIGHT, row[4:], strict=False))),
        )
        for row in values[:most]
    ]


def _make_true(shown: Sequence[Light], *, today: date) -> None:
    """Replace what a change has overtaken by what the facts say now."""
    late = {each.pk for each in shown if not each.summary.is_true_of(today)}
    if not late:
        return
    found = list(Programme.objects.filter(pk__in=late).select_related("summary"))
    portfolio.make_true(found, today=today)
    summaries = {each.pk: each.summary for each in found}  # type: ignore[attr-defined]
    for each in shown:
        each.summary = summaries.get(each.pk, each.summary)


_UNKNOWN = Q(summary__delivery_confidence__isnull=True, summary__adoption_confidence__isnull=True)


def _path(half: str) -> str:
    return f"summary__{half}_confidence"


def _counted(rows: QuerySet[Programme], expected: float) -> Overview:
    built = Q(**{f"{_path('delivery')}__gte": expected})
    not_built = Q(**{f"{_path('delivery')}__lt": expected})
    believed = Q(**{f"{_path('adoption')}__gte": expected})
    not_believed = Q(**{f"{_path('adoption')}__lt": expected})
    found = (
        rows.select_related(None)
        .order_by()
        .aggregate(
            total=Count("pk"),
            unknown=Count("pk", filter=_UNKNOWN),
            both=Count("pk", filter=built & believed),
            built=Count("pk", filter=built & not_believed),
            wanted=Count("pk", filter=not_built & believed),
            neither=Count("pk", filter=not_built & not_believed),
            fell_delivery=Count("pk", filter=_lower("delivery")),
            fell_adoption=Count("pk", filter=_lower("adoption")),
            rose_delivery=Count("pk", filter=_higher("delivery")),
            rose_adoption=Count("pk", filter=_higher("adoption")),
        )
    )
    return Overview(
        total=found["total"],
        unknown=found["unknown"],
        fields={name: found[name] for name in ("both", "built", "wanted", "neither")},
        fell={half: found[f"fell_{half}"] for half in HALVES},
        rose={half: found[f"rose_{half}"] for half in HALVES},
    )


def _lower(half: str) -> Q:
    return Q(**{f"{_path(half)}__lte": F(f"{_path(half)}_before") - MOVED})


def _higher(half: str) -> Q:
    return Q(**{f"{_path(half)}__gte": F(f"{_path(half)}_before") + MOVED})


def _most_moved(rows: QuerySet[Programme]) -> QuerySet[Programme]:
    """Those with the deepest fall of either half first."""
    found = rows.filter(
        _lower("delivery") | _lower("adoption") | _higher("delivery") | _higher("adoption")
    )
    changes = [
        Coalesce(F(_path(half)) - F(f"{_path(half)}_before"), 0.0, output_field=FloatField())
        for half in HALVES
    ]
    return found.alias(_fall=Least(*changes)).order_by("_fall", "pk")


def _of_rows(rows: Sequence[Any], expected: float) -> Overview:
    made = Overview(
        total=len(rows), fields=dict.fromkeys(("both", "built", "wanted", "neither"), 0)
    )
    made.fell, made.rose = dict.fromkeys(HALVES, 0), dict.fromkeys(HALVES, 0)
    for row in rows:
        known = row.summary
        if known.delivery_confidence is None and known.adoption_confidence is None:
            made.unknown += 1
            continue
        made.drawn.append(row)
        name = quadrant.field_of(known.delivery_confidence, known.adoption_confidence, expected)
        if name:
            made.fields[name] += 1
        changes = [known.change(half) for half in HALVES]
        for half, change in zip(HALVES, changes, strict=True):
            made.fell[half] += change is not None and change <= -MOVED
            made.rose[half] += change is not None and change >= MOVED
        if any(change is not None and abs(change) >= MOVED for change in changes):
            made.moved.append(row)
    made.drawn.sort(key=lambda row: (row.budget is None, -(row.budget or 0), row.pk))
    made.moved.sort(key=lambda row: (min(row.summary.change(half) or 0 for half in HALVES), row.pk))
    made.drawn, made.moved = made.drawn[:MOST_DRAWN], made.moved[:MOST_MOVED]
    return made
