"""Issues with due dates of open source organisations: whether one is resolved after its date."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from .cells import (
    Array,
    Dataset,
    Made,
    Row,
    Target,
    column,
    day,
    flagged,
    ranks_before,
    signed_log,
    words,
)

COUNTS = (
    "discussion", "repetition", "workload", "no_comment", "no_priority_change", "no_fixversion", "no_fixversion_change",
    "no_issuelink", "no_blocking", "no_blockedby", "no_affectversion", "no_des_change", "ProgressTime",
)  # fmt: skip

USUAL = ("workload", "discussion", "no_comment")


def late(rows: list[Row]) -> Array:
    return flagged(column(rows, "delaydays"), lambda days: days > 0)


def _told_on(rows: list[Row]) -> Array:
    """The day on which a row is told: when the issue was opened, or when its date was set."""
    return column(rows, "openeddate", day) + np.nan_to_num(column(rows, "ProgressTime"))


def _due(rows: list[Row]) -> Array:
    return _told_on(rows) + column(rows, "RemainingDay")


def _resolved(rows: list[Row]) -> Array:
    return _due(rows) + np.maximum(column(rows, "delaydays"), 0)


def _due_together(rows: list[Row], project: Array, told_on: Array) -> Array:
    """How many other issues of the same project had been given the same date by then."""
    due = _due(rows)
    given = defaultdict(list)
    for at, row in enumerate(rows):
        if row["prediction_time"] == "due":
            given[project[at], due[at]].append(told_on[at])
    ordered = {key: np.sort(days) for key, days in given.items()}
    return np.array(
        [
            np.searchsorted(ordered.get((project[at], due[at]), ()), told_on[at])
            for at in range(len(rows))
        ],
        dtype=float,
    )


def build(rows: list[Row]) -> Made:
    told_on = _told_on(rows)
    left, spent = column(rows, "RemainingDay"), column(rows, "ProgressTime")
    record = column(rows, "perofdelay")
    at_due = (words(rows, "prediction_time") == "due").astype(float)
    project = np.array([f"{row['project']}/{row['issuekey'].rsplit('-', 1)[0]}" for row in rows], dtype=object)  # fmt: skip
    left_log = np.log1p(np.maximum(left, 0))
    numbers = {
        **{name: np.log1p(np.maximum(column(rows, name), 0)) for name in COUNTS},
        "left": left,
        "left_log": signed_log(left),
        "at_due": at_due,
        "left_at_due": at_due * left_log,
        "record": record,
        "record_known": (record > 0).astype(float),
        "record_x_left": record * left_log,
        "reporter": column(rows, "reporterrep"),
        "progress": spent / np.maximum(spent + np.maximum(left, 0), 1),
        "due_together": np.log1p(_due_together(rows, project, told_on)),
    }
    # What is much time, work or talk depends on the project: it is told beside the project's earlier issues.
    for name, values in (("left", left), ("record", record), *((each, column(rows, each)) for each in USUAL)):  # fmt: skip
        numbers[f"{name}_rank"] = ranks_before(np.nan_to_num(values), project, told_on)
    categories = {
        "organisation": words(rows, "project"),
        "type": words(rows, "type"),
        "priority": words(rows, "priority"),
    }
    return Made(told_on, numbers, categories, project)


DATASET = Dataset(
    columns=(
        "project", "prediction_time", "issuekey", "openeddate", "type", "priority", "perofdelay", "reporterrep",
        "RemainingDay", *COUNTS,
    ),
    outcomes=("delaydays",),
    keys=("project", "issuekey", "prediction_time"),
    organisation="project",
    group=("project", "issuekey"),
    build=build,
    targets={"late": Target(late, _resolved)},
    baseline=("record", "the share of late ones before"),
    dates=("openeddate",),
    figures=("RemainingDay",),
    parts="prediction_time",
    apart=True,
)  # fmt: skip
