"""How far the card says that effects were measured here."""

from __future__ import annotations

import random

from forecasting.cards import weights
from forecasting.choices import Target
from forecasting.crises.term_words import LABELS, PARTS
from forecasting.in_force import shipped

ASSUMED = shipped.numbers("crisis_4w")


def _measured(spreads: float) -> dict[str, float | None]:
    """What the card says where members lie as what is assumed leaves them, times so much."""
    dice = random.Random(4)
    columns = [[dice.gauss(0, 1) for _each in range(2000)]]
    for at, name in enumerate(ASSUMED["terms"]):
        direction = PARTS[Target.CRISIS_4W][name].direction
        drawn = []
        while len(drawn) < 2000:
            value = dice.gauss(ASSUMED["weights"][at], spreads * ASSUMED["spread"][at + 1])
            if value * direction >= 0:
                drawn.append(value)
        columns.append(drawn)
    numbers = {
        **ASSUMED,
        "about": {"learned_on": "2026-11-28"},
        "members": [list(row) for row in zip(*columns, strict=True)],
    }
    return {each.label: each.measured for each in weights.terms(Target.CRISIS_4W, numbers, ASSUMED)}


def test_an_effect_that_no_row_narrowed_is_not_called_measured():
    """Also where it lies on the edge: what cuts it off there is its direction, not a measurement."""
    found = _measured(1.0)
    assert len(found) == len(ASSUMED["terms"])
    assert max(each for each in found.values() if each is not None) < 0.15


def test_an_effect_that_rows_narrowed_is():
    found = _measured(0.5)[str(LABELS[Target.CRISIS_4W]["spi_s"])]
    assert found is not None
    assert 0.6 < found < 0.9


def test_an_effect_that_history_moved_but_left_unsure_is_called_so():
    """Pulled away from what was assumed by some rows and not narrowed: neither measured nor assumed."""
    name = "response_rate_s"
    at, label = ASSUMED["terms"].index(name), str(LABELS[Target.CRISIS_4W][name])

    def term(weight: float, spreads: float) -> weights.Term:
        dice = random.Random(5)
        numbers = {
            **ASSUMED,
            "about": {"learned_on": "2026-11-28"},
            "weights": [weight if each == at else was for each, was in enumerate(ASSUMED["weights"])],
            "members": [[dice.gauss(weight, spreads * ASSUMED["spread"][at + 1])] * (len(ASSUMED["terms"]) + 1) for _each in range(500)],
        }  # fmt: skip
        return next(each for each in weights.terms(Target.CRISIS_4W, numbers, ASSUMED) if each.label == label)  # fmt: skip

    usual = ASSUMED["weights"][at]
    assert term(usual - 0.2, 1.3).is_moved
    assert not term(usual - 0.2, 0.5).is_moved
    assert not term(usual, 1.3).is_moved


def test_an_input_that_never_varied_is_not_measured():
    numbers = {
        **ASSUMED,
        "about": {"learned_on": "2026-11-28"},
        "members": [[0.0, *ASSUMED["weights"]], [1.0, *ASSUMED["weights"]]],
    }
    found = weights.terms(Target.CRISIS_4W, numbers, ASSUMED)
    assert {each.measured for each in found} == {None}


def test_the_prior_is_told_for_as_much_of_an_input_as_the_model_calls_one():
    """Others say something of a day; here fifteen days are usual, and odds on both sides are those of fifteen."""
    at = ASSUMED["terms"].index("decisions_outstanding_days_p80")
    shared = {**ASSUMED, "weights": [*ASSUMED["weights"]]}
    shared["weights"][at] = 0.02
    here = {**shared, "weights": [*shared["weights"]], "scale": [*shared["scale"]]}
    here["weights"][at], here["scale"][at] = 0.3, 15 * shared["scale"][at]
    label = str(LABELS[Target.CRISIS_4W]["decisions_outstanding_days_p80"])
    (found,) = (each for each in weights.terms(Target.CRISIS_4W, here, shared) if each.label == label)  # fmt: skip
    assert found.prior_odds == found.odds
