"""What is closed stands in no list of what goes on, and is found where that stage is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.tenants.context import tenant_context
from programmes.choices import Stage
from tests.factories.adoption import TrainingProgressFactory
from tests.factories.programmes import MilestoneFactory, MilestoneUnitFactory, ProgrammeFactory
from tests.factories.tenants import UnitFactory

from .stories import TODAY, moment, payroll

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _programmes(acme):
    with tenant_context(acme.id):
        for name, stage in (("FLEET", "delivery"), ("MUSEUM", "closed")):
            programme = ProgrammeFactory(name=name, code=name, stage=stage)
            TrainingProgressFactory(programme=programme, unit=UnitFactory())


def read(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    content = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    return content.partition("<main")[2] or content


@pytest.mark.parametrize("url", ["/t/acme/", "/t/acme/training/"])
def test_what_is_closed_is_on_no_list_of_what_goes_on(vic, client_for, url):
    client = client_for(vic)
    for page in (read(client, url), read(client, f"{url}?format=csv")):
        assert "FLEET" in page
        assert "MUSEUM" not in page


def test_what_is_closed_is_found_by_its_stage(vic, client_for):
    client, url = client_for(vic), "/t/acme/"
    for page in (read(client, f"{url}?stage=closed"), read(client, f"{url}?stage=closed&format=csv")):  # fmt: skip
        assert "MUSEUM" in page
        assert "FLEET" not in page


# --- Pages of an earlier day -------------------------------------------------------------------------

SINCE = TODAY + timedelta(days=7)


@pytest.fixture
def closed_since(acme):
    """Payroll was closed here some days after the day looked back on; another tool closed Finance two days before."""
    with tenant_context(acme.id):
        with time_machine.travel(moment(TODAY), tick=False):
            story, other = payroll(), ProgrammeFactory(code="FIN", name="Finance over")
            golive = MilestoneFactory(
                programme=other,
                name="Finance goes live",
                is_golive=True,
                baseline_on=TODAY + timedelta(days=14),
            )
            MilestoneUnitFactory(milestone=golive, unit=story.unit)
        # The trail keeps the day on which a test runs, which is later than any day of the story.
        story.programme.stage = Stage.CLOSED
        story.programme.save()
        other.stage, other.source = Stage.CLOSED, "elsewhere"
        other.ends_on = TODAY - timedelta(days=2)
        other.save()
    with time_machine.travel(moment(SINCE), tick=False):
        yield story


@pytest.mark.parametrize(
    ("page", "here", "gone"),
    [
        ("", "Payroll renewal", "Finance over"),
        ("roadmap/", "Payroll renewal", "Finance over"),
        ("units-by-week/", "Payroll go-live", "Finance goes live"),
    ],
)
def test_an_earlier_day_shows_what_was_open_then(closed_since, vic, client_for, page, here, gone):
    client, url = client_for(vic), f"/t/acme/{page}"
    then = f"as_of={TODAY}&show=all" if page == "units-by-week/" else f"as_of={TODAY}"
    for shown in (read(client, f"{url}?{then}"), read(client, f"{url}?{then}&format=csv")):
        assert here in shown
        assert gone not in shown
    assert here not in read(client, url)


def test_it_has_the_stage_it_had_then(closed_since, vic, client_for):
    client, url = client_for(vic), "/t/acme/"
    for stage, is_there in (("delivery", True), ("closed", False)):
        page = read(client, f"{url}?as_of={TODAY}&stage={stage}")
        assert ("Payroll renewal" in page) is is_there
    # With Fleet and Museum, of which the trail knows nothing before the day of the test.
    assert "3 open programmes," in read(client, f"{url}?as_of={TODAY}")
    assert "Delivery" in read(client, f"{url}?as_of={TODAY}&format=csv")


@pytest.mark.parametrize("page", ["", "roadmap/", "units-by-week/"])
def test_ten_closed_since_take_as_many_statements_as_one(acme, closed_since, vic, client_for, page):
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(client, f"/t/acme/{page}?as_of={TODAY}")
        return len(queries)

    client = client_for(vic)
    statements()
    one = statements()
    with tenant_context(acme.id):
        for number in range(10):
            programme = ProgrammeFactory(code=f"P{number}")
            programme.stage = Stage.CLOSED
            programme.save()
    assert statements() == one
