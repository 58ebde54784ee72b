"""Where no script can ask the device, the style does, with the same rules as the dark theme."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("derive", ROOT / "scripts" / "derive_dark.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_what_the_script_writes(script, capsys) -> None:
    assert script.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_a_changed_file_is_told(script, tmp_path, monkeypatch, capsys) -> None:
    target = tmp_path / "derived" / "dark.css"
    monkeypatch.setattr(script, "TARGET", target)
    assert script.main(["--check"]) == 1
    assert "run it" in capsys.readouterr().err
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ('[data-bs-theme="dark"] { --a: 1; }', '[data-pp-theme="system"] { --a: 1 }\n'),
        (":root,[data-bs-theme=dark]{--a:1;--b:2}", '[data-pp-theme="system"] { --a:1; --b:2 }\n'),
        (":root[data-bs-theme=dark] .a{top:0}", '[data-pp-theme="system"] .a { top:0 }\n'),
        # The word in quotes ends nothing, in brackets neither.
        (
            '[data-bs-theme=dark] :is(.a, .b){--a:url("data:a;{b},c")}',
            '[data-pp-theme="system"] :is(.a, .b) { --a:url("data:a;{b},c") }\n',
        ),
        (
            "@media (x: y) { .a { top: 0 } [data-bs-theme=dark] { top: 1 } }",
            '@media (x: y) {\n[data-pp-theme="system"] { top: 1 }\n}\n',
        ),
        # No part of the theme: light rules, dark parts of a light page, paper.
        (":root,[data-bs-theme=light]{--a:1}", ""),
        (".navbar[data-bs-theme=dark],body[data-bs-theme=dark] [data-bs-theme=light]{--a:1}", ""),
        (":root:not([data-bs-theme=dark]) .a{top:0}", ""),
        ("@media print{[data-bs-theme=dark]{color-scheme:light}}", ""),
        ('@charset "utf-8";@keyframes a{to{top:0}}/* [data-bs-theme=dark] { top: 0 } */', ""),
    ],
)  # fmt: skip
def test_only_rules_of_the_dark_theme_are_taken(script, style: str, wanted: str) -> None:
    assert "".join(script.dark_rules(style)) == wanted


def test_the_dark_tokens_are_all_there(script) -> None:
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    dark = tokens[tokens.index('[data-bs-theme="dark"]') :]
    dark = dark[: dark.index("}")]
    derived = script.TARGET.read_text(encoding="utf-8")
    wanted = re.findall(r"--pp-[a-z0-9-]+: #[0-9a-f]{6}", dark)
    assert len(wanted) > 40
    assert [token for token in wanted if token not in derived] == []


def test_every_page_links_it_after_the_styles_it_comes_from(script) -> None:
    head = render_to_string("base.html").partition("</head>")[0]
    (link,) = re.findall(r"<noscript>(.*?)</noscript>", head)
    assert 'media="screen and (prefers-color-scheme: dark)"' in link
    assert head.rindex('<link rel="stylesheet"') == head.index(link)
    assert len(script.sources()) == head.count('<link rel="stylesheet"') - 1
    # Whoever chose a theme is not asked again: only this choice is left to the device.
    assert 'data-pp-theme="system"' in head


def test_no_page_uses_what_cannot_be_derived() -> None:
    """What Tabler hides or shows by what the theme is not."""
    markup = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("templates/**/*.html"))
    assert re.findall(r"\b(hide-theme-(?:light|dark)|img-(?:dark|light))\b", markup) == []
