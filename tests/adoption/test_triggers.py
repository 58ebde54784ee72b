"""What the figures of people say beside a reported status, unit by unit and without a survey figure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from adoption.selectors import triggers
from pmo_portal.common.levels import State
from programmes.choices import Half
from programmes.selectors import computed_status
from tests.factories.adoption import (
    DAY,
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.programmes import ProgrammeFactory, ProgrammeUnitFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(in_acme):
    made = ProgrammeFactory(code="FHR")
    for code, name in (("PAY", "Payroll"), ("HLP", "Helpdesk")):
        ProgrammeUnitFactory(programme=made, unit=UnitFactory(code=code, name=name))
    return made


def unit(programme, code):
    return programme.units.get(code=code)


def test_nothing_known_says_nothing(programme):
    assert triggers(programme, DAY, Half.values) == []
    assert computed_status(programme, DAY)["adoption"][0] == State.NONE


def test_the_worst_units_are_named_and_no_figure_is(programme):
    wave = SurveyWaveFactory(closed_on=DAY)
    SurveyResultFactory(wave=wave, unit=unit(programme, "PAY"), mean=41.7)
    SurveyResultFactory(wave=wave, unit=unit(programme, "HLP"), mean=70.2)
    ((half, state, reason),) = triggers(programme, DAY, Half.values)
    assert (half, state, reason) == ("adoption", State.BAD, "Engagement is off track in Payroll.")
    assert "41" not in reason


def test_all_units_as_expected_are_on_track(programme):
    wave = SurveyWaveFactory(closed_on=DAY)
    for code in ("PAY", "HLP"):
        SurveyResultFactory(wave=wave, unit=unit(programme, code), mean=70)
    assert triggers(programme, DAY, Half.values) == [
        ("adoption", State.OK, "Engagement is as expected in all 2 units with a figure.")
    ]


@pytest.mark.parametrize(
    ("source", "lasts"), [("own", timedelta(days=182)), ("published", timedelta(days=400))]
)
def test_an_old_survey_says_nothing(programme, source, lasts):
    wave = SurveyWaveFactory(closed_on=DAY, source=source)
    SurveyResultFactory(wave=wave, unit=unit(programme, "PAY"), mean=41)
    assert triggers(programme, DAY + lasts, Half.values)
    assert triggers(programme, DAY + lasts + timedelta(days=1), Half.values) == []


def test_delivery_alone_asks_nothing_of_people(programme, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert triggers(programme, DAY, ["delivery"]) == []


def test_a_hidden_figure_says_nothing(programme):
    SurveyResultFactory(unit=unit(programme, "PAY"), mean=None, n=None, is_released=False)
    assert triggers(programme, DAY, Half.values) == []


def test_training_behind_its_plan_decides_and_days_before_know_nothing(programme):
    TrainingProgressFactory(
        programme=programme,
        unit=unit(programme, "HLP"),
        required=40,
        completed=4,
        planned_share=0.6,
    )
    state, reasons = computed_status(programme, DAY)["adoption"]
    assert (state, reasons) == (State.BAD, ["Training is far behind its plan in Helpdesk."])
    assert computed_status(programme, date(2026, 5, 1))["adoption"][0] == State.NONE
