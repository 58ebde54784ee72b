"""What is learned from comments: the same from the same, nothing from little."""

from __future__ import annotations

import random

import numpy as np
import pytest

from forecasting.learning.comments import lexicon, tone, topics

SUBJECTS = {
    "payroll": ["payslips", "overtime", "salary", "month end", "deductions"],
    "printers": ["printer", "toner", "paper jam", "scanner", "tray"],
    "parking": ["parking", "bicycles", "car park", "garage", "permits"],
}


def written(count: int, seed: int = 5) -> list[str]:
    drawn = random.Random(seed)
    return [
        " ".join(drawn.sample(SUBJECTS[drawn.choice(list(SUBJECTS))], 3))
        + f" {drawn.choice('abc')}"
        for _ in range(count)
    ]


def test_topics_find_what_comes_together() -> None:
    texts = written(400)
    found = topics.learn_topics(texts)
    assert found is not None
    by_topic: dict[int | None, set[str]] = {}
    for text, topic in zip(texts, found.of(texts), strict=True):
        subject = next(
            name for name, words in SUBJECTS.items() if any(word in text for word in words)
        )
        by_topic.setdefault(topic, set()).add(subject)
    assert all(len(subjects) == 1 for topic, subjects in by_topic.items() if topic is not None)


def test_the_same_comments_in_any_order_give_the_same_topics() -> None:
    texts = written(350)
    other = random.Random(1).sample(texts, len(texts))
    one, two = topics.learn_topics(texts), topics.learn_topics(other)
    assert one is not None
    assert two is not None
    assert one.as_dict() == two.as_dict()
    again = topics.Topics.from_dict(one.as_dict())
    assert again.named() == one.named()
    assert again.of(texts) == one.of(texts)


@pytest.mark.parametrize(
    "texts",
    [[], ["one"], written(299), ["the same"] * 400, [""] * 400, [str(n) for n in range(400)], ["!!!"] * 400],
)  # fmt: skip
def test_too_few_or_odd_comments_give_no_topics(texts) -> None:
    assert topics.learn_topics(texts) is None


def test_a_text_without_known_words_has_no_topic() -> None:
    found = topics.learn_topics(written(320))
    assert found is not None
    assert found.of(["zzz"]) == [None]
    assert found.of([]) == []


def test_topics_are_recognised_by_their_terms() -> None:
    old = [["payslips", "overtime"], ["printer", "toner"]]
    new = [["printer", "toner", "tray"], ["garage", "permits"], ["payslips", "overtime"]]
    assert topics.matched(old, new) == [1, None, 0]
    assert topics.matched([], new) == [None, None, None]


def tagged(count: int) -> tuple[list[str], list[bool]]:
    """People here resist in words that no lexicon knows."""
    drawn = random.Random(7)
    texts, resists = [], []
    for at in range(count):
        resisting = at % 3 == 0
        word = drawn.choice(
            ["grumble", "meh", "bah"] if resisting else ["splendid", "neat", "fine"]
        )
        texts.append(f"{word} remark {drawn.randrange(10_000)} {drawn.choice('klm')}")
        resists.append(resisting)
    return texts, resists


def test_a_tone_learns_words_no_lexicon_knows() -> None:
    texts, resists = tagged(240)
    learned = tone.learn_tone(texts, resists, lexicon.shipped())
    assert learned is not None
    assert learned.is_better
    assert learned.right > 0.95
    assert learned.right_by_words < 0.7
    chances = learned.tone.chances(["bah", "splendid"])
    assert chances[0] > 0.5 > chances[1]


def test_the_same_tags_in_any_order_give_the_same_tone() -> None:
    texts, resists = tagged(240)
    order = random.Random(2).sample(range(240), 240)
    one = tone.learn_tone(texts, resists, lexicon.shipped())
    two = tone.learn_tone(
        [texts[at] for at in order], [resists[at] for at in order], lexicon.shipped()
    )
    assert one is not None
    assert two is not None
    assert one.tone.as_dict() == two.tone.as_dict()
    kept = tone.Tone.from_dict(one.tone.as_dict())
    assert np.allclose(kept.chances(texts), one.tone.chances(texts))


@pytest.mark.parametrize("count", [0, 1, 199])
def test_too_few_tags_give_no_tone(count) -> None:
    assert tone.learn_tone(*tagged(count), lexicon.shipped()) is None


def test_tags_of_one_kind_give_no_tone() -> None:
    texts, _resists = tagged(240)
    assert tone.learn_tone(texts, [True] * 240, lexicon.shipped()) is None
    assert tone.learn_tone(["same words"] * 240, [True, False] * 120, lexicon.shipped()) is None


def test_a_coin_is_no_better_than_words() -> None:
    texts, _resists = tagged(240)
    drawn = np.random.default_rng(11)
    learned = tone.learn_tone(texts, list(drawn.random(240) < 0.5), lexicon.shipped())
    assert learned is not None
    assert learned.right < 0.62
