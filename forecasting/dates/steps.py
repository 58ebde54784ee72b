"""What moves the dates of a milestone, in words: working days that add up from the plan to what is told.

Nothing is computed with a model here: the steps are those that were stored with the dates (`learning.dates.steps`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from programmes.schedule import working_days_between

from ..chance_words import plain_percent
from ..explained import Cause
from ..golive import evidence
from ..learning.part_names import AHEAD, ALL, OPEN, OWN, ROOM, SCHEDULE
from ..models import MilestoneOutlook
from .kinds import FAR_WORDS, HOW_WORDS

LABELS: dict[str, Any] = {
    ALL: gettext_lazy("Milestones in general"),
    AHEAD: gettext_lazy("How far ahead"),
    SCHEDULE: gettext_lazy("Schedule"),
    OWN: gettext_lazy("Own history"),
    OPEN: gettext_lazy("Still open"),
}
HALVES: dict[str, str] = {SCHEDULE: "delivery"}
# Where P50, P80 and P90 stand among the days of a step.
P50, P80, P90 = 0, 1, 2
SHOWN = (P50, P80, P90)


@dataclass(frozen=True)
class DateStep(Cause):
    """One step from the plan to what is told. `share` is in working days, of P80 where that is known and else of P50.

    Attributes:
        cases: how many milestones it is told by.
        days: the working days it adds to P50, P80 and P90; None where no date is told.
        until: the dates reached with it.
    """

    cases: int = 0
    days: tuple[int | None, ...] = ()
    until: tuple[date | None, ...] = ()

    @property
    def effect(self) -> str:
        if not self.share:
            return _("No effect")
        return _("Later") if self.raises else _("Earlier")


class Chain:
    """From the date in the plan to the dates that are told of a milestone, with its programme and tenant read already."""

    def __init__(self, row: MilestoneOutlook, figures_of: Mapping[str, date]) -> None:
        self._row = row
        self._figures_of = figures_of

    @property
    def _told(self) -> list[int]:
        """Of P50, P80 and P90 those a date is told of."""
        return [at for at in SHOWN if self._dates[at] is not None]

    @property
    def is_told(self) -> bool:
        """Whether any date is told."""
        return bool(self._told)

    @property
    def _dates(self) -> tuple[date | None, ...]:
        return self._row.p50_on, self._row.p80_on, self._row.p90_on

    @property
    def main_at(self) -> int:
        """Which date drivers are those of: of P80 where it is told, else of P50."""
        return P80 if P80 in self._told else P50

    @property
    def is_of_p80(self) -> bool:
        return self.main_at == P80

    @cached_property
    def steps(self) -> list[DateStep]:
        """Every step in its order. Where a date is told, their days add up to `slips`."""
        walked = [
            _walk(self._row.forecast_on, self._row.steps, at, at in self._told) for at in SHOWN
        ]
        return [
            self._step(step, [each[number] for each in walked])
            for number, step in enumerate(self._row.steps)
        ]

    @property
    def main(self) -> str:
        """The name of what makes it later than milestones in general most; empty where nothing does."""
        later = [each for each in self.steps[1:] if each.raises]
        return max(later, key=lambda each: each.share).label if later else ""

    @property
    def slips(self) -> tuple[int | None, ...]:
        """Working days from the date in the plan to P50, P80 and P90: the sum of all steps."""
        return tuple(
            None if on is None else working_days_between(self._row.forecast_on, on)
            for on in self._dates
        )

    @property
    def spoken(self) -> str:
        return "; ".join(f"{each.label}: {each.effect.lower()}" for each in self.steps)

    def days_of(self, name: str, quantile: int) -> int | None:
        """The working days one step adds to P50, P80 or P90, for exports."""
        return next((each.days[quantile] for each in self.steps if each.key == name), None)

    def _step(
        self, step: Mapping[str, Any], walked: Sequence[tuple[int | None, date | None]]
    ) -> DateStep:
        name, row = step["name"], self._row
        days = tuple(each[0] for each in walked)
        return DateStep(
            name,
            str(LABELS[name]),
            HALVES.get(name, "both"),
            step_text(row, step),
            days[self.main_at] or 0,
            rows_url(row, name),
            self._figures_of.get(name),
            cases=step["cases"],
            days=days,
            until=tuple(each[1] for each in walked),
        )


def rows_url(row: MilestoneOutlook, name: str) -> str:
    """Where the rows behind a step or a part are: figures, words on dates, or else the curves of every kind."""
    programme = row.milestone.programme
    place = {"tenant": programme.tenant.slug, "code": programme.code}
    if name == SCHEDULE:
        return evidence.rows_of("schedule", place)
    if name in (OPEN, ROOM):
        return reverse("programmes:slip_list", kwargs=place)
    return f"{reverse('forecasting:outlook_programme', kwargs=place)}#kinds"


def _walk(
    planned: date, steps: Sequence[Mapping[str, Any]], quantile: int, is_told: bool
) -> list[tuple[int | None, date | None]]:
    """For each step the working days it adds, and the date it comes to. A class of which nobody knows how late it becomes
    adds nothing; what follows it then starts from the last date that was known.
    """
    made: list[tuple[int | None, date | None]] = []
    last = planned
    for step in steps:
        after = step["days"][quantile]
        if not is_told or after is None:
            made.append((0 if is_told else None, None))
            continue
        on = planned + timedelta(days=after)
        made.append((working_days_between(last, on), on))
        last = on
    return made


def step_text(row: MilestoneOutlook, step: Mapping[str, Any]) -> str:
    """What is known of the class a step leads to."""
    return _TEXTS[step["name"]](row, step)


# --- words -------------------------------------------------------------------------------------------------


def _all(row: MilestoneOutlook, step: Mapping[str, Any]) -> str:
    return _("What happened to earlier dates, at any distance and in any programme")


def _ahead(row: MilestoneOutlook, step: Mapping[str, Any]) -> str:
    like = {"like": FAR_WORDS[row.kind.split("/")[0]]}
    days = (row.forecast_on - row.as_of).days
    if days < 0:
        text = ngettext("The date was %(days)s day ago: compared with milestones %(like)s", "The date was %(days)s days ago: compared with milestones %(like)s", -days)  # fmt: skip
    else:
        text = ngettext("The date is %(days)s day ahead: compared with milestones %(like)s", "The date is %(days)s days ahead: compared with milestones %(like)s", days)  # fmt: skip
    return text % {**like, "days": abs(days)}


def _schedule(row: MilestoneOutlook, step: Mapping[str, Any]) -> str:
    like = HOW_WORDS[row.kind.split("/")[1]]
    if row.schedule is None:
        return _("The schedule index is not known: compared with milestones %(like)s") % {
            "like": like
        }
    return _("The smoothed schedule index is %(index)s: compared with milestones %(like)s") % {
        "index": f"{row.schedule:.2f}",
        "like": like,
    }


def _own(row: MilestoneOutlook, step: Mapping[str, Any]) -> str:
    if not row.own:
        return _("No milestone of this organisation counts yet, only the assumptions do")
    return ngettext(
        "%(count)s milestone of this kind here counts for %(share)s, the assumptions for the rest",
        "%(count)s milestones of this kind here count for %(share)s, the assumptions for the rest",
        row.own,
    ) % {"count": row.own, "share": plain_percent(row.weight)}


def _open(row: MilestoneOutlook, step: Mapping[str, Any]) -> str:
    days = (row.as_of - row.forecast_on).days
    share = plain_percent(step["share"])
    if days > 0:
        return ngettext(
            "It is %(days)s day past its date and still open, as are %(share)s of such milestones",
            "It is %(days)s days past its date and still open, as are %(share)s of such milestones",
            days,
        ) % {"days": days, "share": share}
    if days == 0:
        return _("It is due today and still open, as are %(share)s of such milestones") % {
            "share": share
        }
    return _(
        "It is open today, as are %(share)s of such milestones this long before their date"
    ) % {"share": share}


_TEXTS = {ALL: _all, AHEAD: _ahead, SCHEDULE: _schedule, OWN: _own, OPEN: _open}
