"""What an organisation can say of its terms, and one prior out of many such words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from forecasting.learning import features, pooling, prior, sharing
from forecasting.learning.linear import LinearModel
from tests.factories.forecasting import word_values

from .rows import organisation

SPI = features.CRISIS.terms.index("spi_s")


@pytest.fixture(scope="module")
def shipped() -> LinearModel:
    return prior.load("crisis_4w")


@pytest.fixture(scope="module")
def word(shipped: LinearModel) -> dict[str, Any]:
    rows = organisation(120, seed=3)
    return sharing.word_of(rows, shipped, target="crisis_4w", programmes=163, events=98)


def around(shipped: LinearModel, count: int, **coefficients: float) -> list[dict[str, Any]]:
    return [word_values(**coefficients) for _ in range(count)]


# --- what is said --------------------------------------------------------------------------------------------


def test_a_word_is_numbers_of_terms_and_nothing_else(word) -> None:
    assert list(word) == [
        "format", "target", "feature_set", "starts_from", "programmes", "events", "coefficients", "curvature",
    ]  # fmt: skip
    assert set(word["coefficients"]) == set(word["curvature"])
    assert set(word["coefficients"]) <= {"level", *features.CRISIS.terms}
    numbers = [*word["coefficients"].values(), *word["curvature"].values()]
    assert all(isinstance(each, float) for each in numbers)


def test_what_people_write_is_left_out_and_so_are_portfolios(word) -> None:
    text = sharing.as_text(word)
    assert "resist_text_4w" not in text
    assert "Portfolio" not in text


def test_counts_and_figures_are_rounded(word) -> None:
    assert (word["programmes"], word["events"]) == (150, 90)
    for value in word["coefficients"].values():
        assert value == round(value, 2)
    for value in word["curvature"].values():
        assert float(f"{value:.2g}") == value


def test_a_word_says_what_the_rows_say(shipped, word) -> None:
    """Crises of these rows follow a late schedule far more than the shipped prior has it."""
    assert word["coefficients"]["spi_s"] < shipped.weights[SPI] - 0.1
    assert word["curvature"]["spi_s"] > 1
    # Nobody recorded any of these.
    assert word["coefficients"]["decisions_outstanding_days_p80"] == pytest.approx(0.0, abs=0.2)


def test_the_curvature_is_that_of_the_likelihood_alone(shipped) -> None:
    rows = organisation(60, seed=4)
    _point, twice = pooling.apart(rows, shipped)
    odd = replace(shipped, spread=shipped.spread * 1000)
    _free, alone = pooling.apart(rows, odd)
    assert np.median(twice / np.maximum(alone, 1e-9)) == pytest.approx(1, abs=0.4)


@pytest.mark.parametrize(
    ("programmes", "events", "lacking"),
    [(99, 500, "programmes"), (100, 69, "events"), (100, 70, "")],
)
def test_too_little_history_says_nothing(programmes, events, lacking) -> None:
    assert sharing.lacking(programmes, events) == lacking


def test_the_same_rows_give_the_same_text(shipped) -> None:
    texts = {
        sharing.as_text(
            sharing.word_of(
                organisation(40, seed=5), shipped, target="crisis_4w", programmes=100, events=70
            )
        )
        for _ in range(2)
    }
    assert len(texts) == 1


# --- what is read --------------------------------------------------------------------------------------------


def test_a_text_is_read_as_it_was_said(shipped, word) -> None:
    assert sharing.read(sharing.as_text(word), shipped, target="crisis_4w") == word


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"target": "raid_escalates_4w"},
        {"feature_set": "1999.1"},
        {"starts_from": "0" * 64},
        {"programmes": 50},
        {"programmes": "100"},
        {"events": 60},
        {"coefficients": {"level": 1.0}},
        {"coefficients": None},
    ],
)
def test_what_is_no_word_is_not_used(shipped, change) -> None:
    text = json.dumps({**word_values(), **change})
    assert sharing.read(text, shipped, target="crisis_4w") is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1", None, -1.0])
def test_a_curvature_is_a_number_and_not_below_nothing(shipped, value) -> None:
    word = word_values()
    word["curvature"]["spi_s"] = value
    assert sharing.read(json.dumps(word), shipped, target="crisis_4w") is None


@pytest.mark.parametrize("text", ["", "Zanzibar", "[]", "3"])
def test_what_is_no_json_is_not_used(shipped, text) -> None:
    assert sharing.read(text, shipped, target="crisis_4w") is None


# --- one prior out of many -----------------------------------------------------------------------------------


def test_five_that_agree_move_the_prior_towards_them(shipped) -> None:
    made = sharing.together(around(shipped, 5, spi_s=-0.6), shipped)
    assert -0.6 < made.weights[SPI] < shipped.weights[SPI] - 0.05
    others = np.delete(np.arange(len(shipped.weights)), SPI)
    assert made.weights[others] == pytest.approx(shipped.weights[others], abs=0.01)


def test_a_word_that_knows_little_counts_little(shipped) -> None:
    sure, unsure = (around(shipped, 5, spi_s=-0.6) for _ in range(2))
    for each in unsure:
        each["curvature"]["spi_s"] = 0.5
    moved = [
        shipped.weights[SPI] - sharing.together(words, shipped).weights[SPI]
        for words in (sure, unsure)
    ]
    assert moved[1] < moved[0] / 3


@pytest.mark.parametrize("others", [4, 5, 12])
@pytest.mark.parametrize("lie", [-1e6, -3.0, 3.0, 1e6])
@pytest.mark.parametrize("sure", [0.0, 1.0, 1e12])
def test_nobody_moves_a_term_further_than_said(shipped, others, lie, sure) -> None:
    """An organisation that says anything at all, with any certainty, among others that agree, or do not."""
    for agreed in (-0.32, -1.0):
        words = around(shipped, others, spi_s=agreed)
        liar = word_values(spi_s=lie, level=lie)
        liar["curvature"] |= {"spi_s": sure, "level": sure}
        without = sharing.together(words, shipped)
        joined = sharing.together([*words, liar], shipped)
        allowed = sharing.MOST_MOVED * shipped.spread + 0.01
        assert abs(joined.weights[SPI] - without.weights[SPI]) <= allowed[SPI + 1]
        assert abs(joined.intercept - without.intercept) <= allowed[0]


def test_the_bound_is_the_one_that_follows_from_its_constants() -> None:
    """The worst case: others that know a share of a term and lie as far on the other side as they may."""
    known = np.linspace(0, 20, 2001)
    before = known / (sharing.ANCHOR + known)
    most = sharing.FARTHEST * (1 + before) / (sharing.ANCHOR + known + 1)
    assert most.max() <= sharing.MOST_MOVED
    assert most.max() > sharing.MOST_MOVED - 0.01


def test_directions_are_kept(shipped) -> None:
    made = sharing.together(around(shipped, 9, train_gap=-0.9, spi_s=0.9), shipped)
    way = np.array(shipped.inputs.directions)
    assert (way * made.weights >= 0).all()
    assert (way * made.members[:, 1:] >= 0).all()


def test_organisations_that_differ_make_a_wider_spread_than_such_that_agree(shipped) -> None:
    agree = around(shipped, 8, spi_s=-0.6)
    differ = [*around(shipped, 4, spi_s=0.0), *around(shipped, 4, spi_s=-1.2)]
    found = [sharing.together(words, shipped).spread[SPI + 1] for words in (agree, differ)]
    assert found[0] < shipped.spread[SPI + 1] < found[1]


def test_the_order_of_words_says_nothing(shipped) -> None:
    words = [word_values(spi_s=value) for value in (-0.1, -0.3, -0.5, -0.7, -0.9)]
    digests = {sharing.together(each, shipped).digest for each in (words, words[::-1])}
    assert len(digests) == 1


def test_no_word_stands_in_a_shared_prior(shipped) -> None:
    """Its band is that of the shipped prior, moved and stretched by what all say together: no member is an organisation."""
    words = [word_values(spi_s=-0.1 * number, near_golive=0.1 * number) for number in range(1, 6)]
    made = sharing.together(words, shipped)
    anchor = np.concatenate([[shipped.intercept], shipped.weights])
    centre = np.concatenate([[made.intercept], made.weights])
    moved = centre + (shipped.members - anchor) * made.spread / shipped.spread
    way = np.array([0, *shipped.inputs.directions])
    assert made.members == pytest.approx(np.where(way * moved < 0, 0.0, moved))
    assert set(made.about) == {"assumed", "organisations", "starts_from", "pool_spread"}
    assert not made.pools


def test_a_shared_prior_is_kept_and_read_like_any_model(shipped) -> None:
    made = sharing.together(around(shipped, 5, spi_s=-0.6), shipped, about={"version": "S1"})
    again = LinearModel.from_dict(json.loads(json.dumps(made.as_dict())), features.CRISIS)
    assert again.digest == made.digest
    assert again.about["assumed"] is False


def test_items_of_raid_are_spoken_of_in_the_same_way() -> None:
    shipped = prior.load("raid_escalates_4w")
    told = sharing.terms_told(shipped.inputs.terms)
    point = dict(zip(told, [shipped.intercept, *shipped.weights], strict=True))
    word = {
        **word_values(),
        "target": "raid_escalates_4w",
        "feature_set": shipped.inputs.version,
        "starts_from": shipped.digest,
        "coefficients": {**point, "score": 1.2},
        "curvature": dict.fromkeys(told, 90.0),
    }
    text = sharing.as_text(word)
    assert sharing.read(text, shipped, target="crisis_4w") is None
    read = sharing.read(text, shipped, target="raid_escalates_4w")
    made = sharing.together([read] * 5, shipped)
    at = shipped.inputs.terms.index("score")
    assert made.weights[at] > shipped.weights[at] + 0.2


# --- whether it is better here -------------------------------------------------------------------------------


def test_a_prior_that_is_right_here_is_used(shipped) -> None:
    """Five organisations like this one."""
    words = [
        sharing.word_of(organisation(100, seed=seed), shipped, target="crisis_4w", programmes=100, events=80)
        for seed in range(10, 15)
    ]  # fmt: skip
    made = sharing.together(words, shipped)
    found = sharing.tried(organisation(30, seed=20), made, shipped, make=pooling.own_model)
    assert found.is_used
    assert found.gain.low > 0


def test_a_prior_that_is_wrong_here_is_not(shipped) -> None:
    """Others in which a late schedule does nothing and people everything."""
    far = around(shipped, 9, spi_s=0.0, near_x_eng_low=1.0, train_gap=0.9, level=-1.0)
    made = sharing.together(far, shipped)
    found = sharing.tried(organisation(30, seed=20), made, shipped, make=pooling.own_model)
    assert not found.is_used
    assert found.gain.value < 0


def test_what_makes_no_difference_does_not_come_into_use(shipped) -> None:
    found = sharing.tried(organisation(30, seed=20), shipped, shipped, make=pooling.own_model)
    assert found.gain.value == 0
    assert not found.is_used
    again = sharing.tried(
        organisation(30, seed=20), shipped, shipped, make=pooling.own_model, was_used=True
    )
    assert not again.is_used


def test_what_is_used_stays_while_it_gains_anything(shipped, monkeypatch) -> None:
    from forecasting.learning.judging.evaluation import Interval

    rows = organisation(20, seed=20)
    for value, low, was_used, expected in (
        (0.01, -0.01, True, True),
        (0.01, -0.01, False, False),
        (-0.01, -0.02, True, False),
        (0.01, 0.001, False, True),
    ):
        gain = Interval(value, low, 0.02)
        monkeypatch.setattr(sharing, "mean_interval", lambda *_values, gain=gain: gain)
        found = sharing.tried(rows, shipped, shipped, make=_itself, was_used=was_used)
        assert found.is_used is expected


def _itself(_rows: Any, start: LinearModel) -> LinearModel:
    return start
