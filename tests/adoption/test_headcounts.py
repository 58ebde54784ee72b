"""How many people a unit has: said with a day, read as known on a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adoption import selectors, services
from adoption.models import Headcount
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.common import clock
from pmo_portal.jobs import runs
from pmo_portal.jobs.services import enqueue
from pmo_portal.tenants.context import tenant_context
from tests.factories.adoption import HeadcountFactory, ResistanceSignalFactory
from tests.factories.tenants import UnitFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]


@pytest.fixture
def unit(acme) -> Any:
    with tenant_context(acme.id):
        return UnitFactory(code="WH", name="Warehouse", headcount=40)


def record(unit: Any, people: int, on: Any, acting: Any = None) -> None:
    services.record_headcount(
        Headcount(unit=unit, people=people, effective_on=on),
        known_at=clock.now(),
        today=clock.today(),
        acting=acting,
    )


def test_the_change_lead_and_administrators_record_and_others_do_not(
    acme, unit, cam, ada, dana
) -> None:
    with tenant_context(acme.id):
        record(unit, 41, TODAY, cam)
        record(unit, 42, TODAY, ada)
        with pytest.raises(NotAllowed):
            record(unit, 43, TODAY, dana)


def test_what_holds_today_is_what_the_unit_says(acme, unit) -> None:
    with tenant_context(acme.id):
        record(unit, 30, TODAY - timedelta(days=30))
        unit.refresh_from_db()
        assert unit.headcount == 30
        record(unit, 60, TODAY + timedelta(days=30))
        unit.refresh_from_db()
        assert unit.headcount == 30
        # What was wrong for a day before the newest does not change today.
        record(unit, 25, TODAY - timedelta(days=60))
        unit.refresh_from_db()
        assert unit.headcount == 30
        record(unit, 31, TODAY - timedelta(days=30))
        unit.refresh_from_db()
        assert unit.headcount == 31


def begin(acme: Any, day: Any) -> None:
    """The nightly job on a day."""
    with time_machine.travel(moment(day), tick=False):
        asked = enqueue(services.BEGIN_HEADCOUNTS, title="Night", slot=f"night {day}")
        assert asked is not None
        assert runs.run(acme.id, asked.ticket_id) == "done"


def says(unit: Any) -> int | None:
    unit.refresh_from_db()
    people: int | None = unit.headcount
    return people


def test_what_was_recorded_ahead_holds_from_its_day(acme, borealis, unit) -> None:
    """Also where few people are protected, and where the night itself was missed."""
    day, later = TODAY + timedelta(days=3), TODAY + timedelta(days=5)
    with tenant_context(borealis.id):
        theirs = UnitFactory(headcount=40)
        record(theirs, 4, day)
    with tenant_context(acme.id):
        sign = ResistanceSignalFactory(unit=unit, effective_on=TODAY, known_at=moment(TODAY))
        record(unit, 4, day)
        record(unit, 90, TODAY + timedelta(days=30))
        begin(acme, day - timedelta(days=1))
        assert says(unit) == 40
        begin(acme, later)
        assert says(unit) == 4
        found = selectors.resistance_for([sign.programme_id], as_of=later)
        assert found[sign.programme_id][unit.pk].value is None
        # A figure given by hand since stays.
        type(unit).objects.filter(pk=unit.pk).update(headcount=50)
        begin(acme, later + timedelta(days=1))
        assert says(unit) == 50
    with tenant_context(borealis.id):
        assert says(theirs) == 40


def test_what_is_taken_back_leaves_what_the_unit_said_before(acme, unit) -> None:
    day = TODAY + timedelta(days=3)

    def withdraw(entry: Headcount, on: Any) -> None:
        services.withdraw_headcount(entry, at=moment(on), today=on, acting=None)

    with tenant_context(acme.id):
        record(unit, 4, day)
        entry = Headcount.objects.get()
        withdraw(entry, TODAY)
        begin(acme, day)
        assert says(unit) == 40
        services.restore_headcount(entry, known_at=clock.now(), today=TODAY, acting=None)
        # By hand, between the entry and its day.
        type(unit).objects.filter(pk=unit.pk).update(headcount=45)
        begin(acme, day + timedelta(days=1))
        assert says(unit) == 4
        withdraw(Headcount.objects.standing().get(), day + timedelta(days=1))
        assert says(unit) == 45


def test_it_is_read_as_it_was_known(acme, unit) -> None:
    with tenant_context(acme.id):
        day = TODAY - timedelta(days=50)
        HeadcountFactory(unit=unit, people=20, effective_on=day, known_at=moment(day))
        HeadcountFactory(unit=unit, people=28, effective_on=day, known_at=moment(TODAY))
        assert selectors.headcounts_as_of([unit.pk], day - timedelta(days=1)) == {}
        assert selectors.headcounts_as_of([unit.pk], day) == {unit.pk: 20}
        assert selectors.headcounts_as_of([unit.pk], TODAY) == {unit.pk: 28}
        assert [each.people for each in selectors.headcount_series(unit)] == [28]


def test_it_is_recorded_in_the_browser_and_shown_over_time(acme, unit, cam, client_for) -> None:
    client = client_for(cam)
    with tenant_context(acme.id):
        HeadcountFactory(
            unit=unit,
            people=33,
            effective_on=TODAY - timedelta(days=90),
            known_at=moment(TODAY - timedelta(days=90)),
        )
    assert "33 people work in Warehouse" in read(client, "/t/acme/units/WH/people/")
    values = {
        "people": 25,
        "effective_on": (TODAY + timedelta(days=20)).isoformat(),
        "reason": "Two teams move.",
    }
    assert client.post("/t/acme/units/WH/people/new/", values).status_code == 303
    page = read(client, "/t/acme/units/WH/people/")
    for words in ("33 people work in Warehouse, 25 from", "Two teams move.", "over time"):
        assert words in page, words
    assert "Two teams move." in client.get("/t/acme/units/WH/people/?format=csv").content.decode()
    assert "33 people work here" in read(client, "/t/acme/units/WH/")
    assert client.post("/t/acme/units/WH/people/new/", {"people": -1}).status_code == 422


def test_the_units_of_another_organisation_are_not_found(acme, borealis, vic, client_for) -> None:
    with tenant_context(borealis.id):
        UnitFactory(code="NORTH")
    assert client_for(vic).get("/t/acme/units/NORTH/people/").status_code == 404


# --- registers ----------------------------------------------------------------------------------------

ALL, ONE = "/t/acme/headcounts/", "/t/acme/units/WH/people/"


@pytest.fixture
def said(acme, borealis, unit) -> None:
    """Of the warehouse 20, corrected to 28, and 35 to come; of the office 7."""
    past, ahead = TODAY - timedelta(days=50), TODAY + timedelta(days=50)
    with tenant_context(borealis.id):
        HeadcountFactory(people=999)
    with tenant_context(acme.id):
        office = UnitFactory(code="OF", name="Office")
        for of, people, on, reason in (
            (unit, 20, past, ""),
            (unit, 28, past, "Counted again"),
            (unit, 35, ahead, "A second shift"),
            (office, 7, TODAY, ""),
        ):
            HeadcountFactory(unit=of, people=people, effective_on=on, reason=reason, known_at=moment(min(on, TODAY)))  # fmt: skip


def people(client: Any, url: str) -> list[int]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return sorted(each.people for each in answer.context["register"].rows)


def test_each_filter_narrows_the_headcounts_and_nonsense_does_not(
    said, vic, ola, client_for
) -> None:
    client = client_for(vic)
    assert people(client, ALL) == [7, 20, 28, 35]
    assert people(client, f"{ALL}?state=holds") == [7, 28]
    assert people(client, f"{ALL}?state=ahead") == [35]
    assert people(client, f"{ALL}?unit=OF") == [7]
    assert people(client, ONE) == [20, 28, 35]
    for url, others in ((ALL, [7]), (ONE, [])):
        assert people(client, f"{url}?since={TODAY.isoformat()}") == [*others, 35]
        assert people(client, f"{url}?until={TODAY.isoformat()}") == [*others, 20, 28]
        assert people(client, f"{url}?words=shift") == [35]
        assert len(people(client, f"{url}?since=soon&until=x&unit=NO&state=y&sort=z")) == 3 + len(others)  # fmt: skip
        assert "Nothing matches these filters" in read(client, f"{url}?words=nowhere")
    assert "One unit will have more or fewer people" in read(client, ALL)
    assert client_for(ola).get(ALL).status_code in {403, 404}


def test_headcounts_are_sorted_and_taken_along(said, vic, client_for) -> None:
    client = client_for(vic)
    rows = client.get(f"{ALL}?sort=-people").context["register"].rows
    assert [each.people for each in rows] == [35, 28, 20, 7]
    table = client.get(f"{ALL}?words=shift&format=csv").content.decode().splitlines()
    assert len(table) == 2
    assert table[1].split(",")[:4] == ["Warehouse", (TODAY + timedelta(days=50)).isoformat(), "35", "A second shift"]  # fmt: skip
    one = client.get(f"{ONE}?words=shift&format=csv").content.decode().splitlines()
    assert len(one) == 2
    assert client.get(f"{ALL}?format=xlsx").status_code == 200


def test_headcounts_ask_as_much_for_many_as_for_one(acme, unit, vic, client_for) -> None:
    client, url = client_for(vic), f"{ALL}?state=holds"
    counts = []
    for more in (1, 6):
        with tenant_context(acme.id):
            for _each in range(more):
                HeadcountFactory(unit=UnitFactory(), effective_on=TODAY, known_at=moment(TODAY))
        read(client, url)
        with CaptureQueriesContext(connection) as asked:
            read(client, url)
        counts.append(len(asked))
    assert counts[0] == counts[1]
