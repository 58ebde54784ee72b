"""A broker that does not answer is left alone for a while: a job is a row, and nobody waits for its message."""

from datetime import UTC, datetime
from uuid import uuid4

from kombu.exceptions import OperationalError

from pmo_portal.common.circuit import Circuit
from pmo_portal.jobs import services, tasks
from pmo_portal.jobs.models import Ticket


def test_after_one_nudge_failed_the_next_ones_are_left_to_the_sweeper(monkeypatch):
    asked = []

    def refuse(*args, **kwargs):
        asked.append(args)
        raise OperationalError("nobody there")

    monkeypatch.setattr(services, "_broker", Circuit())
    monkeypatch.setattr(tasks.run_job, "apply_async", refuse)
    ticket = Ticket(tenant_id=uuid4(), kind="jobs.purge_deleted", run_at=datetime.now(UTC))
    assert [services.nudge(ticket) for _ in range(3)] == [False, False, False]
    assert len(asked) == 1


def test_a_broker_that_answers_hears_of_every_job(monkeypatch):
    asked = []
    monkeypatch.setattr(services, "_broker", Circuit())
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda *args, **kwargs: asked.append(args))
    ticket = Ticket(tenant_id=uuid4(), kind="jobs.purge_deleted", run_at=datetime.now(UTC))
    assert [services.nudge(ticket) for _ in range(3)] == [True, True, True]
    assert len(asked) == 3
