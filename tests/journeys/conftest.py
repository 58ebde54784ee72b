from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scripts.find_chromium import find
from tests.pmo_portal.embedded.starting import (
    ROOT,
    Up,
    clean_environment,
    copy_data,
    data_folder,
    made_once,
)

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys without the demonstration first: one worker walks them while another makes it."""
    items.sort(key=lambda item: "empty_portal" not in getattr(item, "fixturenames", ()))


@contextlib.contextmanager
def _running(data: Path, *arguments: str) -> Iterator[Portal]:
    # As many as people have: what one process remembers another does not know.
    with Up(data, *arguments, WEB_WORKERS="2") as up:
        yield Portal(up.wait_until_ready().rstrip("/"), data)


def _port(first: int, worker_id: str) -> str:
    """One for each worker, so that two that start at once do not meet at the same."""
    return str(first + int(worker_id.removeprefix("gw") if worker_id != "master" else 0))


@pytest.fixture(scope="session")
def empty_portal(worker_id: str) -> Iterator[Portal]:
    """The portal as it is after its first start, without any organisation."""
    with (
        data_folder("pmo-journey-") as data,
        _running(data, "--port", _port(8731, worker_id)) as portal,
    ):
        yield portal


@pytest.fixture(scope="session")
def demo_portal(worker_id: str) -> Iterator[Portal]:
    """The portal with the demonstration's data; who writes there makes records of their own."""
    made = made_once("demonstration", "--demo")
    with data_folder("pmo-journey-") as data:
        copy_data(made, data)
        with _running(data, "--demo", "--port", _port(8741, worker_id)) as portal:
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


# The rules that see colours; to all others a light and a dark device are the same.
_OF_COLOURS = ("color-contrast", "link-in-text-block")
# Each width is looked at in full once, and in its other colours by what sees them.
DEVICES = (
    (1440, "light", ()),
    (390, "dark", ()),
    (1440, "dark", _OF_COLOURS),
    (390, "light", _OF_COLOURS),
)
_FIRST_OF_EACH = """options => axe.run(options).then(
    found => found.violations.map(each => [each.id, each.nodes[0].html.slice(0, 120)]))"""


def shuts_out(page: Page, *rules: str) -> list[tuple[str, str]]:
    """What axe finds on a page, by some rules or by all."""
    # Read once a page: it is as long as all our scripts.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    return [(rule, html) for rule, html in page.evaluate(_FIRST_OF_EACH, options)]


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
