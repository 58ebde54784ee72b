"""The roadmap: geometry as plain figures, and the page in a browser without script."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings, strategies as st

from pmo_portal.scorecards import roadmap, services
from pmo_portal.tenants.context import tenant_context
from programmes.models import ProgrammeMember
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory

from .stories import TODAY, moment, payroll

ROADMAP = "/t/acme/roadmap/"
FIRST, LAST = date(2026, 5, 1), date(2027, 2, 28)


# --- geometry --------------------------------------------------------------------------------------


def mark(number: int = 1, **fields: object) -> roadmap.Mark:
    known = {
        "reference": f"M-{number}",
        "name": f"Milestone {number}",
        "url": f"/M-{number}",
        "half": "delivery",
        "baseline_on": date(2026, 7, 1),
        "expected_on": date(2026, 8, 1),
        "is_done": False,
        "is_golive": False,
        "slip": 23,
        "state": "bad",
    }
    return roadmap.Mark(**{**known, **fields})


def drawn(*marks: roadmap.Mark, **fields: object) -> roadmap.Roadmap:
    programme = roadmap.Programme("Payroll", "/p/PAY/", "PAY", marks)
    return roadmap.roadmap([programme], on=TODAY, first=FIRST, last=LAST, **fields)


def test_every_programme_has_two_lanes_of_one_height():
    (row,) = drawn().rows
    assert [lane.half for lane in row.lanes] == ["delivery", "adoption"]
    assert row.lanes[1].y - row.lanes[0].y == roadmap.LANE


def test_a_slip_is_drawn_from_the_baseline():
    (row,) = drawn(mark()).rows
    (each,) = row.lanes[0].marks
    assert each.from_x < each.x


def test_what_keeps_its_date_has_no_slip():
    (row,) = drawn(mark(expected_on=date(2026, 7, 1))).rows
    assert row.lanes[0].marks[0].from_x is None


def test_what_lies_outside_is_counted_at_the_edge():
    (row,) = drawn(
        mark(1, expected_on=date(2026, 1, 5)), mark(2, expected_on=date(2027, 5, 1)), mark(3)
    ).rows
    lane = row.lanes[0]
    assert (lane.earlier, lane.later, len(lane.marks)) == (1, 1, 1)


def test_one_half_alone_where_asked_for():
    (row,) = drawn(mark(), halves=["adoption"]).rows
    assert [lane.half for lane in row.lanes] == ["adoption"]


def test_today_is_drawn_only_where_it_lies_within():
    assert drawn().today_x is not None
    later = roadmap.roadmap([], on=TODAY, first=date(2028, 1, 1), last=date(2028, 6, 1))
    assert later.today_x is None


@pytest.mark.parametrize("scale", ["months", "quarters"])
def test_the_usual_days_begin_before_and_end_after_the_day(scale):
    first, last = roadmap.window(TODAY, scale)
    assert first < TODAY < last
    assert first.day == 1


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.dates(FIRST, LAST), st.dates(FIRST, LAST), st.booleans()), max_size=25)
)
def test_names_in_a_lane_cover_neither_marks_nor_each_other(rows):
    marks = [
        mark(n, baseline_on=base, expected_on=on, is_golive=golive)
        for n, (base, on, golive) in enumerate(rows)
    ]
    (row,) = drawn(*marks).rows
    boxes = []
    for each in row.lanes[0].marks:
        if each.label:
            width = roadmap.CHARACTER * len(each.label)
            start = each.label_x if each.anchor == "start" else each.label_x - width
            boxes.append((start, start + width))
    for index, one in enumerate(boxes):
        assert not any(one[0] < other[1] and other[0] < one[1] for other in boxes[index + 1 :])
        assert not any(one[0] < each.x < one[1] for each in row.lanes[0].marks)


# --- page ------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(moment(TODAY), tick=False) as travelling:
        yield travelling


@pytest.fixture
def story(acme):
    with tenant_context(acme.id):
        made = payroll()
        MilestoneFactory(
            programme=made.programme,
            name="Managers briefed",
            track="adoption",
            baseline_on=TODAY + timedelta(days=7),
        )
        services.bring_up_to_date(as_of=TODAY, at=moment(TODAY))
    return made


def read(client, url: str = ROADMAP) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_both_lanes_stand_on_one_axis(story, vic, client_for):
    page = read(client_for(vic))
    assert "1 programme goes live within eight weeks" in page
    drawing = page.partition("pp-roadmap")[2].partition("</svg>")[0]
    assert drawing.count("lane-delivery") == 1
    assert drawing.count("lane-adoption") == 1
    assert 'class="flag"' in drawing
    assert "Payroll go-live, go-live, expected 6 Jul 2026" in drawing


def test_lines_of_the_axis_keep_off_the_names(story, vic, client_for):
    page = read(client_for(vic), ROADMAP)
    drawing = page.partition("pp-roadmap")[2].partition("</svg>")[0]
    assert '<text class="halo-delivery ' in drawing
    # Lines are drawn before names, never over them.
    assert drawing.rindex('class="grid"') < drawing.index('<text class="halo-')


def test_the_same_stands_in_words(story, vic, client_for):
    words = read(client_for(vic)).partition("pp-lanes")[2]
    assert "Managers briefed" in words
    assert "Payroll go-live" in words


@pytest.mark.parametrize(
    ("query", "seen", "hidden"),
    [
        ("show=golives", ["Payroll go-live"], ["Managers briefed", "Design agreed"]),
        ("half=adoption", ["Managers briefed"], ["Payroll go-live"]),
        ("half=delivery", ["Payroll go-live"], ["Managers briefed"]),
        ("portfolio=Finance", ["Payroll go-live"], []),
        ("name=nothing", [], ["Payroll go-live"]),
        ("stage=closed", [], ["Payroll go-live"]),
        ("first=2026-07-01&last=2026-07-31", ["Payroll go-live"], ["Managers briefed"]),
        ("first=2026-07-31&last=2026-07-01", ["Payroll go-live"], ["Managers briefed"]),
        ("scale=quarters", ["Payroll go-live", "Q3 2026"], []),
        ("scale=x&first=nonsense", ["Payroll go-live"], []),
    ],
)
def test_filters(story, vic, client_for, query, seen, hidden):
    page = read(client_for(vic), f"{ROADMAP}?{query}").partition('id="register"')[2]
    for text in seen:
        assert text in page
    for text in hidden:
        assert text not in page


def test_an_earlier_day_shows_what_was_known_then(acme, story, vic, client_for, clock):
    with tenant_context(acme.id):
        from programmes.services import move_forecast

        clock.move_to(moment(TODAY + timedelta(days=1)))
        move_forecast(
            story.golive,
            to=TODAY + timedelta(weeks=8),
            reason="The rehearsal failed.",
            at=moment(TODAY + timedelta(days=1)),
            on=TODAY + timedelta(days=1),
            acting=None,
        )
        services.bring_up_to_date(as_of=TODAY + timedelta(days=1), at=moment(TODAY))
    now, then = read(client_for(vic)), read(client_for(vic), f"{ROADMAP}?as_of={TODAY}")
    assert "expected 10 Aug 2026, 25 days late" in now
    assert "expected 6 Jul 2026" in then
    assert "10 Aug 2026" not in then


def test_contributors_see_the_programmes_they_work_on(acme, story, coe, client_for):
    assert "Payroll go-live" not in read(client_for(coe))
    with tenant_context(acme.id):
        ProgrammeMember.objects.create(
            programme=story.programme, person=coe.person, role="contributor_change"
        )
    assert "Payroll go-live" in read(client_for(coe))


def test_outsiders_find_nothing(story, ola, client_for):
    assert client_for(ola).get(ROADMAP).status_code == 404


def test_export_holds_every_milestone(story, vic, client_for):
    answer = client_for(vic).get(f"{ROADMAP}?format=csv&half=adoption")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Milestone"], row["Half"], row["Go-live"]) for row in rows] == [
        ("Managers briefed", "Adoption", "no")
    ]
    everything = client_for(vic).get(f"{ROADMAP}?format=xlsx")
    assert everything["Content-Type"].endswith("sheet")


def test_before_the_first_fact_nothing_was_known(story, vic, client_for):
    page = read(client_for(vic), f"{ROADMAP}?as_of=2019-01-01")
    assert "Nothing was known yet on this day" in page


def statements(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("query", ["", f"?as_of={TODAY - timedelta(days=1)}"])
def test_the_number_of_statements_does_not_grow(acme, story, vic, client_for, query):
    client = client_for(vic)
    few = statements(client, ROADMAP + query)
    with tenant_context(acme.id):
        for _each in range(15):
            programme = ProgrammeFactory()
            MilestoneFactory(programme=programme, is_golive=True)
        services.bring_up_to_date(as_of=TODAY, at=moment(TODAY))
    assert statements(client, ROADMAP + query) == few <= 15
