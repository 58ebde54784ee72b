"""A broker that does not answer is left alone for a while: a job is a row, and nobody waits for its message."""

import socket
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from kombu.exceptions import OperationalError

from pmo_portal.celery import app
from pmo_portal.common.circuit import Circuit
from pmo_portal.jobs import runs, services, tasks
from pmo_portal.jobs.models import Job, Ticket
from pmo_portal.tenants.context import tenant_context


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


@pytest.fixture
def nobody_at_the_broker(monkeypatch, settings):
    """Messages and cache lead to a port where nobody listens."""
    closed = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(services, "_broker", Circuit())
    monkeypatch.setattr(app.conf, "broker_write_url", closed)
    for kept in (app, "_pool"), (app.amqp, "_producer_pool"):
        monkeypatch.setattr(*kept, None)
    settings.CACHES = {
        "default": {
            "BACKEND": "pmo_portal.common.cache.ForgivingRedisCache",
            "LOCATION": closed,
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }


def test_a_broker_that_hangs_is_waited_for_once(nobody_at_the_broker, monkeypatch):
    """Somebody waits for their page: workers, who may wait longer, have limits of their own."""
    monkeypatch.setitem(services.FOR_NUDGES, "socket_timeout", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        monkeypatch.setattr(app.conf, "broker_write_url", address)
        ticket = Ticket(tenant_id=uuid4(), kind="jobs.purge_deleted", run_at=datetime.now(UTC))
        began = time.monotonic()
        assert not services.nudge(ticket)
        assert 0.3 <= time.monotonic() - began < 2


@pytest.mark.django_db
def test_without_redis_people_go_on_and_what_they_asked_for_is_done_once_it_is_back(
    acme,
    ada,
    cam,
    client_for,
    nobody_at_the_broker,
    monkeypatch,
    django_capture_on_commit_callbacks,
    caplog,
):
    file = SimpleUploadedFile("survey.csv", b"nothing of a survey")
    guest = {"email": "nadia@people.example", "name": "Nadia", "roles": ["viewer"]}
    with django_capture_on_commit_callbacks(execute=True):
        sent = client_for(cam).post("/t/acme/imports/people-survey/", {"file": file})
        invited = client_for(ada).post("/t/acme/admin/invitations/new/", guest)
    assert (sent.status_code, invited.status_code) == (303, 303)
    # The first one found out, the second did not have to wait for it.
    assert caplog.text.count("job_nudge_failed") == 1
    for desk, address, said in (
        (cam, sent.url, "Waiting for its turn"),
        (ada, "/t/acme/admin/invitations/", "Nadia"),
        (ada, "/t/acme/admin/members/?format=csv", "ada@"),
    ):
        page = client_for(desk).get(address)
        assert page.status_code == 200
        assert said in page.content.decode()

    told = []
    monkeypatch.setattr(services, "nudge", lambda ticket: told.append(ticket) or True)
    services.sweep(at=timezone.now() + timedelta(minutes=1))
    states = [runs.run(acme.id, ticket.pk) for ticket in told[:2]]
    assert sorted(states) == ["done", "failed"]
    assert mail.outbox[-1].to == ["nadia@people.example"]
    with tenant_context(acme.id):
        assert Job.objects.filter(ticket__state="queued").count() == 0
