"""A night of scoring whose worker is killed in the middle of writing: nothing of it is kept, and the next run ends as if nothing had been."""

from __future__ import annotations

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
from tests.factories.programmes import MilestoneFactory, RaidItemFactory
from tests.killing import kill_at
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

WRITTEN = (RiskSnapshot, RiskScore, RaidScore, MilestoneOutlook, AdoptionShortfall)
# Numbers of rows and the second of the computation are those of another run.
ITS_OWN = {"id", "computed_at", "taken_at"}


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(moment(TODAY), tick=False) as moved:
        yield moved


def written() -> dict[str, list[str]]:
    """Every row a night of scoring writes, without what no two runs share."""
    return {
        model.__name__: sorted(
            str({name: value for name, value in row.items() if name not in ITS_OWN})
            for row in model.objects.values()
        )
        for model in WRITTEN
    }


def test_the_next_run_ends_as_if_nobody_had_been_killed(acme, day, superuser_url) -> None:
    def ask() -> Job:
        with tenant_context(acme.id):
            # The story may have asked for it by itself.
            services.ask_to_score()
            job = Job.objects.get(ticket__kind=services.SCORE, ticket__state="queued")
        day.shift(services.SCORE_DEBOUNCE)
        return job

    with tenant_context(acme.id):
        programme = payroll().programme
        RaidItemFactory(programme=programme)
    assert runs.run(acme.id, ask().ticket_id) == "done"
    with tenant_context(acme.id):
        before = written()
        # Something of every kind has changed by the next run.
        RaidItem.objects.update(probability=5, impact=5)
        RaidItemFactory.create_batch(3, programme=programme)
        MilestoneFactory(programme=programme)
    job = ask()
    ends: dict[str, Any] = {}
    with transaction.atomic():
        # What it comes to when nobody is killed; taken back.
        assert runs.run(acme.id, job.ticket_id) == "done"
        with tenant_context(acme.id):
            ends = {**written(), "result": Job.objects.get(pk=job.pk).result}
        transaction.set_rollback(True)

    # Scores of programmes are written by then, dates are not.
    kill_at(
        f"SELECT FROM {MilestoneOutlook._meta.db_table} WHERE is_current FOR UPDATE",
        "import time_machine\n"
        "from uuid import UUID\n"
        "from pmo_portal.jobs import runs\n"
        f"with time_machine.travel({clock.now().timestamp()}, tick=False):\n"
        f"    runs.run(UUID('{acme.id}'), UUID('{job.ticket_id}'))",
        superuser_url=superuser_url,
    )

    with tenant_context(acme.id):
        assert written() == before
    ticket = Ticket.objects.get(pk=job.ticket_id)
    assert (ticket.state, ticket.attempts) == ("running", 1)
    # As long as its lease runs nobody takes the job over.
    assert runs.run(acme.id, job.ticket_id) == "not claimed"
    day.shift(runs.LEASE)
    day.shift(1)
    assert runs.run(acme.id, job.ticket_id) == "done"
    with tenant_context(acme.id):
        assert {**written(), "result": Job.objects.get(pk=job.pk).result} == ends
    assert ends["RiskScore"] != before["RiskScore"]
    assert ends["MilestoneOutlook"] != before["MilestoneOutlook"]
