"""Jobs with real workers, a real Redis and a real kill -9: nothing is lost and nothing happens twice."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import psycopg
import pytest

from pmo_portal.embedded.broker import find_redis
from pmo_portal.embedded.postgres import socket_url
from pmo_portal.embedded.processes import Child
from tests.pmo_portal.embedded.starting import (
    ROOT,
    Up,
    clean_environment,
    free_port,
    manage,
)

pytestmark = pytest.mark.processes

ASK = """
from pmo_portal.jobs import services
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.services import create_tenant
import tests.pmo_portal.jobs.slow
tenant = Tenant.objects.filter(slug="acme").first() or create_tenant(slug="acme", name="Acme")
with tenant_context(tenant.id):
    services.enqueue("{kind}", title="Test", slot="{slot}", args={args})
"""


class Queue:
    """The tables of the queue, looked at as the superuser, whom no tenant binds."""

    def __init__(self, data) -> None:
        self.connection = psycopg.connect(
            socket_url(data / "run", "postgres", "portal"), autocommit=True
        )

    def ask(self, statement: str, *arguments: object) -> tuple:
        return self.connection.execute(statement, arguments or None).fetchone()

    def wait_for(self, statement: str, wanted: object, *, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while (found := self.ask(statement)) != (wanted,):
            assert time.monotonic() < end, f"{statement}: {found} instead of {wanted}"
            time.sleep(0.05)

    def let_the_lease_run_out(self) -> None:
        self.connection.execute(
            "UPDATE jobs_ticket SET lease_until = now() - interval '1 second' WHERE state = 'running'"
        )

    @property
    def units(self) -> int:
        return self.ask("SELECT count(*) FROM tenants_businessunit")[0]


def _worker(data, name: str) -> Child:
    running = json.loads((data / "run.json").read_text())
    environment = clean_environment(
        PMO_PROFILE="embedded",
        DATABASE_URL=socket_url(data / "run", "pmo_worker", "portal"),
        PMO_DATA=str(data),
        **running["environment"],
    )
    return Child(
        name,
        [
            sys.executable, "-m", "celery", "-A", "pmo_portal", "worker", "-Q", "tests", "-c", "1",
            "-n", f"{name}@%h", "-I", "tests.pmo_portal.jobs.slow",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
        log=data / "logs" / f"{name}.log",
        environment=environment,
        folder=ROOT,
    )  # fmt: skip


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_a_worker_that_dies_in_mid_job_loses_nothing_and_does_nothing_twice(
    blow, data, port, tmp_path
):
    gate = tmp_path / "gate"
    with Up(data, "--port", port) as portal:
        portal.wait_until_ready()
        queue = Queue(data)
        first = _worker(data, "first")
        second = None
        try:
            asked = manage(
                data, "shell", "-v0", "-c",
                ASK.format(kind="tests.slow", slot="slow", args={"gate": str(gate)}),
            )  # fmt: skip
            assert asked.returncode == 0, asked.stderr
            queue.wait_for("SELECT message FROM jobs_job WHERE slot = 'slow'", "at the gate")
            os.killpg(first.pid, blow)

            queue.let_the_lease_run_out()
            second = _worker(data, "second")
            swept = manage(data, "sweep_jobs")
            assert swept.returncode == 0, swept.stderr
            queue.wait_for("SELECT attempts FROM jobs_ticket WHERE kind = 'tests.slow'", 2)
            assert queue.units == 0
            gate.touch()
            queue.wait_for("SELECT state FROM jobs_ticket WHERE kind = 'tests.slow'", "done")
            assert queue.ask("SELECT result ->> 'attempt' FROM jobs_job WHERE slot = 'slow'") == (
                "2",
            )

            if blow == signal.SIGSTOP:
                # The first one wakes up, believes that it still holds the job, and is refused.
                os.killpg(first.pid, signal.SIGCONT)
                end = time.monotonic() + 10
                while "job_lost_claim" not in first.last_words(200):
                    assert time.monotonic() < end, first.last_words(200)
                    time.sleep(0.05)
            assert queue.units == 1
            assert queue.ask("SELECT attempts FROM jobs_ticket WHERE kind = 'tests.slow'") == (2,)
        finally:
            queue.connection.close()
            for worker in filter(None, (first, second)):
                worker.kill()


@contextmanager
def _redis(port: int, folder):
    server = Child(
        "Redis",
        [find_redis(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        log=folder / "redis.log",
    )
    try:
        yield server
    finally:
        server.stop(within=5)


def test_with_redis_down_saving_works_and_the_job_runs_later(data, port, tmp_path):
    redis_port = free_port()
    redis = {"REDIS_URL": f"redis://127.0.0.1:{redis_port}"}
    with _redis(redis_port, tmp_path) as first, Up(data, "--port", port, **redis) as portal:
        address = portal.wait_until_ready()
        queue = Queue(data)
        try:
            first.kill()
            with urllib.request.urlopen(f"{address}readyz", timeout=10) as answer:
                assert json.load(answer)["status"] == "degraded"
            began = time.monotonic()
            asked = manage(
                    data, "shell", "-v0", "-c",
                    ASK.format(kind="jobs.purge_deleted", slot="later", args={"night": "2026-01-01"}),
                    **redis,
                )  # fmt: skip
            assert asked.returncode == 0, asked.stderr
            assert "job_nudge_failed" in asked.stderr + asked.stdout
            # A broker that is down costs a moment, not a page that hangs.
            assert time.monotonic() - began < 15
            assert queue.ask("SELECT state FROM jobs_ticket WHERE kind = 'jobs.purge_deleted'") == (
                "queued",
            )

            with _redis(redis_port, tmp_path):
                # The scheduler finds what nobody was told of, in one of its next rounds.
                queue.connection.execute(
                    "UPDATE jobs_ticket SET nudged_at = nudged_at - interval '1 minute'"
                )
                queue.wait_for(
                    "SELECT state FROM jobs_ticket WHERE kind = 'jobs.purge_deleted'",
                    "done",
                    seconds=90,
                )
                assert portal.process.poll() is None
        finally:
            queue.connection.close()


KINDS = """
import django
django.setup()
from pmo_portal.jobs import registry
print([kind.name for kind in registry.kinds() if kind.name.startswith("tests")])
"""


def test_the_slow_job_is_known_to_tests_only():
    done = subprocess.run(
        [sys.executable, "-c", KINDS],
        cwd=ROOT,
        env=clean_environment(DJANGO_SETTINGS_MODULE="pmo_portal.settings", PMO_PROFILE="embedded"),
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
