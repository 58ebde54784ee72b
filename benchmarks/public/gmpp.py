"""The major projects of the United Kingdom: what the next annual report says of a project."""

from __future__ import annotations

import math

import numpy as np

from .cells import (  # fmt: skip
    NAN,
    Array,
    Dataset,
    Made,
    Row,
    Target,
    before,
    beyond,
    column,
    day,
    flagged,
    following,
    grew,
    value_later,
    words,
)

CONFIDENCE = {"Green": 0.0, "Amber/Green": 1.0, "Amber": 2.0, "Amber/Red": 3.0, "Red": 4.0}
RED_FROM = 3
SLIPPED, DEARER = 180, 1.1
# What a report says in words: name -> beginnings of words, any of which.
SAYS = {
    "delay": ("delay", "slip", "re-plan", "rebaselin", "extended", "later than"),
    "closed": ("closed", "closure", "complete", "exit", "leave the gmpp", "handed over"),
    "on_track": ("on track", "remains on", "on schedule", "to plan"),
    "replanned": ("re-baseline", "business case", "reset"),
    "approved": ("approved", "agreed by"),
    "difficult": ("challeng", "risk", "issue", "concern"),
    "end_date": ("end date", "end-date"),
}
NARRATIVES = ("rating_comment", "schedule_comment", "variance_comment")


def _confidence(text: str) -> float:
    return CONFIDENCE.get(text.strip(), NAN)


def _next_year(rows: list[Row]) -> Array:
    return following(rows, "project_id", column(rows, "year"), 1, 2, 1)


def _known(rows: list[Row]) -> Array:
    return value_later(column(rows, "year"), _next_year(rows))


def red_next(rows: list[Row]) -> Array:
    rated = value_later(column(rows, "dca", _confidence), _next_year(rows))
    return flagged(rated, lambda each: each >= RED_FROM)


def downgraded(rows: list[Row]) -> Array:
    now = column(rows, "dca", _confidence)
    return grew(now, value_later(now, _next_year(rows)), 0.5)


def slipped(rows: list[Row]) -> Array:
    ends = column(rows, "end_date", day)
    return grew(ends, value_later(ends, _next_year(rows)), SLIPPED)


def dearer(rows: list[Row]) -> Array:
    cost = np.log(np.maximum(column(rows, "whole_life_cost_gbp_m"), 0.1))
    return grew(cost, value_later(cost, _next_year(rows)), math.log(DEARER))


def build(rows: list[Row]) -> Made:
    year = column(rows, "year")
    taken, rated = column(rows, "snapshot_date", day), column(rows, "dca", _confidence)
    starts, ends = column(rows, "start_date", day), column(rows, "end_date", day)
    cost = np.log(np.maximum(column(rows, "whole_life_cost_gbp_m"), 0.1))
    budget, spend = column(rows, "fy_budget_gbp_m"), column(rows, "fy_forecast_gbp_m")
    past = before(rows, "project_id", year)
    last = np.array([each[-1] if each else -1 for each in past])
    moves = [np.diff(ends[[*each, at]]) for at, each in enumerate(past)]
    to_go = np.clip(ends - taken, -2000, 9000)
    near = np.clip(np.nan_to_num(to_go, nan=1500.0), -400, 1500)
    red = flagged(rated, lambda each: each >= RED_FROM)
    soon = (np.abs(to_go) < 400).astype(float)
    numbers = {
        "rated": rated,
        "red": red,
        "rated_before": value_later(rated, last),
        "rated_change": rated - value_later(rated, last),
        "worst": np.array([_most(rated[[*each, at]]) for at, each in enumerate(past)]),
        "reports": np.array([float(len(each)) for each in past]),
        "to_go": to_go,
        **beyond(to_go, (-200, 0, 200, 365, 550, 730, 1460, 2920), "to_go"),
        "soon": soon,
        "ended": (to_go < 0).astype(float),
        "elapsed": taken - starts,
        "done_share": np.clip((taken - starts) / np.maximum(ends - starts, 90), -1, 3),
        "length": ends - starts,
        "cost": cost,
        "cost_change": np.clip(cost - value_later(cost, last), -2, 2),
        "variance": np.clip(spend / np.where(np.abs(budget) < 0.01, NAN, budget) - 1, -1, 2),
        "slipped": np.clip(ends - value_later(ends, last), -800, 3000),
        "slips": np.array([np.clip(np.nansum(np.maximum(each, 0)), 0, 5000) for each in moves]),
        "slips_often": np.array([float((each > 90).mean()) if len(each) else NAN for each in moves]),
        "red_x_soon": np.nan_to_num(red) * soon,
        "rated_x_to_go": np.nan_to_num(rated, nan=2.0) * near / 1000,
    }  # fmt: skip
    text = [" ".join(row[name] for name in NARRATIVES).lower() for row in rows]
    for name, beginnings in SAYS.items():
        numbers[f"says_{name}"] = np.array([float(any(word in each for word in beginnings)) for each in text])  # fmt: skip
    numbers["says_much"] = np.log1p([float(len(each)) for each in text])
    categories = {name: words(rows, name) for name in ("dept", "report_category")}
    return Made(year, numbers, categories, words(rows, "dept"))


def _most(values: Array) -> float:
    return float(np.nanmax(values)) if not np.isnan(values).all() else NAN


DATASET = Dataset(
    columns=(
        "project_id", "year", "snapshot_date", "dept", "report_category", "dca", "start_date", "end_date",
        "fy_budget_gbp_m", "fy_forecast_gbp_m", "whole_life_cost_gbp_m", *NARRATIVES,
    ),
    keys=("project_id", "year"),
    group=("project_id",),
    build=build,
    targets={
        "red_next": Target(red_next, _known),
        "slip_over_180_days": Target(slipped, _known),
        "downgraded": Target(downgraded, _known),
        "cost_up_10_percent": Target(dearer, _known),
    },
    baseline=("rated", "the rating of today"),
    dates=("snapshot_date",),
    figures=("year",),
)  # fmt: skip
