"""The embedded portal with real processes: what starts, what stops, and what is said when it cannot."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

import psycopg
import pytest

from pmo_portal.embedded.data import DataFolder
from pmo_portal.embedded.portal import _LEAST_SECONDS_OF_REDIS
from pmo_portal.embedded.postgres import PostgresServer, socket_url

from .starting import (
    ROOT,
    Up,
    copy_data,
    data_folder,
    free_port,
    manage,
    processes_of,
    wait_until_nothing_is_left,
)

pytestmark = pytest.mark.processes


def _redis_of(portal: Up) -> int:
    """The Redis of a portal, which shows neither its environment nor always the folder."""
    pid = portal.process.pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if re.search("redis-server|valkey-server", Path(f"/proc/{child}/cmdline").read_text()):
            return int(child)
    raise AssertionError("There is no Redis.")


def _socket_folders_of(portal: Up) -> set[Path]:
    """Those that its children were started with."""
    pid = portal.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = " ".join(Path(f"/proc/{child}/cmdline").read_text() for child in children)
    return {Path(found) for found in re.findall(r"/tmp/pmo-socket-\w+", commands)}


def _get(url: str) -> tuple[int, str, Message]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def _rights(*folders: Path) -> dict[str, tuple[int, int, int]]:
    found = {}
    for folder in folders:
        for path in (folder, *folder.parents):
            stat = path.stat()
            found[str(path)] = (stat.st_mode, stat.st_uid, stat.st_gid)
    return found


def _pid_of(data: Path, words: str) -> int:
    """The oldest process of the portal whose command has these words."""
    return min(pid for pid, command in processes_of(data).items() if re.search(words, command))


def test_it_starts_answers_and_leaves_nothing_behind(data, port):
    packages = Path(os.__file__).parent
    before = _rights(data.parent, ROOT, packages)
    with Up(data, "--port", port) as portal:
        address = portal.wait_until_ready()
        assert address == f"http://localhost:{port}/"
        status, body, headers = _get(f"{address}readyz")
        assert (status, json.loads(body)["status"]) == (200, "ready")
        assert set(json.loads(body)["checks"].values()) == {"ok"}
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert _get(f"{address}livez")[0] == 200
        assert _get(f"{address}accounts/login/")[0] == 200

        status, seconds = portal.stop(signal.SIGINT)
        assert status == 0
        assert seconds < 5
        assert processes_of(data) == {}
    assert _rights(data.parent, ROOT, packages) == before


def test_the_logs_are_json_when_asked_and_name_routes_not_paths(data, port):
    with Up(data, "--port", port, LOG_FORMAT="json") as portal:
        address = portal.wait_until_ready()
        _get(f"{address}accounts/login/?next=/secret-place/")
        portal.stop(signal.SIGTERM)
    log = (data / "logs" / "web.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    seen = [line for line in lines if line.get("request") == "GET account_login"]
    assert seen
    assert {"request_id", "code", "ms", "timestamp", "level"} <= set(seen[0])
    assert "secret-place" not in log


def test_a_taken_port_is_said_and_the_next_one_is_used(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        with Up(data, "--port", str(wanted)) as portal:
            portal.wait_for(f"Port {wanted} is taken; using ")
            address = portal.wait_until_ready()
            assert int(address.rstrip("/").rsplit(":", 1)[1]) in range(wanted + 1, wanted + 21)
            assert _get(f"{address}livez")[0] == 200


def test_a_second_start_on_the_same_data_says_where_the_first_is(data, port):
    with Up(data, "--port", port) as portal:
        address = portal.wait_until_ready()
        second = Up(data, "--port", str(free_port()))
        assert second.end(seconds=20) == 1
        assert f"already runs on {data}" in second.said
        assert f"at {address}" in second.said
        assert "Traceback" not in second.said
        # The first one never noticed.
        assert _get(f"{address}readyz")[0] == 200

        status, seconds = portal.stop(signal.SIGTERM)
        assert status == 0
        assert seconds < 5
        assert processes_of(data) == {}


def test_when_the_parent_is_killed_its_children_end_and_the_next_start_works(data, port):
    with Up(data, "--port", port) as portal:
        portal.wait_until_ready()
        os.kill(portal.process.pid, signal.SIGKILL)
        portal.process.wait()
        wait_until_nothing_is_left(data, seconds=20)
    with Up(data, "--port", port) as again:
        again.wait_until_ready()
        assert again.stop(signal.SIGTERM)[0] == 0


def test_when_the_parent_is_killed_while_web_still_starts_nothing_stays(data, port):
    """A web worker that loads the portal does not hear that it should stop."""
    with Up(data, "--port", port, WEB_WORKERS="2") as portal:
        end = time.monotonic() + 60
        while sum("granian" in command for command in processes_of(data).values()) < 3:
            assert time.monotonic() < end
            time.sleep(0.02)
        os.kill(portal.process.pid, signal.SIGKILL)
        portal.process.wait()
        wait_until_nothing_is_left(data, seconds=20)


def test_when_the_parent_is_killed_while_workers_look_for_their_broker_nothing_stays(data, port):
    """A worker that waits for a broker that is there and silent hears no signal."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(100)
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        with Up(data, "--port", port, REDIS_URL=url) as portal:
            end = time.monotonic() + 60
            while len(_workers_of(data)) < 3:
                assert time.monotonic() < end
                time.sleep(0.02)
            os.kill(portal.process.pid, signal.SIGKILL)
            portal.process.wait()
            end = time.monotonic() + 2
            while left := _workers_of(data):
                assert time.monotonic() < end, left
                time.sleep(0.05)
            wait_until_nothing_is_left(data, seconds=20)


def _workers_of(data: Path) -> list[str]:
    """The processes of the worker that does all but lessons: three once it has begun."""
    return [command for command in processes_of(data).values() if "-Q default," in command]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        # One of those that serve and one of those that are served; all are in one list.
        ("Web", r"granian"),
        ("PostgreSQL", r"bin/postgres "),
    ],
)
def test_one_child_that_dies_ends_all_and_its_last_words_are_shown(data, port, name, words):
    with Up(data, "--port", port) as portal:
        portal.wait_until_ready()
        os.kill(_pid_of(data, words), signal.SIGKILL)
        assert portal.end(seconds=20) == 1
        assert f"{name} ended by itself (status -9), so everything was stopped." in portal.said
        assert f"logs/{name.lower().replace('postgresql', 'postgres')}.log" in portal.said
        assert "Traceback" not in portal.said.split("last words", 1)[0]
        wait_until_nothing_is_left(data, seconds=2)


@pytest.mark.parametrize(
    ("where", "own_sockets"),
    # In a folder whose path is too long for a socket, PostgreSQL and Redis have one each elsewhere, both private.
    [("data", 0), ("long-" * 18, 2)],
    ids=["data", "too-long-for-a-socket"],
)
def test_redis_that_dies_is_started_again_at_the_same_address(prepared, port, where, own_sockets):
    with data_folder() as short:
        data = short / where
        data.parent.mkdir(parents=True)
        data.parent.chmod(0o711)
        copy_data(prepared, data)
        with Up(data, "--port", port) as portal:
            address = portal.wait_until_ready()
            sockets = _socket_folders_of(portal)
            assert len(sockets) == own_sockets
            # One that lives no longer than a moment is another matter.
            time.sleep(_LEAST_SECONDS_OF_REDIS)
            os.kill(_redis_of(portal), signal.SIGKILL)
            portal.wait_for("Redis ended by itself (status -9) and is started again.", seconds=20)
            portal.wait_for("Redis runs again.", seconds=20)
            end = time.monotonic() + 20
            while json.loads(_get(f"{address}readyz")[1])["checks"]["redis"] != "ok":
                assert time.monotonic() < end
                time.sleep(0.1)
            # At once again: that is no accident.
            os.kill(_redis_of(portal), signal.SIGKILL)
            assert portal.end(seconds=20) == 1
            assert "Redis ended by itself (status -9), so everything was stopped." in portal.said
        wait_until_nothing_is_left(data, seconds=2)
    assert not any(folder.exists() for folder in sockets)


def test_a_second_signal_stops_hard(data, port):
    with Up(data, "--port", port) as portal:
        portal.wait_until_ready()
        for pid, command in processes_of(data).items():
            # A worker that will not stop.
            if "celery" in command and "worker" in command:
                os.kill(pid, signal.SIGSTOP)
        portal.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        status, seconds = portal.stop(signal.SIGINT)
        assert status == 0
        assert seconds < 3
        wait_until_nothing_is_left(data, seconds=2)


@contextmanager
def _disk(folder: Path, options: str):
    """A small file system of our own, where this machine lets us mount one."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_read_only_disk_is_said(port):
    with data_folder() as data, _disk(data, "ro,size=1m") as folder:
        with Up(folder / "portal", "--port", port) as portal:
            assert portal.end() == 1
        assert "is on a read-only disk" in portal.said
        assert "Traceback" not in portal.said


def test_a_folder_that_cannot_be_written_is_said(port):
    # Even root cannot make a folder here.
    with Up(Path("/proc/portal"), "--port", port) as portal:
        assert portal.end() == 1
    assert "Nothing was started: the data folder /proc/portal" in portal.said
    assert "Traceback" not in portal.said


def test_a_disk_that_is_nearly_full_is_said(port):
    with data_folder() as data, _disk(data, "size=20m,mode=755") as folder:
        with Up(folder / "portal", "--port", port) as portal:
            assert portal.end() == 1
        assert "is full: " in portal.said
        assert "MB are free" in portal.said
        assert "Traceback" not in portal.said


def test_a_disk_that_fills_up_while_it_runs_is_said(prepared, port):
    with data_folder() as data, _disk(data, "size=500m,mode=755") as folder:
        copy_data(prepared, folder / "portal")
        with Up(folder / "portal", "--port", port) as portal:
            portal.wait_until_ready()
            _fill(folder / "rubbish")
            assert portal.end(seconds=30) == 1
        assert "The disk is full" in portal.said
        wait_until_nothing_is_left(folder / "portal", seconds=5)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as rubbish:
        try:
            while True:
                rubbish.write(bytes(1 << 20))
        except OSError:
            pass


def test_reset_asks_and_deletes_only_what_the_portal_wrote(data, port):
    (data / "mine.txt").write_text("not the portal's")
    secrets_before = (data / "secrets.json").read_text()
    with Up(data, "--port", port, "--reset") as portal:
        assert portal.end() == 1
    assert "--reset asks before it deletes" in portal.said
    assert (data / "secrets.json").read_text() == secrets_before
    with Up(data, "--port", port, "--reset", "--no-input") as portal:
        portal.wait_until_ready()
        portal.stop(signal.SIGTERM)
    assert (data / "secrets.json").read_text() != secrets_before
    assert (data / "mine.txt").exists()


def test_without_redis_files_carry_the_jobs(data, port):
    """On a machine with neither an installed Redis nor one that runs from the wheel."""
    with Up(data, "--port", port, PMO_REDIS_SERVER="none") as portal:
        portal.wait_for("No Redis was found")
        portal.wait_until_ready()


def test_an_older_cluster_is_never_upgraded_in_silence(data, port):
    (data / "postgres" / "PG_VERSION").write_text("17\n")
    with Up(data, "--port", port) as portal:
        assert portal.end() == 1
    assert "was written by PostgreSQL 17" in portal.said
    assert "Export it" in portal.said


def test_a_folder_of_another_version_is_refused_in_a_sentence(data, port):
    server = PostgresServer(DataFolder(data))
    server.start()
    try:
        with psycopg.connect(server.url(database="portal"), autocommit=True) as connection:
            connection.execute("COMMENT ON TABLE django_migrations IS NULL")
    finally:
        server.stop()
    with Up(data, "--port", port) as portal:
        assert portal.end() == 1
    assert "This database was made by another version of the portal" in portal.said
    assert "`up --reset`" in portal.said
    assert "Traceback" not in portal.said
    wait_until_nothing_is_left(data, seconds=5)


# --- Commands beside it ---


def test_a_command_starts_a_server_of_its_own_and_stops_it(data):
    done = manage(data, "shell", "-v0", "-c", _WHO)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "pmo_worker False False"
    assert processes_of(data) == {}
    assert not (data / "run.json").exists()


_WHO = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    print(*cursor.fetchone())
"""


def test_a_command_joins_the_running_server_and_what_it_made_signs_in_and_runs(data, port):
    with Up(data, "--port", port) as portal:
        address = portal.wait_until_ready()
        made = manage(data, "shell", "-v0", "-c", _WHO + _MAKE_SOMEBODY)
        assert made.returncode == 0, made.stderr
        assert made.stdout.strip() == "pmo_worker False False"
        assert manage(data, "migrate", "--check").returncode == 0
        browser = _sign_in(address, "ada@acme.example", "demo-portal")
        with browser.open(f"{address}t/acme/jobs/") as answer:
            assert answer.status == 200
            assert "Acme" in answer.read().decode()
        with psycopg.connect(socket_url(data / "run", "pmo_worker", "portal")) as connection:
            connection.autocommit = True
            end = time.monotonic() + 20
            while (states := connection.execute(_STATES).fetchall()) != [("done",)]:
                assert time.monotonic() < end, (states, (data / "logs/worker.log").read_text())
                time.sleep(0.1)


_STATES = "SELECT DISTINCT state FROM jobs_ticket"
_MAKE_SOMEBODY = """
from pmo_portal.accounts.models import Membership, User
from pmo_portal.jobs import registry, services
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.services import create_tenant
tenant = create_tenant(slug="acme", name="Acme")
user = User.objects.create_user("ada@acme.example", "demo-portal", name="Ada")
with tenant_context(tenant.id):
    Membership.objects.create(tenant=tenant, user=user, roles=["administrator"])
    kind = next(kind.name for kind in registry.kinds() if kind.nightly)
    services.enqueue(kind, title="Test", slot="test", args={"night": "2026-01-01"})
"""


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def _sign_in(address: str, email: str, password: str) -> urllib.request.OpenerDirector:
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies, _StayHere)
    with browser.open(f"{address}accounts/login/") as answer:
        page = answer.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"csrfmiddlewaretoken": token, "login": email, "password": password}
    with pytest.raises(urllib.error.HTTPError) as answered:
        browser.open(f"{address}accounts/login/", urllib.parse.urlencode(form).encode())
    # Anything but a way onward is the form again, with what was wrong.
    with answered.value as onward:
        assert onward.code == 303
    return browser
