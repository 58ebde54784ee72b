"""Waves, results, signals, training. All create inside a tenant's context or fail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from adoption.choices import Measure, SignalSource, SignalTheme, WaveSource
from adoption.models import (
    ActivityUnit,
    EngagementActivity,
    Headcount,
    Impact,
    ImpactReview,
    ImpactUnit,
    ResistanceSignal,
    SignalTally,
    StakeholderGroup,
    SurveyComment,
    SurveyResult,
    SurveyWave,
    TrainingProgress,
)
from pmo_portal.tenants.services import next_reference

from .programmes import ProgrammeFactory
from .registry import job_args
from .tenants import UnitFactory

DAY = date(2026, 6, 1)
MOMENT = datetime(2026, 6, 1, 9, tzinfo=UTC)


class SurveyWaveFactory(DjangoModelFactory):
    """An own wave without results; `record_wave` makes whole ones."""

    class Meta:
        model = SurveyWave

    number = factory.LazyFunction(lambda: next_reference("W"))
    programme = None
    name = factory.Sequence(lambda n: f"Pulse {n}")
    measure = Measure.ENGAGEMENT
    closed_on = factory.Sequence(lambda n: date.fromordinal(DAY.toordinal() - n % 5000))
    source = WaveSource.OWN
    k = 7


class SurveyResultFactory(DjangoModelFactory):
    """A released figure."""

    class Meta:
        model = SurveyResult

    wave = factory.SubFactory(SurveyWaveFactory)
    unit = factory.SubFactory(UnitFactory)
    mean = 60.0
    n = 20
    is_released = True
    effective_on = factory.SelfAttribute("wave.closed_on")
    known_at = MOMENT


class ResistanceSignalFactory(DjangoModelFactory):
    class Meta:
        model = ResistanceSignal

    number = factory.LazyFunction(lambda: next_reference("RS"))
    programme = factory.SubFactory(ProgrammeFactory)
    unit = factory.SubFactory(UnitFactory)
    source = SignalSource.LOG
    theme = SignalTheme.CANNOT_YET
    strength = 2
    text = factory.Sequence(lambda n: f"People keep their own spreadsheet {n}")
    effective_on = DAY
    known_at = MOMENT


class TrainingProgressFactory(DjangoModelFactory):
    class Meta:
        model = TrainingProgress

    programme = factory.SubFactory(ProgrammeFactory)
    unit = factory.SubFactory(UnitFactory)
    required = 40
    completed = 20
    planned_share = 0.6
    effective_on = DAY
    known_at = MOMENT


class SignalTallyFactory(DjangoModelFactory):
    class Meta:
        model = SignalTally

    programme = factory.SubFactory(ProgrammeFactory)
    unit = factory.SubFactory(UnitFactory)
    count = 2
    source = "history bundle"
    effective_on = DAY
    known_at = MOMENT


class SurveyCommentFactory(DjangoModelFactory):
    class Meta:
        model = SurveyComment

    programme = factory.SubFactory(ProgrammeFactory)
    unit = factory.SubFactory(UnitFactory)
    wave = factory.SubFactory(SurveyWaveFactory)
    text = "Nobody told us what changes."
    source = "history bundle"
    is_released = True
    themes = 2
    resists = True
    resists_by_words = True
    effective_on = DAY
    known_at = MOMENT


class ImpactFactory(DjangoModelFactory):
    class Meta:
        model = Impact

    number = factory.LazyFunction(lambda: next_reference("IM"))
    programme = factory.SubFactory(ProgrammeFactory)
    title = factory.Sequence(lambda n: f"Leave is asked for in the portal {n}")


class ImpactUnitFactory(DjangoModelFactory):
    class Meta:
        model = ImpactUnit

    impact = factory.SubFactory(ImpactFactory)
    unit = factory.SubFactory(UnitFactory)


class ImpactReviewFactory(DjangoModelFactory):
    class Meta:
        model = ImpactReview

    impact = factory.SubFactory(ImpactFactory)
    stage = "baseline"
    project_rating = 2
    unit_rating = 4
    reason = "The unit was asked in a workshop."
    effective_on = DAY
    known_at = MOMENT


class StakeholderGroupFactory(DjangoModelFactory):
    class Meta:
        model = StakeholderGroup

    number = factory.LazyFunction(lambda: next_reference("STK"))
    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Payroll clerks {n}")


class EngagementActivityFactory(DjangoModelFactory):
    class Meta:
        model = EngagementActivity

    number = factory.LazyFunction(lambda: next_reference("EA"))
    programme = factory.SubFactory(ProgrammeFactory)
    title = factory.Sequence(lambda n: f"Walk through the new screens {n}")
    kind = "event"
    planned_on = DAY


class ActivityUnitFactory(DjangoModelFactory):
    class Meta:
        model = ActivityUnit

    activity = factory.SubFactory(EngagementActivityFactory)
    unit = factory.SubFactory(UnitFactory)


class HeadcountFactory(DjangoModelFactory):
    class Meta:
        model = Headcount

    unit = factory.SubFactory(UnitFactory)
    people = 40
    effective_on = DAY
    known_at = MOMENT


@job_args("adoption.begin_headcounts")
def begin_headcounts_args() -> dict[str, Any]:
    return {}
