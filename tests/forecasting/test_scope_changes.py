"""Changes of scope both leads approved, as an input of scores: as they were known on each day, and no other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
import time_machine

from forecasting import inputs
from forecasting.crises import scoring
from forecasting.learning import features
from forecasting.learning.names import SCOPE_DAYS
from governance import services
from governance.models import ChangeRequest
from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import ChangeRequestFactory, approved_change
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
COLUMN = features.CRISIS.names.index("scope_changes_8w")


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(code="FHR", starts_on=DAY - timedelta(weeks=60))


def counted(programme, day: date = DAY) -> float:
    made = inputs.read([day], programme_ids=[programme.pk])
    return float(made.raw[0, COLUMN])


def test_nothing_was_asked_for(programme) -> None:
    assert counted(programme) == 0


@pytest.mark.parametrize(
    ("back", "counts"), [(0, 1), (1, 1), (SCOPE_DAYS - 1, 1), (SCOPE_DAYS, 0), (-1, 0), (-30, 0)]
)
def test_it_counts_for_eight_weeks_from_the_day_both_had_signed(programme, back, counts) -> None:
    approved_change(programme, DAY - timedelta(days=back))
    assert counted(programme) == counts


@pytest.mark.parametrize("kinds", [["time"], ["cost", "quality", "benefit"]])
def test_only_changes_of_scope_count(programme, kinds) -> None:
    approved_change(programme, DAY, kinds=kinds)
    approved_change(programme, DAY, kinds=[*kinds, "scope"])
    assert counted(programme) == 1


def test_what_is_not_approved_does_not_count(programme) -> None:
    ChangeRequestFactory(programme=programme)
    ChangeRequestFactory(programme=programme, status="ready")
    ChangeRequestFactory(programme=programme, status="withdrawn")
    approved_change(programme, DAY, status="rejected")
    approved_change(programme, DAY, deleted_at=clock.end_of(DAY))
    assert counted(programme) == 0


def test_what_came_of_it_afterwards_does_not_matter(programme) -> None:
    for status in ("implemented", "dropped"):
        approved_change(
            programme, DAY, status=status, outcome="Done.", closed_on=DAY + timedelta(days=20)
        )
    assert counted(programme) == 2


def test_what_became_known_later_is_not_seen_on_an_earlier_day(programme) -> None:
    """Typed in a week after both had signed on paper: the days between did not know of it."""
    known = datetime.combine(DAY + timedelta(days=7), time(9), tzinfo=UTC)
    approved_change(programme, DAY, decided_at=known)
    days = [DAY + timedelta(days=each) for each in (0, 6, 7, 8)]
    assert [counted(programme, day) for day in days] == [0, 0, 1, 1]


def test_each_day_of_a_story_says_what_was_known_on_it(programme, dana, cam) -> None:
    """Through the services: raised, signed once, signed twice, closed. Asked afterwards and asked at the time alike."""
    type(programme).objects.filter(pk=programme.pk).update(
        delivery_lead=dana.person, change_lead=cam.person
    )
    programme.refresh_from_db()
    days = [DAY + timedelta(days=each) for each in range(5)]
    at = [datetime.combine(day, time(9), tzinfo=UTC) for day in days]
    at_the_time = []

    def look() -> None:
        at_the_time.append(counted(programme, days[len(at_the_time)]))

    change = services.raise_change(
        ChangeRequest(
            programme=programme, title="Later", what="In spring", why="Late", kinds=["scope"],
            effective_on=days[0],
        ),
        at=at[0], acting=dana,
    )  # fmt: skip
    look()
    services.say_delivery(
        change.delivery_impact, changes={"scope": "Less"}, at=at[1], on=days[1], acting=dana
    )
    services.say_people(
        change.people_impact, changes={"hours": 3}, at=at[1], on=days[1], acting=cam
    )
    change = services.offer_change(ChangeRequest.objects.get(), acting=dana)
    change = services.sign_change(change, function="delivery", at=at[1], on=days[1], acting=dana)
    look()
    services.sign_change(change, function="change", at=at[2], on=days[2], acting=cam)
    look()
    services.close_change(
        ChangeRequest.objects.get(), status="dropped", outcome="No", on=days[3], acting=dana
    )
    look()
    look()
    assert at_the_time == [0, 0, 1, 1, 1]
    assert [counted(programme, day) for day in days] == at_the_time


def test_programmes_and_organisations_are_kept_apart(acme, borealis) -> None:
    with tenant_context(borealis.id):
        approved_change(ProgrammeFactory(starts_on=DAY - timedelta(weeks=60)), DAY)
    with tenant_context(acme.id):
        one, other = (ProgrammeFactory(starts_on=DAY - timedelta(weeks=60)) for _each in range(2))
        approved_change(one, DAY)
        assert (counted(one), counted(other)) == (1, 0)


def test_many_programmes_and_days_take_the_statements_of_one(
    programme, django_assert_num_queries
) -> None:
    for _each in range(6):
        many = ProgrammeFactory(starts_on=DAY - timedelta(weeks=60))
        approved_change(many, DAY)
        approved_change(many, DAY - timedelta(weeks=3))
    days = [DAY - timedelta(weeks=back) for back in range(4)]
    with django_assert_num_queries(18):
        inputs.read([DAY], programme_ids=[programme.pk])
    with django_assert_num_queries(18):
        made = inputs.read(days)
    together = {place: made.raw[row, COLUMN] for row, place in enumerate(made.places)}
    assert together[many.pk, DAY] == 2
    assert together[many.pk, DAY - timedelta(weeks=3)] == 1
    assert np.nansum(made.raw[:, COLUMN]) == 6 * (2 + 1 + 1 + 1)


def test_the_driver_leads_to_those_very_rows(acme, vic, client_for) -> None:
    noon = datetime.combine(DAY, time(12), tzinfo=UTC)
    with time_machine.travel(noon, tick=False), tenant_context(acme.id):
        programme = ProgrammeFactory(code="FHR", starts_on=DAY - timedelta(weeks=60))
        MilestoneFactory(programme=programme)
        inside = approved_change(programme, DAY - timedelta(days=SCOPE_DAYS - 1))
        approved_change(programme, DAY - timedelta(days=SCOPE_DAYS))
        approved_change(programme, DAY, kinds=["cost"])
        scoring.keep_scores(scoring.compute_scores(as_of=DAY, at=noon))
    with time_machine.travel(noon, tick=False):
        client = client_for(vic)
        page = client.get("/t/acme/p/FHR/forecast/").content.decode()
        assert "1 change of scope in eight weeks" in page
        href = page.partition("Those changes of scope")[0].rpartition('href="')[2].partition('"')[0]
        rows = client.get(href.replace("&amp;", "&")).context["register"].rows
    assert [each.pk for each in rows] == [inside.pk]
