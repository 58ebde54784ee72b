"""Which database a command talks to, and as whom, when somebody brings a server of their own."""

import os
import signal
import subprocess
import sys

import psycopg
import pytest

from pmo_portal.embedded import logins, ports
from pmo_portal.embedded.bootstrap import LOGINS, with_database
from pmo_portal.embedded.broker import find_redis
from pmo_portal.embedded.data import DataFolder, Unusable
from pmo_portal.embedded.processes import Child

from .starting import Up, data_folder, free_port, processes_of

# On a shared server the roles keep the passwords this run gave them.
PASSWORDS = {
    name: os.environ[name]
    for name in (f"{role.upper()}_PASSWORD" for role in LOGINS)
    if name in os.environ
}


def _who(url: str) -> str:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT current_user").fetchone()[0]


def test_a_superusers_login_becomes_one_login_for_each_kind_of_work(superuser_url, tmp_path):
    found = logins.external_logins(
        {"DATABASE_URL": superuser_url, **PASSWORDS}, DataFolder(tmp_path / "data")
    )
    assert _who(found.for_command("migrate")) == "pmo_owner"
    assert _who(found.for_command("seed_demo")) == "pmo_worker"
    assert _who(found.for_command("runserver")) == "pmo_app"
    assert _who(found.app) == "pmo_app"
    assert _who(found.eraser) == "pmo_eraser"
    assert found.for_command("bootstrap_database") == superuser_url
    if not PASSWORDS:
        kept = tmp_path / "data" / "secrets.json"
        assert kept.stat().st_mode & 0o777 == 0o600


def test_any_other_login_is_taken_as_it_is(owner_url, superuser_url, tmp_path):
    weak = with_database(owner_url, "postgres")
    found = logins.external_logins(
        {"DATABASE_URL": owner_url, "DATABASE_OWNER_URL": weak}, DataFolder(tmp_path)
    )
    assert found.app == found.worker == owner_url
    assert found.for_command("migrate") == weak
    assert found.superuser == ""


@pytest.mark.parametrize(
    ("command", "eraser"),
    [("erase_organisation", "pmo_eraser"), ("seed_demo", ""), ("runserver", ""), ("migrate", "")],
)
def test_only_what_erases_gets_the_login_for_it(superuser_url, tmp_path, monkeypatch, command, eraser):  # fmt: skip
    monkeypatch.delenv("DATABASE_ERASER_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", os.environ["DATABASE_URL"])
    found = logins.external_logins(
        {"DATABASE_URL": superuser_url, **PASSWORDS}, DataFolder(tmp_path / "data")
    )
    found.enter(command)
    given = os.environ.get("DATABASE_ERASER_URL", "")
    assert (_who(given) if given else "") == eraser


def test_a_server_that_does_not_answer_is_said(tmp_path):
    with pytest.raises(Unusable, match="DATABASE_URL cannot be reached"):
        logins.external_logins(
            {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/portal"}, DataFolder(tmp_path)
        )


@pytest.mark.processes
def test_up_uses_the_servers_that_are_given(superuser_url, tmp_path):
    port = free_port()
    redis = Child(
        "Redis",
        [find_redis(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path],
        log=tmp_path / "redis.log",
    )
    name = f"pmo_test_{os.environ['PMO_TEST_RUN']}_up"
    try:
        with data_folder() as data:
            given = {
                "DATABASE_URL": with_database(superuser_url, name),
                "REDIS_URL": f"redis://127.0.0.1:{port}",
                **PASSWORDS,
            }
            with Up(data, "--port", str(free_port()), **given) as portal:
                portal.wait_until_ready()
                own = " ".join(processes_of(data).values())
                assert "initdb" not in own
                assert f"{data}/postgres" not in own
                assert "redis.sock" not in own
                assert portal.stop(signal.SIGTERM)[0] == 0
            # Ours is stopped; theirs is not.
            assert not redis.has_ended()
            with psycopg.connect(with_database(superuser_url, name)) as connection:
                assert (
                    connection.execute("SELECT count(*) FROM django_migrations").fetchone()[0] > 10
                )
    finally:
        redis.stop(within=5)
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} (FORCE)")


def test_commands_that_look_at_no_table_start_no_server(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={**os.environ, "PMO_DATA": str(tmp_path / "data"), "DATABASE_URL": ""},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "data").exists()


def test_ports_are_counted_up_and_the_end_is_said(monkeypatch):
    monkeypatch.setattr(ports, "is_free", lambda port: port == 8007)
    assert ports.choose(8000) == 8007
    with pytest.raises(Unusable, match="Every port from 8008 to 8028 is taken"):
        ports.choose(8008)
    with pytest.raises(Unusable, match="is no port"):
        ports.choose(70000)
