"""What must not be written anywhere, because it would undo the rest."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("pmo_portal", "programmes", "adoption", "governance", "forecasting")


def _python() -> list[Path]:
    return [file for folder in OURS for file in (ROOT / folder).rglob("*.py")]


def _found(files: list[Path], pattern: str) -> list[str]:
    expression = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return [
        f"{file.relative_to(ROOT)}: {match[0][:80]}"
        for file in files
        for match in expression.finditer(file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        # A setting that outlives its transaction travels with the connection.
        r"set_config\([^)]*,\s*false\s*\)",
        r"\"SET (?!CONSTRAINTS|LOCAL|NULL)[a-z_.]+\s*(=|TO)\s",
        r"\bSET SESSION\b",
        # Text from people becomes code.
        r"@csrf_exempt",
        # Expands entities and reads files.
        r"^\s*(import xml\b|from xml[ .])",
        r"\bpickle\.loads?\b",
        r"\byaml\.load\(",
        # String formatting where parameters belong.
        r"\.raw\(",
        r"\.extra\(",
    ],
)  # fmt: skip
def test_python_does_not_say(pattern):
    assert _found(_python(), f"(?m){pattern}") == []


def test_text_is_trusted_in_one_place_only():
    """The tags that draw icons and lines join literals of our own; nobody else marks text as safe."""
    found = _found(_python(), r"\b(mark_safe|SafeString)\(")
    assert {line.split(":")[0] for line in found} == {"pmo_portal/common/templatetags/portal.py"}


@pytest.mark.parametrize(
    "pattern",
    [
        r"\|\s*safe\b",
        r"{%\s*autoescape off",
        r"\shx-on[:\-]",
        r"hx-vals=['\"]js:",
        r"hx-trigger=['\"][^'\"]*\[",
        r"\son(click|load|change|submit|input|error|focus)\s*=",
        r"\sstyle\s*=\s*['\"]",
        r"<style\b",
        r"<script(?![^>]*\b(src=|type=\"application/json\"))",
        r"javascript:",
        r"<iframe\b",
        r"(src|href)=['\"](https?:)?//",
    ],
)
def test_templates_do_not_say(pattern):
    assert _found(list((ROOT / "templates").rglob("*.html")), pattern) == []


def test_only_plain_text_mails_go_unescaped():
    files = [file for file in (ROOT / "templates").rglob("*") if file.is_file()]
    unescaped = [file for file in files if "autoescape off" in file.read_text(encoding="utf-8")]
    assert [file.suffix for file in unescaped if file.suffix != ".txt"] == []


def test_scripts_do_not_build_code_from_text():
    scripts = list((ROOT / "static" / "js").glob("*.js"))
    assert scripts
    assert (
        _found(scripts, r"\beval\(|new Function\(|innerHTML\s*=|document\.write|insertAdjacentHTML")
        == []
    )
