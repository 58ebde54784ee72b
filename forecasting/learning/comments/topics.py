"""Topics in comments nobody named before: words that come together, found by factors of TF-IDF (NMF)."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfVectorizer

from ..inputset import Matrix

FEWEST_COMMENTS = 300
TOPICS = (8, 12)
# One topic more for so many comments more.
ONE_MORE_FOR = 500
FEWEST_WITH_A_TERM = 3
MOST_TERMS = 4000
# Of more comments than this those with the lowest digests are learned from: which ones hangs on nothing else.
MOST_LEARNED_FROM = 20_000
TERMS_NAMED = 8
# A pair of words that weighs so much of what its word does is named instead of it.
PAIR_FROM = 0.6
# Two topics are the same when so many of their named terms are.
SAME_FROM = 0.5
SEED = 20261128


@dataclass(frozen=True)
class Topics:
    """Terms, their weights for rarity, and topics x terms."""

    terms: tuple[str, ...]
    idf: Matrix
    parts: Matrix

    @cached_property
    def _count(self) -> CountVectorizer:
        return CountVectorizer(
            vocabulary=list(self.terms), ngram_range=(1, 2), stop_words=list(ENGLISH_STOP_WORDS)
        )

    def of(self, texts: Sequence[str]) -> list[int | None]:
        """The topic nearest to each text by its angle; None for a text that has no term of any."""
        if not texts:
            return []
        lengths = np.linalg.norm(self.parts, axis=1)
        known = lengths > 0
        parts = self.parts / np.where(known, lengths, 1.0)[:, None]
        nearness = np.asarray(self._count.transform(texts).multiply(self.idf) @ parts.T)
        best = nearness.argmax(axis=1)
        return [int(topic) if nearness[at, topic] > 0 else None for at, topic in enumerate(best)]

    def named(self) -> list[list[str]]:
        """The heaviest terms of each topic; no word is said twice, and a pair stands for its words where it is as heavy."""
        return [self._named(part) for part in self.parts]

    def _named(self, part: Matrix) -> list[str]:
        found: list[str] = []
        said: set[str] = set()
        for at in np.argsort(-part, kind="stable"):
            if part[at] <= 0 or len(found) == TERMS_NAMED:
                break
            term = self._pair_for(part, int(at))
            words = set(term.split())
            if not words & said:
                found.append(term)
                said |= words
        return found

    def _pair_for(self, part: Matrix, at: int) -> str:
        """The heaviest pair of words with a word in it that weighs about as much, else the word."""
        term = self.terms[at]
        pairs = [
            other
            for other in np.flatnonzero(part >= PAIR_FROM * part[at])
            if term in self.terms[other].split() and self.terms[other] != term
        ]
        return self.terms[max(pairs, key=lambda other: part[other])] if pairs else term

    def as_dict(self) -> dict[str, Any]:
        return {
            "terms": list(self.terms),
            "idf": [round(float(each), 6) for each in self.idf],
            "parts": [
                {str(at): round(float(part[at]), 6) for at in np.flatnonzero(part)}
                for part in self.parts
            ],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Topics:
        terms = tuple(kept["terms"])
        parts = np.zeros((len(kept["parts"]), len(terms)))
        for row, part in enumerate(kept["parts"]):
            for at, weight in part.items():
                parts[row, int(at)] = weight
        return cls(terms, np.array(kept["idf"], dtype=np.float64), parts)


def learn_topics(texts: Sequence[str]) -> Topics | None:
    """Topics of at least 300 comments; None of fewer, or where too few terms come up three times.

    The same comments in any order give the same topics.
    """
    if len(texts) < FEWEST_COMMENTS:
        return None
    chosen = sorted(texts, key=lambda text: (hashlib.sha256(text.encode()).digest(), text))
    chosen = chosen[:MOST_LEARNED_FROM]
    weigh = TfidfVectorizer(
        ngram_range=(1, 2),
        min_df=FEWEST_WITH_A_TERM,
        max_features=MOST_TERMS,
        stop_words="english",
        sublinear_tf=True,
    )
    try:
        weighed = weigh.fit_transform(chosen)
    except ValueError:
        # No word comes up often enough.
        return None
    wanted = min(TOPICS[1], TOPICS[0] + (len(texts) - FEWEST_COMMENTS) // ONE_MORE_FOR)
    count = min(wanted, *weighed.shape)
    if count < 2:
        return None
    factors = NMF(count, init="nndsvd", random_state=SEED, max_iter=400)
    # What is left of a perfect fit may round to below zero before its root is taken; nobody reads that figure.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        # Factors that still move in the fifth digit name the same terms.
        warnings.simplefilter("ignore", ConvergenceWarning)
        factors.fit(weighed)
    parts = np.round(factors.components_, 6)
    kept = parts[parts.any(axis=1)]
    terms = tuple(str(term) for term in weigh.get_feature_names_out())
    return Topics(terms, np.round(weigh.idf_, 6), kept) if len(kept) else None


def matched(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[int | None]:
    """For each new topic the old one that is the same by its terms, each old one once; None where there is none."""
    pairs = sorted(
        (
            (-len(set(theirs) & set(ours)) / max(len(set(theirs) | set(ours)), 1), row, at)
            for row, ours in enumerate(new)
            for at, theirs in enumerate(old)
        ),
    )
    found: list[int | None] = [None] * len(new)
    used: set[int] = set()
    for alike, row, at in pairs:
        if -alike >= SAME_FROM and found[row] is None and at not in used:
            found[row] = at
            used.add(at)
    return found
