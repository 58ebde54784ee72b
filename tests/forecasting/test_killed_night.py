"""A night of scoring whose worker is killed in the middle of writing: what was kept is whole, and the next run ends as if nothing had been."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from forecasting import services
from forecasting.models import (
    AdoptionShortfall,
    MilestoneOutlook,
    RaidScore,
    RiskScore,
    RiskSnapshot,
)
from pmo_portal.common import clock
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Job, Ticket
from pmo_portal.tenants.context import tenant_context
from programmes.models import RaidItem
from tests.factories.programmes import MilestoneFactory, RaidItemFactory, RaidUpdateFactory
from tests.killing import kill_at
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

# Numbers of rows and the second of the computation are those of another run.
ITS_OWN = {"id", "computed_at", "taken_at"}


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(moment(TODAY), tick=False) as moved:
        yield moved


def written(*models: Any) -> list[list[str]]:
    """Every row of some models, without what no two runs share."""
    return [
        sorted(
            str({name: value for name, value in row.items() if name not in ITS_OWN})
            for row in model.objects.values()
        )
        for model in models
    ]


def ask(tenant, day, kind: str) -> Job:
    with tenant_context(tenant.id):
        # The story may have asked for scores by itself.
        services.ask_to_score()
        services.ask_to_score_dates()
        services.ask_to_score_items()
        job = Job.objects.get(ticket__kind=kind, ticket__state="queued")
    day.shift(services.SCORE_DEBOUNCE)
    return job


def night(tenant, day) -> None:
    for kind in (services.SCORE, services.SCORE_DATES, services.SCORE_ITEMS):
        assert runs.run(tenant.id, ask(tenant, day, kind).ticket_id) == "done"


def unkilled(tenant, job: Job, *models: Any) -> list[list[str]]:
    """What a run comes to when nobody kills it; taken back."""
    with transaction.atomic():
        assert runs.run(tenant.id, job.ticket_id) == "done"
        with tenant_context(tenant.id):
            ends = written(*models)
        transaction.set_rollback(True)
    return ends


def kill(tenant, job: Job, *, lock: str, first: str = "", superuser_url: str) -> None:
    kill_at(
        lock,
        "import time_machine\n"
        "from uuid import UUID\n"
        "from pmo_portal.jobs import runs\n"
        f"{first}\n"
        f"with time_machine.travel({clock.now().timestamp()}, tick=False):\n"
        f"    runs.run(UUID('{tenant.id}'), UUID('{job.ticket_id}'))",
        superuser_url=superuser_url,
    )
    ticket = Ticket.objects.get(pk=job.ticket_id)
    assert (ticket.state, ticket.attempts) == ("running", 1)


def run_again(tenant, day, job: Job) -> None:
    # As long as its lease runs nobody takes the job over.
    assert runs.run(tenant.id, job.ticket_id) == "not claimed"
    day.shift(runs.LEASE)
    day.shift(1)
    assert runs.run(tenant.id, job.ticket_id) == "done"


def test_weeks_that_were_kept_stay_and_scores_are_as_they_were(acme, day, superuser_url) -> None:
    with tenant_context(acme.id):
        programme = payroll().programme
    night(acme, day)
    day.shift(timedelta(days=7))
    with tenant_context(acme.id):
        before = written(RiskSnapshot, RiskScore)
        RaidItem.objects.update(probability=5, impact=5)
        RaidItemFactory.create_batch(3, programme=programme)
    job = ask(acme, day, services.SCORE)
    ends = unkilled(acme, job, RiskSnapshot, RiskScore)
    assert all(was != ended for was, ended in zip(before, ends, strict=True))
    lock = f"SELECT FROM {RiskScore._meta.db_table} WHERE is_current FOR UPDATE"
    kill(acme, job, lock=lock, superuser_url=superuser_url)
    with tenant_context(acme.id):
        weeks, scores = written(RiskSnapshot, RiskScore)
    # Those of units that no trend looks at any more go with the scores.
    assert set(weeks) > set(ends[0])
    assert scores == before[1]
    run_again(acme, day, job)
    with tenant_context(acme.id):
        assert written(RiskSnapshot, RiskScore) == ends


def test_dates_that_were_kept_stay_and_readiness_is_as_it_was(acme, day, superuser_url) -> None:
    with tenant_context(acme.id):
        programme = payroll().programme
    night(acme, day)
    day.shift(timedelta(days=7))
    with tenant_context(acme.id):
        before = written(MilestoneOutlook, AdoptionShortfall)
        MilestoneFactory(programme=programme)
    job = ask(acme, day, services.SCORE_DATES)
    ends = unkilled(acme, job, MilestoneOutlook, AdoptionShortfall)
    assert all(was != ended for was, ended in zip(before, ends, strict=True))
    lock = f"SELECT FROM {AdoptionShortfall._meta.db_table} WHERE is_current FOR UPDATE"
    kill(acme, job, lock=lock, superuser_url=superuser_url)
    with tenant_context(acme.id):
        assert written(MilestoneOutlook, AdoptionShortfall) == [ends[0], before[1]]
    run_again(acme, day, job)
    with tenant_context(acme.id):
        assert written(MilestoneOutlook, AdoptionShortfall) == ends


def test_items_go_on_with_the_block_that_was_not_kept(
    acme, day, superuser_url, monkeypatch
) -> None:
    monkeypatch.setattr("forecasting.raid.scoring.BLOCK", 1)
    with tenant_context(acme.id):
        programme = payroll().programme
        first, second = RaidItemFactory.create_batch(2, programme=programme)
    night(acme, day)
    with tenant_context(acme.id):
        (before,) = written(RaidScore)
        RaidUpdateFactory(item=first, impact=5, effective_on=TODAY, known_at=clock.now())
        RaidUpdateFactory(item=second, impact=5, effective_on=TODAY, known_at=clock.now())
    job = ask(acme, day, services.SCORE_ITEMS)
    (ends,) = unkilled(acme, job, RaidScore)
    table = RaidScore._meta.db_table
    kill(
        acme,
        job,
        lock=f"SELECT FROM {table} WHERE is_current AND item_id = {second.pk} FOR UPDATE",
        first="from forecasting.raid import scoring; scoring.BLOCK = 1",
        superuser_url=superuser_url,
    )
    with tenant_context(acme.id):
        (between,) = written(RaidScore)
        assert before != between != ends
        current = RaidScore.objects.filter(is_current=True)
        assert set(current.values_list("item_id", flat=True)) >= {first.pk, second.pk}
    run_again(acme, day, job)
    with tenant_context(acme.id):
        assert written(RaidScore) == [ends]
