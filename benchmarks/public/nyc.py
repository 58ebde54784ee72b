"""New York's capital projects: what the next year does to the date and the budget of a project.

The columns that end in FINAL hold the whole life of a project on each of its rows and are never read.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np

from .cells import (  # fmt: skip
    NAN,
    Array,
    Aside,
    Dataset,
    Made,
    Row,
    Target,
    before,
    beyond,
    clearly,
    column,
    day,
    following,
    grew,
    others,
    signed_log,
    value_later,
    words,
)

PHASES = ("IT", "Scoping", "Design", "Procurement", "Construction Procurement", "Construction", "Close-Out", "Completed")  # fmt: skip
# Phases with rows enough for a line of their own.
COMMON_PHASES = PHASES[2:6]
# The report 8 to 15 months on, the nearest to a year.
LEAST, MOST, AIM = 243, 457, 365
SLIPPED, DEARER = 180, 1.1
# Other reports of the same project are learned from as well, so many days on.
NEAREST, FURTHEST = 90, 800


def _next_report(rows: list[Row]) -> Array:
    return following(rows, "pid", column(rows, "as_of", day), LEAST, MOST, AIM)


def _known(rows: list[Row]) -> Array:
    return value_later(column(rows, "as_of", day), _next_report(rows))


def _completion(rows: list[Row]) -> Array:
    return column(rows, "forecast_completion", day)


def slip_days(rows: list[Row]) -> Array:
    done = _completion(rows)
    return value_later(done, _next_report(rows)) - done


def slipped(rows: list[Row]) -> Array:
    return clearly(slip_days(rows), SLIPPED)


def slip_aside(rows: list[Row]) -> Aside:
    """By how much dates slipped until the other reports of a project."""
    time, done = column(rows, "as_of", day), _completion(rows)
    at, later = others(rows, "pid", time, NEAREST, FURTHEST, _next_report(rows))
    return Aside(at, done[later] - done[at], time[later], np.log((time[later] - time[at]) / AIM))


def slipped_aside(rows: list[Row]) -> Aside:
    """How clearly dates slipped until the other reports of a project: in half the time half as much is asked."""
    found = slip_aside(rows)
    return replace(found, label=clearly(found.label / np.exp(found.span), SLIPPED))


def dearer(rows: list[Row]) -> Array:
    budget = np.log(np.maximum(column(rows, "budget_forecast_usd"), 1))
    return grew(budget, value_later(budget, _next_report(rows)), math.log(DEARER))


def _kind_of_date(done: Array, time: Array) -> dict[str, Array]:
    """What a date tells by itself: the end of a month or a budget year, or one that many projects give, is a guess."""
    dates = [None if np.isnan(each) else date.fromordinal(int(each)) for each in done]
    told = list(zip(time, np.nan_to_num(done), strict=True))
    given = Counter(told)
    return {
        "month": np.array([each.month if each else NAN for each in dates], dtype=float),
        "end_of_month": np.array([float(each is not None and each.day >= 28) for each in dates]),
        "budget_year": np.array([float(each is not None and (each.month, each.day) == (6, 30)) for each in dates]),
        "end_of_year": np.array([float(each is not None and (each.month, each.day) == (12, 31)) for each in dates]),
        "given_together": np.log([float(given[each]) for each in told]),
    }  # fmt: skip


def build(rows: list[Row]) -> Made:
    time = column(rows, "as_of", day)
    to_go = _completion(rows) - time
    elapsed = time - column(rows, "design_start", day)
    budget = np.maximum(column(rows, "budget_forecast_usd"), 1)
    slip = column(rows, "latest_schedule_change_days")
    extra = column(rows, "latest_budget_change_usd")
    phase = words(rows, "current_phase")
    past = before(rows, "pid", time)
    so_far = [np.nan_to_num(slip[[*each, at]]) for at, each in enumerate(past)]
    total = np.array([each.sum() for each in so_far])
    first = np.array([time[each[0]] if each else time[at] for at, each in enumerate(past)])
    entered = np.array(
        [
            min((time[other] for other in each if phase[other] == phase[at]), default=time[at])
            for at, each in enumerate(past)
        ]
    )
    spent = np.array([np.nansum(extra[[*each, at]]) for at, each in enumerate(past)])
    numbers = {
        "budget": np.log(budget),
        "to_go": to_go,
        "to_go_log": signed_log(to_go),
        "overdue": (to_go < 0).astype(float),
        "soon": ((to_go >= 0) & (to_go < 365)).astype(float),
        **beyond(to_go, (0, 180, 365, 550, 730, 1460), "to_go"),
        "elapsed": elapsed,
        "done_share": np.clip(elapsed / np.maximum(elapsed + to_go, 30), -1, 3),
        "phase": np.array([float(PHASES.index(each)) if each in PHASES else NAN for each in phase]),
        "in_phase": time - entered,
        "slip": np.clip(slip, -400, 1200),
        "kept": (slip == 0).astype(float),
        "slipped_much": (slip > SLIPPED).astype(float),
        "earlier": (slip < 0).astype(float),
        "slip_recent": np.clip([each[-2:].sum() for each in so_far], -400, 1500),
        "slip_so_far": np.clip(total, -500, 3000),
        "slip_rate": np.clip(total / np.maximum(time - first, 120), -1, 3),
        "slips_often": np.array([(each > 60).mean() for each in so_far]),
        "reports": np.array([float(len(each)) for each in past]),
        "dearer": np.clip(extra / budget, -1, 1),
        "dearer_so_far": np.clip(spent / budget, -1, 1),
    }
    numbers |= _kind_of_date(_completion(rows), time)
    # A date that is near means something else in design than in construction.
    numbers |= {f"to_go_in_{name}": (phase == name) * np.clip(np.nan_to_num(to_go), -365, 730) for name in COMMON_PHASES}  # fmt: skip
    names = ("managing_agency", "category", "current_phase")
    return Made(
        time, numbers, {name: words(rows, name) for name in names}, words(rows, "managing_agency")
    )


DATASET = Dataset(
    columns=(
        "as_of", "pid", "category", "managing_agency", "current_phase", "design_start", "budget_forecast_usd",
        "latest_budget_change_usd", "forecast_completion", "latest_schedule_change_days",
    ),
    keys=("pid", "as_of"),
    group=("pid",),
    build=build,
    targets={
        "slip_over_180_days": Target(slipped, _known, slipped_aside),
        "budget_up_10_percent": Target(dearer, _known),
    },
    amounts={"slip_days": Target(slip_days, _known, slip_aside)},
    baseline=("slip_so_far", "the slip so far"),
    dates=("as_of", "forecast_completion"),
    figures=("budget_forecast_usd",),
)  # fmt: skip
