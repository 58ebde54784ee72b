"""Every kind of job, run in one tenant with the ids of another."""

import copy

import pytest
from django.core import mail
from django.utils import timezone

from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Job, Ticket
from pmo_portal.jobs.registry import kinds
from pmo_portal.tenants.context import tenant_context
from tests.factories.registry import args_for

from .discovery import tenant_models

pytestmark = pytest.mark.django_db

KINDS = sorted(kind.name for kind in kinds() if not kind.name.startswith("tests."))


def _everything() -> dict[str, list]:
    """Every row of the open tenant but the queue's own."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values()))
        for model in tenant_models()
        if model is not Job
    }


def _ask(kind, args) -> Job:
    now = timezone.now()
    ticket = Ticket.objects.create(
        tenant_id=_tenant_id(), kind=kind, created_at=now, run_at=now, state="queued"
    )
    job = Job(
        ticket=ticket, number=90_000, slot="isolation", title="Test", args=args, created_at=now
    )
    job.save()
    return job


def _tenant_id():
    from pmo_portal.tenants.context import current_tenant_id

    return current_tenant_id()


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_with_the_ids_of_another_tenant_has_no_effect(kind, acme, borealis):
    make_args = args_for(kind)
    assert make_args is not None, f"{kind} has no arguments in tests/factories/ (@job_args)."
    with tenant_context(acme.id):
        args = copy.deepcopy(make_args())
        theirs = _everything()
    with tenant_context(borealis.id):
        job = _ask(kind, args)
        mine = _everything()
    for _attempt in range(2):
        runs.run(borealis.id, job.ticket_id)
    with tenant_context(acme.id):
        assert _everything() == theirs
    with tenant_context(borealis.id):
        assert _everything() == mine
    assert mail.outbox == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_ticket_is_not_run_in_the_name_of_another_tenant(kind, acme, borealis):
    make_args = args_for(kind)
    assert make_args is not None
    with tenant_context(acme.id):
        job = _ask(kind, make_args())
        before = _everything()
    assert runs.run(borealis.id, job.ticket_id) == "not claimed"
    with tenant_context(acme.id):
        assert _everything() == before
    assert Ticket.objects.get(pk=job.ticket_id).attempts == 0


def test_every_celery_task_takes_the_tenant_or_works_on_the_queue_alone():
    """A task outside every tenant is named here, or this fails."""
    import inspect

    from celery import current_app

    current_app.loader.import_default_modules()
    outside = {
        "pmo_portal.jobs.tasks.sweep",
        "pmo_portal.jobs.tasks.nightly",
        "forecasting.tasks.combine_shared",
        "pmo_portal.operations.tasks.erase_due",
    }
    ours = {
        name: task
        for name, task in current_app.tasks.items()
        if not name.startswith(("celery.", "tests."))
    }
    assert outside <= set(ours)
    for name, task in ours.items():
        if name not in outside:
            assert next(iter(inspect.signature(task.run).parameters)) == "tenant_id", name
