"""What was reported of delivery week by week: indicators as facts, and the colour as a status report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from programmes.choices import FactKind, Half, Opinion, Rating
from programmes.models import ReportedFact, StatusReport

from .. import SOURCE
from .adding import Key, Writing

_INDICATORS = ((2, FactKind.SPI), (3, FactKind.CPI), (4, FactKind.BURN_RATIO))


def write_indicators(writing: Writing) -> None:
    """SPI, CPI and burn ratio as reported, a fact each for a programme and day."""
    kept = {
        (programme, kind, on): ratio
        for programme, kind, on, ratio in ReportedFact.objects.filter(
            programme_id__in=writing.ids(), source=SOURCE
        ).values_list("programme_id", "kind", "effective_on", "ratio")
    }
    writing.add(ReportedFact, _indicator_rows(writing), kept, _("Indicators as reported"))


def _indicator_rows(writing: Writing) -> Iterator[tuple[Key, Any, models.Model]]:
    for name, _portfolio, starts_on, size, _golive in writing.bundle["programmes"]:
        if size is not None:
            yield _indicator(writing, name, FactKind.SIZE, starts_on, size)
    for row in writing.bundle["snapshots"]:
        for at, kind in _INDICATORS:
            if row[at] is not None:
                yield _indicator(writing, row[0], kind, row[1], row[at])


def _indicator(
    writing: Writing, name: str, kind: FactKind, on: date, ratio: float
) -> tuple[Key, Any, models.Model]:
    programme = writing.programmes[name]
    fact = ReportedFact(
        programme=programme,
        kind=kind,
        ratio=ratio,
        source=SOURCE,
        effective_on=on,
        known_at=writing.known.on(on),
    )
    return (programme.pk, str(kind), on), ratio, fact


def write_ratings(writing: Writing) -> None:
    """The colour that was reported, as a status of the delivery half for a programme and day."""
    kept = {
        (programme, on): rating
        for programme, on, rating in StatusReport.all_objects.filter(
            programme_id__in=writing.ids(), reported_source=SOURCE
        ).values_list("programme_id", "effective_on", "rating")
    }

    def rows() -> Iterator[tuple[Key, Any, models.Model]]:
        for row in writing.bundle["snapshots"]:
            if row[5]:
                programme, on, rating = writing.programmes[row[0]], row[1], Rating(row[5])
                report = StatusReport(
                    programme=programme,
                    half=Half.DELIVERY,
                    opinion=Opinion.LEAD,
                    rating=rating,
                    reported_source=SOURCE,
                    effective_on=on,
                    known_at=writing.known.on(on),
                )
                yield (programme.pk, on), str(rating), report

    writing.add(StatusReport, rows(), kept, _("Status reports"), "SR")
