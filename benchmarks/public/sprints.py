"""Sprints of open source teams: whether less is delivered than was committed, seen at 0, 30, 50 and 80 % of the time.

A team runs one sprint after another: what became of its earlier sprints was known when the next one began, and is
an input. Sprints of other teams may run at the same time and are not looked at.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from .cells import NAN, Array, Dataset, Made, Row, Target, column, flagged, words

AMOUNTS = (
    "vel_starttime", "vel_added", "vel_removed", "vel_todo", "vel_inprogress", "vel_done", "no_issue_starttime",
    "no_issue_added", "no_issue_removed", "no_issuetodo", "no_issueinprogress", "no_issuedone", "planday",
    "no_teammember",
)  # fmt: skip
# How many of the last sprints of a team tell what it is like now.
RECENT = 5
# Sprints a team is held to half of its sprints falling short by.
HELD_BY = 5.0


def fell_short(rows: list[Row]) -> Array:
    return flagged(column(rows, "vel_diff"), lambda difference: difference < 0)


def _in_order(rows: list[Row]) -> Array:
    """When a sprint was, from 0 to 1 among those of its organisation: their numbers rise, nothing has a date."""
    sprint = column(rows, "sprintid")
    made = np.zeros(len(rows))
    organisation = words(rows, "project")
    for name in np.unique(organisation):
        of_it = organisation == name
        _values, rank = np.unique(sprint[of_it], return_inverse=True)
        made[of_it] = rank / max(rank.max(), 1)
    return made


def _earlier_sprints(rows: list[Row], scope: Array) -> dict[str, Array]:
    """What became of the earlier sprints of the same team, each as it was seen last."""
    sprint, elapsed = column(rows, "sprintid"), column(rows, "pct_elapsed")
    short, difference = fell_short(rows), column(rows, "vel_diff")
    team = words(rows, "project", "boardid")
    last: dict[str, dict[float, int]] = defaultdict(dict)
    for at in np.argsort(elapsed, kind="stable"):
        if not np.isnan(short[at]):
            last[team[at]][sprint[at]] = int(at)
    made = np.full((len(rows), 6), NAN)
    for at in range(len(rows)):
        seen = [last[team[at]][each] for each in sorted(last[team[at]]) if each < sprint[at]]
        if not seen:
            continue
        recent = seen[-RECENT:]
        missed = np.clip(difference[recent] / np.maximum(scope[recent], 1), -2, 2)
        made[at] = (
            (short[seen].sum() + HELD_BY / 2) / (len(seen) + HELD_BY),
            (short[recent].sum() + 1) / (len(recent) + 2),
            missed.mean(),
            np.median(scope[recent]),
            scope[at] / max(float((scope[recent] + difference[recent]).mean()), 1.0),
            float(len(seen)),
        )
    names = ("short_before", "short_lately", "missed_lately", "scope_lately", "scope_to_delivered", "sprints_before")  # fmt: skip
    return dict(zip(names, made.T, strict=True))


def build(rows: list[Row]) -> Made:
    amounts = {name: np.maximum(column(rows, name), 0) for name in AMOUNTS}
    elapsed = column(rows, "pct_elapsed") / 100
    planned = np.maximum(amounts["vel_starttime"] + amounts["vel_added"], 1)
    scope = amounts["vel_todo"] + amounts["vel_inprogress"] + amounts["vel_done"]
    issues = np.maximum(amounts["no_issue_starttime"] + amounts["no_issue_added"], 1)
    open_share = (amounts["vel_todo"] + amounts["vel_inprogress"]) / np.maximum(scope, 1)
    done = amounts["vel_done"] / np.maximum(scope, 1)
    numbers = {
        **{name: np.log1p(values) for name, values in amounts.items()},
        **{f"{name}_share": amounts[f"vel_{name}"] / planned for name in ("done", "todo", "inprogress", "added", "removed")},
        "issues_done": amounts["no_issuedone"] / issues,
        "issues_todo": amounts["no_issuetodo"] / issues,
        "elapsed": elapsed,
        "scope": np.log1p(scope),
        "nothing": (scope == 0).astype(float),
        "done": done,
        "behind": elapsed - done,
        "open_x_elapsed": elapsed * open_share,
        "scope_for_team": np.log1p(scope / np.maximum(amounts["no_teammember"], 1)),
        **_earlier_sprints(rows, scope),
    }  # fmt: skip
    categories = {
        "organisation": words(rows, "project"),
        "moment": words(rows, "pct_elapsed"),
    }
    return Made(_in_order(rows), numbers, categories, words(rows, "project", "boardid"))


DATASET = Dataset(
    columns=("project", "pct_elapsed", "boardid", "sprintid", *AMOUNTS),
    outcomes=("vel_diff",),
    keys=("project", "boardid", "sprintid", "pct_elapsed"),
    organisation="project",
    group=("project", "boardid"),
    build=build,
    targets={"under_delivery": Target(fell_short)},
    baseline=("behind", "how far it is behind the time"),
    parts="pct_elapsed",
    figures=("sprintid", "vel_starttime"),
)
