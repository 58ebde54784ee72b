"""What the documents list is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
OURS = ("pmo_portal", "programmes", "adoption", "governance", "forecasting")


def _listed(document: str) -> set[str]:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z_-]+)` \|", text, re.MULTILINE))


def test_every_event_of_a_page_is_listed_heard_and_raised_by_a_form_in_its_place():
    said = {
        event
        for package in OURS
        for file in (ROOT / package).rglob("*.py")
        for event in re.findall(
            r'trigger_client_event\([^"]*"([a-z-]+)"', file.read_text(encoding="utf-8")
        )
    }
    templates = "".join(
        page.read_text(encoding="utf-8") for page in (ROOT / "templates").rglob("*.html")
    )
    heard = set(re.findall(r"([a-z-]+) from:body", templates))
    assert said == heard == _listed("htmx-events.md")
    # The only answers to htmx that say something are those to forms that are sent in place.
    assert templates.count("hx-post=") == len(said)


def test_every_command_of_ours_is_listed():
    ours = {name for name, app in get_commands().items() if str(app).startswith(OURS)}
    assert ours == _listed("commands.md")


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs" / "decisions"
    pages = {page.name for page in folder.glob("0*.md")}
    assert pages == set(
        re.findall(r"\]\((0[^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    )


def test_every_decision_says_whether_it_stands():
    for page in (ROOT / "docs" / "decisions").glob("0*.md"):
        status = page.read_text(encoding="utf-8").splitlines()[2]
        assert re.match(r"Status: (?:accepted, |superseded by \[0)", status), page.name


# Their modules are named in the row of the folder; those of other folders say little without it.
SUBJECTS = (
    "golive", "crises", "raid", "dates", "readiness", "lessons", "in_force", "watching", "sharing", "comments", "replay",
    "cards", "bundle", "inputs", "drivers",
    "learning/judging", "learning/raid", "learning/dates", "learning/readiness", "learning/comments", "learning/plain",
)  # fmt: skip


def _modules(folder: Path) -> set[str]:
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    return packages | {path.stem for path in folder.glob("*.py") if path.name != "__init__.py"}


def test_every_module_of_forecasting_has_a_place_on_its_map():
    folder = ROOT / "forecasting"
    there = {
        path.stem if path.suffix else f"{path.name}/"
        for path in folder.iterdir()
        if path.name not in {"__init__.py", "__pycache__", "learning"}
    }
    there |= {
        f"learning/{path.stem if path.suffix else path.name + '/'}"
        for path in (folder / "learning").iterdir()
        if path.name not in {"__init__.py", "__pycache__"}
    }
    text = (ROOT / "docs" / "forecasting.md").read_text(encoding="utf-8")
    # What a package holds is told by bare names in the second column, which are no modules of the app.
    tables = text[text.index("## The four forecasts") :]
    rows = re.findall(r"^\| (`[^|]*) \|", tables, re.MULTILINE)
    rooms = text[text.index("## Rooms that every app has") :]
    named = [name for row in [*rows, rooms] for name in re.findall(r"`([a-z_/]+)`", row)]
    twice = {name for name in named if named.count(name) > 1}
    assert (there - set(named), set(named) - there, twice) == (set(), set(), set())


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_module_of_a_subject_stands_in_its_row(subject: str):
    text = (ROOT / "docs" / "forecasting.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\|[^|]*`{subject}/`[^|]*\|(.*)\|$", text, re.MULTILINE)
    named = set(re.findall(r"`([a-z_]+)`", row))
    assert named == _modules(ROOT / "forecasting" / subject)
