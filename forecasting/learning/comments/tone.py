"""Whether a comment resists, learned from those that people tagged: a logistic regression on TF-IDF."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import normalize

from ..inputset import Matrix
from .lexicon import FEWEST_TAGS, Lexicon, stems

# Of either kind: from fewer there is nothing to tell apart.
FEWEST_OF_A_KIND = 20
FEWEST_WITH_A_TERM = 3
FOLDS = 5
STRENGTH = 3.0
RESISTS_FROM = 0.5


@dataclass(frozen=True)
class Tone:
    """Terms of one and two stems with their weights."""

    terms: tuple[str, ...]
    idf: Matrix
    weights: Matrix
    intercept: float

    @cached_property
    def _count(self) -> CountVectorizer:
        return CountVectorizer(vocabulary=list(self.terms), ngram_range=(1, 2), analyzer=pieces)

    def chances(self, texts: Sequence[str]) -> Matrix:
        """The chance that each text resists."""
        if not texts:
            return np.empty(0)
        weighed = normalize(self._count.transform(texts).multiply(self.idf))
        return np.asarray(1.0 / (1.0 + np.exp(-(weighed @ self.weights + self.intercept))))

    def as_dict(self) -> dict[str, Any]:
        return {
            "terms": list(self.terms),
            "idf": [float(each) for each in self.idf],
            "weights": [float(each) for each in self.weights],
            "intercept": self.intercept,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Tone:
        return cls(
            tuple(kept["terms"]),
            np.array(kept["idf"], dtype=np.float64),
            np.array(kept["weights"], dtype=np.float64),
            float(kept["intercept"]),
        )


@dataclass(frozen=True)
class LearnedTone:
    """A tone, and how often it and the words of the lexicon were right about comments it was not learned from."""

    tone: Tone
    right: float
    right_by_words: float

    @property
    def is_better(self) -> bool:
        return self.right > self.right_by_words


def learn_tone(
    texts: Sequence[str], resists: Sequence[bool], lexicon: Lexicon
) -> LearnedTone | None:
    """A tone of at least 200 tagged comments, 20 of either kind; None of fewer.

    The same text is never on both sides of a fold, and the words of a fold are found inside it. The same tags in any
    order give the same tone.
    """
    order = sorted(range(len(texts)), key=lambda at: (texts[at], resists[at]))
    known = [texts[at] for at in order]
    told = np.array([resists[at] for at in order], dtype=bool)
    kinds = int(told.sum()), int((~told).sum())
    if len(known) < FEWEST_TAGS or min(kinds) < FEWEST_OF_A_KIND or len(set(known)) < FOLDS:
        return None
    try:
        right = _right_left_out(known, told)
        model = _pipeline().fit(known, told)
    except ValueError:
        # No term comes up often enough, or a fold has one kind only.
        return None
    weigh, line = model[0], model[1]
    by_words = np.array([lexicon.read(text).resists for text in known])
    tone = Tone(
        tuple(str(term) for term in weigh.get_feature_names_out()),
        np.round(weigh.idf_, 9),
        np.round(line.coef_[0], 9),
        round(float(line.intercept_[0]), 9),
    )
    return LearnedTone(tone, right, float((by_words == told).mean()))


def _right_left_out(texts: list[str], told: npt.NDArray[np.bool_]) -> float:
    """How often texts left out are told rightly."""
    found = np.zeros(len(texts), dtype=bool)
    for learned, left in GroupKFold(FOLDS).split(texts, told, groups=texts):
        model = _pipeline().fit([texts[at] for at in learned], told[learned])
        found[left] = model.predict([texts[at] for at in left])
    return float((found == told).mean())


def _pipeline() -> Any:
    return make_pipeline(
        TfidfVectorizer(analyzer=pieces, min_df=FEWEST_WITH_A_TERM),
        LogisticRegression(C=STRENGTH, max_iter=1000),
    )


def pieces(text: str) -> list[str]:
    """Stems, and pairs of stems that follow each other. Small words stay: `not` decides."""
    words = stems(text)
    return [*words, *(f"{one} {two}" for one, two in itertools.pairwise(words))]
