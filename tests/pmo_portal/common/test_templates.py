"""What no template may contain, and what every template must."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
STYLE = re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=\s*[\"']", re.IGNORECASE)
FOREIGN = re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE)
MAIL = re.compile(r"(^|/)email/|mail")


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_no_template_holds_script_style_or_foreign_addresses(name: str) -> None:
    if MAIL.search(name):
        return
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    for attributes in SCRIPT.findall(text):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert not STYLE.search(text)
    assert not HANDLER.search(text)
    assert not FOREIGN.search(text)
    assert "javascript:" not in text
    assert not re.search(r"hx-vals=['\"]js:", text)


@pytest.mark.parametrize("name", NAMES)
def test_every_class_of_ours_has_a_rule(name: str) -> None:
    styles = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "static" / "css").glob("*.css")
    )
    known = set(re.findall(r"\.(pp-[a-z0-9-]+)", styles))
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    used = set(re.findall(r"(?<![\w/{.\"-])(pp-[a-z0-9-]+)(?=[\s\"'])", text))
    # Columns of a table carry the key of their column; only some need a width.
    assert {each for each in used - known if not each.startswith("pp-c-")} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_is_in_the_sprite(name: str) -> None:
    sprite = (ROOT / "static" / "icons" / "sprite.svg").read_text(encoding="utf-8")
    known = set(re.findall(r' id="([a-z0-9-]+)"', sprite))
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    used = set(re.findall(r"{% icon [\"']([a-z0-9-]+)[\"']", text)) | set(
        re.findall(r"<c-[^>]*\sicon=\"([a-z0-9-]+)\"", text)
    )
    assert used - known == set()


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("cotton/")])
def test_every_component_says_what_it_takes_and_has_an_example(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert text.startswith("{% comment %}")
    component = name.removeprefix("cotton/").removesuffix(".html").replace("_", "-")
    shown = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("c*/**/*.html"))
    assert f"<c-{component}" in shown


def test_the_scripts_are_short_and_plain() -> None:
    for path in (ROOT / "static" / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 150, path.name
        assert "eval(" not in text
        assert "innerHTML" not in text
        assert not re.search(r"https?://", text)


def test_event_names_of_htmx_stand_in_one_file() -> None:
    holding = {
        path.name for path in (ROOT / "static" / "js").glob("*.js") if "htmx:" in path.read_text()
    }
    assert holding == {"htmx-glue.js"}


def test_the_page_of_last_resort_needs_nothing() -> None:
    for name in (
        "503.html",
        "500.html",
        "429.html",
        "404.html",
        "403.html",
        "400.html",
        "403_csrf.html",
    ):
        drawn = engines["django"].from_string("{% include name %}").render({"name": name})
        assert "<h1" in drawn


def test_one_idea_has_one_name_on_all_pages() -> None:
    told = re.compile(
        r"resistance signal|change side|change function|sign for change|side of change|"
        # What was said ahead is a forecast, and what came of it happened.
        r"(?:_\(|translate )[\"'](?:told now|told by|risk told|tellings|came for each told)[\"']|told like those",
        re.IGNORECASE,
    )
    apps = ("adoption", "forecasting", "governance", "pmo_portal", "programmes")
    files = [
        *TEMPLATES.rglob("*.html"),
        *(path for app in apps for path in (ROOT / app).rglob("*.py")),
    ]
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files
        for match in told.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found
