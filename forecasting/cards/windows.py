"""Whether the chances of two, four and eight weeks come true, as lines of a table and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _, gettext_lazy

from ..learning.limits import FEWEST_EVENTS
from ..numbers import two

LABELS: dict[int, Any] = {
    2: gettext_lazy("Two weeks"),
    4: gettext_lazy("Four weeks"),
    8: gettext_lazy("Eight weeks"),
}
_SPOKEN: dict[int, Any] = {
    2: gettext_lazy("two weeks"),
    4: gettext_lazy("four weeks"),
    8: gettext_lazy("eight weeks"),
}


def window_rows(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A line for each window (`learning.windows.Window`), the shortest first."""
    return [
        {
            "label": str(LABELS[each["weeks"]]),
            "rows": each["rows"],
            "events": each["events"],
            "told": each["told"] / each["rows"] if each["rows"] else None,
            "came": each["came"] / each["rows"] if each["rows"] else None,
            "ratio": "–"
            if each["ratio"] is None
            else _("%(value)s (%(low)s to %(high)s)")
            % {
                "value": two(each["ratio"]),
                "low": two(each["low"]),
                "high": two(each["high"]),
            },
        }
        for each in found
    ]


def windows_finding(found: Sequence[Mapping[str, Any]], *, beside_verdict: bool = False) -> str:
    """Which windows are surely off, by name; that none is where that is so. Of few events nothing is sure.

    Beside a verdict that counts each crisis once it is said that these are other counts, and which decides.
    """
    if not any(each["rows"] for each in found):
        return _("No window of two, four or eight weeks is over yet")
    over = [each for each in found if each["rows"]]
    enough = [each for each in over if each["events"] >= FEWEST_EVENTS]
    if not enough:
        return _("Too little has happened so far to say whether forecasts come true")
    words = {
        _("forecasts for %(windows)s are clearly too low"): [
            each for each in enough if each["low"] > 1
        ],
        _("forecasts for %(windows)s are clearly too high"): [
            each for each in enough if each["high"] < 1
        ],
    }
    off = [
        text % {"windows": get_text_list([str(_SPOKEN[each["weeks"]]) for each in some], _("and"))}
        for text, some in words.items()
        if some
    ]
    if off:
        text = "; ".join(off)
        if beside_verdict:
            return _("Counted in every week, %(text)s; the verdict above decides") % {"text": text}
        return capfirst(text)
    if len(enough) < len(over):
        return _("The windows in which enough happened come true as far as the numbers can show")
    if len(over) < len(found):
        return _("The windows that are over come true as far as the numbers can show")
    return _("Two, four and eight weeks come true as far as the numbers can show")
