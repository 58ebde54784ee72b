from __future__ import annotations

import numpy as np
import pytest

from forecasting.learning.judging import metrics
from forecasting.learning.judging.metrics import calibration_error, quality


def test_the_base_rate_has_no_skill() -> None:
    label = np.array([1, 0, 0, 0] * 50)
    told = np.full(200, 0.25)
    assert quality(label, told).skill == pytest.approx(0)
    assert quality(label, told).auc == 0.5


def test_true_probabilities_are_calibrated() -> None:
    rng = np.random.default_rng(0)
    told = rng.uniform(0.02, 0.6, 40_000)
    measured = quality(rng.random(40_000) < told, told)
    assert measured.slope == pytest.approx(1, abs=0.05)
    assert measured.error < 0.01
    assert measured.skill > 0.05


def test_bold_probabilities_have_a_slope_below_one() -> None:
    rng = np.random.default_rng(1)
    true = rng.uniform(0.1, 0.9, 20_000)
    odds = 2 * np.log(true / (1 - true))
    bold = 1 / (1 + np.exp(-odds))
    assert quality(rng.random(20_000) < true, bold).slope == pytest.approx(0.5, abs=0.05)


def test_a_constant_shift_is_a_calibration_error() -> None:
    label = np.array([1, 0] * 100)
    assert calibration_error(label, np.full(200, 0.6)) == pytest.approx(0.1)


def test_one_outcome_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="outcomes"):
        quality(np.ones(10), np.full(10, 0.5))


def test_weights_measure_as_rows_that_often_would() -> None:
    rng = np.random.default_rng(4)
    told = np.round(rng.uniform(0.01, 0.6, 300), 2)
    label = rng.random(300) < told
    weight = rng.integers(0, 4, 300)
    found = metrics.ToldAndCame(label, told).measures(weight, metrics.MEASURES)
    rows = np.repeat(np.arange(300), weight)
    wanted = metrics.quality(label[rows], told[rows])
    for name in ("auc", "ap", "skill", "slope"):
        assert found[name] == pytest.approx(getattr(wanted, name), abs=1e-6)
    # Rows told the same may fall into one bin or the next.
    assert found["error"] == pytest.approx(wanted.error, abs=0.01)


def test_one_outcome_alone_is_not_measured() -> None:
    told = metrics.ToldAndCame(np.array([True, False]), np.array([0.4, 0.2]))
    assert told.measures(np.array([1, 0]), metrics.MEASURES) is None
