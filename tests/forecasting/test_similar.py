"""The weeks of other programmes that were like now: from this organisation only, and named only to whom they may be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from forecasting import services
from forecasting.crises import similar
from forecasting.models import RiskScore, RiskSnapshot, SimilarWeeks
from pmo_portal.common import clock
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Ticket
from pmo_portal.tenants.context import tenant_context
from programmes.models import ProgrammeMember
from tests.factories.forecasting import (
    ReportedEventFactory,
    RiskScoreFactory,
    RiskSnapshotFactory,
    SimilarWeeksFactory,
)
from tests.factories.programmes import ProgrammeFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 6, 1)


def history(programmes: int = 32) -> list[Any]:
    """Programmes with half a year of weeks; the first one had a crisis after the first week."""
    made = [ProgrammeFactory() for _each in range(programmes)]
    for number, programme in enumerate(made):
        for week in range(26):
            RiskSnapshotFactory(
                programme=programme,
                as_of=MONDAY - timedelta(weeks=26 - week),
                raw=[1.0 + number / 100] + [0.5] * 27,
            )
    ReportedEventFactory(
        programme=made[0],
        effective_on=MONDAY - timedelta(weeks=25),
        known_at=clock.end_of(MONDAY - timedelta(weeks=25)),
    )
    return made


def test_what_came_of_the_weeks_most_like_now(acme) -> None:
    with tenant_context(acme.id):
        made = history()
        now = ProgrammeFactory()
        RiskScoreFactory(programme=now, as_of=MONDAY, raw=[1.0] + [0.5] * 27)
        assert similar.is_due(MONDAY)
        found = similar.find_similar(MONDAY, MONDAY, at=clock.now())
        assert similar.keep_similar(found) == 1
        assert not similar.is_due(MONDAY)
        row = SimilarWeeks.objects.get(programme=now)
    assert row.weeks[0]["programme"] == made[0].pk
    assert row.weeks[0]["came"]
    assert row.came == 1
    assert len(row.weeks) == 10


def test_a_window_that_is_not_over_is_no_evidence(acme) -> None:
    with tenant_context(acme.id):
        history()
        RiskSnapshot.objects.filter(as_of__lt=MONDAY - timedelta(weeks=3)).delete()
        RiskScoreFactory(programme=ProgrammeFactory(), as_of=MONDAY, raw=[1.0] + [0.5] * 27)
        assert similar.find_similar(MONDAY, MONDAY, at=clock.now()) == []


def test_the_past_of_another_organisation_is_none(acme, borealis) -> None:
    with tenant_context(borealis.id):
        history()
    with tenant_context(acme.id):
        RiskScoreFactory(programme=ProgrammeFactory(), as_of=MONDAY)
        assert similar.find_similar(MONDAY, MONDAY, at=clock.now()) == []


@pytest.fixture
def shown(acme):
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="NOW")
        other = ProgrammeFactory(name="Warehouse move")
        RiskScoreFactory(programme=programme, as_of=clock.today())
        weeks = [{"programme": other.pk, "day": "2025-03-03", "came": True, "distance": 0.2}]
        SimilarWeeksFactory(programme=programme, weeks=weeks, came=1)
        return programme


def read(client: Any) -> str:
    return str(client.get("/t/acme/p/NOW/forecast/").content.decode())


def test_the_page_names_the_weeks_and_what_came(shown, vic, client_for) -> None:
    page = read(client_for(vic))
    for words in ("Of the 1 most similar weeks here, 1 had a crisis", "Warehouse move", "3 Mar 2025", "A crisis"):  # fmt: skip
        assert words in page, words


def test_no_crisis_among_them_is_said_as_none(shown, acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        SimilarWeeks.objects.update(came=0)
    assert "Of the 1 most similar weeks here, none had a crisis" in read(client_for(vic))


def test_a_programme_the_member_may_not_see_is_not_named(shown, acme, dee, client_for) -> None:
    with tenant_context(acme.id):
        ProgrammeMember.objects.create(
            programme=shown, person=dee.person, role="contributor_delivery"
        )
    page = read(client_for(dee))
    assert "A programme you do not see" in page
    assert "Warehouse move" not in page


def test_without_similar_weeks_the_page_says_why(acme, vic, client_for) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(code="NOW")
        RiskScoreFactory(programme=programme, as_of=clock.today())
        for other in [programme, ProgrammeFactory()]:
            RiskSnapshotFactory(programme=other, as_of=clock.today() - timedelta(weeks=4))
        RiskSnapshotFactory(programme=ProgrammeFactory(), as_of=clock.today() - timedelta(weeks=3))
    assert "It takes 30 other programmes of which is known what came of their weeks; here 1 are." in read(client_for(vic))  # fmt: skip
    with tenant_context(acme.id):
        for _other in range(29):
            RiskSnapshotFactory(as_of=clock.today() - timedelta(weeks=4))
    assert "They are looked for in the first night of every week." in read(client_for(vic))


@pytest.mark.parametrize("was_told", [False, True])
def test_first_scores_ask_for_similar_weeks_at_once(acme, was_told) -> None:
    with tenant_context(acme.id):
        programme = ProgrammeFactory(stage="delivery")
        if was_told:
            RiskScoreFactory(programme=programme, as_of=MONDAY)
        job = services.ask_to_score(delay=timedelta(0))
    assert job is not None
    assert runs.run(acme.id, job.ticket_id) == "done"
    with tenant_context(acme.id):
        assert RiskScore.objects.filter(as_of=clock.today()).exists()
        assert Ticket.objects.filter(kind=services.WATCH).exists() == (not was_told)
