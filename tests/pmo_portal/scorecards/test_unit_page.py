"""The page of a unit: every programme that reaches it, its weeks, and what is known of its people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.tenants.context import tenant_context
from programmes.models import ProgrammeMember
from tests.factories.adoption import (
    ActivityUnitFactory,
    EngagementActivityFactory,
    ImpactFactory,
    ImpactUnitFactory,
    ResistanceSignalFactory,
    TrainingProgressFactory,
)
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeFactory,
    ProgrammeUnitFactory,
)
from tests.factories.tenants import UnitFactory

from .stories import TODAY, moment, payroll, resisting, wave

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(moment(TODAY), tick=False):
        yield


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        return payroll()


def read(client, unit) -> str:
    answer = client.get(f"/t/acme/units/{unit.code}/")
    assert answer.status_code == 200
    return answer.content.decode()


def part(page: str, key: str) -> str:
    """One card of the page."""
    return page.partition(f'id="{key}"')[2].partition("</section>")[0]


def activity(story, *, hours: str, on: date, programme=None) -> None:
    planned = EngagementActivityFactory(
        programme=programme or story.programme, hours=hours, planned_on=on
    )
    ActivityUnitFactory(activity=planned, unit=story.unit)


def test_a_programme_stands_with_its_golive_here_and_both_halves(acme, story, vic, client_for):
    with tenant_context(acme.id):
        elsewhere = MilestoneFactory(
            programme=story.programme, name="Pilot", is_golive=True, forecast_on=TODAY
        )
        MilestoneUnitFactory(milestone=elsewhere, unit=UnitFactory())
        closed = ProgrammeFactory(name="Old payroll", stage="closed")
        ProgrammeUnitFactory(programme=closed, unit=story.unit)
    page = read(client_for(vic), story.unit)
    card = part(page, "programmes")
    assert "1 programme reaches this unit, next is Payroll go-live on 6 Jul 2026" in page
    assert 'href="/t/acme/p/PAY/"' in card
    assert f'href="/t/acme/p/PAY/plan/{story.golive.reference}/"' in card
    row = card.partition("<tbody>")[2]
    delivery, adoption = row.split("<td")[1:]
    assert "pp-st-ok" in delivery
    assert "engagement 41" in adoption
    assert "Pilot" not in page
    assert "Old payroll" not in page


def test_what_reaches_parts_of_it_is_named(acme, story, vic, client_for):
    with tenant_context(acme.id):
        above = UnitFactory(name="Finance")
        for _each in range(2):
            part_of_it = UnitFactory(parent=above)
            ProgrammeUnitFactory(programme=story.programme, unit=part_of_it)
    card = part(read(client_for(vic), above), "programmes")
    assert "1 programme reaches parts of this unit, none names it itself" in card
    assert '<a href="/t/acme/p/PAY/">Payroll renewal</a>' in card
    assert "in parts of it" not in part(read(client_for(vic), story.unit), "programmes")


def test_a_golive_that_names_no_unit_counts_for_all(acme, story, vic, client_for):
    with tenant_context(acme.id):
        MilestoneFactory(
            programme=story.programme,
            name="New ledger",
            is_golive=True,
            baseline_on=TODAY + timedelta(days=7),
        )
    page = read(client_for(vic), story.unit)
    assert "New ledger" in part(page, "programmes")
    assert "New ledger" in part(page, "weeks")


def test_people_stand_by_programme_with_the_way_to_the_rows(acme, story, vic, client_for):
    with tenant_context(acme.id):
        resisting(story, on=TODAY)
        own = wave(
            {story.unit: (57.0, 40)}, on=TODAY - timedelta(days=1), programme=story.programme
        )
        other = ProgrammeFactory(code="OTH", name="Other")
        ProgrammeUnitFactory(programme=other, unit=story.unit)
    page = read(client_for(vic), story.unit)
    assert "Needs attention here: engagement, resistance" in page
    _head, common, second, first = part(page, "people-by-programme").split("<tr>")[1:]
    assert "41" in common
    assert "38 answers" in common
    assert "As in the survey of the organisation" in second
    assert "57" in first
    assert f'href="/t/acme/surveys/{own.reference}/"' in first
    assert "160 of 200" in first
    assert f'href="/t/acme/p/PAY/training/?unit={story.unit.code}"' in first
    assert "2 open signs" in first
    assert f'href="/t/acme/p/PAY/resistance/?unit={story.unit.code}&amp;status=open"' in first


def test_few_people_are_no_figure(acme, vic, client_for):
    with tenant_context(acme.id):
        programme, few = ProgrammeFactory(), UnitFactory(headcount=3)
        others = [UnitFactory(headcount=90) for _each in range(6)]
        wave({**dict.fromkeys(others, (63.0, 50)), few: (87.65, 3)}, on=TODAY)
        for _each in range(3):
            ResistanceSignalFactory(
                programme=programme, unit=few, effective_on=TODAY, known_at=moment(TODAY)
            )
    card = part(read(client_for(vic), few), "people-by-programme")
    assert "Too few people for a figure" in card
    assert "open sign" not in card
    assert "answers" not in card
    assert "87" not in card
    assert "88" not in card


def test_hours_stand_by_week_beside_the_limit(acme, story, vic, client_for):
    with tenant_context(acme.id):
        activity(story, hours="1.5", on=date(2026, 6, 23))
        activity(story, hours="90", on=date(2026, 6, 30))
        activity(story, hours="3", on=TODAY - timedelta(days=30))
        EngagementActivityFactory(programme=story.programme, title="For others")
    page = read(client_for(vic), story.unit)
    assert "hours a person in 1 of the next twelve weeks" in page
    weeks = part(page, "weeks").split("<tr>")[2:]
    assert len(weeks) == 3
    light, heavy, golive = weeks
    assert "22 Jun 2026" in light
    assert "1.5 h" in light
    assert "over the limit" not in light
    assert "90.0 h" in heavy
    assert "over the limit" in heavy
    assert "Payroll go-live" in golive
    register = client_for(vic).get(f"/t/acme/engagement/?unit={story.unit.code}").content.decode()
    assert f'href="/t/acme/engagement/?unit={story.unit.code}"' in page
    assert register.count("Walk through the new screens") >= 3
    assert "For others" not in register


def test_every_way_to_reach_a_unit_counts(acme, vic, client_for):
    with tenant_context(acme.id):
        unit = UnitFactory()
        ProgrammeFactory(name="Not here")
        by = {
            way: ProgrammeFactory(name=f"Reached by {way}")
            for way in ("milestone", "impact", "activity", "training", "signal")
        }
        MilestoneUnitFactory(milestone=MilestoneFactory(programme=by["milestone"]), unit=unit)
        ImpactUnitFactory(impact=ImpactFactory(programme=by["impact"]), unit=unit)
        planned = EngagementActivityFactory(programme=by["activity"])
        ActivityUnitFactory(activity=planned, unit=unit)
        TrainingProgressFactory(programme=by["training"], unit=unit)
        ResistanceSignalFactory(programme=by["signal"], unit=unit)
    card = part(read(client_for(vic), unit), "programmes")
    assert [way for way in by if f"Reached by {way}" not in card] == []
    assert "Not here" not in card


def test_programmes_one_does_not_see_are_counted_without_a_name(acme, story, coe, client_for):
    with tenant_context(acme.id):
        activity(story, hours="90", on=TODAY)
        resisting(story, on=TODAY)
    page = read(client_for(coe), story.unit)
    assert "And one programme you do not see." in page
    assert "Payroll renewal" not in page
    assert "Payroll go-live" not in page
    assert "90.0 h" not in page
    assert "open sign" not in page
    with tenant_context(acme.id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=coe.person, role="contributor_change"
        )
    page = read(client_for(coe), story.unit)
    assert "you do not see" not in page
    assert "Payroll renewal" in page


def test_a_unit_nobody_speaks_of_says_so(acme, vic, client_for):
    with tenant_context(acme.id):
        unit = UnitFactory()
    page = read(client_for(vic), unit)
    assert "No programme you see reaches this unit" in page
    assert "Nothing is planned here in the next twelve weeks" in page
    assert "Nothing is known of the people here yet" in page


def test_the_number_of_statements_does_not_grow(acme, story, vic, client_for):
    def statements() -> int:
        read(client_for(vic), story.unit)
        with CaptureQueriesContext(connection) as queries:
            read(client_for(vic), story.unit)
        return len(queries)

    few = statements()
    with tenant_context(acme.id):
        for _each in range(5):
            programme = ProgrammeFactory()
            ProgrammeUnitFactory(programme=programme, unit=story.unit)
            golive = MilestoneFactory(programme=programme, is_golive=True)
            MilestoneUnitFactory(milestone=golive, unit=story.unit)
            TrainingProgressFactory(programme=programme, unit=story.unit)
            ResistanceSignalFactory(programme=programme, unit=story.unit)
            activity(story, hours="2", on=TODAY, programme=programme)
    assert statements() == few
