"""Whether words of RAID items tell more than what is known: seen where they do, and not where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.learning.judging.metrics import quality
from forecasting.learning.linear import Rows, sigmoid
from forecasting.learning.raid import item_words

ITEMS, WEEKS = 600, 6
SUBJECTS = (
    "supplier contract",
    "data migration",
    "test environment",
    "office move",
    "payroll interface",
)


def log(*, speak: bool) -> tuple[Rows, np.ndarray, np.ndarray, dict[int, str]]:
    """Weeks of items of sixty programmes told as they are, but for what words say: those about suppliers escalate more often."""
    rng = np.random.default_rng(4)
    subject = rng.integers(0, len(SUBJECTS), ITEMS)
    odds = rng.normal(-2.0, 0.7, ITEMS)
    comes = rng.random(ITEMS) < sigmoid(odds + np.where((subject == 0) & speak, 2.5, 0.0))
    items = np.repeat(np.arange(ITEMS), WEEKS)
    rows = Rows(
        raw=np.zeros((len(items), 1)),
        label=comes[items],
        group=items // 10,
        day=739_000 + 7 * np.tile(np.arange(WEEKS), ITEMS),
    )
    words = {
        item: f"{SUBJECTS[at]} late, part {rng.integers(0, 100)}"
        for item, at in enumerate(subject.tolist())
    }
    return rows, items, sigmoid(odds)[items], words


def gained(*, speak: bool) -> float:
    """What words add to the order, in AUC."""
    rows, items, told, words = log(speak=speak)
    heard = item_words.told_with_words(rows, items, told, words)
    assert heard is not None
    return quality(rows.label, heard).auc - quality(rows.label, told).auc


def test_words_that_speak_are_heard() -> None:
    assert gained(speak=True) > 0.05


def test_words_that_say_nothing_gain_nothing() -> None:
    assert gained(speak=False) == pytest.approx(0.0, abs=0.03)


def test_a_programme_is_told_without_its_own_outcomes() -> None:
    """Turning the outcomes of one programme changes nothing of what is told of it."""
    rows, items, told, words = log(speak=True)
    own = rows.group == 7
    turned = replace(rows, label=np.where(own, ~rows.label, rows.label))
    one = item_words.told_with_words(rows, items, told, words)
    two = item_words.told_with_words(turned, items, told, words)
    assert one is not None
    assert two is not None
    assert np.array_equal(one[own], two[own])
    assert not np.array_equal(one, two)


@pytest.mark.parametrize(
    "words",
    [{}, dict.fromkeys(range(ITEMS), "the same"), {item: str(item) for item in range(ITEMS)}, dict.fromkeys(range(ITEMS), "")],
    ids=["none", "all alike", "nothing twice", "empty"],
)  # fmt: skip
def test_too_little_to_learn_from_is_not_measured(words: dict[int, str]) -> None:
    rows, items, told, _words = log(speak=True)
    assert item_words.told_with_words(rows, items, told, words) is None


def test_hardly_any_escalation_is_not_measured() -> None:
    rows, items, told, words = log(speak=True)
    few = replace(rows, label=rows.label & (items < 20))
    assert item_words.told_with_words(few, items, told, words) is None
