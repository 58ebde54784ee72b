"""People: surveys and what of them may be shown, training, counted signs of resistance, and comments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from adoption import services as adoption, suppression
from adoption.choices import Measure, WaveSource
from adoption.models import (
    LOWEST_K,
    SignalTally,
    SurveyComment,
    SurveyResult,
    SurveyWave,
    TrainingProgress,
)
from pmo_portal.jobs.imports import Finding
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import thresholds

from ...comments import reading as reading_comments
from .. import SOURCE
from .adding import BATCH, Key, Writing


def write_surveys(writing: Writing) -> None:
    """One wave for each programme and day; what of it may be shown is decided as for any other."""
    waves: dict[tuple[str, date], list[tuple[BusinessUnit, float, int]]] = defaultdict(list)
    for name, unit, on, score, n in writing.bundle["surveys"]:
        waves[name, on].append((writing.units[name, unit], score, n))
    kept = dict.fromkeys(
        SurveyWave.all_objects.filter(
            programme_id__in=writing.ids(), measure=Measure.ENGAGEMENT, source=WaveSource.OWN
        ).values_list("programme_id", "closed_on")
    )
    k = max(thresholds().survey_k, LOWEST_K)
    new = writing.add(
        SurveyWave,
        (
            (
                (writing.programmes[name].pk, on),
                None,
                SurveyWave(
                    programme=writing.programmes[name],
                    name=_("Pulse of %(day)s") % {"day": on.isoformat()},
                    measure=Measure.ENGAGEMENT,
                    closed_on=on,
                    source=WaveSource.OWN,
                    k=k,
                    note=_("From a history bundle."),
                ),
            )
            for name, on in waves
        ),
        kept,
        _("Survey waves"),
        "W",
    )
    names = {programme.pk: name for name, programme in writing.programmes.items()}
    by_path = {unit.path: unit for unit in BusinessUnit.objects.all()}
    results = [
        result
        for wave in new
        for result in _results(
            writing, wave, waves[names[wave.programme_id], wave.closed_on], by_path, k
        )
    ]
    for start in range(0, len(results), BATCH):
        SurveyResult.objects.bulk_create(results[start : start + BATCH])
    hidden = sum(not result.is_released for result in results)
    writing.count(_("Survey results"), len(results))
    if hidden:
        writing.outcome.findings.append(
            Finding(
                None,
                _(
                    "%(count)s survey figures of fewer than %(k)s answers, or that would give such a figure away, are not kept."
                )
                % {"count": hidden, "k": k},
                level="note",
            )
        )


def _results(
    writing: Writing,
    wave: SurveyWave,
    entered: list[tuple[BusinessUnit, float, int]],
    by_path: dict[str, BusinessUnit],
    k: int,
) -> Iterator[SurveyResult]:
    own = {unit.path: suppression.Cell(unit.path, n, score) for unit, score, n in entered}
    cells = suppression.rolled_up(own)
    try:
        shown = suppression.kept(cells, k)
    except suppression.Inconsistent:
        # Units of the bundle stand under each other here: nothing can be said safely.
        shown = {}
    for path, cell in sorted(cells.items()):
        yield SurveyResult(
            wave=wave,
            unit=by_path[path],
            mean=shown[path].mean if path in shown else None,
            n=cell.n if path in shown else None,
            is_released=path in shown,
            is_rolled_up=path not in own,
            effective_on=wave.closed_on,
            known_at=writing.known.on(wave.closed_on),
        )


def write_training(writing: Writing) -> None:
    """How many were to be trained and how many were, of a programme, unit and day."""
    kept = {
        (programme, unit, on): (required, completed)
        for programme, unit, on, required, completed in TrainingProgress.objects.filter(
            programme_id__in=writing.ids()
        ).values_list("programme_id", "unit_id", "effective_on", "required", "completed")
    }

    def rows() -> Iterator[tuple[Key, Any, models.Model]]:
        for name, unit_name, on, completed, enrolled, planned in writing.bundle["training"]:
            programme, unit = writing.programmes[name], writing.units[name, unit_name]
            progress = TrainingProgress(
                programme=programme,
                unit=unit,
                required=enrolled,
                completed=completed,
                planned_share=planned,
                effective_on=on,
                known_at=writing.known.on(on),
            )
            yield (programme.pk, unit.pk, on), (enrolled, completed), progress

    writing.add(TrainingProgress, rows(), kept, _("Progress of training"))


def write_tallies(writing: Writing) -> None:
    """How many signs of resistance were counted, of a programme, unit and day."""
    kept = {
        (programme, unit, on): count
        for programme, unit, on, count in SignalTally.objects.filter(
            programme_id__in=writing.ids(), source=SOURCE
        ).values_list("programme_id", "unit_id", "effective_on", "count")
    }

    def rows() -> Iterator[tuple[Key, Any, models.Model]]:
        for name, unit_name, on, count in writing.bundle["flags"]:
            programme, unit = writing.programmes[name], writing.units[name, unit_name]
            tally = SignalTally(
                programme=programme,
                unit=unit,
                count=count,
                source=SOURCE,
                effective_on=on,
                known_at=writing.known.on(on),
            )
            yield (programme.pk, unit.pk, on), count, tally

    writing.add(SignalTally, rows(), kept, _("Counted signs of resistance"))


def write_comments(writing: Writing) -> None:
    """Comments have no name of their own: those of a programme and day are added together or not at all.

    Words are kept only where enough people answered a wave of that day in the unit.
    """
    kept: dict[Key, Any] = dict.fromkeys(
        SurveyComment.objects.filter(programme_id__in=writing.ids(), source=SOURCE)
        .values_list("programme_id", "effective_on")
        .distinct()
    )

    waves = _waves_with_enough_answers(writing) if writing.bundle["comments"] else {}
    names, words = adoption.redactor(), reading_comments.words_in_use()

    def rows() -> Iterator[tuple[Key, Any, models.Model]]:
        for name, unit_name, on, text in writing.bundle["comments"]:
            if text:
                programme, unit = writing.programmes[name], writing.units[name, unit_name]
                comment = SurveyComment(
                    programme=programme,
                    unit=unit,
                    wave_id=waves.get((programme.pk, unit.pk, on)),
                    source=SOURCE,
                    effective_on=on,
                    known_at=writing.known.on(on),
                )
                if comment.wave_id is not None:
                    comment.is_released, comment.text = True, names.redact(text)
                    words.put_into(comment)
                yield (programme.pk, on), None, comment

    writing.add(SurveyComment, rows(), kept, _("Comments"))


def _waves_with_enough_answers(writing: Writing) -> dict[tuple[int, int, date], int]:
    """The wave of each programme, unit and day whose comments may be kept."""
    rows = (
        SurveyResult.objects.released()
        .of_living_waves()
        .filter(wave__programme_id__in=writing.ids(), n__gte=adoption.fewest_for_comments())
        .values_list("wave__programme_id", "unit_id", "effective_on", "wave_id")
    )
    return {(programme, unit, on): wave for programme, unit, on, wave in rows}
