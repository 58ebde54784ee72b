"""What the shipped prior of crises says, in every member of the family it allows."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.learning import features, prior
from forecasting.learning.linear import LinearModel

AT = {name: index for index, name in enumerate(features.CRISIS.names)}
# Engagement of units as it would be entered, with what the input that counts low units makes of it (62 is usual).
ENGAGED = {"eng_mean": 80.0, "eng_min": 74.0, "eng_low": 0.12}
DISENGAGED = {"eng_mean": 50.0, "eng_min": 44.0, "eng_low": 1.7}
FAR = {"weeks_to_golive": 20.0, "near_golive": 0.0}
NEAR = {"weeks_to_golive": 3.0, "near_golive": 0.9}


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return prior.load("crisis_4w")


def row(model: LinearModel, *parts: dict[str, float]) -> np.ndarray:
    """A programme as usual, but for what is said."""
    made = model.reference.copy()
    for part in parts:
        for name, value in part.items():
            made[AT[name]] = value
    return made


def test_distance_to_a_golive_matters_less_where_people_are_engaged(model: LinearModel) -> None:
    raw = np.array(
        [
            row(model, ENGAGED, FAR), row(model, ENGAGED, NEAR),
            row(model, DISENGAGED, FAR), row(model, DISENGAGED, NEAR),
        ]
    )  # fmt: skip
    odds = model.log_odds(raw)
    engaged, disengaged = odds[1] - odds[0], odds[3] - odds[2]
    assert disengaged > 0
    assert disengaged > engaged + 0.5


@pytest.mark.parametrize(
    ("name", "step"),
    [("eng_low", 0.3), ("train_gap", 0.1), ("resist_4w", 0.3), ("spi_s", -0.05)],
)
def test_what_can_only_make_it_worse_never_lowers_a_score(
    model: LinearModel, name: str, step: float
) -> None:
    """At every closeness to a go-live, and where a second thing is bad already."""
    rng = np.random.default_rng(0)
    raw = np.array([row(model, rng.choice([ENGAGED, DISENGAGED]), {
        "near_golive": rng.random(), "train_gap": 0.4 * rng.random(), "spi_s": 1 - 0.3 * rng.random(),
    }) for _each in range(300)])  # fmt: skip
    worse = raw.copy()
    worse[:, AT[name]] += step
    assert (model.probability(worse) >= model.probability(raw) - 1e-12).all()


def test_a_nearer_golive_never_lowers_a_score_where_people_are_not_ready(
    model: LinearModel,
) -> None:
    closeness = np.linspace(0, 1, 40)
    raw = np.array([row(model, DISENGAGED, {"train_gap": 0.3, "near_golive": near}) for near in closeness])  # fmt: skip
    assert (np.diff(model.probability(raw)) >= 0).all()
