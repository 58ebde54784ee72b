"""Meetings in calendars, and the actions of all programmes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, strategies as st

from governance import ical, selectors
from governance.models import Action
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    ActionFactory,
    MeetingFactory,
    MeetingItemFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import PersonFactory

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def event(**more) -> ical.Event:
    return ical.Event(
        **{
            "uid": "MT-1@x",
            "title": "Joint board",
            "day": date(2026, 6, 16),
            "at": time(10),
            "minutes": 90,
            "zone": "Europe/London",
            "revision": 3,
        }
        | more
    )


def lines(*events: ical.Event) -> list[str]:
    return ical.calendar("FHR", events, now=NOW).split("\r\n")


def test_a_time_is_written_in_utc_and_the_end_is_minutes_later() -> None:
    found = lines(event())
    assert "DTSTART:20260616T090000Z" in found
    assert "DTEND:20260616T103000Z" in found
    assert "DTSTAMP:20260601T090000Z" in found
    assert "SEQUENCE:3" in found


def test_minutes_pass_over_the_change_of_the_hour() -> None:
    found = lines(event(day=date(2026, 3, 29), at=time(0, 30)))
    assert "DTSTART:20260329T003000Z" in found
    assert "DTEND:20260329T020000Z" in found


def test_without_a_time_it_takes_the_whole_day() -> None:
    found = lines(event(at=None, day=date(2026, 6, 30)))
    assert "DTSTART;VALUE=DATE:20260630" in found
    assert "DTEND;VALUE=DATE:20260701" in found


def test_a_cancelled_meeting_is_said_to_be_cancelled() -> None:
    assert "STATUS:CANCELLED" in lines(event(is_cancelled=True))
    assert "STATUS:CONFIRMED" in lines(event())


def test_no_text_can_begin_a_line_of_its_own() -> None:
    found = lines(event(title="Rooms; a, b\\c\nSTATUS:CANCELLED", place="A\r\nURL:x"))
    assert "SUMMARY:Rooms\\; a\\, b\\\\c\\nSTATUS:CANCELLED" in found
    assert "LOCATION:A\\nURL:x" in found
    assert "STATUS:CANCELLED" not in found


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=400))
def test_folded_lines_are_short_and_lose_nothing(text: str) -> None:
    folded = ical.folded(text)
    parts = folded.split("\r\n ")
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))
    assert "".join(parts) == text


@pytest.fixture
def stage(acme):
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR")
        group = SteeringGroupFactory(programme=programme, name="Joint board")
        other = SteeringGroupFactory(programme=ProgrammeFactory(code="OTH"), name="Other board")
        today = clock.today()
        meeting = MeetingFactory(group=group, held_on=today + timedelta(days=7), starts_at=time(10))
        MeetingItemFactory(meeting=meeting, title="Training rooms", minutes=15)
        MeetingFactory(group=group, held_on=today - timedelta(days=200))
        MeetingFactory(group=group, held_on=today - timedelta(days=20), status="cancelled")
        MeetingFactory(group=other, held_on=today + timedelta(days=8))
    return meeting


@pytest.mark.django_db
def test_the_file_of_a_programme(stage, vic, client_for) -> None:
    answer = client_for(vic).get("/t/acme/p/FHR/meetings/calendar.ics")
    text = answer.content.decode().replace("\r\n ", "")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert 'filename="FHR-meetings.ics"' in answer.headers["Content-Disposition"]
    assert text.count("BEGIN:VEVENT") == 2
    assert text.count("STATUS:CANCELLED") == 1
    assert "1. Training rooms (15 min)" in text
    assert f"http://testserver{stage.get_absolute_url()}" in text
    assert "Other board" not in text


@pytest.mark.django_db
def test_who_works_on_one_programme_gets_no_meetings_of_others(
    acme, stage, dee, vic, client_for
) -> None:
    """`dee` contributes to programmes; here to none."""
    everything = client_for(vic).get("/t/acme/meetings/calendar.ics").content.decode()
    assert everything.count("BEGIN:VEVENT") == 3
    nothing = client_for(dee).get("/t/acme/meetings/calendar.ics").content.decode()
    assert "BEGIN:VEVENT" not in nothing
    url = f"{stage.get_absolute_url()}calendar.ics"
    assert client_for(dee).get(url).status_code == 404
    assert client_for(vic).get(url).content.decode().count("BEGIN:VEVENT") == 1


@pytest.mark.django_db
def test_statements_of_a_calendar_do_not_grow(acme, stage, vic, client_for) -> None:
    browser, counts = client_for(vic), []
    for each in range(3):
        with tenant_context(acme.id):
            meeting = MeetingFactory(
                group=stage.group, held_on=stage.held_on + timedelta(days=each + 1)
            )
            MeetingItemFactory(meeting=meeting)
        browser.get("/t/acme/meetings/calendar.ics")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/t/acme/meetings/calendar.ics").status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1


# --- actions of all programmes -----------------------------------------------------------------------


@pytest.fixture
def actions(acme):
    with tenant_context(acme.id):
        today = clock.today()
        ProgrammeFactory(code="FHR")
        for code, text, days in (("AAA", "Call the supplier", -3), ("BBB", "Book rooms", 5)):
            ActionFactory(
                programme=ProgrammeFactory(code=code),
                text=text,
                owner=None,
                agreed_on=today - timedelta(days=9),
                due_on=today + timedelta(days=days),
            )


@pytest.mark.django_db
def test_actions_of_all_programmes_with_the_late_ones(actions, vic, dee, client_for) -> None:
    page = client_for(vic).get("/t/acme/actions/").content.decode()
    assert "1 of 2 open actions is late" in page
    assert "2 open actions have no owner." in page
    late = client_for(vic).get("/t/acme/actions/?state=late").content.decode()
    assert "Call the supplier" in late
    assert "Book rooms" not in late
    assert "Call the supplier" not in client_for(dee).get("/t/acme/actions/").content.decode()


@pytest.mark.django_db
def test_actions_of_somebody_who_left_are_found_and_say_so(acme, actions, vic, client_for) -> None:
    with tenant_context(acme.id):
        gone = PersonFactory(name="Ines Falk", is_active=False)
        Action.objects.filter(text="Book rooms").update(owner=gone)
    found = client_for(vic).get("/t/acme/actions/?owner_is=left").content.decode()
    assert "Book rooms" in found
    assert "Ines Falk (left)" in found
    assert "Call the supplier" not in found


@pytest.mark.django_db
def test_actions_of_all_programmes_leave_as_a_file(actions, vic, client_for) -> None:
    answer = client_for(vic).get("/t/acme/actions/?format=csv&sort=due_on")
    rows = b"".join(answer).decode().splitlines()
    assert "Programme" in rows[0]
    assert ["AAA" in rows[1], "BBB" in rows[2]] == [True, True]


@pytest.mark.django_db
def test_counting_is_one_statement(actions, acme, vic) -> None:
    with tenant_context(acme.id), CaptureQueriesContext(connection) as captured:
        counted = selectors.actions_counted(vic, clock.today())
    assert counted == {"open": 2, "late": 1, "unowned": 2}
    assert len(captured) == 1
