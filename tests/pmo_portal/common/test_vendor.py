"""The front-end files of others are the ones the lock names, with their licences."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LOCK = json.loads((ROOT / "static" / "vendor" / "vendor.lock.json").read_text(encoding="utf-8"))


def script():
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "scripts" / "vendor.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_untouched(capsys) -> None:
    assert script().main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_a_changed_file_is_named(tmp_path, monkeypatch, capsys) -> None:
    module = script()
    monkeypatch.setattr(module, "STATIC", tmp_path)
    assert module.main(["--check"]) == 1
    assert "vendor/tabler-1.6.1/tabler.min.css is missing." in capsys.readouterr().err


@pytest.mark.parametrize("package", LOCK["packages"], ids=lambda package: package["name"])
def test_every_package_has_an_exact_version_and_a_licence(package) -> None:
    assert package["version"].count(".") == 2
    assert package["version"][0].isdigit()
    assert any(file["path"].endswith("LICENSE") for file in package["files"])


def test_every_icon_of_the_lock_is_drawn_somewhere() -> None:
    (icons,) = [set(package["icons"]) for package in LOCK["packages"] if "icons" in package]
    sprite = (ROOT / "static" / "icons" / "sprite.svg").read_text(encoding="utf-8")
    assert set(re.findall(r' id="([a-z0-9-]+)" viewBox', sprite)) == icons
    # Names are never put together: each stands in quotes where it is asked for.
    files = [*(ROOT / "templates").rglob("*.html")]
    for package in ("pmo_portal", "programmes", "adoption", "governance", "forecasting"):
        files += (ROOT / package).rglob("*.py")
    quoted = {
        name
        for file in files
        for name in re.findall(r"""["']([a-z0-9-]+)["']""", file.read_text(encoding="utf-8"))
    }
    assert icons - quoted == set()


def test_no_file_lies_there_without_an_entry() -> None:
    listed = {file["path"] for package in LOCK["packages"] for file in package["files"]}
    static = ROOT / "static"
    there = {
        str(path.relative_to(static)) for path in (static / "vendor").rglob("*") if path.is_file()
    }
    assert there - listed == {"vendor/vendor.lock.json"}


def test_no_style_looks_for_a_source_map_we_do_not_ship() -> None:
    for path in (ROOT / "static" / "vendor").rglob("*.css"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")


def test_plotly_of_python_and_of_the_browser_move_together() -> None:
    offline = pytest.importorskip("plotly.offline")
    (browser,) = [p for p in LOCK["packages"] if p["name"].startswith("plotly")]
    assert offline.get_plotlyjs_version() == browser["version"]
