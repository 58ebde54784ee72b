"""What was known of units on a day: dates, moments, inheritance, the same number of statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption import selectors, services
from adoption.models import TrainingProgress
from tests.factories.adoption import (
    ResistanceSignalFactory,
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import TenantSettingsFactory, UnitFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def wave(unit, mean, day, *, n=40, known=None, programme=None):
    return SurveyResultFactory(
        unit=unit,
        mean=mean,
        n=n,
        wave=SurveyWaveFactory(closed_on=day, programme=programme),
        known_at=at(known or day),
    )


def value(unit, programme, as_of):
    return selectors.engagement_as_of([unit.pk], programme, as_of)[unit.pk].value


def test_a_reading_is_the_latest_that_was_known_on_the_day(in_acme):
    unit, programme = UnitFactory(), ProgrammeFactory()
    wave(unit, 70, DAY)
    wave(unit, 50, DAY + timedelta(days=30), known=DAY + timedelta(days=40))
    assert value(unit, programme, DAY - timedelta(days=1)) is None
    assert value(unit, programme, DAY) == 70
    assert value(unit, programme, DAY + timedelta(days=35)) == 70
    assert value(unit, programme, DAY + timedelta(days=40)) == 50


def test_waves_of_other_programmes_and_withdrawn_ones_do_not_count(in_acme):
    unit, programme = UnitFactory(), ProgrammeFactory()
    wave(unit, 70, DAY, programme=ProgrammeFactory())
    assert value(unit, programme, DAY) is None
    own = wave(unit, 55, DAY, programme=programme)
    assert value(unit, programme, DAY) == 55
    services.withdraw_wave(own.wave, at=at(DAY), acting=None)
    assert value(unit, programme, DAY) is None


def test_the_newer_of_own_and_common_waves_counts(in_acme):
    unit, programme = UnitFactory(), ProgrammeFactory()
    wave(unit, 70, DAY)
    wave(unit, 55, DAY - timedelta(days=9), programme=programme)
    assert value(unit, programme, DAY) == 70


def test_estimates_follow_the_waves_and_age(in_acme):
    unit, programme = UnitFactory(), ProgrammeFactory()
    wave(unit, 70, DAY - timedelta(weeks=8))
    wave(unit, 40, DAY)
    found = selectors.estimates({programme.pk: [unit.pk]}, as_of=DAY + timedelta(weeks=2))
    estimate = found[programme.pk][unit.pk]
    assert estimate.age_weeks == 2
    assert 40 <= estimate.value < 56
    assert selectors.estimates({programme.pk: [UnitFactory().pk]}, as_of=DAY)[programme.pk] == {}


def test_training_takes_the_latest_entry_that_was_known(in_acme):
    unit, programme = UnitFactory(), ProgrammeFactory()
    for days, completed, known in ((0, 10, 0), (14, 30, 14), (0, 12, 3)):
        TrainingProgressFactory(
            programme=programme,
            unit=unit,
            required=40,
            completed=completed,
            planned_share=0.5,
            effective_on=DAY + timedelta(days=days),
            known_at=at(DAY + timedelta(days=known)),
        )

    def share(days: int) -> float:
        found = selectors.training_as_of([unit.pk], programme, DAY + timedelta(days=days))
        return found[unit.pk].share

    assert [share(0), share(3), share(14)] == [0.25, 0.3, 0.75]
    assert TrainingProgress.objects.count() == 3


def test_resistance_adds_up_by_unit_and_leaves_small_units_without_a_value(in_acme):
    TenantSettingsFactory(survey_k=7)
    programme = ProgrammeFactory()
    large, small = UnitFactory(headcount=60), UnitFactory(headcount=6)
    for unit in (large, small):
        ResistanceSignalFactory(programme=programme, unit=unit, strength=3, source="log")
        ResistanceSignalFactory(programme=programme, unit=unit, strength=2, source="champion")
    found = selectors.resistance_for([programme.pk], as_of=DAY)[programme.pk]
    assert found[large.pk].value == pytest.approx(1 - 0.64 * 0.76)
    assert found[large.pk].is_pattern
    assert found[large.pk].earlier_value == 0
    assert found[small.pk].value is None
    assert found[small.pk].count == 2


def test_a_resolved_signal_counts_until_it_was_resolved(in_acme):
    programme, unit = ProgrammeFactory(), UnitFactory(headcount=60)
    signal = ResistanceSignalFactory(programme=programme, unit=unit)
    services.resolve_signal(signal, on=DAY + timedelta(days=5), response="Shifts", acting=None)

    def count(days: int) -> int:
        as_of = DAY + timedelta(days=days)
        return selectors.open_signal_counts([programme.pk], as_of=as_of)[programme.pk]

    assert [count(-1), count(0), count(4), count(5)] == [0, 1, 1, 0]
    assert selectors.resistance_as_of([unit.pk], programme, DAY + timedelta(days=5)) == {}


def test_the_portfolio_needs_no_more_statements_for_more_programmes(in_acme):
    def asked(count: int) -> int:
        wanted = {}
        for _each in range(count):
            programme, unit = ProgrammeFactory(), UnitFactory(headcount=40)
            wave(unit, 60, DAY, programme=programme)
            ResistanceSignalFactory(programme=programme, unit=unit)
            TrainingProgressFactory(programme=programme, unit=unit)
            wanted[programme.pk] = [unit.pk]
        with CaptureQueriesContext(connection) as queries:
            selectors.readings(wanted, as_of=DAY)
            selectors.estimates(wanted, as_of=DAY)
            selectors.training_for(list(wanted), as_of=DAY)
            selectors.resistance_for(list(wanted), as_of=DAY)
            selectors.open_signal_counts(list(wanted), as_of=DAY)
        return len(queries)

    assert asked(2) == asked(25)


def test_moving_the_future_does_not_move_the_past(in_acme):
    unit, programme = UnitFactory(), ProgrammeFactory()
    wanted = {programme.pk: [unit.pk]}
    wave(unit, 60, DAY)
    ResistanceSignalFactory(programme=programme, unit=unit)

    def past() -> str:
        return repr(
            (
                selectors.readings(wanted, as_of=DAY),
                selectors.estimates(wanted, as_of=DAY),
                selectors.resistance_for([programme.pk], as_of=DAY),
                selectors.training_for([programme.pk], as_of=DAY),
            )
        )

    before = past()
    later = DAY + timedelta(days=1)
    wave(unit, 20, later)
    ResistanceSignalFactory(programme=programme, unit=unit, effective_on=later, known_at=at(later))
    TrainingProgressFactory(programme=programme, unit=unit, effective_on=later, known_at=at(later))
    assert past() == before


def test_every_write_is_announced_after_commit(in_acme, django_capture_on_commit_callbacks):
    from adoption import events

    heard = []

    def hear(sender, tenant_id, programme_id, **kwargs):
        heard.append((sender.__name__, tenant_id, programme_id))

    for event in (events.survey_recorded, events.signal_changed, events.training_recorded):
        event.connect(hear)
    programme, unit = ProgrammeFactory(), UnitFactory()
    with django_capture_on_commit_callbacks(execute=True):
        SurveyWaveFactory()
        ResistanceSignalFactory(programme=programme, unit=unit)
        TrainingProgressFactory(programme=programme, unit=unit)
        assert heard == []
    assert heard == [
        ("SurveyWave", in_acme.id, None),
        ("ResistanceSignal", in_acme.id, programme.pk),
        ("TrainingProgress", in_acme.id, programme.pk),
    ]
