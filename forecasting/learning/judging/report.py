"""What scores were worth on a past: measures by part beside what is simpler to say, told against observed, alerts.

Everything is plain values, so that it can be kept as JSON and shown as a page or as text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import numpy as np

from ..features import CRISIS
from ..limits import FEWEST_EVENTS
from ..linear import LinearModel, Rows
from ..stages import Learned, Stage, count_events, told_on_level
from ..walk import History, Walked
from ..windows import of_walk
from .evaluation import (
    Interval,
    Verdict,
    base_loss,
    level_interval,
    mean_interval,
    measures,
    reliability,
    slope_interval,
    surprise,
    wilson,
)
from .lead import alerted, lead_times
from .metrics import Array

SIX_WEEKS = 6.0
FIRST_WEEKS = 84
# Programmes smaller than this, in standard deviations of the organisation's own, are small ones.
SMALL = -0.5
# The late phase: so much of the way from the first week known to the go-live as planned is over. A plan is told for so many weeks ahead.
LATE, FARTHEST = 2 / 3, 30.0
# An alert is given to this share of programmes each week where an organisation says nothing else.
ALERTS = 0.1
# Who can be asked besides the model: the shipped prior, the same on the level of here, and the colour that was reported.
MODEL, PRIOR, LEVELLED, COLOUR = "model", "prior", "levelled", "colour"
# Of RAID items: probability times impact, and how often any item escalates.
RATING, BASE = "rating", "base"
# A colour or a rating is no chance: its Brier skill and calibration mean nothing.
RANKS_ONLY = (COLOUR, RATING)

Values = dict[str, Any]


def walked_report(
    history: History,
    walked: Walked,
    *,
    since: date | None = None,
    alerts: float = ALERTS,
    small_units: Collection[Any] = (),
    eight: Array | None = None,
) -> Values:
    """What a walk was worth, from a day on.

    Args:
        alerts: the share of programmes that are given an alert each week.
        small_units: the programmes whose people are in small units.
        eight: what the walk would have said of eight weeks (`windows.of_eight_weeks`); other windows are not looked at where nobody says.
    """
    rows = history.rows
    assert rows.day is not None
    known = history.is_known & (walked.turn >= 0)
    if since is not None:
        known &= rows.day >= since.toordinal()
    is_own = np.array(
        [turn >= 0 and walked.learned[turn][1].stage is not Stage.PRIOR for turn in walked.turn],
        dtype=bool,
    )
    parts = {**parts_of(rows, small_units), "told_by_prior": ~is_own, "told_by_own": is_own}
    found = _of_crises(
        rows, known, walked.probability, walked.by_prior, parts, alerts, on_level=walked.on_level
    )
    return {
        **found,
        "since": since.isoformat() if since else None,
        "windows": [] if eight is None else of_walk(history, walked, eight, since=since),
        "learned": learned_of(walked),
    }


def learned_of(walked: Walked) -> list[Values]:
    """What a walk learned, each time it was judged."""
    return [
        {"day": day.isoformat(), **counts_of(each), **verdict_of(each.verdict)}
        for day, each in walked.learned
        if each.is_judged
    ]


def survey_report(
    history: History, walks: Mapping[str, Walked], *, since: date | None = None
) -> list[Values]:
    """What the same past was told with other survey inputs, by name of the walk. Nothing where crises are too few.

    `gain` is what the first of the walks told better than each other one, in log loss for each row.
    """
    rows = history.rows
    assert rows.day is not None
    known = history.is_known & (next(iter(walks.values())).turn >= 0)
    if since is not None:
        known &= rows.day >= since.toordinal()
    if not known.any() or count_events(rows.only(known)) < FEWEST_EVENTS:
        return []
    told = {name: walked.probability for name, walked in walks.items()}
    parts = parts_of(rows)
    found = []
    for name in ("all", "before_golive"):
        wanted = known & parts[name]
        # Weeks of crises alone cannot be ranked.
        if not rows.label[wanted].all() and count_events(rows.only(wanted)) >= FEWEST_EVENTS:
            found.append({**_part(name, rows, wanted, told), "gain": _gains(rows, wanted, told)})
    return found


def _gains(rows: Rows, wanted: Array, told: Mapping[str, Array]) -> dict[str, list[float | None]]:
    first, *others = told
    label, group = rows.label[wanted], rows.group[wanted]
    own = surprise(label, told[first][wanted])
    return {
        name: listed(mean_interval(surprise(label, told[name][wanted]) - own, group, share=0.9))
        for name in others
    }


def left_out_report(
    rows: Rows,
    learned: Learned,
    prior: LinearModel,
    *,
    unfinished: Rows | None = None,
    alerts: float = ALERTS,
    small_units: Collection[Any] = (),
) -> Values:
    """What models say of programmes they were not learned from, beside the prior as it is and on the level of the others; where none was tried, the prior on that level.

    Args:
        unfinished: as in `stages.learn_crises`.
        alerts, small_units: as in `walked_report`.
    """
    by_prior = prior.probability(rows.raw, rows.pool) if len(rows) else np.empty(0)
    told, on_level = learned.told, told_on_level(rows, prior, unfinished)
    if not len(told):
        # What is told then is the prior, on that level where there is one.
        told, on_level = by_prior if on_level is None else on_level, None
    everything = np.ones(len(rows), dtype=bool)
    parts = parts_of(rows, small_units)
    found = _of_crises(rows, everything, told, by_prior, parts, alerts, on_level=on_level)
    return {**found, "combinations": combinations_of(rows)}


# A go-live is near, engagement is low and training behind as the rule before go-lives has it.
NEAR, POINTS_BELOW_USUAL, GAP = 0.3, 6.0, 0.2


def combinations_of(rows: Rows) -> list[Values]:
    """How often a crisis followed where a go-live was near and people were not ready, against where not.

    For low engagement and for training behind plan: the weeks in each of the four cases, how many of them were
    followed by a crisis with the range of such a share (Wilson, 90 %), and how many crises that were. Weeks in which
    the figure was not known are left out.
    """
    at = {name: rows.raw[:, index] for index, name in enumerate(CRISIS.names)}
    engagement, gap = at["eng_mean"], at["train_gap"]
    known = ~np.isnan(engagement)
    usual = float(np.median(engagement[known])) if known.any() else np.nan
    is_near = np.nan_to_num(at["near_golive"]) > NEAR
    with np.errstate(invalid="ignore"):
        unready = {
            "engagement": (engagement < usual - POINTS_BELOW_USUAL, known),
            "training": (gap > GAP, ~np.isnan(gap)),
        }
    found = []
    for subject, (is_low, is_known) in unready.items():
        cells = []
        for near in (True, False):
            for low in (True, False):
                wanted = is_known & (is_near == near) & (is_low == low)
                weeks, before = int(wanted.sum()), int(rows.label[wanted].sum())
                lowest, highest = wilson(before, weeks)
                cells.append(
                    {
                        "near": near, "low": low, "weeks": weeks, "before": before, "from": lowest, "to": highest,
                        "events": count_events(rows.only(wanted)) if weeks else 0,
                    }
                )  # fmt: skip
        events = count_events(rows.only(is_known)) if is_known.any() else 0
        base = float(rows.label[is_known].mean()) if is_known.any() else None
        found.append({"subject": subject, "cells": cells, "events": events, "base": base})
    return found


def parts_of(rows: Rows, small_units: Collection[Any] = ()) -> dict[str, Array]:
    """Parts of the weeks that are measured apart, as masks.

    Args:
        small_units: the programmes whose people are in small units.
    """
    if not len(rows):
        return {}
    assert rows.day is not None
    to_go = rows.raw[:, CRISIS.names.index("weeks_to_golive")]
    size = rows.raw[:, CRISIS.names.index("log_size")]
    _names, at = np.unique(rows.group, return_inverse=True)
    first = np.full(at.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, at, rows.day)
    gone = (rows.day - first[at]) / 7
    with np.errstate(invalid="ignore"):
        return {
            "all": np.ones(len(rows), dtype=bool),
            "before_golive": (to_go >= 0) & (to_go <= SIX_WEEKS),
            "after_golive": to_go < 0,
            "late": (to_go < FARTHEST) & (gone >= LATE * (gone + to_go)),
            "first_weeks": rows.day - first[at] < FIRST_WEEKS,
            "small": size < SMALL,
            "small_units": np.isin(rows.group, list(small_units)),
        }


def counts_of(learned: Learned) -> Values:
    """What there was to learn from, as plain values."""
    return {
        "stage": learned.stage.value,
        "rows": learned.rows,
        "programmes": learned.programmes,
        "events": learned.events,
    }


def verdict_of(verdict: Verdict | None) -> Values:
    """Whether what was learned may be used, as plain values; nothing where nothing was tried."""
    if verdict is None:
        return {"tried": False}
    return {
        "tried": True,
        "promoted": bool(verdict.promoted),
        "gain": listed(verdict.gain),
        "slope": listed(verdict.slope),
        "reasons": list(verdict.reasons),
        "later": None if verdict.later is None else listed(verdict.later),
    }


def _of_crises(
    rows: Rows,
    known: Array,
    told: Array,
    by_prior: Array,
    parts: Mapping[str, Array],
    alerts: float,
    *,
    on_level: Array | None = None,
) -> Values:
    colour = np.nan_to_num(rows.raw[:, CRISIS.names.index("rag_reported")])
    levelled = {} if on_level is None else {LEVELLED: on_level}
    return report_of(
        rows,
        known,
        {MODEL: told, **levelled, PRIOR: by_prior, COLOUR: colour},
        parts,
        of=rows.group,
        count=lambda wanted: count_events(rows.only(wanted)),
        alerts=alerts,
    )


def report_of(
    rows: Rows,
    known: Array,
    tellers: Mapping[str, Array],
    parts: Mapping[str, Array],
    *,
    of: Array,
    count: Callable[[Array], int],
    alerts: float = ALERTS,
) -> Values:
    """What was told, beside what is simpler to say, as plain values.

    Args:
        known: the rows whose outcome is known, as a mask.
        tellers: what each says of every row; the model among them.
        parts: what is measured apart, as masks.
        of: what each row is of: a programme, or an item of one.
        count: how many events the rows of a mask tell of.
        alerts: the share of those told that is given an alert each week.
    """
    found: Values = {
        "programmes": len(np.unique(rows.group[known])),
        "rows": len(rows),
        "known": int(known.sum()),
        "events": count(known) if known.any() else 0,
        "parts": [],
        "reliability": [],
        "alerts": None,
        "lead": None,
    }
    if not 0 < rows.label[known].sum() < known.sum():
        return found
    assert rows.day is not None
    for name, mask in parts.items():
        wanted = known & mask
        if wanted.any() and not rows.label[wanted].all() and count(wanted) >= FEWEST_EVENTS:
            found["parts"].append(_part(name, rows, wanted, tellers))
    found["reliability"] = [
        {"rows": each.rows, "told": each.told, "events": each.events, "low": each.low, "high": each.high}
        for each in reliability(rows.label[known], tellers[MODEL][known])
    ]  # fmt: skip
    day, label = rows.day[known], rows.label[known]
    alert = alerted(day, tellers[MODEL][known], alerts)
    found["alerts"] = _alerts(label, alert, alerts)
    found["lead"] = lead_times(day, of[known], label, alert, rows.group[known])
    return found


def _part(name: str, rows: Rows, wanted: Array, tellers: Mapping[str, Array]) -> Values:
    label, group = rows.label[wanted], rows.group[wanted]
    by = {}
    share = float(label.mean())
    for who, of_all in tellers.items():
        told = of_all[wanted]
        if who == BASE:
            # The same for all: no order, and right in the mean.
            by[who] = {"auc": [0.5] * 3, "ap": [share] * 3, "skill": [0.0] * 3, "error": [0.0] * 3}
            continue
        names = ("auc", "ap") if who in RANKS_ONLY else ("auc", "ap", "skill", "error")
        found = measures(label, told, group, names=names)
        if who not in RANKS_ONLY:
            found["loss"] = mean_interval(surprise(label, told), group, share=0.9)
            found["level"] = level_interval(label, told, group, share=0.9)
            found["slope"] = slope_interval(label, told, group, share=0.9)
        by[who] = {measure: listed(each) for measure, each in found.items()}
    return {
        "part": name,
        "rows": int(wanted.sum()),
        "share": share,
        "base_loss": listed(base_loss(label, group)),
        "by": by,
    }


def _alerts(label: Array, alert: Array, share: float) -> Values:
    """What an alert to the loudest of each week would have been worth."""
    return {
        "share": share,
        "precision": float(label[alert].mean()),
        "base": float(label.mean()),
        "found": float(label[alert].sum() / label.sum()),
    }


def listed(found: Interval) -> list[float | None]:
    """A measure and the ends of its interval, as a database keeps them."""
    return [_number(found.value), _number(found.low), _number(found.high)]


def _number(value: float) -> float | None:
    """A database keeps no number that is none."""
    return float(value) if np.isfinite(value) else None
