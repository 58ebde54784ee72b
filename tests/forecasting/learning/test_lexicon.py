"""What a comment is about by words: stems, entries of several words, negations."""

from __future__ import annotations

import pytest

from forecasting.learning.comments import lexicon
from forecasting.learning.comments.lexicon import Lexicon, Reading, stem


@pytest.mark.parametrize(
    "words",
    [
        ("training", "trained", "trainings", "train"),
        ("move", "moves", "moving", "moved"),
        ("crash", "crashes", "crashing"),
        ("policy", "policies"),
        ("stop", "stopped", "stopping"),
        ("manager", "managers", "manager's"),
    ],
)
def test_forms_of_a_word_have_one_stem(words) -> None:
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize("pair", [("new", "news"), ("need", "ne"), ("this", "thi"), ("bus", "bu")])
def test_short_words_keep_their_endings(pair) -> None:
    word, wrong = pair
    assert stem(word) == word
    assert stem(word) != wrong


def test_an_entry_of_several_words_needs_them_side_by_side() -> None:
    known = Lexicon.of({"workload": ["no time"]})
    assert known.read("There is no time for this").themes == 1
    assert known.read("No, this time it works").themes == 0


def test_a_negated_word_does_not_resist_and_still_tells_the_theme() -> None:
    known = Lexicon.of({"usability": ["error"], "resists": ["error"]})
    assert known.read("Errors everywhere") == Reading(1 << 3, True)
    assert known.read("No more errors") == Reading(1 << 3, False)
    # Far from the word it says nothing about it.
    assert known.read("It is not my job to hunt for errors").resists


def test_the_shipped_words_tell_what_people_mean() -> None:
    known = lexicon.shipped()
    told = {
        "We are short staffed and now this": (["workload"], True),
        "This is about cutting jobs": (["job_security"], True),
        "Management does not listen to our concerns": (["leadership"], True),
        "Training was clear and useful": (["skills"], False),
        "": ([], False),
        "\N{PILE OF POO} 42 !!": ([], False),
    }
    for text, (themes, resists) in told.items():
        reading = known.read(text)
        found = [name for bit, name in enumerate(lexicon.THEMES) if reading.themes & 1 << bit]
        assert (found, reading.resists) == (themes, resists), text


def test_the_digest_changes_with_the_words_and_with_nothing_else() -> None:
    assert lexicon.shipped().digest == lexicon.shipped().digest
    assert Lexicon.of({"trust": ["a"]}).digest != Lexicon.of({"skills": ["a"]}).digest
