"""Writes of adoption: waves and signals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.history import services as history
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.selectors import thresholds
from pmo_portal.tenants.services import next_reference

from .. import selectors, suppression
from ..choices import SignalStatus, WaveSource
from ..models import LOWEST_K, ResistanceSignal, SurveyResult, SurveyWave


@dataclass(frozen=True)
class Entry:
    """One line of a wave as somebody enters it: mean 0 to 100 and how many answered."""

    unit: BusinessUnit
    mean: float | None
    n: int


def check_entries(entries: Sequence[Entry]) -> list[tuple[BusinessUnit | None, str]]:
    """What is wrong with the lines of a wave, in sentences, each with its unit."""
    problems: list[tuple[BusinessUnit | None, str]] = []
    if not entries:
        problems.append((None, _("Enter the figures of at least one unit.")))
    for entry in entries:
        if entry.n and entry.mean is None:
            problems.append((entry.unit, _("Enter the mean of those who answered.")))
        if entry.mean is not None and not 0 <= entry.mean <= 100:
            problems.append((entry.unit, _("The mean is a number from 0 to 100.")))
    cells = {
        entry.unit.path: suppression.Cell(entry.unit.path, entry.n, entry.mean) for entry in entries
    }
    try:
        suppression.check(cells)
    except suppression.Inconsistent as found:
        unit = next(entry.unit for entry in entries if entry.unit.path == found.path)
        problems.append(
            (
                unit,
                _(
                    "Answers of a unit include those of the units below it: %(below)s there, "
                    "but %(own)s here."
                )
                % {"below": found.below, "own": found.own},
            )
        )
    return problems


@transaction.atomic
def record_wave(
    *,
    name: str,
    measure: str,
    closed_on: date,
    entries: Sequence[Entry],
    known_at: datetime,
    programme: Any = None,
    note: str = "",
    acting: Member | None,
) -> SurveyWave:
    """Record the figures of an own survey and decide once what of it may ever be shown.

    Figures that may not be shown are not written at all. Units above those entered get the weighted mean of
    what lies below them.

    Raises:
        NotAllowed: the member may not.
        ValidationError: a line does not hold, or this measure of this day is recorded already,
            be it in another programme for some of the same people.
    """
    if acting is not None:
        require(acting, "adoption.survey_record", programme)
    problems = check_entries(entries)
    if problems:
        raise ValidationError([f"{unit}: {text}" if unit else text for unit, text in problems])
    k = max(thresholds().survey_k, LOWEST_K)
    wave = _new_wave(
        name=name,
        measure=measure,
        closed_on=closed_on,
        programme=programme,
        note=note,
        source=WaveSource.OWN,
        k=k,
        acting=acting,
    )
    entered = {
        entry.unit.path: suppression.Cell(entry.unit.path, entry.n, entry.mean) for entry in entries
    }
    # Whoever takes a number meanwhile waits for this one, and then sees it.
    _refuse_asked_twice(wave, entered, acting)
    cells = suppression.rolled_up(entered)
    shown = suppression.kept(cells, k)
    units = {unit.path: unit for unit in BusinessUnit.objects.filter(path__in=cells)}
    SurveyResult.objects.bulk_create(
        SurveyResult(
            wave=wave,
            unit=units[path],
            mean=shown[path].mean if path in shown else None,
            n=cell.n if path in shown else None,
            is_released=path in shown,
            is_rolled_up=path not in entered,
            effective_on=closed_on,
            known_at=known_at,
        )
        for path, cell in sorted(cells.items())
    )
    return wave


def _new_wave(*, acting: Member | None, **values: Any) -> SurveyWave:
    already = SurveyWave.objects.filter(
        programme=values["programme"],
        measure=values["measure"],
        closed_on=values["closed_on"],
        source=values["source"],
    ).first()
    if already is not None:
        taken = _(
            "%(wave)s holds this measure of this day already. A wave is released once; "
            "withdraw it first if its figures are wrong."
        )
        raise ValidationError({"closed_on": taken % {"wave": already.reference}})
    wave = SurveyWave(number=next_reference("W"), **values)
    return history.create(wave, acting=acting)


def _refuse_asked_twice(wave: SurveyWave, paths: Iterable[str], acting: Member | None) -> None:
    """Two releases of one day and measure that hold the same people could be subtracted from each other.

    That holds across programmes, and for units above and below each other. Published figures have no counts.
    """
    entered = set(paths)
    above = {each for path in entered for each in suppression.upwards(path)}
    others = SurveyResult.objects.of_living_waves().filter(
        wave__measure=wave.measure,
        wave__closed_on=wave.closed_on,
        wave__source=WaveSource.OWN,
        is_rolled_up=False,
    )
    for row in others.exclude(wave=wave).select_related("wave__tenant", "unit"):
        path = row.unit.path
        if path not in above and entered.isdisjoint(suppression.upwards(path)):
            continue
        may_see = acting is None or selectors.waves_for(acting).filter(pk=row.wave_id).exists()
        asked = _(
            "%(wave)s holds this measure of this day for %(unit)s already: what few people said could be "
            "worked out from both. Leave the unit out with those above and below it, or withdraw the other "
            "wave first."
        )
        named = row.wave.reference if may_see else _("Another wave")
        raise ValidationError({"closed_on": asked % {"wave": named, "unit": row.unit}})


@dataclass
class Published:
    """What publishing a wave did to its figures."""

    wave: SurveyWave
    is_new: bool
    created: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def publish_wave(
    *,
    name: str,
    measure: str,
    closed_on: date,
    values: Mapping[BusinessUnit, float],
    known_at: datetime,
    note: str = "",
    acting: Member | None,
) -> Published:
    """Take over official statistics of a wave: figures without counts, shown as published.

    The same wave again adds what is new and corrects what was corrected.
    """
    if acting is not None:
        require(acting, "adoption.survey_import")
    wave = SurveyWave.objects.filter(
        programme__isnull=True, measure=measure, closed_on=closed_on, source=WaveSource.PUBLISHED
    ).first()
    done = Published(wave, is_new=False) if wave else None
    if done is None:
        wave = _new_wave(
            name=name,
            measure=measure,
            closed_on=closed_on,
            programme=None,
            note=note,
            source=WaveSource.PUBLISHED,
            k=LOWEST_K,
            acting=acting,
        )
        done = Published(wave, is_new=True)
    here = {row.unit_id: row for row in done.wave.results.all()}
    fresh, corrected = [], []
    for unit, mean in values.items():
        row = here.get(unit.pk)
        if row is None:
            fresh.append(
                SurveyResult(
                    wave=done.wave,
                    unit=unit,
                    mean=mean,
                    is_released=True,
                    effective_on=closed_on,
                    known_at=known_at,
                )
            )
        elif row.mean != mean:
            row.mean = mean
            corrected.append(row)
    SurveyResult.objects.bulk_create(fresh)
    SurveyResult.objects.bulk_update(corrected, ["mean"])
    done.created, done.changed = len(fresh), len(corrected)
    done.unchanged = len(values) - done.created - done.changed
    return done


def revise_wave(
    wave: SurveyWave, *, changes: Mapping[str, Any], version: int, acting: Member | None
) -> SurveyWave:
    """Change name or note. Figures are never changed: withdraw the wave and record it again.

    Raises:
        EditConflict, Gone, ValidationError: see `history.services.revise`.
    """
    if acting is not None:
        require(acting, "adoption.survey_change", wave)
    kept = {name: changes[name] for name in SurveyWave.edited_fields if name in changes}
    return history.revise(wave, changes=kept, version=version, acting=acting)


def withdraw_wave(wave: SurveyWave, *, at: datetime, acting: Member | None) -> SurveyWave:
    """Take a wave with all its figures out of every page and calculation; it can be undone."""
    if acting is not None:
        require(acting, "adoption.survey_change", wave)
    return history.remove(wave, at=at, acting=acting)


@transaction.atomic
def restore_wave(wave: SurveyWave, *, acting: Member | None) -> SurveyWave:
    """Bring a withdrawn wave back.

    Raises:
        NotAllowed: the member may not.
        ValidationError: what was recorded meanwhile holds this measure of this day for some of the same people.
    """
    if acting is not None:
        require(acting, "adoption.survey_change", wave)
    # No number is taken: whoever takes one meanwhile waits, or has been waited for.
    next_reference("W", count=0)
    entered = wave.results.filter(is_rolled_up=False)
    if wave.source == WaveSource.OWN:
        _refuse_asked_twice(wave, entered.values_list("unit__path", flat=True), acting)
    return history.restore(wave, acting=acting)


@transaction.atomic
def record_signal(
    signal: ResistanceSignal, *, known_at: datetime, acting: Member | None
) -> ResistanceSignal:
    """Save a new signal; its programme and fields are set.

    Raises:
        NotAllowed, ValidationError.
    """
    if acting is not None:
        require(acting, "adoption.signal_create", signal.programme)
    signal.number = next_reference("RS")
    signal.known_at = known_at
    return history.create(signal, acting=acting)


def revise_signal(
    signal: ResistanceSignal, *, changes: Mapping[str, Any], version: int, acting: Member | None
) -> ResistanceSignal:
    """Raises: EditConflict, Gone, ValidationError, NotAllowed."""
    if acting is not None:
        require(acting, "adoption.signal_change", signal)
    return history.revise(signal, changes=changes, version=version, acting=acting)


def resolve_signal(
    signal: ResistanceSignal,
    *,
    on: date,
    response: str,
    version: int | None = None,
    acting: Member | None,
) -> ResistanceSignal:
    """Say what was done and since when the signal counts no more."""
    if acting is not None:
        require(acting, "adoption.signal_change", signal)
    changes = {"status": SignalStatus.RESOLVED, "resolved_on": on, "response": response}
    return history.revise(
        signal, changes=changes, version=version, acting=acting, action="resolve sign of resistance"
    )


def reopen_signal(
    signal: ResistanceSignal, *, version: int | None = None, acting: Member | None
) -> ResistanceSignal:
    if acting is not None:
        require(acting, "adoption.signal_change", signal)
    changes = {"status": SignalStatus.OPEN, "resolved_on": None}
    return history.revise(
        signal, changes=changes, version=version, acting=acting, action="reopen sign of resistance"
    )


def remove_signal(
    signal: ResistanceSignal, *, at: datetime, acting: Member | None
) -> ResistanceSignal:
    if acting is not None:
        require(acting, "adoption.signal_change", signal)
    return history.remove(signal, at=at, acting=acting)
