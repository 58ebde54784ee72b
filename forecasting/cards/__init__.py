"""The models of an organisation as pages show them: what is in use, what it was worth, and whether it still holds.

Everything was computed by jobs and is only put into words here.
"""

from .card import ModelCard
from .cases import combinations
from .checks import input_rows, touch_rows, watch_figures, watch_finding
from .duel import Duel
from .files import measured_lines
from .happenings import event_item, may_be_used_again
from .lessons import lesson_rows
from .registered import Registered
from .reports import (
    Measured,
    alerts_text,
    lead_finding,
    lead_note,
    lead_rows,
    measured,
    no_better_text,
    surveyed,
    surveys_finding,
)
from .targets import SLUG_OF, SLUGS
from .weights import terms
from .windows import window_rows, windows_finding

__all__ = [
    "SLUGS",
    "SLUG_OF",
    "Duel",
    "Measured",
    "ModelCard",
    "Registered",
    "alerts_text",
    "combinations",
    "event_item",
    "input_rows",
    "lead_finding",
    "lead_note",
    "lead_rows",
    "lesson_rows",
    "may_be_used_again",
    "measured",
    "measured_lines",
    "no_better_text",
    "surveyed",
    "surveys_finding",
    "terms",
    "touch_rows",
    "watch_figures",
    "watch_finding",
    "window_rows",
    "windows_finding",
]
