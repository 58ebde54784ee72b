"""What asks for a computation, and the job that does it."""

from __future__ import annotations

import pytest
import time_machine

from adoption import events as adoption
from forecasting import services
from forecasting.models import GoLiveRisk, RaidScore, RiskScore
from governance import events as governance
from pmo_portal.common import clock
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Job, Ticket
from pmo_portal.tenants.context import tenant_context
from programmes import events
from tests.factories.programmes import RaidItemFactory, RaidUpdateFactory
from tests.pmo_portal.scorecards.stories import TODAY, moment, payroll

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(moment(TODAY), tick=False) as moved:
        yield moved


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
        governance.escalation_changed,
        adoption.training_recorded,
    ],
)
def test_what_a_score_looks_at_asks_for_one_run(acme, event):
    for _change in range(3):
        event.send(sender=None, tenant_id=acme.id, programme_id=1)
    with tenant_context(acme.id):
        assert waiting().count(f"{services.SCORE}:{acme.id}") == 1


def night(tenant, day) -> dict[str, dict[str, int]]:
    """The scores of the tenant, and the jobs this asks for. What each says it did."""
    found = {}
    with tenant_context(tenant.id):
        services.ask_to_score()
    day.shift(services.SCORE_DEBOUNCE)
    for kind in (services.SCORE, services.SCORE_DATES, services.SCORE_ITEMS):
        with tenant_context(tenant.id):
            job = Job.objects.get(ticket__kind=kind, ticket__state="queued")
        assert runs.run(tenant.id, job.ticket_id) == "done"
        with tenant_context(tenant.id):
            found[kind] = Job.objects.get(pk=job.pk).result
    return found


def test_the_jobs_score_and_a_second_night_writes_nothing(acme, day):
    with tenant_context(acme.id):
        RaidItemFactory(programme=payroll().programme, title="Supplier may be late")
    results = []
    for _night in range(2):
        results.append(night(acme, day))
        with tenant_context(acme.id):
            # The programme, and the unit it touches.
            assert RiskScore.objects.filter(is_current=True).count() == 2
            assert RaidScore.objects.filter(is_current=True).count() == 2
    programmes = {"computed": 2, "written": 2, "ended": 0}
    # The go-live of the story.
    dates = {"milestones": 1, "milestones_written": 1}
    units = {"units_told": 1, "units_written": 1}
    # The item of the story, and one more.
    items = {"items": 2, "items_written": 2, "items_ended": 0}
    assert results[0][services.SCORE] == programmes
    assert results[0][services.SCORE_DATES] == {**dates, **units}
    assert results[0][services.SCORE_ITEMS] == items
    assert results[1][services.SCORE] == {**programmes, "written": 0}
    nothing = {"milestones_written": 0, "units_written": 0}
    assert results[1][services.SCORE_DATES] == {**dates, **units, **nothing}
    assert results[1][services.SCORE_ITEMS] == {**items, "items_written": 0}


def test_items_are_told_alike_in_blocks(acme, day, monkeypatch):
    """One block ends in the middle of a programme; an item that ended in between loses its score."""
    with tenant_context(acme.id):
        programme = payroll().programme
        ended = RaidItemFactory.create_batch(5, programme=programme)[-1]
    night(acme, day)

    def told() -> dict[int, tuple[object, ...]]:
        rows = RaidScore.objects.filter(is_current=True)
        return {row.item_id: (row.probability, row.low, row.terms, row.series, row.alike) for row in rows}  # fmt: skip

    with tenant_context(acme.id):
        whole = told()
        RaidScore.objects.all().delete()
    monkeypatch.setattr("forecasting.raid.scoring.BLOCK", 2)
    assert night(acme, day)[services.SCORE_ITEMS]["items_written"] == 6
    with tenant_context(acme.id):
        assert told() == whole
        assert len(whole) == 6
        RaidUpdateFactory(item=ended, status="closed", effective_on=TODAY, known_at=clock.now())
    night(acme, day)
    with tenant_context(acme.id):
        assert told().keys() == whole.keys() - {ended.pk}
