from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scripts.find_chromium import find
from tests.pmo_portal.embedded.starting import ROOT, Up, clean_environment, data_folder

# Two portals and two browsers share a machine; five seconds are too few for a page then.
expect.set_options(timeout=20_000)


@dataclass
class Portal:
    """A running portal: where it answers, and where its data and logs lie."""

    address: str
    data: Path

    def manage(self, *arguments: str, typed: str = "") -> str:
        """Run a management command beside it, as people do in another terminal."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=clean_environment(PMO_DATA=str(self.data)),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def log(self, name: str) -> str:
        return (self.data / "logs" / f"{name}.log").read_text(encoding="utf-8")


@contextlib.contextmanager
def running_portal(*arguments: str) -> Iterator[Portal]:
    with data_folder("pmo-journey-") as data, Up(data, *arguments) as up:
        # Inventing two organisations with eighteen months of history takes its time on a busy machine.
        seconds = 600 if "--demo" in arguments else 90
        yield Portal(up.wait_until_ready(seconds=seconds).rstrip("/"), data)


def _port(first: int, worker_id: str) -> str:
    """One for each worker, so that two that start at once do not meet at the same."""
    return str(first + int(worker_id.removeprefix("gw") if worker_id != "master" else 0))


@pytest.fixture(scope="session")
def empty_portal(worker_id: str) -> Iterator[Portal]:
    """The portal as it is after its first start, without any organisation."""
    with running_portal("--port", _port(8731, worker_id)) as portal:
        yield portal


@pytest.fixture(scope="session")
def demo_portal(worker_id: str) -> Iterator[Portal]:
    """The portal with the demonstration's data; who writes there makes records of their own."""
    with running_portal("--demo", "--port", _port(8741, worker_id)) as portal:
        yield portal


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find()
    if path is None:
        pytest.fail("The browser journeys need Chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at their own browser."""

    context: BrowserContext
    page: Page

    def virtual_key(self) -> tuple[object, str]:
        """Plug an authenticator with a finger already on it into the browser."""
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        made = session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        return session, made["authenticatorId"]


@pytest.fixture
def somebody(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """A new browser for each person; ends the test when a page breaks the content policy or a script fails."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive(**options: object) -> Person:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if "Content Security" in message.text else None
            ),
        )
        opened.append(context)
        return Person(context, page)

    yield arrive
    for context in opened:
        context.close()
    assert complaints == []
