"""Units by week: what meets whom, with released figures only."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.scorecards import heat
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit
from programmes.models import ProgrammeMember
from tests.factories.programmes import (
    MilestoneFactory,
    MilestoneUnitFactory,
    ProgrammeUnitFactory,
)
from tests.factories.tenants import UnitFactory

from .stories import TODAY, moment, payroll, wave

HEAT = "/t/acme/units-by-week/"
MONDAY = date(2026, 6, 15)


# --- figures ---------------------------------------------------------------------------------------


def cell(load: float | None, limit: float = 4.0) -> heat.Cell:
    return heat.Cell(MONDAY, load, limit)


@pytest.mark.parametrize(
    ("load", "level", "is_over"),
    [(None, 0, False), (0.0, 0, False), (1.0, 1, False), (2.0, 2, False), (3.9, 3, False),
     (4.0, 3, False), (4.1, 4, True)],
)  # fmt: skip
def test_the_shade_says_how_near_the_limit_is(load, level, is_over):
    assert (cell(load).level, cell(load).is_over) == (level, is_over)


def test_a_week_nobody_spoke_of_has_no_figure():
    assert cell(None).hours == ""
    assert cell(0.0).hours == "0.0 h"


def test_weeks_begin_on_mondays():
    weeks = heat.weeks_from(date(2026, 6, 18))
    assert weeks[0] == MONDAY
    assert len(weeks) == 12
    assert all(week.weekday() == 0 for week in weeks)


def test_what_is_overdue_stands_in_the_week_of_the_day():
    late = heat.Golive("Payroll go-live", "/", TODAY - timedelta(days=30), True)
    made = heat.cells(heat.weeks_from(TODAY), [late], None, as_of=TODAY)
    assert made[0].golives == (late,)
    assert not any(each.golives for each in made[1:])


def test_of_many_golives_in_a_week_two_are_named():
    many = [heat.Golive(f"G{n}", "/", TODAY, False) for n in range(5)]
    (first, *_rest) = heat.cells(heat.weeks_from(TODAY), many, None, as_of=TODAY)
    assert ([each.name for each in first.named], first.unnamed) == (["G0", "G1"], 3)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Payroll go-live", "Payroll"),
        ("Go-live: Records", "Records"),
        ("Go live", "Go live"),
        ("Self-service in all branches", "Self-service in…"),
    ],
)
def test_short_names(name, short):
    assert heat.short_name(name) == short


# --- page ------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(moment(TODAY), tick=False) as travelling:
        yield travelling


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        return payroll()


def read(client, url: str = HEAT) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_golive_stands_in_its_week_beside_the_engagement(story, vic, client_for):
    page = read(client_for(vic))
    assert "Payroll go-live on 6 Jul meets Payroll Operations, at an engagement of 41" in page
    row = page.partition("Payroll Operations</a>")[2].partition("</tr>")[0]
    cells = row.split("<td")
    assert ">41</b>" in cells[1]
    assert [index for index, each in enumerate(cells[2:]) if "Payroll" in each] == [3]


def test_an_arrow_since_the_survey_before_needs_size_and_more_than_chance(
    acme, story, vic, client_for
):
    with tenant_context(acme.id):
        # At 63 of 50 answers before.
        large, small = BusinessUnit.objects.exclude(pk=story.unit.pk)[:2]
        wave(
            {story.unit: (30.0, 40), large: (57.0, 50), small: (78.0, 9)},
            on=TODAY - timedelta(days=1),
        )
    page = read(client_for(vic), f"{HEAT}?show=all")
    for mark in ('pp-down">30', 'pp-flat">57', 'pp-flat">78'):
        assert f'class="{mark}</b>' in page


def test_too_few_answers_show_nothing_and_no_data_says_so(acme, story, vic, client_for):
    with tenant_context(acme.id):
        small, unasked = UnitFactory(name="Legal"), UnitFactory(name="Depots")
        for unit in (small, unasked):
            ProgrammeUnitFactory(programme=story.programme, unit=unit)
        others = [UnitFactory(headcount=90) for _each in range(6)]
        wave({**dict.fromkeys(others, (63.0, 50)), small: (87.65, 3)}, on=TODAY)
    page = read(client_for(vic))
    assert "Too few" in page.partition("Legal</a>")[2].partition("</tr>")[0]
    assert "No data" in page.partition("Depots</a>")[2].partition("</tr>")[0]
    assert "87.65" not in page
    assert ">88<" not in page
    file = client_for(vic).get(f"{HEAT}?format=csv&show=all").content.decode("utf-8-sig")
    assert "87.6" not in file
    # As a cell of its own: the number of a unit may well hold these digits.
    assert not {"87", "88"} & {cell for line in file.splitlines() for cell in line.split(",")}


@pytest.mark.parametrize(
    ("query", "seen", "hidden"),
    [
        ("", ["Payroll Operations"], ["Quiet unit"]),
        ("show=all", ["Payroll Operations", "Quiet unit"], []),
        ("show=golives", ["Payroll Operations"], ["Quiet unit"]),
        ("portfolio=Finance", ["Payroll Operations"], []),
        ("first=2027-01-04", ["Payroll Operations"], ["Go-live:"]),
        ("first=nonsense&sort=-unit", ["Payroll Operations"], []),
    ],
)
def test_filters(acme, story, vic, client_for, query, seen, hidden):
    with tenant_context(acme.id):
        UnitFactory(name="Quiet unit")
    page = read(client_for(vic), f"{HEAT}?{query}").partition('id="register"')[2]
    for text in seen:
        assert text in page
    for text in hidden:
        assert text not in page


def test_an_earlier_day_shows_what_was_known_then(story, vic, client_for):
    page = read(client_for(vic), f"{HEAT}?as_of={TODAY - timedelta(days=20)}&show=all")
    assert ">41</b>" not in page


def test_all_units_are_shown_of_the_day_that_was_asked_for(acme, vic, client_for):
    then = f"?as_of={TODAY - timedelta(days=1)}"
    assert f'href="{then}&amp;show=all"' in read(client_for(vic), f"{HEAT}{then}")


def test_contributors_see_the_golives_of_their_programmes(acme, story, coe, client_for):
    url = f"{HEAT}?show=all"
    assert "Go-live:" not in read(client_for(coe), url)
    with tenant_context(acme.id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=coe.person, role="contributor_change"
        )
    assert "Go-live:" in read(client_for(coe), url)


def test_outsiders_find_nothing(story, ola, client_for):
    assert client_for(ola).get(HEAT).status_code == 404


def test_the_portfolio_shows_the_top_of_it(story, vic, client_for):
    part = client_for(vic).get(f"{HEAT}?top=", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "Payroll Operations" in part
    assert "/t/acme/units-by-week/?top=" in read(client_for(vic), "/t/acme/")


def test_export_has_two_columns_for_each_week(story, vic, client_for):
    answer = client_for(vic).get(f"{HEAT}?format=csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["Go-lives, week of 6 Jul 2026"] == "Payroll go-live"
    assert row["Hours, week of 6 Jul 2026"] == ""


def test_the_number_of_statements_does_not_grow(acme, story, vic, client_for):
    def statements() -> int:
        read(client_for(vic))
        with CaptureQueriesContext(connection) as queries:
            read(client_for(vic))
        return len(queries)

    few = statements()
    with tenant_context(acme.id):
        for _each in range(12):
            unit = UnitFactory(headcount=50)
            milestone = MilestoneFactory(programme=story.programme, is_golive=True)
            MilestoneUnitFactory(milestone=milestone, unit=unit)
            ProgrammeUnitFactory(programme=story.programme, unit=unit)
    assert statements() == few
