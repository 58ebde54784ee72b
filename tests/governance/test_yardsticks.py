"""Figures the portal knows by itself, as of a day."""

from datetime import UTC, date, datetime

import pytest

from adoption.services import withdraw_training
from governance.choices import Yardstick
from governance.selectors import known_figures
from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import (
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneForecastFactory,
    ProgrammeFactory,
    ProgrammeUnitFactory,
)
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 15)
KNOWN = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def programme(acme):
    with tenant_context(acme.id):
        yield ProgrammeFactory(budget=250_000_00)


def stone(programme, baseline_on, *, forecast_on=None, actual_on=None, **more):
    made = MilestoneFactory(
        programme=programme, track="delivery", baseline_on=baseline_on,
        forecast_on=forecast_on or baseline_on, actual_on=actual_on, **more,
    )  # fmt: skip
    MilestoneForecastFactory(
        milestone=made, forecast_on=made.forecast_on, actual_on=actual_on,
        effective_on=date(2026, 6, 1), known_at=KNOWN,
    )  # fmt: skip
    return made


def test_nothing_known_is_none_and_never_zero(acme):
    with tenant_context(acme.id):
        programme = ProgrammeFactory(budget=None)
        found = known_figures(programme, Yardstick.values, ON)
    resistance = found.pop(Yardstick.RESISTANCE)
    # A log without a sign is a figure; everything else has no source at all.
    assert resistance == 0
    assert set(found.values()) == {None}


def test_only_what_is_asked_for_is_read(programme, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert known_figures(programme, {"budget", ""}, ON) == {"budget": 250_000}


def test_milestones_and_the_latest_golive(programme):
    stone(programme, date(2026, 5, 1), actual_on=date(2026, 5, 20))
    stone(programme, date(2026, 6, 1))
    stone(programme, date(2026, 7, 1), forecast_on=date(2026, 7, 15), is_golive=True)
    found = known_figures(programme, {"milestones_met", "golive_slip"}, ON)
    assert found == {"milestones_met": 50, "golive_slip": 10}
    # Before anything was said of them, nothing is known.
    before = known_figures(programme, {"milestones_met", "golive_slip"}, date(2026, 5, 25))
    assert set(before.values()) == {None}


def test_people_and_training(programme):
    first = ProgrammeUnitFactory(programme=programme, headcount=30)
    ProgrammeUnitFactory(programme=programme, headcount=None, unit__headcount=70)
    TrainingProgressFactory(
        programme=programme, unit=first.unit, required=30, completed=12,
        effective_on=date(2026, 6, 1), known_at=KNOWN,
    )  # fmt: skip
    found = known_figures(programme, {"people_touched", "training"}, ON)
    assert found == {"people_touched": 100, "training": 40}


def test_people_of_a_unit_within_another_count_once(programme):
    whole = UnitFactory(headcount=70)
    within = UnitFactory(headcount=30, parent=whole)
    known = {"effective_on": date(2026, 6, 1), "known_at": KNOWN}
    wave = SurveyWaveFactory(closed_on=date(2026, 6, 1))
    for unit, mean, completed in ((whole, 60.0, 18), (within, 20.0, 0)):
        ProgrammeUnitFactory(programme=programme, unit=unit)
        TrainingProgressFactory(
            programme=programme, unit=unit, required=30, completed=completed, **known
        )
        SurveyResultFactory(wave=wave, unit=unit, mean=mean, n=20, known_at=KNOWN)
    found = known_figures(programme, {"people_touched", "training", "engagement"}, ON)
    assert found == {"people_touched": 70, "training": 60, "engagement": 60}


def test_training_that_was_taken_back_is_no_figure(programme):
    entry = TrainingProgressFactory(
        programme=programme, effective_on=date(2026, 6, 1), known_at=KNOWN
    )
    taken = datetime(2026, 6, 15, 9, tzinfo=UTC)
    withdraw_training([entry], at=taken, acting=None)
    assert known_figures(programme, {Yardstick.TRAINING}, date(2026, 6, 14)) == {"training": 50.0}
    assert known_figures(programme, {Yardstick.TRAINING}, ON) == {"training": None}
