"""Open risks of all programmes by probability and impact, each number with the way to its rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal.tenants.context import tenant_context
from programmes import selectors
from programmes.models import ProgrammeMember
from tests.factories.programmes import ProgrammeFactory, RaidItemFactory
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

ALL = "/t/acme/raid/"


def test_open_rated_risks_are_counted_and_nothing_else(acme, vic, borealis) -> None:
    with tenant_context(borealis.id):
        RaidItemFactory(probability=4, impact=5)
    with tenant_context(acme.id):
        for _each in range(2):
            RaidItemFactory(probability=4, impact=5)
        RaidItemFactory(probability=5, impact=4, kind="issue")
        RaidItemFactory(probability=4, impact=5, status="closed")
        RaidItemFactory(probability=None, impact=None)
        RaidItemFactory(probability=1, impact=1)
        found = selectors.risk_counts(selectors.raid_items_for(vic))
    assert found == {(4, 5): 2, (1, 1): 1}


def test_a_number_leads_to_its_risks(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        RaidItemFactory(probability=4, impact=5, title="Supplier fails")
        RaidItemFactory(probability=2, impact=5, title="Room is small")
    client = client_for(vic)
    page = read(client, ALL)
    assert "kind=risk&amp;probability=4&amp;impact=5" in page
    assert "1 of 2 open items" in page
    rows = read(client, f"{ALL}?kind=risk&probability=4&impact=5")
    assert "Supplier fails" in rows
    assert "Room is small" not in rows


def test_one_drawing_serves_the_log_of_a_programme_and_of_all(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="PAY")
        RaidItemFactory(programme=programme, probability=4, impact=5)
    client = client_for(vic)
    for address in (ALL, "/t/acme/p/PAY/raid/"):
        page = read(client, address)
        assert page.count('class="pp-plot pp-plot-narrow"') == 1
        assert f"{address}?kind=risk&amp;probability=4&amp;impact=5" in page
        assert "1 item, probability 4, impact 5" in page
        assert "ikelihood" not in page.partition('id="map"')[2]


def test_a_contributor_counts_the_risks_of_own_programmes(acme, dee, client_for) -> None:
    with tenant_context(acme.id):
        own = ProgrammeFactory()
        ProgrammeMember.objects.create(
            programme=own, person=dee.person, role="contributor_delivery"
        )
        RaidItemFactory(programme=own, probability=3, impact=3)
        RaidItemFactory(probability=5, impact=5)
        found = selectors.risk_counts(selectors.raid_items_for(dee))
    assert found == {(3, 3): 1}


def test_without_a_rated_risk_there_is_no_map(acme, vic, client_for) -> None:
    assert 'class="pp-plot' not in read(client_for(vic), ALL)


def test_it_asks_as_much_for_many_as_for_one(acme, vic, client_for) -> None:
    client = client_for(vic)
    with tenant_context(acme.id):
        RaidItemFactory()
    read(client, ALL)
    with CaptureQueriesContext(connection) as few:
        read(client, ALL)
    with tenant_context(acme.id):
        for rating in range(1, 6):
            RaidItemFactory(probability=rating, impact=rating)
    with CaptureQueriesContext(connection) as many:
        read(client, ALL)
    assert len(many) == len(few)


def test_open_items_are_counted_once(acme, vic, client_for) -> None:
    client = client_for(vic)
    with tenant_context(acme.id):
        for status in ("assessed", "assessed", "closed"):
            RaidItemFactory(status=status)

    def counts(query: str) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(f"{ALL}{query}")
        # A preset that is no longer true would say so here.
        register = answer.context["register"]
        assert register.total == len(register.rows)
        return [
            each["sql"]
            for each in asked
            if "raiditem" in each["sql"]
            and "COUNT(" in each["sql"]
            and "GROUP BY" not in each["sql"]
        ]

    client.get(ALL)
    assert len(counts("")) == 1
    assert len(counts("?sort=title&state=nonsense")) == 1
    # What is filtered and what is open are two numbers.
    assert len(counts("?state=ended")) == 2
