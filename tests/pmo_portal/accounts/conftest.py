from __future__ import annotations

import re

import pytest
from django.core import mail

from pmo_portal.jobs import runs, services
from pmo_portal.jobs.models import Ticket


@pytest.fixture
def nudged(monkeypatch):
    """Which tickets workers were told about; run them with `work()`."""
    tickets: list = []
    monkeypatch.setattr(services, "nudge", lambda ticket, *more: tickets.append(ticket) or True)
    return tickets


@pytest.fixture
def work():
    """Run what waits in the queue, as a worker would."""

    def run() -> list[str]:
        waiting = Ticket.objects.filter(state="queued").order_by("created_at")
        return [runs.run(ticket.tenant_id, ticket.pk) for ticket in waiting]

    return run


@pytest.fixture
def link_in_mail(nudged, work):
    """The address in the newest mail, after the workers did their part."""

    def read() -> str:
        work()
        return re.search(r"https?://testserver(/accounts/invitations/\S+)", mail.outbox[-1].body)[1]

    return read
