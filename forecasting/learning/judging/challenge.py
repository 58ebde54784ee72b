"""Two models beside each other on the same rows, as plain values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..limits import FEWEST_EVENTS
from ..linear import Rows
from .evaluation import mean_interval, measures, slope_interval, surprise
from .metrics import Array, log_loss
from .report import Values, listed

CHALLENGER, CHAMPION = "challenger", "champion"
_MEASURES = ("auc", "ap", "skill", "error")
# The middle share of the intervals of measures; that of the gain is the one models are judged by.
SHARE = 0.9


def compare(
    rows: Rows,
    told: Array,
    beside: Array,
    *,
    count: Callable[[Array], int],
    since: int | None = None,
) -> Values:
    """What a challenger and what is in use said of the same rows, with what came.

    Args:
        rows: with the day of each, all of known outcome.
        told: by the challenger, of programmes it was not learned from.
        beside: by what is in use.
        count: how many events the rows of a mask tell of.
        since: rows of days up to this one, as an ordinal, are left out: what is in use was learned from them. None
            where it was learned elsewhere.

    Returns:
        How many rows, programmes and events there are; with ten events or more also the gain of the challenger in log
        loss for each row (the middle 80 % over programmes) and the measures of both (the middle 90 %).
    """
    assert rows.day is not None
    wanted = np.ones(len(rows), dtype=bool) if since is None else rows.day > since
    label, group = rows.label[wanted], rows.group[wanted]
    events = count(wanted) if label.any() else 0
    found: Values = {
        "rows": len(label),
        "programmes": len(np.unique(group)),
        "events": events,
        "since": since,
        "gain": None,
        "by": {},
    }
    if events < FEWEST_EVENTS or label.all():
        return found
    by = {CHALLENGER: told[wanted], CHAMPION: beside[wanted]}
    gains = surprise(label, by[CHAMPION]) - surprise(label, by[CHALLENGER])
    found["gain"] = listed(mean_interval(gains, group))
    for who, said in by.items():
        made = measures(label, said, group, share=SHARE, names=_MEASURES)
        found["by"][who] = {
            "log_loss": log_loss(label, said),
            "slope": listed(slope_interval(label, said, group, share=SHARE)),
            **{name: listed(made[name]) for name in _MEASURES},
        }
    return found
