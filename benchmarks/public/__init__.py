"""How public files of projects, issues and sprints become plain tables."""

from __future__ import annotations

from . import gmpp, issues, nyc, sprints

DATASETS = {
    "nyc_capital_projects": nyc.DATASET,
    "issue_delay": issues.DATASET,
    "sprint_delivery": sprints.DATASET,
    "gmpp": gmpp.DATASET,
}
