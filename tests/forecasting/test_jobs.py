"""What asks for a computation, and the job that does it."""

from __future__ import annotations

import pytest
import time_machine

from adoption import events as adoption
from forecasting import services
from forecasting.models import GoLiveRisk, RiskScore
from governance import events as governance
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Job, Ticket
from pmo_portal.tenants.context import tenant_context
from programmes import events
from tests.factories.programmes import RaidItemFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(moment(TODAY), tick=False) as clock:
        yield clock


def waiting() -> list[str]:
    return list(Job.objects.filter(ticket__state="queued").values_list("slot", flat=True))


def test_many_changes_ask_for_one_run(acme):
    for _change in range(3):
        events.milestone_changed.send(sender=None, tenant_id=acme.id, programme_id=1)
    with tenant_context(acme.id):
        assert waiting().count(f"{services.RECOMPUTE}:{acme.id}") == 1
        ticket = Ticket.objects.get(kind=services.RECOMPUTE)
    assert ticket.run_at - ticket.created_at == services.DEBOUNCE


def test_the_job_computes_and_says_what_changed(acme, day):
    with tenant_context(acme.id):
        payroll()
        job = services.ask_to_recompute()
    day.shift(services.DEBOUNCE)
    assert runs.run(acme.id, job.ticket_id) == "done"
    with tenant_context(acme.id):
        assert GoLiveRisk.objects.current().get().level == "elevated"
        assert Job.objects.get(pk=job.pk).result == {
            "looked_at": 1,
            "added": 1,
            "ended": 0,
            "raised": 1,
        }
        # It gave its slot back when it started, so that a change during the run asks again.
        assert services.ask_to_recompute() is not None


def test_the_job_of_one_tenant_leaves_the_other_alone(acme, borealis, day):
    for tenant in (acme, borealis):
        with tenant_context(tenant.id):
            payroll()
    with tenant_context(acme.id):
        job = services.ask_to_recompute()
    day.shift(services.DEBOUNCE)
    runs.run(acme.id, job.ticket_id)
    with tenant_context(borealis.id):
        assert not GoLiveRisk.objects.exists()


# --- scores ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        events.raid_item_changed,
        events.budget_changed,
        governance.decision_changed,
        adoption.training_recorded,
    ],
)
def test_what_a_score_looks_at_asks_for_one_run(acme, event):
    for _change in range(3):
        event.send(sender=None, tenant_id=acme.id, programme_id=1)
    with tenant_context(acme.id):
        assert waiting().count(f"{services.SCORE}:{acme.id}") == 1


def test_the_job_scores_and_a_second_one_writes_nothing(acme, day):
    results = []
    for _night in range(2):
        with tenant_context(acme.id):
            if not results:
                RaidItemFactory(programme=payroll().programme, title="Supplier may be late")
            job = services.ask_to_score()
        day.shift(services.SCORE_DEBOUNCE)
        assert runs.run(acme.id, job.ticket_id) == "done"
        with tenant_context(acme.id):
            results.append(Job.objects.get(pk=job.pk).result)
            # The programme, and the unit it touches.
            assert RiskScore.objects.filter(is_current=True).count() == 2
    programmes = {"computed": 2, "written": 2, "ended": 0}
    # The item of the story, and one more.
    items = {"items": 2, "items_written": 2, "items_ended": 0}
    # The go-live of the story.
    dates = {"milestones": 1, "milestones_written": 1}
    units = {"units_told": 1, "units_written": 1}
    assert results[0] == {**programmes, **items, **dates, **units}
    nothing = {"written": 0, "items_written": 0, "milestones_written": 0, "units_written": 0}
    assert results[1] == {**programmes, **items, **dates, **units, **nothing}
