"""No container engine runs where this is built: the files are read and compared with what `up` does."""

import re
import shlex

import pytest
import yaml
from django.conf import settings

from pmo_portal.embedded import portal
from pmo_portal.jobs.registry import LONG, Kind, kinds

from .house import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LASTING = {"database", "broker", "cache", "web", "worker", "learner", "beat"}
ONCE = {"roles", "migrate"}
SOURCE_OF_UP = (ROOT / "pmo_portal/embedded/portal.py").read_text()


def test_the_services_are_those_of_up_each_on_its_own():
    assert set(SERVICES) == LASTING | ONCE


@pytest.mark.parametrize("name", sorted(LASTING))
def test_every_lasting_service_says_whether_it_is_well(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONCE))
def test_what_runs_once_is_not_started_again(name):
    assert SERVICES[name]["restart"] == "no"


def test_postgres_is_18_and_the_broker_keeps_its_messages():
    assert SERVICES["database"]["image"] == "postgres:18"
    assert (
        "--locale-provider=builtin" in SERVICES["database"]["environment"]["POSTGRES_INITDB_ARGS"]
    )
    command = SERVICES["broker"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_roles_come_first_then_migrations_then_everybody_else():
    assert SERVICES["roles"]["command"][-1] == "bootstrap_database"
    assert SERVICES["roles"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["command"][-1] == "migrate"
    done = {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"] == {"roles": done}
    for name in ("web", "worker", "learner", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == done


def test_each_service_logs_in_as_the_role_that_up_gives_it():
    users = {
        name: re.match(r"postgres://([a-z_]+):", service["environment"]["DATABASE_URL"])[1]
        for name, service in SERVICES.items()
        if "DATABASE_URL" in service.get("environment", {})
    }
    assert users == {
        "roles": "postgres", "migrate": "pmo_app", "web": "pmo_app", "worker": "pmo_worker", "learner": "pmo_worker",
        "beat": "pmo_worker",
    }  # fmt: skip
    assert "pmo_owner" in SERVICES["migrate"]["environment"]["DATABASE_OWNER_URL"]
    erasing = {n: s["environment"]["DATABASE_ERASER_URL"] for n, s in SERVICES.items() if "DATABASE_ERASER_URL" in s.get("environment", {})}  # fmt: skip
    assert list(erasing) == ["worker"]
    assert erasing["worker"].startswith("postgres://pmo_eraser:")
    strong = [n for n, s in SERVICES.items() if "POSTGRES_PASSWORD" in str(s.get("environment"))]
    assert sorted(strong) == ["database", "roles"]


def test_services_that_the_readme_names_are_there():
    text = (ROOT / "README.md").read_text()
    (described,) = re.findall(r"`docker-compose\.yml` describes (.*?):\n", text, re.DOTALL)
    assert set(re.findall(r"`([a-z]+)`", described)) == ONCE
    assert set(re.findall(r"docker compose exec ([a-z]+)", text)) <= LASTING


def test_every_queue_carries_something_and_has_a_worker():
    used = {kind.queue for kind in kinds() if not kind.name.startswith("tests.")}
    served = [
        queue for _processes, queues in portal.WORKERS.values() for queue in queues.split(",")
    ]
    assert sorted(used) == sorted(served)


def test_what_takes_longer_than_people_wait_has_a_worker_of_its_own():
    long = {kind.name for kind in kinds() if kind.minutes > Kind.minutes}
    assert "forecasting.learn_models" in long
    assert {kind.name for kind in kinds() if kind.queue == LONG} == long
    assert [queues for _processes, queues in portal.WORKERS.values() if LONG in queues] == [LONG]


def test_one_organisation_leaves_a_process_of_the_worker_for_the_others():
    assert int(portal.WORKERS["Worker"][0]) > settings.PMO_JOBS_PER_ORGANISATION


@pytest.mark.parametrize("name", portal.WORKERS)
def test_workers_run_as_they_do_in_up(name):
    worker = SERVICES[name.lower()]["command"]
    told = worker[worker.index("-c") + 1], worker[worker.index("-Q") + 1]
    assert told == portal.WORKERS[name]
    for word in worker[4:]:
        if word.startswith("--") or word in {"-c", "-Q", "-l"}:
            assert f'"{word}"' in SOURCE_OF_UP, word


def test_a_worker_is_asked_by_its_own_name_whether_it_is_well():
    for name in portal.WORKERS:
        assert "celery@$$HOSTNAME" in SERVICES[name.lower()]["healthcheck"]["test"][1]


def test_beat_runs_as_it_does_in_up():
    for word in ("beat", "--pidfile=", "-s"):
        assert word in SERVICES["beat"]["command"]


def test_web_runs_as_it_does_in_up():
    command = re.search(r'^CMD \["sh", "-c", "exec (.*)"\]$', DOCKERFILE, re.MULTILINE)[1]
    words = shlex.split(command)
    for word in words:
        if word.startswith("--"):
            assert f'"{word}"' in SOURCE_OF_UP, word
    assert words[-1] == "pmo_portal.wsgi:application"
    assert '"pmo_portal.wsgi:application"' in SOURCE_OF_UP


def test_the_image_installs_from_the_lock_and_serves_as_nobody_special():
    assert "--require-hashes" in DOCKERFILE
    assert "requirements/base.lock" in DOCKERFILE
    assert re.search(r"^USER portal$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.index("collectstatic") < DOCKERFILE.index("USER portal")
    assert not re.search(r"^(?:ENV|ARG) .*(?:SECRET|PASSWORD)", DOCKERFILE, re.MULTILINE)


def test_no_secret_has_a_default():
    for name, default in re.findall(
        r"\$\{(\w*(?:PASSWORD|SECRET)\w*):-([^}]*)\}", (ROOT / "docker-compose.yml").read_text()
    ):
        assert default == "", name


def test_what_compose_uses_is_in_the_example():
    example = (ROOT / ".env.example").read_text()
    for name in set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text())):
        assert re.search(rf"^{name}=", example, re.MULTILINE), name
