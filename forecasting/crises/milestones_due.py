"""The milestones that were due in the twelve weeks before a day, and how many of them were late, in words too.

A model is told a share of them that is drawn towards the usual, `ms_missed_12w` (`inputs.delivery`), from which the two
counts cannot be had back. So they are counted anew for a page, and named only where they make that very share: an
edit since then may have changed what there is to count.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from math import isclose

from django.utils.translation import gettext as _, ngettext

from programmes.selectors import milestones_as_of

WINDOW = timedelta(weeks=12)
# What few milestones are drawn towards: a share of late ones that counts as so many milestones.
USUAL, COUNTS_AS = 0.2, 2


@dataclass(frozen=True)
class Due:
    """Milestones whose baseline lay in the twelve weeks before a day. Late: not reached by that date, be it by a day."""

    due: int
    late: int

    @property
    def share(self) -> float:
        """What a model is told of them, 0 to 1."""
        return (self.late + USUAL * COUNTS_AS) / (self.due + COUNTS_AS)


def due_before(programme_ids: Collection[int], as_of: date) -> dict[int, Due]:
    """The milestones due before a day as known by then, by programme. Two statements."""
    counts = {pk: [0, 0] for pk in programme_ids}
    for each in milestones_as_of(programme_ids, as_of):
        baseline = each.baseline_on
        if as_of - WINDOW <= baseline < as_of:
            count = counts[each.milestone.programme_id]
            count[0] += 1
            count[1] += each.actual_on is None or each.actual_on > baseline
    return {pk: Due(*count) for pk, count in counts.items()}


def late_text(share: float, counted: Due | None) -> str:
    """How many milestones were late: the counts where they make the share a model was told, else what that share is."""
    if counted is None or not isclose(counted.share, share, abs_tol=1e-6):
        return _(
            "late milestones of the last twelve weeks count as a share of %(share)s%%, pulled towards the usual %(usual)s%% where few were due"
        ) % {"share": round(100 * share), "usual": round(100 * USUAL)}
    if not counted.due:
        return _("no milestone was due in the last twelve weeks")
    text = (
        ngettext(
            "%(late)s of %(due)s due in the last twelve weeks was late, if only by a day",
            "%(late)s of %(due)s due in the last twelve weeks were late, if only by a day",
            counted.late,
        )
        if counted.late
        else ngettext(
            "the one milestone due in the last twelve weeks was on time",
            "all %(due)s milestones due in the last twelve weeks were on time",
            counted.due,
        )
    )
    return text % {"late": counted.late, "due": counted.due}
