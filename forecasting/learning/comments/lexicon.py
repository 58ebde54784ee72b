"""What a comment is about, and whether it resists, by words: a small lexicon for each theme.

No numpy in here: an import reads every comment with it. Words are compared by their stem (`stem`), so that
`training`, `trained` and `trainings` are one; an entry of several words stands for words that follow each other.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

# In the order of their bits.
THEMES = (
    "workload",
    "communication",
    "trust",
    "usability",
    "skills",
    "leadership",
    "job_security",
)
RESISTS = "resists"

# What is shipped. An organisation may keep words of its own in place of these.
SHIPPED: Mapping[str, tuple[str, ...]] = {
    "workload": (
        "workload", "overload", "overtime", "short staffed", "understaffed", "no time", "not enough time",
        "day job", "on top of", "too many", "too much", "capacity", "busy", "pressure", "backlog", "stretched",
        "exhausted", "tired", "burnout",
    ),
    "communication": (
        "communication", "told", "tell us", "inform", "informed", "announce", "hear about", "heard", "explain",
        "unclear", "confusing", "confused", "rumour", "rumor", "in the dark", "last to know", "the dates", "newsletter",
    ),
    "trust": (
        "trust", "believe", "promise", "promised", "honest", "failure", "failed", "last time", "so will this", "again and again",
        "another initiative", "pretend", "hidden agenda", "sceptical", "credible",
    ),
    "usability": (
        "screen", "slow", "slower", "crash", "bug", "error", "click", "system", "data from", "interface", "login", "freeze",
        "test system", "clumsy", "does not work", "user friendly",
    ),
    "skills": (
        "training", "trainer", "course", "practice", "practise", "learn", "skill", "ready", "day one", "manual",
        "do not know how", "guidance", "e-learning", "too generic",
    ),
    "leadership": (
        "leader", "leadership", "manager", "management", "director", "the board", "listen", "our concerns", "decision", "sponsor",
        "head office", "role model",
    ),
    "job_security": (
        "job security", "cutting jobs", "cut jobs", "lose my job", "job losses", "redundancy", "redundant", "redundancies",
        "layoff", "laid off", "replaced", "outsourced", "my position", "my future", "headcount",
    ),
    RESISTS: (
        "short staffed", "understaffed", "no time", "not enough time", "too many", "too much", "overload", "pressure",
        "exhausted", "burnout", "nobody told", "no one told", "not told", "no one explains", "nobody explains", "unclear", "confusing",
        "in the dark", "last to know", "after they are made", "keep moving", "do not trust", "don't trust", "no trust", "do not believe",
        "don't believe", "failure", "failed", "so will this", "another initiative", "hidden agenda", "slower", "crash", "bug",
        "error", "wrong", "does not work", "doesn't work", "clumsy", "freeze", "not ready", "not feel ready", "don't feel ready",
        "too generic", "need practice", "need more practice", "not enough training", "no training", "do not know how", "don't know how",
        "not listen", "doesn't listen", "don't listen", "ignored", "cutting jobs", "cut jobs", "lose my job", "job losses", "redundancy",
        "redundant", "redundancies", "layoff", "replaced", "outsourced", "pointless", "waste of time", "against", "refuse", "worse",
        "useless", "why change", "old way", "old system was better", "worried", "afraid", "fear", "frustrated", "frustrating", "problem",
    ),
}  # fmt: skip

# A single word after one of these, at most two words before it, does not count as resistance: "no problem".
NEGATIONS = frozenset({"no", "not", "never", "without", "don't", "doesn't", "isn't", "wasn't"})
NEGATED_WITHIN = 2
# From so many comments that people tagged, whether one resists is learned from the tags (`tone`).
FEWEST_TAGS = 200
LONGEST_ENTRY = 60
MOST_ENTRIES = 200

_WORD = re.compile(r"[a-z0-9à-öø-ÿ]+(?:'[a-z]+)?")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of an English word in small letters, by its ending alone.

    In this order: `'s`; the plural (`ies` to `y`, `es` after a hiss, `s` but not `ss`, `us`, `is`); `ing` or
    `ed` where a vowel and three letters stay, with a doubled consonant made single; an `e` at the end; `y` becomes `i`.
    The stem need not be a word: `moving` and `move` meet at `mov`. Irregular forms stay apart.
    """
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        left = word.removesuffix(ending)
        if left != word and len(left) >= 3 and re.search("[aeiouy]", left) and left[-1] != "e":
            word = left
            if word[-1] == word[-2] and word[-1] not in "aeioulsfz":
                word = word[:-1]
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 3 and word.endswith("y") else word


def stems(text: str) -> list[str]:
    """The words of a text as stems, in their order."""
    found: list[str] = _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return [stem(word) for word in found]


@dataclass(frozen=True)
class Reading:
    """What was read in a comment: a bit for each theme, in the order of `THEMES`, and whether it resists."""

    themes: int
    resists: bool


@dataclass(frozen=True)
class Lexicon:
    """Words by theme, and under `resists` those that speak of resistance."""

    words: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, words: Mapping[str, Iterable[str]]) -> Lexicon:
        """A theme that is not named has no words."""
        return cls(tuple((name, tuple(words.get(name, ()))) for name in (*THEMES, RESISTS)))

    @property
    def digest(self) -> str:
        """Twelve letters that change with the words."""
        return hashlib.sha256(json.dumps(self.words).encode()).hexdigest()[:12]

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[tuple[str, ...], int]]]:
        """The entries as stems by their first stem, with the bit each one sets; resistance is the bit past the themes."""
        found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for bit, (_name, entries) in enumerate(self.words):
            for entry in entries:
                parts = tuple(stems(entry))
                if parts:
                    found.setdefault(parts[0], []).append((parts, 1 << bit))
        return found

    def read(self, text: str) -> Reading:
        """The themes of a text and whether it resists. A text without known words has none and does not."""
        words = stems(text)
        found, past = 0, 1 << len(THEMES)
        for at, word in enumerate(words):
            for parts, bit in self._by_first.get(word, ()):
                if not found & bit and tuple(words[at : at + len(parts)]) == parts:
                    is_negated = bit == past and len(parts) == 1 and self._is_negated(words, at)
                    found |= 0 if is_negated else bit
        return Reading(found & (past - 1), bool(found & past))

    @staticmethod
    def _is_negated(words: list[str], at: int) -> bool:
        return not NEGATIONS.isdisjoint(words[max(0, at - NEGATED_WITHIN) : at])


def shipped() -> Lexicon:
    """The words that come with the portal."""
    return Lexicon.of(SHIPPED)
