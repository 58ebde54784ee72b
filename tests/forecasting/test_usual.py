"""What engagement is usual here is one figure, measured or said to be assumed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecasting import inputs, selectors, usual
from forecasting.learning.features import low_engagement
from forecasting.learning.names import NAMES
from forecasting.models import AdoptionShortfall
from forecasting.raid import words as raid_words
from forecasting.readiness import parts as readiness_parts
from forecasting.readiness.inputs import Known
from pmo_portal.common import clock
from pmo_portal.tenants.models import BusinessUnit
from tests.factories.adoption import SurveyResultFactory, SurveyWaveFactory
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory

DAY = date(2026, 6, 1)
LATER = timedelta(weeks=1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def said(*figures: tuple[int, float]) -> usual.Said:
    """Figures of a unit, so many days before the day, oldest first."""
    return [(DAY - timedelta(days=ago), at(DAY - timedelta(days=ago)), mean) for ago, mean in figures]  # fmt: skip


def test_the_middle_of_what_units_said_last() -> None:
    units = [said((90, 10.0), (5, mean)) for mean in (40.0, 50.0, 60.0, 70.0, 80.0)]
    until = clock.end_of(DAY)
    assert usual.measured(units, DAY, until) == 60.0
    # Few units make nothing usual, nor does what is long ago or was not known yet.
    assert usual.measured(units[1:], DAY, until) is None
    assert usual.measured([*units[1:], said((600, 40.0))], DAY, until) is None
    late = [(DAY, at(DAY + LATER), 40.0)]
    assert usual.measured([*units[1:], late], DAY, until) is None
    assert usual.measured([*units[1:], late], DAY, clock.end_of(DAY + LATER)) == 60.0


def asked(means: dict[int, float], *, weeks_ago: int = 2) -> None:
    """A survey of a programme of its own among some units, by number."""
    on = DAY - timedelta(weeks=weeks_ago)
    programme = ProgrammeFactory(starts_on=DAY - timedelta(weeks=30))
    wave = SurveyWaveFactory(programme=programme, closed_on=on)
    for number, mean in means.items():
        unit = UNITS.setdefault(number, UnitFactory(headcount=50))
        programme.unit_links.create(unit=unit)
        SurveyResultFactory(wave=wave, unit=unit, mean=mean, n=40, known_at=at(on))


UNITS: dict[int, BusinessUnit] = {}


@pytest.fixture
def organisation(in_acme):
    """Two units of six were asked twice; a figure of all units is made of them and nobody's own."""
    UNITS.clear()
    asked({1: 40.0, 2: 44.0, 3: 48.0, 4: 60.0, 5: 70.0})
    asked({1: 80.0, 2: 82.0, 6: 74.0}, weeks_ago=1)
    on = DAY - timedelta(weeks=1)
    wave = SurveyWaveFactory(programme=None, closed_on=on)
    SurveyResultFactory(wave=wave, unit=UnitFactory(), mean=1.0, n=40, is_rolled_up=True, known_at=at(on))  # fmt: skip


@pytest.mark.django_db
def test_inputs_rule_and_readiness_have_one_usual(organisation) -> None:
    """Of 80, 82, 48, 60, 70 and 74: each unit once, with what it said last."""
    expected = 72.0
    assert selectors.usual_engagement(DAY) == expected
    # A programme with one unit tells what it is compared with.
    UNITS.clear()
    asked({7: 60.0}, weeks_ago=0)
    expected = 70.0
    assert selectors.usual_engagement(DAY) == expected
    made = inputs.read([DAY])
    raw = dict(zip(NAMES, made.raw[-1], strict=True))
    assert raw["eng_low"] == pytest.approx(
        float(low_engagement(np.array(raw["eng_mean"]), usual=expected))
    )
    programme, _day = made.places[-1]
    engaged = Known((), DAY).engaged((programme, UNITS[7].pk, DAY))
    assert engaged is not None
    assert (engaged.usual, engaged.is_usual_assumed) == (expected, False)


@pytest.mark.django_db
def test_where_too_few_units_were_asked_what_is_usual_is_assumed(in_acme) -> None:
    UNITS.clear()
    asked({1: 40.0, 2: 44.0})
    assert selectors.usual_engagement(DAY) is None
    (programme, _day) = inputs.read([DAY]).places[0]
    engaged = Known((), DAY).engaged((programme, UNITS[1].pk, DAY))
    assert engaged is not None
    assert (engaged.usual, engaged.is_usual_assumed) == (usual.ASSUMED, True)


@pytest.mark.parametrize("points", [-12, -1, 0, 1, 20])
def test_an_item_says_that_what_is_usual_is_assumed(points: int) -> None:
    weight = float(low_engagement(np.array(64.0 - points), usual=64.0))
    text = raid_words.sentence("engagement", raid_words.Known({"eng_low": weight}, is_usual_assumed=True))  # fmt: skip
    assert text.endswith("64, the level assumed to be usual")
    assert "usual here" not in text
    assert "usual here" in raid_words.sentence("engagement", raid_words.Known({"eng_low": weight}))


def test_readiness_says_that_what_is_usual_is_assumed() -> None:
    facts = {"usual": 64.0, "engagement_expected": 58.0, "threshold": 55.0}
    row = AdoptionShortfall(facts=facts, training=None, engagement=0.4, start=0.3)
    assert "engagement as usual here (64)" in readiness_parts.start_text(row)
    row.facts["usual_is_assumed"] = True
    assert "engagement at the level assumed to be usual (64)" in readiness_parts.start_text(row)
    part = readiness_parts._engagement(row.facts)
    assert "64 are assumed to be usual" in part
