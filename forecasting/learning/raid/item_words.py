"""Whether the words of RAID items would tell more than what is known of them: measured, never used.

A line over what was told and over TF-IDF of the words. Words of items name suppliers, people and systems, so what is
learned from them is of one organisation and of its past; scores have none of it. Plain functions, without Django.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from ..comments.tone import pieces
from ..judging.metrics import Array
from ..linear import Rows, logit
from ..pooling import folds

# Of fewer texts, or of fewer items that escalated, there is nothing to learn.
FEWEST_TEXTS, FEWEST_ESCALATED = 200, 20
FEWEST_WITH_A_TERM = 3
# So much larger than a word is what was told, so that the penalty leaves it alone.
TOLD_COUNTS = 10.0
STRENGTH = 1.0


def told_with_words(
    rows: Rows, items: Array, told: Array, words: Mapping[int, str]
) -> Array | None:
    """What would be told of each row with the words of its item besides; None where there is too little to learn from.

    Each programme is told by a line, and by a vocabulary, it was not part of.

    Args:
        items: the item of each row.
        told: of each row, by models that were not learned from its programme.
        words: of each item, as they were when it was first recorded.
    """
    escalated = np.unique(items[rows.label])
    if len(set(words.values())) < FEWEST_TEXTS or len(escalated) < FEWEST_ESCALATED:
        return None
    fold = folds(rows.group)
    odds = TOLD_COUNTS * logit(np.clip(told, 1e-6, 1 - 1e-6))[:, None]
    made = np.empty(len(rows))
    for number in np.unique(fold):
        out = fold == number
        vocabulary = TfidfVectorizer(analyzer=pieces, min_df=FEWEST_WITH_A_TERM)
        known, at = np.unique(items[~out], return_inverse=True)
        if len(np.unique(rows.label[~out])) < 2:
            return None
        try:
            terms = vocabulary.fit_transform([words.get(int(each), "") for each in known])
        except ValueError:
            # No term comes up often enough.
            return None
        line = LogisticRegression(C=STRENGTH, max_iter=1000)
        # Weeks of an item resemble each other: all of them count as one.
        line.fit(_beside(odds[~out], terms[at]), rows.label[~out], 1 / np.bincount(at)[at])
        left, of_left = np.unique(items[out], return_inverse=True)
        others = vocabulary.transform([words.get(int(each), "") for each in left])
        made[out] = line.predict_proba(_beside(odds[out], others[of_left]))[:, 1]
    return made


def _beside(odds: Array, terms: csr_matrix) -> csr_matrix:
    return hstack([csr_matrix(odds), terms], format="csr")
