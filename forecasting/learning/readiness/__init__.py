"""How likely a unit is not to be ready two weeks before a go-live: told from spreads that are found from ended cases, not typed in."""

from .ended import Case, decided, learn_spreads
from .judging import compared, judged, together
from .shipped import derive, digest, shipped
from .telling import Engagement, Spreads, ToldReadiness, Training, below, either, level, tell

__all__ = [
    "Case",
    "Engagement",
    "Spreads",
    "ToldReadiness",
    "Training",
    "below",
    "compared",
    "decided",
    "derive",
    "digest",
    "either",
    "judged",
    "learn_spreads",
    "level",
    "shipped",
    "tell",
    "together",
]
