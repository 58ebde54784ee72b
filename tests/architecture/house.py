"""The house as the tests see it: storeys bottom up, and where each app keeps its things."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Bottom up; the same order as the contract "Storeys" in pyproject.toml, which a test compares.
STOREYS = (
    "pmo_portal.common",
    "pmo_portal.tenants",
    "pmo_portal.accounts",
    "pmo_portal.history",
    "pmo_portal.jobs",
    "programmes",
    "adoption",
    "governance",
    "forecasting",
    "pmo_portal.scorecards",
    "pmo_portal.reports",
    "pmo_portal.desk",
    "pmo_portal.api",
    "pmo_portal.operations",
)
APPS = ("programmes", "adoption", "governance", "forecasting")
LABELS = tuple(name.rpartition(".")[2] for name in STOREYS)


def storey_of(label: str) -> int:
    return LABELS.index(label)


def python_files(*folders: str) -> list[Path]:
    """Our own modules, without migrations."""
    chosen = folders or ("pmo_portal", *APPS)
    return sorted(
        path
        for folder in chosen
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )
