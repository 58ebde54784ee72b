"""The weeks before a score: of programmes, units, RAID items and units before go-lives, under the model of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasting import inputs
from forecasting.choices import Direction, Target
from forecasting.crises import scoring, weeks_before
from forecasting.in_force import registry
from forecasting.learning import prior, readiness as shortfall
from forecasting.lessons import weeks as weeks_to_learn
from forecasting.models import AdoptionShortfall, RaidScore, RiskScore, RiskSnapshot
from forecasting.raid import (
    inputs as raid_inputs,
    outcomes as raid_outcomes,
    scoring as raid_scoring,
)
from forecasting.readiness import shortfalls
from pmo_portal.tenants.context import tenant_context
from programmes.models import MilestoneForecast, RaidUpdate
from tests.factories.adoption import TrainingProgressFactory
from tests.factories.forecasting import ShortfallRecordFactory
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    RaidItemFactory,
)
from tests.factories.tenants import UnitFactory
from tests.pmo_portal.scorecards.stories import moment, wave

pytestmark = pytest.mark.django_db

# A Thursday.
DAY = date(2026, 6, 18)
MONDAYS = [date(2026, 6, 15) - timedelta(weeks=back) for back in reversed(range(12))]


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(moment(DAY), tick=False):
        yield


def programme(**values: Any) -> Any:
    return ProgrammeFactory(starts_on=DAY - timedelta(weeks=40), source="history bundle", **values)


def with_unit(of: Any) -> Any:
    """A unit whose training fell behind its plan week by week."""
    unit = UnitFactory(headcount=50)
    of.unit_links.create(unit=unit)
    for back in range(14):
        on = DAY - timedelta(weeks=back)
        TrainingProgressFactory(
            programme=of, unit=unit, required=100, completed=20, planned_share=0.9 - 0.05 * back,
            effective_on=on, known_at=moment(on),
        )  # fmt: skip
    golive = MilestoneFactory(
        programme=of, is_golive=True, baseline_on=DAY + timedelta(weeks=4), first_word=False
    )
    said = DAY - timedelta(weeks=30)
    MilestoneForecast.objects.create(
        milestone=golive,
        baseline_on=golive.baseline_on,
        forecast_on=golive.baseline_on,
        effective_on=said,
        known_at=moment(said),
    )
    MilestoneUnitFactory(milestone=golive, unit=unit)
    return unit


def night(day: date = DAY) -> list[RiskScore]:
    made = scoring.compute_scores(as_of=day, at=moment(day))
    scoring.keep_scores(made)
    return made.scores


def of_unit(unit: Any) -> RiskScore:
    return RiskScore.objects.get(unit=unit, is_current=True)


def another_model(monkeypatch: Any, target: str) -> Any:
    """A model that says the same of nobody comes into use."""
    used = registry.in_force(Target(target))
    other = replace(used, model=replace(used.model, intercept=used.model.intercept + 1.0))
    monkeypatch.setattr(registry, "in_force", lambda _target: other)
    return other.model


# --- units -------------------------------------------------------------------------------------------------


def test_the_weeks_of_a_unit_are_what_the_model_says_of_each_monday(in_acme) -> None:
    of = programme()
    unit, other = with_unit(of), UnitFactory(headcount=500)
    of.unit_links.create(unit=other)
    on = MONDAYS[0] - timedelta(days=1)
    TrainingProgressFactory(
        programme=of, unit=other, required=500, completed=500, planned_share=0.9,
        effective_on=on, known_at=moment(on),
    )  # fmt: skip
    night()
    score = of_unit(unit)
    made = inputs.read(MONDAYS, with_units=True)
    told = prior.load(Target.CRISIS_4W).probability(made.unit_raw, [""] * len(made.units))
    expected = [
        [day.isoformat(), round(float(risk), 4)]
        for (_programme, each, day), risk in zip(made.units, told, strict=True)
        if each == unit.pk
    ]
    whole = RiskScore.objects.get(unit__isnull=True)
    assert score.series != whole.series != of_unit(other).series
    assert score.series == [*expected, [DAY.isoformat(), round(score.probability, 4)]]
    assert len(score.series) == 13
    assert score.direction == Direction.RISING


def test_a_model_that_comes_into_use_draws_no_step_and_what_was_told_stays(
    in_acme, monkeypatch
) -> None:
    unit = with_unit(programme())
    night()
    before = of_unit(unit)
    model = another_model(monkeypatch, Target.CRISIS_4W)
    night()
    after = of_unit(unit)
    assert after.pk != before.pk
    raw = RiskSnapshot.objects.filter(unit=unit).order_by("as_of").values_list("raw", flat=True)
    told = model.probability(np.array(list(raw)), [""] * 12)
    assert [risk for _day, risk in after.series[:-1]] == [round(each, 4) for each in told.tolist()]
    assert all(new > old for (_d, new), (_e, old) in zip(after.series, before.series, strict=True))
    kept = RiskScore.objects.get(pk=before.pk)
    assert (kept.is_current, kept.probability, kept.series) == (False, before.probability, [])


def test_later_corrections_change_no_week_that_is_kept(in_acme) -> None:
    unit = with_unit(programme())
    night()
    before = of_unit(unit).series[:-1]
    on = DAY - timedelta(weeks=6)
    TrainingProgressFactory(
        programme=RiskScore.objects.first().programme, unit=unit, required=100, completed=99,
        planned_share=0.5, effective_on=on, known_at=moment(DAY),
    )  # fmt: skip
    night(DAY + timedelta(days=1))
    assert of_unit(unit).series[:-1] == before


def test_inputs_of_units_are_kept_for_as_long_as_a_trend_looks_back(in_acme) -> None:
    with_unit(programme())
    night()
    night(DAY + timedelta(weeks=5))
    days = RiskSnapshot.objects.filter(unit__isnull=False).order_by("as_of").values_list("as_of", flat=True)  # fmt: skip
    assert list(days.distinct()) == [day + timedelta(weeks=5) for day in MONDAYS]
    of_programmes = RiskSnapshot.objects.filter(unit__isnull=True)
    assert of_programmes.filter(as_of=MONDAYS[0]).exists()
    # The statistics of units say nothing of trained people; those of programmes do.
    assert all(len(each.trained) == 2 for each in of_programmes)


def test_learning_first_leaves_units_their_weeks(in_acme) -> None:
    """The job that learns takes snapshots of years; the last twelve weeks of them with units."""
    unit = with_unit(programme())
    years = weeks_to_learn.mondays(DAY - timedelta(weeks=30), DAY)
    scoring.keep_snapshots(scoring.take_snapshots(years, at=moment(DAY), as_of=DAY))
    assert sorted(RiskSnapshot.objects.filter(unit=unit).values_list("as_of", flat=True)) == MONDAYS
    assert RiskSnapshot.objects.filter(unit__isnull=True).count() == len(years)
    night()
    assert len(of_unit(unit).series) == 13


def test_statements_do_not_grow_with_units(in_acme) -> None:
    counts = []
    for more in (1, 5):
        for _unit in range(more):
            with_unit(programme())
        RiskSnapshot.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            scoring.compute_scores(as_of=DAY, at=moment(DAY))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- RAID items --------------------------------------------------------------------------------------------


def item(of: Any, *, opened: int = 8, known: date | None = None) -> Any:
    """An item whose rating rises week by week, opened some weeks ago."""
    on = DAY - timedelta(weeks=opened)
    made = RaidItemFactory(programme=of, opened_on=on, first_word=False, probability=1, impact=1)
    for week in range(opened + 1):
        then = on + timedelta(weeks=week)
        RaidUpdate.objects.create(
            item=made, probability=min(5, 1 + week // 2), impact=min(5, 1 + week // 2), status="assessed",
            effective_on=then, known_at=moment(known or then),
        )  # fmt: skip
    return made


def raid_night(day: date = DAY) -> None:
    raid_scoring.keep_raid_scores(
        raid_scoring.compute_raid_scores(as_of=day, at=moment(day)), at=moment(day)
    )


def as_they_stood() -> raid_inputs.RaidInputs:
    return raid_inputs.read(MONDAYS, happened=raid_outcomes.happened(until=DAY))


def of_item(made: Any) -> RaidScore:
    return RaidScore.objects.get(item=made, is_current=True)


def test_the_weeks_of_an_item_are_what_the_model_says_of_records_as_they_stood(in_acme) -> None:
    of = programme()
    made = item(of)
    raid_night()
    score = of_item(made)
    known = as_they_stood()
    told = prior.load(Target.RAID_ESCALATES_4W).probability(known.raw, [""] * len(known))
    expected = {day.isoformat(): round(float(risk), 4) for day, risk in zip(known.days, told, strict=True)}  # fmt: skip
    # Opened eight weeks ago, on a Thursday: eight Mondays since, nothing to ask on the four before.
    assert len(expected) == 8
    assert score.series == [
        *([day.isoformat(), expected.get(day.isoformat())] for day in MONDAYS),
        [DAY.isoformat(), round(score.probability, 4)],
    ]
    assert score.direction == Direction.RISING


def test_the_weeks_are_carried_and_read_anew_under_another_model(in_acme, monkeypatch) -> None:
    made = item(programme())
    raid_night()
    before = of_item(made).series
    read = raid_inputs.read
    days: list[date] = []

    def counted(asked: Any, **values: Any) -> Any:
        days.extend(asked)
        return read(asked, **values)

    monkeypatch.setattr(raid_inputs, "read", counted)
    tomorrow = DAY + timedelta(days=1)
    raid_night(tomorrow)
    assert days == [tomorrow]
    assert of_item(made).series[:-1] == before[:-1]
    model = another_model(monkeypatch, Target.RAID_ESCALATES_4W)
    days.clear()
    raid_night(tomorrow)
    assert sorted(days) == [*MONDAYS[4:], tomorrow]
    told = model.probability(as_they_stood().raw, [""] * 8).tolist()
    assert [risk for _day, risk in of_item(made).series[4:-1]] == [round(each, 4) for each in told]


def test_a_night_that_was_left_out_is_told_as_records_stood(in_acme) -> None:
    made = item(programme())
    raid_night()
    later = DAY + timedelta(weeks=2)
    raid_night(later)
    carried = of_item(made).series
    RaidScore.objects.all().delete()
    raid_night(later)
    assert of_item(made).series == carried
    assert [day for day, _risk in carried[-3:]] == ["2026-06-22", "2026-06-29", later.isoformat()]


def test_a_new_item_makes_nobody_read_the_weeks_again(in_acme, monkeypatch) -> None:
    of = programme()
    item(of)
    raid_night()
    new = item(of, opened=2, known=DAY)
    monkeypatch.setattr("forecasting.raid.weeks.Before.look_at", None)
    raid_night(DAY + timedelta(days=1))
    score = of_item(new)
    assert [risk for _day, risk in score.series[:-1]] == [None] * 12
    assert score.direction == Direction.UNKNOWN


def test_an_imported_item_has_its_weeks_beside_those_that_have_theirs(in_acme) -> None:
    of = programme()
    first = item(of)
    raid_night()
    before = of_item(first).series
    second = item(of)
    raid_night()
    assert of_item(first).series[:-1] == before[:-1]
    known = [day for day, risk in of_item(second).series if risk is not None]
    assert known[0] == MONDAYS[4].isoformat()


def test_the_weeks_of_one_organisation_are_not_those_of_another(acme, borealis) -> None:
    with tenant_context(borealis.id):
        item(programme(), opened=12)
        raid_night()
    with tenant_context(acme.id):
        made = item(programme(), opened=3)
        raid_night()
        assert RaidScore.objects.count() == 1
        assert sum(risk is not None for _day, risk in of_item(made).series) == 4


# --- units before go-lives ---------------------------------------------------------------------------------


def ready_night(day: date = DAY) -> AdoptionShortfall:
    shortfalls.keep_readiness(shortfalls.compute_readiness(as_of=day, at=moment(day)), as_of=day)
    return AdoptionShortfall.objects.get(is_current=True)


def test_the_weeks_of_readiness_are_what_was_told_then_by_the_spreads_of_today(in_acme) -> None:
    with_unit(programme())
    row = ready_night()
    then = [
        shortfalls.compute_readiness(as_of=day, at=moment(day))[0].chance for day in MONDAYS[-4:]
    ]
    assert [chance for _day, chance in row.series[-5:-1]] == [round(each, 4) for each in then]
    assert row.series[-1] == [DAY.isoformat(), round(row.chance, 4)]
    assert row.missing == ["engagement"]


def test_a_part_that_becomes_known_is_no_change_of_the_chance(in_acme) -> None:
    of = programme()
    unit = with_unit(of)
    before = ready_night()
    assert sum(chance is not None for _day, chance in before.series) > 4
    wave({unit: (30.0, 40)}, on=DAY)
    row = ready_night(DAY + timedelta(days=1))
    assert row.missing == []
    assert [chance for _day, chance in row.series[:-1]] == [None] * 12
    assert row.direction == Direction.UNKNOWN
    # As it was known then, the wave is part of every day after it.
    later = ready_night(DAY + timedelta(weeks=2))
    assert sum(chance is not None for _day, chance in later.series) == 3


def test_what_is_said_again_goes_on_in_its_row_with_its_weeks(in_acme) -> None:
    golive = MilestoneFactory(is_golive=True, baseline_on=DAY + timedelta(weeks=6))
    MilestoneUnitFactory(milestone=golive, unit=UnitFactory(headcount=50))
    first = ready_night()
    again = ready_night(DAY + timedelta(weeks=1))
    # Nothing is known of it, so the same is said.
    assert (again.pk, again.as_of) == (first.pk, DAY + timedelta(weeks=1))
    assert again.series[-2:] == [["2026-06-22", None], ["2026-06-25", None]]


def test_other_spreads_tell_all_weeks_anew(in_acme) -> None:
    of = programme()
    with_unit(of)
    before = ready_night()
    spreads = {**shortfalls.assumed().as_dict(), "training": 0.2, "cases": 40}
    ShortfallRecordFactory(as_of=DAY, own=spreads, worth=12.0, fallen_back=False)
    row = ready_night()
    assert row.model == shortfall.digest(spreads) != before.model
    pairs = zip(row.series, before.series, strict=True)
    assert all(new != old for (_d, new), (_e, old) in pairs if old not in (None, 1.0))


def test_many_units_take_as_many_statements_as_one(in_acme) -> None:
    counts = []
    for more in (1, 4):
        for _unit in range(more):
            of = programme()
            with_unit(of)
            item(of)
        with CaptureQueriesContext(connection) as asked:
            shortfalls.compute_readiness(as_of=DAY, at=moment(DAY))
            raid_scoring.compute_raid_scores(as_of=DAY, at=moment(DAY))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- directions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("risks", "direction"),
    [
        ([0.1, 0.12, 0.14, 0.17, 0.2, 0.22], Direction.RISING),
        ([0.3, 0.27, 0.25, 0.2, 0.18, 0.1], Direction.FALLING),
        ([0.2, 0.1, 0.3, 0.1, 0.3, 0.2], Direction.STEADY),
        # Regular, and less than half a point a week.
        ([0.1, 0.101, 0.102, 0.103, 0.104, 0.105], Direction.STEADY),
        ([0.1, 0.2, 0.3], Direction.UNKNOWN),
        ([0.1, None, None, 0.2, None, 0.3], Direction.UNKNOWN),
    ],
)
def test_a_direction_is_said_only_beyond_noise(risks, direction) -> None:
    days = [DAY - timedelta(weeks=back) for back in reversed(range(len(risks)))]
    assert weeks_before.direction_of(dict(zip(days, risks, strict=True))) == direction


def test_only_the_last_six_weeks_count() -> None:
    days = [DAY - timedelta(weeks=back) for back in reversed(range(13))]
    fell = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]
    assert weeks_before.direction_of(dict(zip(days, fell, strict=True))) == Direction.STEADY
