"""Small made-up files with the columns of the public ones."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.public import DATASETS, gmpp, issues, nyc, sprints

Rows = list[dict[str, str]]


def nyc_rows(projects: int = 40, reports: int = 8) -> Rows:
    """Projects in design slip by a year from report to report, others keep their dates."""
    rng = np.random.default_rng(1)
    made: Rows = []
    for number in range(projects):
        phase = "Design" if rng.random() < 0.5 else "Construction"
        done = date(2018, 1, 1) + timedelta(days=int(rng.integers(0, 900)))
        for report in range(reports):
            slip = int(rng.integers(150, 260)) if phase == "Design" and rng.random() < 0.8 else 0
            done += timedelta(days=slip if report else 0)
            made.append(
                {
                    "as_of": str(date(2013, 1, 1) + timedelta(days=180 * report)),
                    "pid": str(number),
                    "category": "Bridges",
                    "managing_agency": f"A{number % 3}",
                    "current_phase": phase,
                    "design_start": "2012-01-01",
                    "budget_forecast_usd": str(30e6 * 1.15**report if number % 4 == 0 else 30e6),
                    "latest_budget_change_usd": "",
                    "forecast_completion": str(done),
                    "latest_schedule_change_days": str(slip) if report else "",
                    "total_schedule_change_days_FINAL": str(rng.integers(0, 900)),
                }
            )
    return made


def issue_rows(each: int = 60, organisations: tuple[str, ...] = ("oak", "elm", "ash")) -> Rows:
    """Issues of reporters who were late before are late again."""
    rng = np.random.default_rng(2)
    made: Rows = []
    for organisation in organisations:
        for number in range(each):
            record = rng.random()
            row = dict.fromkeys(DATASETS["issue_delay"].columns, "0") | {
                "project": organisation,
                "prediction_time": "due",
                "issuekey": f"{organisation.upper()}-{number}",
                "openeddate": str(date(2012, 1, 1) + timedelta(days=5 * number)),
                "type": "Bug",
                "priority": "Major",
                "perofdelay": f"{record:.3f}",
                "RemainingDay": str(rng.integers(1, 90)),
                "delaydays": str(int(rng.integers(1, 50)) if rng.random() < record else 0),
            }
            made.append(row)
    return made


def sprint_rows(teams: int = 6, sprints: int = 25, organisation: str = "oak") -> Rows:
    """Teams of which every other falls short of what it commits to."""
    rng = np.random.default_rng(3)
    made: Rows = []
    for team in range(teams):
        for sprint in range(sprints):
            short = rng.random() < (0.85 if team % 2 else 0.15)
            for moment in ("0", "80"):
                row = dict.fromkeys(DATASETS["sprint_delivery"].columns, "3") | {
                    "project": organisation,
                    "boardid": str(team),
                    "sprintid": str(10 * sprint + team),
                    "pct_elapsed": moment,
                    "vel_starttime": "20",
                    "vel_todo": str(rng.integers(0, 20)),
                    "vel_diff": "-4" if short else "2",
                }
                made.append(row)
    return made


def gmpp_rows(projects: int = 40, years: int = 6) -> Rows:
    """Projects rated red stay red."""
    rng = np.random.default_rng(4)
    made: Rows = []
    for number in range(projects):
        red = rng.random() < 0.4
        end = date(2020, 3, 31)
        for year in range(2013, 2013 + years):
            end += timedelta(days=200 if rng.random() < 0.3 else 0)
            row = dict.fromkeys(DATASETS["gmpp"].columns, "") | {
                "project_id": str(number),
                "year": str(year),
                "snapshot_date": f"{year - 1}-09-30",
                "dept": "MOD",
                "dca": "Amber/Red" if red != (rng.random() < 0.1) else "Amber",
                "start_date": "2010-04-01",
                "end_date": str(end),
                "whole_life_cost_gbp_m": str(100 + number),
                "rating_comment": "The project remains on schedule.",
            }
            made.append(row)
    return made


MADE = {
    "nyc_capital_projects": (nyc_rows, nyc, "as_of"),
    "issue_delay": (issue_rows, issues, "openeddate"),
    "sprint_delivery": (sprint_rows, sprints, "sprintid"),
    "gmpp": (gmpp_rows, gmpp, "year"),
}


def kept(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
