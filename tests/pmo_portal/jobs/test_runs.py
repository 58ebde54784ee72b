import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from pmo_portal.common.circuit import Circuit
from pmo_portal.jobs import registry, runs, services
from pmo_portal.jobs.choices import JobState
from pmo_portal.jobs.models import Job, Ticket
from pmo_portal.tenants.context import tenant_context
from tests.factories.accounts import UserFactory
from tests.factories.jobs import JobFactory

pytestmark = pytest.mark.django_db

WORK: list[Any] = []


@registry.job("tests.work")
def _work(run: runs.JobRun) -> None:
    run.progress(1, 2, "half way")
    with run.write() as result:
        WORK.append(run.args.get("say", "done"))
        result["said"] = WORK[-1]


@registry.job("tests.refuse")
def _refuse(run: runs.JobRun) -> None:
    raise runs.JobFailed("The file is empty.")


@registry.job("tests.crash")
def _crash(run: runs.JobRun) -> None:
    raise ZeroDivisionError("oh")


@registry.job("tests.transient")
def _transient(run: runs.JobRun) -> None:
    raise OperationalError("server closed the connection")


@registry.job("tests.quotes")
def _quotes(run: runs.JobRun) -> None:
    raise IntegrityError("DETAIL: Failing row contains (what nobody may read).")


@registry.job("tests.slow")
def _slow(run: runs.JobRun) -> None:
    # Somebody else takes the job over while this worker computes.
    Ticket.objects.filter(pk=run.job.ticket_id).update(attempts=run.attempt + 1)
    with run.write():
        WORK.append("must not be kept")


@registry.job("tests.in_steps")
def _in_steps(run: runs.JobRun) -> None:
    for part in ("one", "two"):
        with run.step():
            Job.objects.filter(pk=run.job.pk).update(title=part)
        if part == run.args["ends_after"]:
            if run.args["how"] == "crash":
                raise ZeroDivisionError("oh")
            Ticket.objects.filter(pk=run.job.ticket_id).update(attempts=run.attempt + 1)


@registry.job("tests.silent", queue="tests")
def _silent(run: runs.JobRun) -> None:
    for _time in range(2):
        time.sleep(1.5 * runs.LEASE.total_seconds())
        WORK.append(runs.claim(run.job.ticket))


@registry.job("tests.taken_over", queue="tests")
def _taken_over(run: runs.JobRun) -> None:
    later = timezone.now() + timedelta(hours=1)
    held = Ticket.objects.filter(pk=run.job.ticket_id)
    held.update(attempts=run.attempt + 1, lease_until=later)
    WORK.append(later)
    time.sleep(2 * runs.LEASE.total_seconds())


@pytest.fixture(autouse=True)
def _nothing_leaves(monkeypatch):
    WORK.clear()
    monkeypatch.setattr(services, "nudge", lambda *args: True)


def _ask(tenant, kind="tests.work", **more):
    with tenant_context(tenant.id):
        return services.enqueue(kind, title="Test", slot=more.pop("slot", kind), **more)


def _job(tenant, job):
    with tenant_context(tenant.id):
        return Job.objects.select_related("ticket").get(pk=job.pk)


def test_a_job_runs_once_however_often_it_is_delivered(acme):
    job = _ask(acme, args={"say": "hello"})
    assert runs.run(acme.id, job.ticket_id) == "done"
    assert runs.run(acme.id, job.ticket_id) == "not claimed"
    assert WORK == ["hello"]
    job = _job(acme, job)
    assert (job.state, job.result, job.percent) == ("done", {"said": "hello"}, 100)


def test_a_slot_is_used_once_unless_the_job_coalesces(acme):
    first = _ask(acme)
    assert _ask(acme) is None
    runs.run(acme.id, first.ticket_id)
    assert _ask(acme) is None
    again = _ask(acme, slot="recompute", coalesce=True)
    assert _ask(acme, slot="recompute", coalesce=True) is None
    runs.run(acme.id, again.ticket_id)
    assert _ask(acme, slot="recompute", coalesce=True) is not None


def test_another_tenants_ticket_is_not_touched(acme, borealis):
    job = _ask(acme)
    assert runs.run(borealis.id, job.ticket_id) == "not claimed"
    assert _job(acme, job).state == JobState.QUEUED


def test_a_refusal_is_final_and_keeps_its_sentence(acme):
    job = _ask(acme, "tests.refuse")
    assert runs.run(acme.id, job.ticket_id) == "failed"
    assert _job(acme, job).error == "The file is empty."


@pytest.mark.parametrize("kind", ["tests.crash", "tests.transient"])
def test_a_crash_is_tried_again_later_and_set_aside_in_the_end(acme, kind):
    job = _ask(acme, kind)
    for _attempt in range(services.MAX_ATTEMPTS - 1):
        assert runs.run(acme.id, job.ticket_id) == "queued"
        assert runs.run(acme.id, job.ticket_id) == "not claimed"
        Ticket.objects.filter(pk=job.ticket_id).update(run_at=timezone.now())
    assert runs.run(acme.id, job.ticket_id) == "poisoned"
    assert _job(acme, job).error


def test_what_broke_a_job_is_told_by_its_kind_and_not_in_its_words(acme, caplog):
    job = _ask(acme, "tests.quotes")
    runs.run(acme.id, job.ticket_id)
    waiting = _job(acme, job).message
    Ticket.objects.filter(pk=job.ticket_id).update(
        run_at=timezone.now(), attempts=services.MAX_ATTEMPTS - 1
    )
    assert runs.run(acme.id, job.ticket_id) == "poisoned"
    for said in (waiting, _job(acme, job).error):
        assert "IntegrityError" in said
        assert "nobody may read" not in said
    assert "nobody may read" in caplog.text


def test_who_lost_the_claim_writes_nothing(acme):
    job = _ask(acme, "tests.slow")
    assert runs.run(acme.id, job.ticket_id) == "lost"
    assert WORK == []


@pytest.mark.parametrize(("how", "state"), [("crash", "queued"), ("takeover", "lost")])
def test_steps_made_are_kept_and_none_is_made_without_the_claim(acme, how, state):
    job = _ask(acme, "tests.in_steps", args={"ends_after": "one", "how": how})
    assert runs.run(acme.id, job.ticket_id) == state
    assert _job(acme, job).title == "one"


def test_a_lease_that_ran_out_lets_another_worker_take_over(acme):
    job = _ask(acme)
    assert runs.claim(job.ticket) == 1
    assert runs.claim(job.ticket) is None
    Ticket.objects.filter(pk=job.ticket_id).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert runs.claim(job.ticket) == 2


def test_of_one_organisation_one_job_runs_at_once_and_one_lesson_beside_it(acme, borealis):
    first, second = _ask(acme, slot="first"), _ask(acme, slot="second")
    lesson, other_lesson = (
        _ask(acme, "forecasting.learn_models", slot=slot) for slot in ("lesson", "other")
    )
    assert runs.claim(first.ticket) == 1
    assert runs.run(acme.id, second.ticket_id) == "not claimed"
    assert _job(acme, second).state == JobState.QUEUED
    assert runs.claim(lesson.ticket) == 1
    assert runs.claim(other_lesson.ticket) is None
    assert runs.run(borealis.id, _ask(borealis).ticket_id) == "done"
    # What writes for long cannot renew its lease and keeps its place; what is dead for sure gives it back.
    held = Ticket.objects.filter(pk=first.ticket_id)
    held.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert runs.run(acme.id, second.ticket_id) == "not claimed"
    held.update(lease_until=timezone.now() - timedelta(minutes=6))
    assert runs.run(acme.id, second.ticket_id) == "done"


def test_what_a_dead_worker_held_is_taken_over_before_anything_else_of_its_organisation(acme):
    dead, other = _ask(acme, slot="dead"), _ask(acme, slot="other")
    runs.claim(dead.ticket)
    Ticket.objects.filter(pk=dead.ticket_id).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert runs.run(acme.id, other.ticket_id) == "not claimed"
    assert runs.run(acme.id, dead.ticket_id) == "done"
    assert runs.run(acme.id, other.ticket_id) == "done"


@override_settings(PMO_JOBS_PER_ORGANISATION=2)
def test_how_many_jobs_of_an_organisation_run_at_once_can_be_set(acme):
    claims = [runs.claim(_ask(acme, slot=slot).ticket) for slot in "abc"]
    assert claims == [1, 1, None]


def test_what_ends_asks_for_what_has_waited_longest_for_its_turn(acme, borealis, monkeypatch):
    asked = [_ask(acme, slot=slot) for slot in "abc"]
    _ask(borealis)
    _ask(acme, slot="later", delay=timedelta(minutes=1))
    nudged = []
    monkeypatch.setattr(services, "nudge", lambda ticket: nudged.append(ticket.pk))
    for job in asked:
        runs.run(acme.id, job.ticket_id)
    assert nudged == [asked[1].ticket_id, asked[2].ticket_id]


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_claim_at_the_same_moment_do_not_both_find_room(acme):
    first, second = _ask(acme, slot="first"), _ask(acme, slot="second")
    claimed = []

    def claim() -> None:
        claimed.append(runs.claim(second.ticket))
        connection.close()

    other = threading.Thread(target=claim)
    with transaction.atomic():
        assert runs.claim(first.ticket) == 1
        other.start()
        other.join(0.5)
    other.join()
    assert claimed == [None]


def test_the_sweeper_nudges_what_waits_and_gives_up_on_what_crashes(acme, monkeypatch):
    nudged = []
    monkeypatch.setattr(services, "nudge", lambda ticket, *more: nudged.append(ticket.pk) or True)
    now = timezone.now()
    long_ago = now - timedelta(minutes=5)
    waiting, fresh, dead, hopeless = (_ask(acme, slot=name) for name in "abcd")
    Ticket.objects.filter(pk=waiting.ticket_id).update(nudged_at=long_ago)
    Ticket.objects.filter(pk=dead.ticket_id).update(
        state="running", attempts=1, lease_until=long_ago
    )
    Ticket.objects.filter(pk=hopeless.ticket_id).update(
        state="running", attempts=services.MAX_ATTEMPTS, lease_until=long_ago
    )
    nudged.clear()
    assert services.sweep(at=timezone.now()) == 2
    assert set(nudged) == {waiting.ticket_id, dead.ticket_id}
    assert fresh.ticket_id not in nudged
    assert _job(acme, hopeless).state == JobState.POISONED


def test_a_tenant_with_very_many_jobs_keeps_no_other_one_waiting(acme, borealis, monkeypatch):
    nudged = []
    monkeypatch.setattr(services, "nudge", lambda ticket: nudged.append(ticket.tenant_id) or True)
    now = timezone.now()
    for tenant, count, minutes in ((acme, 520, 9), (borealis, 1, 5)):
        at = now - timedelta(minutes=minutes)
        Ticket.objects.bulk_create(
            Ticket(tenant=tenant, kind="tests.work", created_at=at, run_at=at, nudged_at=at)
            for _ticket in range(count)
        )
    services.sweep(at=now)
    assert (nudged.count(acme.id), nudged.count(borealis.id)) == (services.SWEEP_PER_TENANT, 1)


def test_jobs_of_a_suspended_tenant_wait(acme):
    job = _ask(acme)
    acme.status = "suspended"
    acme.save()
    assert runs.run(acme.id, job.ticket_id) == "not claimed"
    assert services.sweep(at=timezone.now() + timedelta(hours=1)) == 0


def test_nightly_jobs_are_asked_for_once_a_night(acme, borealis):
    first = services.ask_nightly(night="2026-11-23")
    assert first >= 2
    assert services.ask_nightly(night="2026-11-23") == 0


def test_saving_goes_on_when_the_broker_is_down(
    acme, monkeypatch, django_capture_on_commit_callbacks
):
    from kombu.exceptions import OperationalError as BrokerDown

    from pmo_portal.jobs import tasks

    monkeypatch.undo()

    def down(*args, **kwargs):
        raise BrokerDown("connection refused")

    monkeypatch.setattr(tasks.run_job, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        job = _ask(acme)
    assert _job(acme, job).state == JobState.QUEUED


def test_the_page_of_a_job_that_waits_long_says_that_nothing_is_lost(acme, ada, dana, client_for):
    with tenant_context(acme.id):
        late = timezone.now() - timedelta(minutes=2)
        jobs = (JobFactory(), JobFactory(ticket__run_at=late))
        pages = [client_for(dana).get(job.get_absolute_url()).content.decode() for job in jobs]
        acme.status = "suspended"
        acme.save()
        pages.append(client_for(ada).get(jobs[1].get_absolute_url()).content.decode())
    assert ["Nothing is lost" in page for page in pages] == [False, True, False]
    assert "It waits until the organisation is active again." in pages[-1]


def test_workers_hear_how_long_a_run_may_take(
    acme, monkeypatch, django_capture_on_commit_callbacks
):
    from pmo_portal.jobs import tasks

    monkeypatch.undo()
    # Whatever earlier tests found out about a broker.
    monkeypatch.setattr(services, "_broker", Circuit())
    asked = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda **more: asked.append(more))
    with django_capture_on_commit_callbacks(execute=True):
        _ask(acme)
        _ask(acme, "forecasting.learn_models")
    limits = [(each["soft_time_limit"], each["time_limit"]) for each in asked]
    assert limits == [(300, 360), (1800, 1860)]
    # Far below what a broker waits before it gives a message to somebody else.
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 3600) > 1860 * 1.5


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_kept_while_one_statement_takes_longer_than_a_lease(acme, monkeypatch):
    """The work says nothing for three leases; then another worker must not get it."""
    monkeypatch.setattr(runs, "LEASE", timedelta(milliseconds=300))
    job = _ask(acme, "tests.silent")
    assert runs.run(acme.id, job.ticket_id) == "done"
    assert WORK == [None, None]


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_was_lost_is_not_taken_back(acme, monkeypatch):
    monkeypatch.setattr(runs, "LEASE", timedelta(milliseconds=100))
    job = _ask(acme, "tests.taken_over")
    assert runs.run(acme.id, job.ticket_id) == "lost"
    assert Ticket.objects.get(pk=job.ticket_id).lease_until == WORK[0]


def test_what_the_portal_did_by_itself_is_forgotten_after_a_month(acme, borealis):
    now = timezone.now()
    long_ago, lately = now - timedelta(days=31), now - timedelta(days=29)
    kept = {}
    for tenant in (acme, borealis):
        with tenant_context(tenant.id):
            for name, finished, state, asked_by in (
                ("over", long_ago, JobState.DONE, None),
                ("fresh", lately, JobState.DONE, None),
                ("failed", long_ago, JobState.FAILED, None),
                ("asked", long_ago, JobState.DONE, UserFactory()),
            ):
                job = JobFactory(slot=name, finished_at=finished, requested_by=asked_by)
                Ticket.objects.filter(pk=job.ticket_id).update(state=state)
    with tenant_context(acme.id):
        assert services.forget(at=now) == 1
        kept[acme] = set(Job.objects.values_list("slot", flat=True))
    with tenant_context(borealis.id):
        kept[borealis] = set(Job.objects.values_list("slot", flat=True))
    assert kept[acme] == {"fresh", "failed", "asked"}
    assert "over" in kept[borealis]
    assert Ticket.objects.filter(tenant=acme).count() == 3
    assert Ticket.objects.filter(tenant=borealis).count() == 4
