"""What moves the chance to miss a baseline, in words: parts in points that add up to it, beside the days of the same classes.

Nothing is computed with a model here: the parts are those that were stored with the chance (`learning.dates.parts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from programmes.schedule import working_days_between

from ..explained import TOP
from ..learning.part_names import ALL, ROOM
from ..models import MilestoneOutlook
from ..points import Part
from .steps import HALVES, LABELS, DateStep, rows_url, step_text

ROOM_LABEL = gettext_lazy("Forecast and baseline")
PART_LABELS = {ROOM: ROOM_LABEL, **{name: text for name, text in LABELS.items() if name != ALL}}


def parts_of(row: MilestoneOutlook, figures_of: Mapping[str, date]) -> list[Part]:
    """What moves the chance from where it begins, in the order of `part_names.MISS_PARTS`.

    Milestone, programme and tenant are read already.
    """
    steps = {step["name"]: step for step in row.steps}
    return [
        Part(
            term["name"],
            str(PART_LABELS[term["name"]]),
            HALVES.get(term["name"], "both"),
            _room(row) if term["name"] == ROOM else step_text(row, steps[term["name"]]),
            term["share"],
            rows_url(row, term["name"]),
            figures_of.get(term["name"]),
        )
        for term in row.terms
    ]


def _room(row: MilestoneOutlook) -> str:
    days = working_days_between(row.baseline_on, row.forecast_on)
    if days == 0:
        return _("The forecast is the baseline")
    if days > 0:
        return ngettext(
            "The forecast lies %(days)s working day after the baseline",
            "The forecast lies %(days)s working days after the baseline",
            days,
        ) % {"days": days}
    return ngettext(
        "The forecast lies %(days)s working day before the baseline",
        "The forecast lies %(days)s working days before the baseline",
        -days,
    ) % {"days": -days}


@dataclass(frozen=True)
class Line:
    """One cause with all it does: points of the chance, and working days of the dates.

    `step`: what it does to the dates; None where dates do not depend on it.
    """

    part: Part
    step: DateStep | None

    @property
    def days(self) -> int:
        """The working days it adds to the date whose drivers are shown."""
        return 0 if self.step is None else int(self.step.share)

    @property
    def days_apart(self) -> int:
        """How many they are, whichever way."""
        return abs(self.days)

    @property
    def moves(self) -> bool:
        return bool(self.part.whole_points or self.days)


def lines(parts: Sequence[Part], steps: Sequence[DateStep]) -> list[Line]:
    """Every cause, in the order in which they are added up."""
    of_dates = {step.key: step for step in steps}
    return [Line(part, of_dates.get(part.key)) for part in parts]


def strongest(found: Sequence[Line]) -> list[Line]:
    """What moves the chance by half a point or more, or the dates, the strongest first."""
    moving = [line for line in found if line.moves]
    return sorted(moving, key=lambda line: (-abs(line.part.whole_points), -abs(line.days)))[:TOP]
