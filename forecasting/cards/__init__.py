"""The models of an organisation as pages show them: what is in use, what it was worth, and whether it still holds.

Everything was computed by jobs and is only put into words here.
"""

from .card import ModelCard
from .cases import combinations
from .checks import LIMIT, LOOKS_BACK, input_rows, touch_rows, watch_figures, watch_finding
from .duel import Duel
from .happenings import event_item, may_be_used_again
from .lessons import lesson_rows
from .registered import Registered
from .reports import alerts_text, measured
from .targets import SLUG_OF, SLUGS
from .weights import terms

__all__ = [
    "LIMIT",
    "LOOKS_BACK",
    "SLUGS",
    "SLUG_OF",
    "Duel",
    "ModelCard",
    "Registered",
    "alerts_text",
    "combinations",
    "event_item",
    "input_rows",
    "lesson_rows",
    "may_be_used_again",
    "measured",
    "terms",
    "touch_rows",
    "watch_figures",
    "watch_finding",
]
