"""Registers of who sits in steering groups and of what stands on their agendas."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import GroupMember
from pmo_portal.accounts.choices import Function
from pmo_portal.tenants.context import tenant_context
from programmes.models import ProgrammeMember
from tests.factories.governance import (
    DecisionFactory,
    GroupMemberFactory,
    MeetingFactory,
    MeetingItemFactory,
    SteeringGroupFactory,
)
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import PersonFactory
from tests.pages import read
from tests.pmo_portal.scorecards.stories import TODAY, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_stories")]

SEATS, ALL_SEATS = "/t/acme/p/FHR/steering/seats/", "/t/acme/steering/seats/"
ITEMS, ALL_ITEMS = "/t/acme/p/FHR/meetings/items/", "/t/acme/meetings/items/"


def rows(client: Any, url: str, name: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return [str(getattr(each, name)) for each in answer.context["register"].rows]


@pytest.fixture
def seats(acme, borealis) -> None:
    """Two groups of Acme; Ann sits in both, and Ben has left the first."""
    with tenant_context(borealis.id):
        GroupMemberFactory(person=PersonFactory(name="Somebody else"))
    with tenant_context(acme.id):
        board = SteeringGroupFactory(programme=ProgrammeFactory(code="FHR"), name="Joint board")
        other = SteeringGroupFactory(programme=ProgrammeFactory(code="CRM"), name="CRM board")
        ann, ben, cas = (PersonFactory(name=name) for name in ("Ann", "Ben", "Cas"))
        GroupMemberFactory(group=board, person=ann, is_chair=True)
        GroupMemberFactory(
            group=board, person=ben, function=Function.CHANGE, deleted_at=moment(TODAY)
        )
        GroupMemberFactory(group=board, person=cas, function=Function.CHANGE, is_voting=False)
        GroupMemberFactory(group=other, person=ann, function=Function.BUSINESS)


def people(client: Any, url: str) -> list[str]:
    return rows(client, url, "person")


def test_seats_are_those_the_member_may_see(acme, seats, vic, ola, dee, client_for) -> None:
    assert people(client_for(vic), SEATS) == ["Ann", "Cas"]
    assert people(client_for(vic), ALL_SEATS) == ["Ann", "Ann", "Cas"]
    assert client_for(ola).get(ALL_SEATS).status_code in {403, 404}
    assert people(client_for(dee), ALL_SEATS) == []
    assert client_for(dee).get(SEATS).status_code == 404
    with tenant_context(acme.id):
        seat = GroupMember.objects.get(person__name="Cas")
        ProgrammeMember.objects.create(
            programme=seat.group.programme, person=dee.person, role="contributor_delivery"
        )
    assert people(client_for(dee), ALL_SEATS) == ["Ann", "Cas"]


def test_each_filter_of_seats_narrows_them_and_nonsense_does_not(seats, vic, client_for) -> None:
    client = client_for(vic)
    assert people(client, f"{SEATS}?state=left") == ["Ben"]
    assert people(client, f"{SEATS}?state=all&sort=person") == ["Ann", "Ben", "Cas"]
    assert people(client, f"{ALL_SEATS}?function=business") == ["Ann"]
    assert people(client, f"{ALL_SEATS}?right=chair") == ["Ann"]
    assert people(client, f"{ALL_SEATS}?right=vote") == ["Ann", "Ann"]
    assert people(client, f"{ALL_SEATS}?right=none") == ["Cas"]
    assert people(client, f"{ALL_SEATS}?words=crm") == ["Ann"]
    assert people(client, f"{ALL_SEATS}?words=cas") == ["Cas"]
    assert people(client, f"{SEATS}?state=x&function=y&right=z&sort=q") == ["Ann", "Cas"]
    page = read(client, f"{SEATS}?words=nobody")
    assert "Nothing matches these filters" in page
    assert "2 people sit in steering groups" in page


def test_seats_are_sorted_and_taken_along(seats, vic, client_for) -> None:
    client = client_for(vic)
    assert people(client, f"{SEATS}?sort=-person") == ["Cas", "Ann"]
    table = client.get(f"{SEATS}?state=left&format=csv").content.decode().splitlines()
    assert table[1].split(",")[:5] == ["Ben", "Joint board", "Adoption", "Yes", "No"]
    assert TODAY.isoformat() in table[1].split(",")[6]
    assert "CRM" in client.get(f"{ALL_SEATS}?format=csv").content.decode()
    assert client.get(f"{ALL_SEATS}?format=xlsx").status_code == 200


@pytest.fixture
def items(acme, borealis) -> None:
    with tenant_context(borealis.id):
        MeetingItemFactory(title="Theirs")
    with tenant_context(acme.id):
        board = SteeringGroupFactory(programme=ProgrammeFactory(code="FHR"), name="Joint board")
        held = MeetingFactory(group=board, held_on=TODAY - timedelta(days=10))
        coming = MeetingFactory(group=board, held_on=TODAY + timedelta(days=10))
        question = DecisionFactory(programme=board.programme)
        MeetingItemFactory(
            meeting=held, title="Budget", side="delivery", outcome="noted", note="Agreed to wait"
        )
        MeetingItemFactory(meeting=held, title="Training", side="change", decision=question)
        MeetingItemFactory(meeting=coming, title="Go-live", side="both", minutes=25)
        cancelled = MeetingFactory(
            group=board, held_on=TODAY - timedelta(days=40), status="cancelled"
        )
        MeetingItemFactory(meeting=cancelled, title="Not spoken of")
        removed = MeetingFactory(group=board, deleted_at=moment(TODAY))
        MeetingItemFactory(meeting=removed, title="Of a removed meeting")
        MeetingItemFactory(title="Of another programme")


def titles(client: Any, url: str) -> list[str]:
    return rows(client, url, "title")


def test_agenda_items_are_those_the_member_may_see(items, vic, ola, dee, client_for) -> None:
    assert titles(client_for(vic), ITEMS) == ["Go-live", "Training", "Budget", "Not spoken of"]
    assert "Of another programme" in titles(client_for(vic), ALL_ITEMS)
    assert "Theirs" not in titles(client_for(vic), ALL_ITEMS)
    assert client_for(ola).get(ALL_ITEMS).status_code in {403, 404}
    assert titles(client_for(dee), ALL_ITEMS) == []
    assert client_for(dee).get(ITEMS).status_code == 404


def test_each_filter_of_items_narrows_them_and_nonsense_does_not(items, vic, client_for) -> None:
    client = client_for(vic)
    assert titles(client, f"{ITEMS}?state=coming") == ["Go-live"]
    assert titles(client, f"{ITEMS}?state=open") == ["Training"]
    assert titles(client, f"{ITEMS}?state=noted") == ["Budget"]
    assert titles(client, f"{ITEMS}?side=change") == ["Training"]
    assert titles(client, f"{ITEMS}?words=to+wait") == ["Budget"]
    assert len(titles(client, f"{ALL_ITEMS}?group=joint")) == 4
    assert titles(client, f"{ITEMS}?since={TODAY.isoformat()}") == ["Go-live"]
    assert titles(client, f"{ITEMS}?until={(TODAY - timedelta(days=20)).isoformat()}") == [
        "Not spoken of"
    ]
    assert len(titles(client, f"{ITEMS}?state=x&side=y&since=soon&until=late&sort=z")) == 4
    page = read(client, f"{ITEMS}?words=nowhere")
    assert "Nothing matches these filters" in page
    assert "One agenda item was held and has no outcome" in page


def test_items_are_sorted_and_taken_along(items, vic, client_for) -> None:
    client = client_for(vic)
    assert titles(client, f"{ITEMS}?sort=-minutes")[0] == "Go-live"
    table = client.get(f"{ITEMS}?state=open&format=csv").content.decode().splitlines()
    held_on = (TODAY - timedelta(days=10)).isoformat()
    assert table[1].split(",")[1:8] == ["Training", held_on, "Joint board", "Adoption", "10", "", "DEC-1"]  # fmt: skip
    assert client.get(f"{ALL_ITEMS}?format=xlsx").status_code == 200


@pytest.mark.parametrize("url", [SEATS, ALL_SEATS, ITEMS, ALL_ITEMS])
def test_it_asks_as_much_for_many_as_for_one(acme, vic, client_for, url: str) -> None:
    client = client_for(vic)

    def more() -> None:
        board = SteeringGroupFactory(programme=programme)
        GroupMemberFactory(group=board)
        MeetingItemFactory(
            meeting=MeetingFactory(group=board), decision=DecisionFactory(programme=programme)
        )

    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR")
        more()
    read(client, url)
    with CaptureQueriesContext(connection) as few:
        read(client, url)
    with tenant_context(acme.id):
        for _each in range(6):
            more()
    with CaptureQueriesContext(connection) as many:
        read(client, url)
    assert len(many) == len(few)


NO_SEATS, NO_ITEMS = "Nobody sits in a steering group yet", "Nothing is on an agenda yet"


@pytest.mark.parametrize(
    ("url", "said"),
    [(SEATS, NO_SEATS), (ALL_SEATS, NO_SEATS), (ITEMS, NO_ITEMS), (ALL_ITEMS, NO_ITEMS)],
)
def test_an_empty_register_says_so(acme, vic, client_for, url: str, said: str) -> None:
    with tenant_context(acme.id):
        ProgrammeFactory(code="FHR")
    assert said in read(client_for(vic), url)
