"""The whole portal as children of one process: `manage.py up`.

The parent never touches the ORM: settings and apps live in the children, which get their addresses by
environment.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg

from . import ports
from .broker import Broker
from .data import LEAST_FREE_BYTES_RUNNING, DataFolder, Unusable
from .logins import Logins, embedded_logins, external_logins
from .postgres import PostgresServer, explain
from .processes import Child, run_to_end, runs_as_root, stop_together

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# The processes and queues of each worker. Lessons, which take up to half an hour, have one of their own.
WORKERS = {"Worker": ("2", "default,mail,imports"), "Learner": ("1", "model")}
DEMO_PASSWORD = "demo-portal"  # noqa: S105  (printed on purpose: invented people, on this machine)
DEMO_TENANTS = ("northshire", "brightwater")
DEMO_PEOPLE = ("admin", "pmo", "change", "chair", "viewer")

# Web, beat and workers share this; Redis and PostgreSQL follow. Together below five seconds.
_SECONDS_FOR_SERVICES = 2.5
_LEAST_SECONDS_OF_REDIS = 5.0
Say = Callable[[str], None]


class Crashed(Exception):
    """A child ended although nobody asked it to."""

    def __init__(self, child: Child) -> None:
        self.child = child
        words = child.last_words()
        super().__init__(
            f"{child.name} ended by itself (status {child.process.returncode}), so everything was"
            f" stopped.{_known_cause(words)} Its last words, from {child.log}:\n{words}"
        )


def _known_cause(words: str) -> str:
    if "no space left on device" in words.lower():
        return " The disk is full: free some space and start again."
    return ""


class Portal:
    """Start in order, watch, stop in the opposite order."""

    def __init__(self, data: DataFolder, *, say: Say) -> None:
        self.data = data
        self.say = say
        self.postgres: PostgresServer | None = None
        self.broker: Broker | None = None
        self.services: list[Child] = []
        self.environment: dict[str, str] = {}
        self.port = 0
        self._stopping = False
        self._redis_since = 0.0

    # --- The life of the portal ---

    def run(self, *, port: int, demo: bool) -> None:
        """From nothing until somebody stops it.

        Raises:
            Unusable: it could not start.
            Crashed: a child ended by itself.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            began = time.monotonic()
            self._start(port, demo=demo)
            self._announce(time.monotonic() - began, demo=demo)
            while True:
                self._watch()
                time.sleep(0.2)
        except KeyboardInterrupt:
            self.say("Stopping.")
        finally:
            self.stop()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:
            # Asked twice: no more waiting.
            for child in self._children():
                child.kill()
            return
        self._stopping = True
        raise KeyboardInterrupt

    def stop(self) -> None:
        self._stopping = True
        (self.data / "run.json").unlink(missing_ok=True)
        stop_together(list(reversed(self.services)), within=_SECONDS_FOR_SERVICES)
        if self.broker is not None:
            self.broker.stop(within=0.7)
        if self.postgres is not None:
            self.postgres.stop(within=1.2)

    def _children(self) -> list[Child]:
        servers = [server.child for server in (self.broker, self.postgres) if server]
        return [*self.services, *(child for child in servers if child)]

    def _watch(self) -> None:
        self._watch_redis()
        for child in self._children():
            if child.has_ended():
                raise Crashed(child)
        free = shutil.disk_usage(self.data.path).free
        if free < LEAST_FREE_BYTES_RUNNING:
            raise Unusable(
                f"The disk is full: {free // 2**20} MB are left for {self.data.path}, so the portal"
                " stopped before something could break. What was saved is safe. Free some space and"
                " start again."
            )

    def _watch_redis(self) -> None:
        """Start Redis again where it ended: it keeps nothing, and everybody finds it at the same address.

        Where it ends again at once something is wrong with it, and it counts like any other child.
        """
        redis = self.broker.child if self.broker else None
        if self.broker is None or redis is None or not redis.has_ended():
            return
        if time.monotonic() - self._redis_since < _LEAST_SECONDS_OF_REDIS:
            return
        self.say(
            f"Redis ended by itself (status {redis.process.returncode}) and is started again. Nothing that was"
            " saved is lost; jobs asked for just now may start half a minute later."
        )
        self._redis_since = time.monotonic()
        self.broker.start()
        self.say("Redis runs again.")

    # --- Start ---

    def _start(self, port: int, *, demo: bool) -> None:
        if runs_as_root():
            self.say("Running as root. A normal user is the better choice for trying things out.")
        logins = self._start_database()
        self.port = ports.choose(port)
        if self.port != port:
            self.say(f"Port {port} is taken; using {self.port} instead.")
        self._set_environment(logins)
        self._manage(
            "migrate", "--verbosity", "0", login=logins.owner, doing="Preparing the database"
        )
        self._start_broker()
        self._start_services(logins)
        if demo:
            self._seed(logins)
        self._wait_until_ready()

    def _start_database(self) -> Logins:
        if os.environ.get("DATABASE_URL"):
            logins = external_logins(os.environ, self.data)
            if not logins.owner:
                raise Unusable(
                    "DATABASE_URL is no superuser's login, so migrations need the owner's: set"
                    " DATABASE_OWNER_URL as well."
                )
            self.data.write_json("run.json", {"pid": os.getpid()})
            return logins
        self.postgres = PostgresServer(self.data)
        self.postgres.start()
        logins = embedded_logins(self.postgres)
        self.data.write_json(
            "run.json", {"pid": os.getpid(), "socket": str(self.postgres.socket_folder)}
        )
        return logins

    def _set_environment(self, logins: Logins) -> None:
        self.environment = {
            **os.environ,
            "PMO_PROFILE": os.environ.get("PMO_PROFILE") or "embedded",
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self.data.secret("SECRET_KEY"),
            "PMO_FILES": os.environ.get("PMO_FILES") or str(self.data / "files"),
            "PMO_DATA": str(self.data.path),
            "PORT": str(self.port),
            "DATABASE_URL": logins.app,
            "PYTHONUNBUFFERED": "1",
        }
        # Children that serve have no use for stronger logins.
        for name in ("DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "DATABASE_ERASER_URL"):
            self.environment.pop(name, None)

    def _start_broker(self) -> None:
        if os.environ.get("REDIS_URL") or os.environ.get("CELERY_BROKER_URL"):
            return
        self.broker = Broker(self.data)
        self._redis_since = time.monotonic()
        warning = self.broker.start()
        if warning:
            self.say(warning)
        self.environment.update(self.broker.environment)
        # For commands in other terminals, whose jobs should not wait for the sweeper.
        self.data.write_json(
            "run.json", {**self.data.running(), "environment": self.broker.environment}
        )

    def _start_services(self, logins: Logins) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "pmo_portal"]
        for_jobs = {"DATABASE_URL": logins.worker, "DATABASE_POOL": "0"}
        for name, (processes, queues) in WORKERS.items():
            self._serve(
                name,
                [
                    *celery, "worker", "-c", processes, "-Q", queues, "-n", f"pmo-{name.lower()}-{os.getpid()}@%h",
                    "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "info",
                ],
                # The only one that erases.
                {**for_jobs, "DATABASE_ERASER_URL": logins.eraser} if name == "Worker" else for_jobs,
                # A worker that looks for its broker hears no signal until it has found it. Jobs are fenced, and
                # what was not finished is done again; its own children get the same from it.
                end_with=signal.SIGKILL,
            )  # fmt: skip
        schedule = self.data.subfolder("beat") / "schedule"
        self._serve(
            "Beat",
            [*celery, "beat", "--pidfile=", "-s", schedule, "-l", "warning"],
            for_jobs,
        )
        workers = os.environ.get("WEB_WORKERS") or "2"
        threads = os.environ.get("WEB_THREADS") or "2"
        # A worker that is asked to stop while it still loads the portal does not hear it, and without a
        # limit its parent waits for ever: when we were killed, nobody else is left to end them.
        self._serve(
            "Web",
            [
                sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
                "--port", self.port, "--workers", workers, "--blocking-threads", threads,
                "--no-ws", "--log-level", "warning", "--no-respawn-failed-workers",
                "--workers-kill-timeout", "2",
                "pmo_portal.wsgi:application",
            ],
            {"DATABASE_POOL": str(int(threads) + 1)},
        )  # fmt: skip

    def _serve(
        self,
        name: str,
        arguments: list[Any],
        environment: dict[str, str],
        *,
        end_with: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.services.append(
            Child(
                name,
                arguments,
                log=self.data / "logs" / f"{name.lower()}.log",
                environment={**self.environment, **environment},
                end_with=end_with,
                folder=BASE_DIR,
            )
        )

    def _manage(self, *arguments: str, login: str, doing: str) -> None:
        """Run a management command to its end, with a login of its own."""
        done = run_to_end(
            [sys.executable, BASE_DIR / "manage.py", *arguments],
            environment={**self.environment, "DATABASE_URL": login, "DATABASE_OWNER_URL": login},
            folder=BASE_DIR,
        )
        if done.returncode:
            words = (done.stderr or done.stdout).strip()
            last = "\n".join(words.splitlines()[-20:])
            known = explain(words).split("\n", 1)[0] if "No space left" in words else ""
            raise Unusable(f"{doing} failed. {known}\n{last}".replace(". \n", ".\n"))

    def _seed(self, logins: Logins) -> None:
        if self._is_seeded(logins):
            return
        self.say("Making two demonstration organisations with eighteen months of history.")
        self._manage("seed_demo", login=logins.worker, doing="Making the demonstration data")
        self.data.write_json("demo.json", {"tenants": DEMO_TENANTS})

    def _is_seeded(self, logins: Logins) -> bool:
        """Both organisations are there; the note tells a finished seed from one that was cut short."""
        with psycopg.connect(logins.app) as connection:
            row = connection.execute(
                "SELECT count(*) FROM tenants_tenant WHERE slug = ANY(%s)", [list(DEMO_TENANTS)]
            ).fetchone()
        return bool(row and row[0] == len(DEMO_TENANTS)) and (self.data / "demo.json").exists()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + 90
        said = ""
        while time.monotonic() < end:
            self._watch()
            ready, said = self._ask_readyz()
            if ready:
                self.data.write_json(
                    "run.json", {**self.data.running(), "address": self.address, "port": self.port}
                )
                return
            time.sleep(0.1)
        raise Unusable(f"The portal did not get ready in time. It said: {said}")

    def _ask_readyz(self) -> tuple[bool, str]:
        # By a name the portal answers to.
        host = self.environment.get("ALLOWED_HOSTS", "").split(",")[0] or "localhost"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/readyz", headers={"Host": host}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  (our own address)
                return True, json.load(answer).get("status", "")
        except urllib.error.HTTPError as error:
            with error:
                return False, error.read().decode(errors="replace")[:500]
        except (OSError, ValueError) as error:
            return False, str(error)

    @property
    def address(self) -> str:
        # By name, because passkeys do not work on an address of numbers.
        return f"http://localhost:{self.port}/"

    def _announce(self, seconds: float, *, demo: bool) -> None:
        self.say(f"Ready after {seconds:.0f} s: {self.address}")
        self.say(f"Everything is kept in {self.data.path}; logs are in its folder logs.")
        if demo:
            self.say(f"Sign in with the password {DEMO_PASSWORD} as one of:")
            for tenant in DEMO_TENANTS:
                people = "  ".join(f"{name}@{tenant}.example" for name in DEMO_PEOPLE)
                self.say(f"  {people}")
            self.say("  ops@portal.example  (operator of the platform)")
        self.say("Stop with Ctrl-C.")
