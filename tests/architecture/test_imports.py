"""Imports point down. The contracts hold, have no exceptions, and each of them bites."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .house import APPS, ROOT, STOREYS, python_files

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in LINTER["contracts"]}

# One slip per contract: where it is written, and what.
SLIPS = {
    "storeys": ("programmes/choices.py", "import adoption.choices"),
    "spine": ("adoption/services.py", "import programmes.services"),
    "rooms": ("programmes/models.py", "import programmes.services"),
    "learning": ("forecasting/learning/slip.py", "import django.db"),
}


def _lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-logo", "--no-cache", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_kept():
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_no_contract_has_an_exception():
    for contract in LINTER["contracts"]:
        assert not [key for key in contract if key.startswith(("ignore", "unmatched"))], contract


def test_the_storeys_are_those_of_the_house():
    layers = [layer.strip("()") for layer in CONTRACTS["storeys"]["layers"]]
    assert layers == ["pmo_portal.urls", *reversed(STOREYS)]
    assert set(CONTRACTS["rooms"]["containers"]) == set(APPS)


@pytest.mark.parametrize("contract", sorted(SLIPS))
def test_each_contract_bites(contract, tmp_path):
    for name in ("pmo_portal", *APPS):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "migrations")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    where, slip = SLIPS[contract]
    path = tmp_path / where
    path = path if path.exists() or "slip" in path.name else _in_package(path)
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{slip}\n")
    done = _lint(tmp_path, "--contract", contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{CONTRACTS[contract]['name']} BROKEN" in done.stdout


def _in_package(path: Path) -> Path:
    """A room that has grown into a package of the same name."""
    return path.with_suffix("") / "__init__.py"


def test_every_contract_has_its_slip():
    assert set(SLIPS) == set(CONTRACTS)


# --- What adoption may see of programmes ---

SPINE_ROOMS = {"selectors", "choices", "events", "models"}


def test_the_contract_of_the_spine_names_every_room_that_is_closed():
    # Wiring (apps, urls, receivers, panels) and calculations of delivery's own are closed as well.
    rooms = {
        path.stem
        for path in (ROOT / "programmes").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists())
        and path.stem not in {"__init__", "migrations", "management"}
    }
    closed = {name.removeprefix("programmes.") for name in CONTRACTS["spine"]["forbidden_modules"]}
    assert closed == rooms - SPINE_ROOMS


def test_adoption_takes_only_programme_and_milestone_of_the_tables():
    taken = set()
    for path in python_files("adoption"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("programmes"):
                room = node.module.split(".")[1] if "." in node.module else ""
                if room == "models":
                    taken |= {alias.name for alias in node.names}
            if isinstance(node, ast.Import):
                assert not any(a.name.startswith("programmes.models") for a in node.names), path
    assert taken <= {"Programme", "Milestone"}


# --- Heavy libraries stay out of the web workers ---


def test_the_web_loads_no_scientific_library():
    code = (
        "import sys, django; django.setup(); import pmo_portal.urls; from django.urls import get_resolver;"
        " get_resolver().reverse_dict;"
        " print(sorted({'numpy', 'scipy', 'sklearn', 'plotly', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
