"""What drives a score, in words: the inputs behind each driver with their values, and what was not known.

Nothing is computed here: values and shares are those of the stored score.
"""

from .delivery import rating_text
from .known import LEAST, Known, day_of, is_nothing_known, known_values
from .labels import HALVES, LABELS, sentence
from .missing import missing_texts
from .people import golive_phrase

__all__ = [
    "HALVES",
    "LABELS",
    "LEAST",
    "Known",
    "day_of",
    "golive_phrase",
    "is_nothing_known",
    "known_values",
    "missing_texts",
    "rating_text",
    "sentence",
]
