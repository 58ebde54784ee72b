"""Figures of programmes as of a day, from the facts known by then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption import selectors as adoption
from adoption.models import SurveyWave
from adoption.services import publish_wave, withdraw_training
from pmo_portal.common.levels import State
from pmo_portal.scorecards.figures import Figures
from pmo_portal.scorecards.reading import days_before, figures_as_of
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.selectors import thresholds
from programmes.services import move_forecast, revise_raid_item
from tests.factories.adoption import (
    ResistanceSignalFactory,
    SurveyResultFactory,
    SurveyWaveFactory,
    TrainingProgressFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    ProgrammeFactory,
    ProgrammeUnitFactory,
    RaidItemFactory,
    StatusReportFactory,
)
from tests.factories.tenants import UnitFactory

from .stories import TODAY, Story, moment, payroll, resisting, wave

pytestmark = pytest.mark.django_db


def read(story: Story, day: date = TODAY) -> Figures:
    return figures_as_of([story.programme], day, thresholds())[story.programme.pk]


def test_both_halves_of_a_programme(in_acme):
    found = read(payroll())
    assert (found.delivery.met, found.delivery.due, found.delivery.slip) == (1, 1, 0)
    assert (found.delivery.open, found.delivery.red) == (1, 0)
    assert (found.adoption.mean, found.adoption.n) == (41.0, 38)
    assert (found.adoption.completed, found.adoption.required) == (160, 200)
    assert (found.delivery_state, found.adoption_state) == (State.OK, State.BAD)
    assert (found.golive_name, found.golive_on) == (
        "Payroll go-live",
        TODAY + timedelta(weeks=3),
    )


def test_people_of_a_unit_within_another_count_once(in_acme):
    story = payroll()
    alone = read(story)
    within = UnitFactory(name="Payroll night shift", parent=story.unit, headcount=60)
    ProgrammeUnitFactory(programme=story.programme, unit=within)
    known = {"effective_on": date(2026, 6, 1), "known_at": moment(date(2026, 6, 1))}
    SurveyResultFactory(wave=SurveyWave.objects.get(), unit=within, mean=20.0, n=12, **known)
    TrainingProgressFactory(
        programme=story.programme, unit=within, required=60, completed=0, planned_share=0.9, **known
    )
    found = read(story)
    once, before = found.adoption, alone.adoption
    assert (once.mean, once.n) == (before.mean, before.n)
    assert (once.completed, once.required) == (before.completed, before.required)
    assert once.planned == before.planned
    assert found.series.engagement == alone.series.engagement
    assert found.series.trained == alone.series.trained
    # Nothing is hidden by it: the worst unit still decides, and is named.
    assert (once.lowest, once.lowest_name, once.behind_name) == (20.0, within.name, within.name)


def test_what_was_reported_stands_beside_what_was_computed(in_acme):
    found = read(payroll())
    assert found.reported("delivery").rating == "green"
    assert found.reported("adoption").rating == "amber"


def test_two_opinions_of_one_day_are_kept_apart(in_acme):
    story = payroll()
    for opinion, rating in (("sro", "green"), ("ipa", "red")):
        StatusReportFactory(
            programme=story.programme,
            opinion=opinion,
            rating=rating,
            effective_on=TODAY,
            known_at=moment(TODAY),
        )
    said = [(each.opinion, each.rating) for each in read(story).reports("delivery")]
    assert said == [("ipa", "red"), ("sro", "green"), ("lead", "green")]


def test_an_earlier_day_is_read_as_it_was_known(in_acme):
    story = payroll()
    before = read(story)
    later = TODAY + timedelta(days=2)
    known = {"at": moment(later), "on": later, "acting": None}
    move_forecast(
        story.golive, to=story.golive.forecast_on + timedelta(days=14), reason="x", **known
    )
    item = story.programme.raid_items.get()
    revise_raid_item(item, changes={"probability": 5, "impact": 5}, **known)
    resisting(story, on=later)
    StatusReportFactory(
        programme=story.programme, rating="red", effective_on=later, known_at=moment(later)
    )
    TrainingProgressFactory(
        programme=story.programme,
        unit=story.unit,
        required=200,
        completed=190,
        planned_share=0.9,
        effective_on=later,
        known_at=moment(later),
    )
    assert read(story) == before
    after = read(story, later)
    assert (after.delivery.slip, after.delivery.red) == (10, 1)
    assert (after.adoption.signs, after.adoption.completed) == (2, 190)
    assert after.reported("delivery").rating == "red"


def test_what_became_known_later_of_an_earlier_day_stays_unknown_then(in_acme):
    story = payroll()
    before = read(story)
    StatusReportFactory(
        programme=story.programme,
        rating="red",
        effective_on=TODAY - timedelta(days=1),
        known_at=moment(TODAY + timedelta(days=1)),
    )
    assert read(story) == before


def test_a_programme_without_figures_is_not_known_and_not_green(in_acme):
    programme = ProgrammeFactory()
    found = figures_as_of([programme], TODAY, thresholds())[programme.pk]
    assert (found.delivery_state, found.adoption_state) == (State.NONE, State.NONE)


def test_training_that_was_taken_back_is_read_on_the_days_before_and_not_after(in_acme):
    story = payroll()
    earlier = read(story)
    entered = TODAY - timedelta(days=2)
    wrong = TrainingProgressFactory(
        programme=story.programme,
        unit=story.unit,
        required=200,
        completed=10,
        planned_share=0.9,
        effective_on=entered,
        known_at=moment(entered),
    )
    before = read(story, TODAY - timedelta(days=1))
    assert (before.adoption.completed, before.adoption.training_state) == (10, State.BAD)
    withdraw_training([wrong], at=moment(TODAY), acting=None)
    assert read(story, TODAY - timedelta(days=1)) == before
    assert read(story) == earlier


def test_calm_people_whose_engagement_nobody_asked_are_not_known(in_acme):
    programme = ProgrammeFactory()
    unit = UnitFactory(headcount=40)
    ProgrammeUnitFactory(programme=programme, unit=unit)
    TrainingProgressFactory(programme=programme, unit=unit, completed=40, planned_share=0.9)
    found = figures_as_of([programme], TODAY, thresholds())[programme.pk]
    assert found.adoption.training_state == State.OK
    assert found.adoption_state == State.NONE


def test_an_old_survey_is_shown_and_judges_nothing(in_acme):
    story = payroll()
    late = TODAY + timedelta(days=200)
    found = read(story, late)
    assert found.adoption.mean == 41.0
    assert found.adoption.engagement_state == State.NONE


def test_an_old_survey_is_not_mixed_with_a_younger_one(in_acme):
    story = payroll()
    beside = UnitFactory(name="Finance", headcount=600)
    ProgrammeUnitFactory(programme=story.programme, unit=beside)
    wave({beside: (75.0, 12)}, on=TODAY - timedelta(days=200))
    found = read(story).adoption
    assert (found.mean, found.engagement_on) == (41.0, date(2026, 6, 1))


def test_several_days_read_at_once_say_what_each_says_alone(in_acme):
    above = UnitFactory(name="Finance", headcount=120)
    small = UnitFactory(name="Ledger", parent=above, headcount=6)
    other = UnitFactory(name="Payables", parent=above, headcount=80)
    programme = ProgrammeFactory()
    wave({small: (20.0, 5), other: (50.0, 30)}, on=date(2026, 3, 2))
    wave({small: (40.0, 9), other: (55.0, 30)}, on=date(2026, 4, 2), programme=programme)
    wave({above: (61.0, 90)}, on=date(2026, 5, 2))
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 30), TODAY]
    wanted = {programme.pk: [above.pk, small.pk, other.pk], None: [small.pk]}
    together = adoption.readings_over(wanted, days=days)
    for day in days:
        assert together[day] == adoption.readings(wanted, as_of=day)


def test_the_last_point_of_a_line_is_the_figure_itself(in_acme):
    story = payroll(engagement=45.0)
    beside = UnitFactory(name="Finance", headcount=600)
    ProgrammeUnitFactory(programme=story.programme, unit=beside)
    wave({beside: (75.0, 12)}, on=date(2026, 6, 2))
    found = read(story)
    assert found.series.engagement[-1] == found.adoption.mean
    assert found.series.trained[-1] == found.adoption.trained
    assert found.series.met[-1] == found.delivery.share


def test_a_mean_does_not_hide_a_unit(in_acme):
    story = payroll(engagement=45.0)
    happy = UnitFactory(name="Finance", headcount=2000)
    ProgrammeUnitFactory(programme=story.programme, unit=happy)
    wave({happy: (75.0, 300)}, on=date(2026, 6, 2))
    TrainingProgressFactory(
        programme=story.programme, unit=happy, required=900, completed=900, planned_share=0.5
    )
    found = read(story).adoption
    assert found.mean > 70
    assert (found.lowest, found.lowest_name) == (45.0, "Payroll Operations")
    assert found.engagement_state == State.BAD
    assert found.training_state == State.OK


def test_the_unit_furthest_behind_with_training_is_named(in_acme):
    story = payroll()
    behind = UnitFactory(name="Depots", headcount=40)
    ProgrammeUnitFactory(programme=story.programme, unit=behind)
    TrainingProgressFactory(
        programme=story.programme, unit=behind, required=10, completed=1, planned_share=0.9
    )
    found = read(story).adoption
    assert (found.training_state, found.behind_name) == (State.BAD, "Depots")


def test_the_people_side_of_plan_and_log_counts_for_people(in_acme):
    story = payroll(engagement=70.0)
    assert read(story).adoption_state == State.OK
    RaidItemFactory(programme=story.programme, side="people", probability=4, impact=4)
    found = read(story)
    assert (found.adoption.red, found.delivery.red) == (1, 0)
    assert (found.adoption_state, found.delivery_state) == (State.WARN, State.OK)


def test_published_statistics_are_never_averaged(in_acme):
    department = UnitFactory(code="DEP", headcount=900)
    parts = [UnitFactory(parent=department) for _each in range(3)]
    programme = ProgrammeFactory(source="gmpp", external_id="1")
    ProgrammeUnitFactory(programme=programme, unit=department)
    publish_wave(
        name="People Survey",
        measure="engagement",
        closed_on=date(2025, 10, 1),
        values=dict(zip(parts, [51.0, 58.0, 66.0], strict=True)),
        known_at=moment(date(2025, 12, 1)),
        acting=None,
    )
    found = figures_as_of([programme], TODAY, thresholds())[programme.pk].adoption
    assert (found.low, found.high, found.mean, found.units) == (51.0, 66.0, None, 3)
    assert found.is_published
    assert found.engagement_state == State.WARN


def test_a_hidden_group_leaves_no_trace(acme, borealis):
    """Two organisations that differ inside a hidden group alone have the same figures, to the byte."""

    def figures(tenant, hidden: float, beside: float) -> object:
        with tenant_context(tenant.id):
            above = UnitFactory(code="FIN", name="Finance", headcount=120)
            small = UnitFactory(code="LED", name="Ledger", parent=above, headcount=6)
            other = UnitFactory(code="PAY", name="Payables", parent=above, headcount=80)
            programme = ProgrammeFactory(code="SAME")
            for unit in (small, other):
                ProgrammeUnitFactory(programme=programme, unit=unit)
            wave({small: (hidden, 5), other: (beside, 6)}, on=date(2026, 6, 1))
            found = figures_as_of([programme], TODAY, thresholds())[programme.pk].to_json()
            for row in found["adoption"]["by_unit"]:
                row[0] = "id"
            return found

    first = figures(acme, 20.0, 50.0)
    assert first == figures(borealis, 32.0, 40.0)
    assert first["adoption"]["inherited"] == 2
    assert first["adoption"]["n"] is None


def test_a_hidden_unit_is_not_on_track_by_the_one_above(in_acme):
    above = UnitFactory(headcount=120)
    small, other = (UnitFactory(parent=above, headcount=people) for people in (6, 80))
    programme = ProgrammeFactory()
    ProgrammeUnitFactory(programme=programme, unit=small)
    wave({small: (75.0, 5), other: (72.0, 6)}, on=date(2026, 6, 1))
    found = figures_as_of([programme], TODAY, thresholds())[programme.pk].adoption
    assert found.inherited == 1
    assert found.mean > 70
    assert found.engagement_state == State.NONE
    assert found.by_unit[0][-1] == State.NONE


def test_points_of_a_line_are_as_known_on_their_day(in_acme):
    story = payroll()
    before = read(story).series
    # Of May, and said in June.
    may = date(2026, 5, 10)
    late = {"programme": story.programme, "unit": story.unit, "effective_on": may}
    TrainingProgressFactory(**late, required=200, completed=10, known_at=moment(TODAY))
    ResistanceSignalFactory(**late, known_at=moment(TODAY))
    # Said in April, and taken back in June.
    ResistanceSignalFactory(**{**late, "effective_on": date(2026, 4, 1)}, known_at=moment(may))
    TrainingProgressFactory(
        **{**late, "effective_on": date(2026, 4, 1)},
        required=200,
        completed=20,
        known_at=moment(date(2026, 4, 1)),
        withdrawn_at=moment(TODAY),
    )
    found = read(story).series
    assert before.trained == [None, None, None, None, None, None, 80.0]
    assert found.trained == [None, None, None, None, 10.0, 10.0, 80.0]
    assert found.signs == [None, None, None, None, None, 1, 2]


@pytest.mark.parametrize(("answers", "said"), [(9, "unsure"), (40, "down")])
def test_few_answers_make_no_change_of_engagement(in_acme, answers, said):
    story = payroll()
    wave({story.unit: (55.0, answers)}, on=date(2026, 4, 16))
    found = read(story).series
    assert (found.engagement_lately, found.engagement_since) == (said, said)


def test_the_answers_of_a_unit_below_make_the_chance_of_its_figure(in_acme):
    """Of a unit that came under another one after it was asked, so that nothing is rolled up."""
    programme, above = ProgrammeFactory(), UnitFactory()
    part = UnitFactory(parent=above)
    ProgrammeUnitFactory(programme=programme, unit=above)
    for on, mean in ((date(2026, 4, 16), 55.0), (date(2026, 6, 1), 41.0)):
        asked = SurveyWaveFactory(programme=programme, closed_on=on)
        SurveyResultFactory(wave=asked, unit=part, mean=mean, n=9, known_at=moment(on))
    found = figures_as_of([programme], TODAY, thresholds())[programme.pk]
    assert (found.adoption.mean, found.series.engagement_lately) == (41.0, "unsure")


def test_figures_travel_as_json_and_back(in_acme):
    story = payroll()
    resisting(story, on=TODAY)
    found = read(story)
    again = Figures.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.delivery == found.delivery
    assert again.golive_on == found.golive_on


def test_earlier_figures_are_those_of_the_ends_of_months():
    assert days_before(date(2026, 3, 31))[-3:] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]
    assert len(days_before(TODAY)) == 7


@pytest.mark.parametrize("count", [1, 10, 60])
def test_reading_takes_the_same_number_of_statements(in_acme, count):
    unit = UnitFactory(headcount=100)
    programmes = []
    for _each in range(count):
        programme = ProgrammeFactory()
        ProgrammeUnitFactory(programme=programme, unit=unit)
        MilestoneFactory(programme=programme)
        RaidItemFactory(programme=programme)
        StatusReportFactory(programme=programme)
        programmes.append(programme)
    settings = thresholds()
    with CaptureQueriesContext(connection) as queries:
        figures_as_of(programmes, TODAY, settings)
    assert len(queries) == 10
