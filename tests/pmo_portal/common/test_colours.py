"""Every pair of ink and paper is readable in both themes, and no style names a colour outside the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKEN = re.compile(r"--pp-([a-z0-9-]+):\s*(#[0-9a-f]{6})\b")
STATES = ("ok", "warn", "bad", "none", "done")
PAPERS = ("page", "surface", "wash")

TEXT = [
    *((ink, paper) for ink in ("ink", "muted", "link") for paper in (*PAPERS, "sunk", "side")),
    *((f"{state}-fg", f"{state}-bg") for state in STATES),
    *((f"{state}-fg", paper) for state in ("warn", "bad") for paper in PAPERS),
    *((half, paper) for half in ("delivery", "adoption") for paper in PAPERS),
    ("delivery", "delivery-wash"),
    ("adoption", "adoption-wash"),
    ("ink", "delivery-wash"),
    ("ink", "adoption-wash"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("link", "accent-wash"),
    ("ink", "accent-wash"),
    ("surface", "ink"),
    ("load-ink-0", "load-0"),
    *(("load-ink", f"load-{step}") for step in (1, 2, 3)),
    ("load-ink-4", "load-4"),
]
SHAPES = [
    *((f"{state}-line", "surface") for state in STATES),
    *(("field", paper) for paper in PAPERS),
    *(("focus", paper) for paper in (*PAPERS, "side", "sunk")),
]


def themes() -> dict[str, dict[str, str]]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    start = text.index('[data-bs-theme="dark"]')
    light = dict(TOKEN.findall(text[:start]))
    return {"light": light, "dark": light | dict(TOKEN.findall(text[start:]))}


def luminance(colour: str) -> float:
    parts = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_is_readable(theme: str, ink: str, paper: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[paper]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("line", "paper"), SHAPES)
def test_shapes_and_borders_can_be_seen(theme: str, line: str, paper: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[line], tokens[paper]) >= 3


def test_delivery_and_adoption_weigh_the_same() -> None:
    for tokens in themes().values():
        delivery, adoption = (
            contrast(tokens[half], tokens["surface"]) for half in ("delivery", "adoption")
        )
        assert max(delivery, adoption) / min(delivery, adoption) < 1.25


@pytest.mark.parametrize(
    "sheet", sorted(path.name for path in CSS.glob("*.css") if path.name != "tokens.css")
)
def test_only_the_tokens_name_colours(sheet: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", text) == []


def test_every_token_in_use_exists() -> None:
    known = set(
        re.findall(
            r"(--(?:pp|st)-[a-z0-9-]+|--peer):", "".join(p.read_text() for p in CSS.glob("*.css"))
        )
    )
    used = set(
        re.findall(
            r"var\((--(?:pp|st)-[a-z0-9-]+|--peer)",
            "".join(p.read_text() for p in CSS.glob("*.css")),
        )
    )
    assert used - known == set()
