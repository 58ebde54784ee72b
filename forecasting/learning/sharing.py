"""What organisations can tell each other without a row, a text or a name: what their own history says of each term.

An organisation's word is a point and how sharp it is (`word_of`): where its rows put each term if it may go as far from
the shipped prior as organisations usually lie apart, and the curvature of the likelihood there. Many words make one prior
(`together`), which stands in the place of the shipped one only where the taker's own programmes are told better from it (`tried`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import names
from .judging.evaluation import Interval, mean_interval, surprise
from .linear import LinearModel, Matrix, Rows, logit, sigmoid
from .pooling import LEAST_SPREAD, USUAL_POOL_SPREAD, apart
from .stages import told_by_others

# The form of a word; another form is another number.
FORMAT = 1
# Words are taken of organisations with so many programmes and crises, or escalated items, as make a model of crises an
# organisation's own.
PROGRAMMES_FROM, EVENTS_FROM = names.OWN_FROM
# The shipped prior counts as so many organisations that know each term for sure.
ANCHOR = 4.0
# Nobody's word goes further from the shipped prior than so many of the distances by which organisations usually lie apart.
FARTHEST = 2.5
# What one organisation's joining or leaving can move a term by, of that distance: the most that ANCHOR and FARTHEST allow.
MOST_MOVED = 0.51
# How counts are told: in whole steps, rounded down.
PROGRAMME_STEP, EVENT_STEP = 50, 10
# Digits of a coefficient after the point, and leading digits of a curvature.
DIGITS, LEADING = 2, 2
LEVEL = "level"
# What is read from what people write; not even a number of it is told.
FROM_TEXT = frozenset({"resist_text_4w"})

Make = Callable[..., LinearModel]


def terms_told(terms: Sequence[str]) -> list[str]:
    """The terms a word speaks of, the level first, in the order of the model."""
    return [LEVEL, *(name for name in terms if name not in FROM_TEXT)]


def lacking(programmes: int, events: int) -> str:
    """What is missing for a word: `programmes`, `events`, or nothing."""
    if programmes < PROGRAMMES_FROM:
        return "programmes"
    return "events" if events < EVENTS_FROM else ""


def word_of(
    rows: Rows, prior: LinearModel, *, target: str, programmes: int, events: int
) -> dict[str, Any]:
    """What an organisation's rows say of each term, as the values that are given.

    Always around the shipped prior, never around one others had a part in: else words would echo each other.

    Args:
        prior: the shipped one; its scales are those of the coefficients.
    """
    point, curvature = apart(rows, prior)
    told = terms_told(prior.inputs.terms)
    at = [0 if name == LEVEL else 1 + prior.inputs.terms.index(name) for name in told]
    return {
        "format": FORMAT,
        "target": target,
        "feature_set": prior.inputs.version,
        "starts_from": prior.digest,
        "programmes": programmes // PROGRAMME_STEP * PROGRAMME_STEP,
        "events": events // EVENT_STEP * EVENT_STEP,
        "coefficients": {
            name: round(float(point[index]), DIGITS) + 0.0
            for name, index in zip(told, at, strict=True)
        },
        "curvature": {
            name: _leading(float(curvature[index])) for name, index in zip(told, at, strict=True)
        },
    }


def _leading(value: float) -> float:
    return float(f"{value:.{LEADING}g}")


def as_text(word: Mapping[str, Any]) -> str:
    """The text that is shown, agreed to, and read: byte for byte the same."""
    return json.dumps(word, indent=1) + "\n"


def read(text: str, prior: LinearModel, *, target: str) -> dict[str, Any] | None:
    """A word as it was given; None where it is no word for this target, these inputs and this shipped prior."""
    try:
        word = json.loads(text)
    except ValueError:
        return None
    told = terms_told(prior.inputs.terms)
    if not isinstance(word, dict):
        return None
    expected = {
        "format": FORMAT,
        "target": target,
        "feature_set": prior.inputs.version,
        "starts_from": prior.digest,
    }
    if any(word.get(name) != value for name, value in expected.items()):
        return None
    for name, fewest in (("programmes", PROGRAMMES_FROM), ("events", EVENTS_FROM)):
        if not isinstance(word.get(name), int) or word[name] < fewest:
            return None
    for name in ("coefficients", "curvature"):
        values = word.get(name)
        if not isinstance(values, dict) or list(values) != told:
            return None
        if not all(isinstance(each, int | float) and math.isfinite(each) for each in values.values()):  # fmt: skip
            return None
    return word if min(word["curvature"].values()) >= 0 else None


def together(
    words: Sequence[Mapping[str, Any]],
    prior: LinearModel,
    *,
    about: Mapping[str, Any] | None = None,
) -> LinearModel:
    """One prior out of many words: a mean of each term by how sure each word is of it, held to the shipped prior.

    The hierarchical normal model with the shipped prior's own spreads (Gelman and others, Bayesian Data Analysis, 5.4): a
    word with curvature h says r = h s^2 / (1 + h s^2) of a term whose spread between organisations is s, its likeliest
    point lies r times as far from the prior as its rows alone would put it, and the mean is the sum of these distances over
    ANCHOR plus the sum of r. Distances are cut off at FARTHEST spreads. So a word that knows little counts little, none
    counts more than one that knows a term for sure, and none can move a term by more than MOST_MOVED spreads.

    How far organisations lie from that mean becomes the spread. The band is that of the shipped prior, moved and stretched;
    of no term is any single word's value kept.

    Args:
        words: as `read` gives them.
        prior: the shipped one.
    """
    width = 1 + len(prior.weights)
    point, curvature = np.tile(_anchor(prior), (len(words), 1)), np.zeros((len(words), width))
    for name in terms_told(prior.inputs.terms):
        at = 0 if name == LEVEL else 1 + prior.inputs.terms.index(name)
        point[:, at] = [word["coefficients"][name] for word in words]
        curvature[:, at] = [word["curvature"][name] for word in words]
    anchor, spread = _anchor(prior), prior.spread
    sure = curvature * spread**2 / (1 + curvature * spread**2)
    furthest = FARTHEST * spread * sure
    away = np.clip(point - anchor, -furthest, furthest)
    shift = away.sum(axis=0) / (ANCHOR + sure.sum(axis=0))
    way = np.array([0, *prior.inputs.directions])
    centre = np.round(anchor + shift, DIGITS)
    centre = np.where(way * centre < 0, 0.0, centre) + 0.0
    apart_from = (away - sure * shift) ** 2 + spread**2 * (1 - sure)
    found = np.sqrt((ANCHOR * spread**2 + apart_from.sum(axis=0)) / (ANCHOR + len(words)))
    found = np.maximum(np.round(found, DIGITS), LEAST_SPREAD)
    members = centre + (prior.members - anchor) * found / spread
    return replace(
        prior,
        intercept=float(centre[0]),
        weights=centre[1:],
        members=np.where(way * members < 0, 0.0, members),
        spread=found,
        base=float(np.round(sigmoid(logit(prior.base) + centre[0] - anchor[0]), 3)),
        about={
            "assumed": False,
            "organisations": len(words),
            "starts_from": prior.digest,
            "pool_spread": float(prior.about.get("pool_spread", USUAL_POOL_SPREAD)),
            **(about or {}),
        },
    )


def _anchor(prior: LinearModel) -> Matrix:
    return np.concatenate([[prior.intercept], prior.weights])


# --- taking ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """What starting from a shared prior is worth on an organisation's own programmes.

    Attributes:
        gain: in log loss for each row over starting from the shipped prior, with the middle 80 % of it over programmes.
        is_used: whether it is to stand in the place of the shipped one.
    """

    gain: Interval
    is_used: bool


def tried(
    rows: Rows,
    shared: LinearModel,
    shipped: LinearModel,
    *,
    unfinished: Rows | None = None,
    make: Make,
    was_used: bool = False,
) -> Tried:
    """Tell every programme by models it was not part of, from either start, and compare.

    It comes into use where the gain is surely above nothing, and goes where it is nothing or less; in between what was
    there stays, so that it does not come and go with every week.

    Args:
        make: how a model is learned from rows and a start (`pooling.own_model`).
    """
    by_shared = told_by_others(rows, shared, unfinished, make=make)
    by_shipped = told_by_others(rows, shipped, unfinished, make=make)
    gain = mean_interval(
        surprise(rows.label, by_shipped) - surprise(rows.label, by_shared), rows.group
    )
    return Tried(gain, gain.low > 0 or (was_used and gain.value > 0))
