"""What the risk that RAID items escalate was worth, as plain values: by what items are about, how old they are and what is done about them,
beside the base rate and probability times impact. Plain functions, without Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from ..judging.evaluation import mean_interval, measures, surprise
from ..judging.metrics import Array
from ..judging.report import (
    ALERTS,
    BASE,
    MODEL,
    PRIOR,
    RATING,
    Values,
    learned_of,
    listed,
    report_of,
)
from ..linear import LinearModel, Rows
from ..stages import Learned, Stage
from ..walk import Walked
from .escalation import RAID, SOON

# An item is new for so many weeks, and old from so many on.
NEW, OLD = 4.0, 12.0


def left_out_report(
    rows: Rows, items: Array, learned: Learned, prior: LinearModel, *, alerts: float = ALERTS
) -> Values:
    """What models say of items of programmes they were not learned from; the prior alone where none was learned.

    Args:
        items: the item of each row.
        alerts: the share of open items that is given an alert each week.
    """
    by_prior = prior.probability(rows.raw, rows.pool) if len(rows) else np.empty(0)
    told = learned.told if len(learned.told) else by_prior
    everything = np.ones(len(rows), dtype=bool)
    return _report(rows, items, everything, told, by_prior, parts_of(rows), alerts)


def walked_report(
    rows: Rows,
    items: Array,
    known: Array,
    walked: Walked,
    *,
    since: date | None = None,
    alerts: float = ALERTS,
) -> Values:
    """What a walk was worth, from a day on.

    Args:
        known: the rows whose outcome is known by the end, as a mask.
    """
    assert rows.day is not None
    wanted = known & (walked.turn >= 0)
    if since is not None:
        wanted &= rows.day >= since.toordinal()
    is_own = np.array(
        [turn >= 0 and walked.learned[turn][1].stage is not Stage.PRIOR for turn in walked.turn],
        dtype=bool,
    )
    parts = {**parts_of(rows), "told_by_prior": ~is_own, "told_by_own": is_own}
    found = _report(rows, items, wanted, walked.probability, walked.by_prior, parts, alerts)
    since_text = since.isoformat() if since else None
    return {**found, "since": since_text, "learned": learned_of(walked)}


def words_report(rows: Rows, told: Array, with_words: Array | None) -> Values | None:
    """What the words of items would add to what was told; None where there is too little to learn from.

    Returns:
        The AUC of both, and the gain with words in log loss for each row, each with its interval over programmes.
    """
    if with_words is None:
        return None
    gains = surprise(rows.label, told) - surprise(rows.label, with_words)
    order = {
        name: listed(measures(rows.label, each, rows.group, names=("auc",))["auc"])
        for name, each in (("told", told), ("with_words", with_words))
    }
    return {"auc": order, "gain": listed(mean_interval(gains, rows.group))}


def parts_of(rows: Rows) -> dict[str, Array]:
    """Parts of the weeks of items that are measured apart, as masks."""
    if not len(rows):
        return {}
    at = {name: rows.raw[:, index] for index, name in enumerate(RAID.names)}
    weeks = np.expm1(at["log_age_w"])
    about = {name: at[f"is_{name}"] == 1 for name in ("schedule", "cost", "people", "technical")}
    other = ~np.logical_or.reduce(list(about.values()))
    with np.errstate(invalid="ignore"):
        return {
            "all": np.ones(len(rows), dtype=bool),
            **about,
            "other": other,
            "new": weeks < NEW,
            "old": weeks >= OLD,
            "mitigated": at["mitigated"] == 1,
            "unmitigated": at["mitigated"] == 0,
            "due_soon": at["weeks_to_due"] <= SOON,
        }


def _report(
    rows: Rows,
    items: Array,
    known: Array,
    told: Array,
    by_prior: Array,
    parts: Mapping[str, Array],
    alerts: float,
) -> Values:
    """An item that escalates is one event, however many weeks come before it."""
    usual = float(rows.label[known].mean()) if known.any() else 0.0
    tellers = {
        MODEL: told,
        PRIOR: by_prior,
        RATING: RAID.filled(rows.raw)[:, RAID.names.index("score")] if len(rows) else np.empty(0),
        BASE: np.full(len(rows), usual),
    }
    return report_of(
        rows,
        known,
        tellers,
        parts,
        of=items,
        count=lambda wanted: len(np.unique(items[wanted & rows.label])),
        alerts=alerts,
    )
