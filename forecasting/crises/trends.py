"""The weeks before a score in words, as rows and as a drawing; all from what was stored with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .. import chance, figures
from ..chance_words import percent_text
from ..choices import LIKELY_MISSED, LIKELY_SHORT, VERY_LIKELY_MISSED, Direction, RiskLevel
from ..learning.limits import ELEVATED_FROM, HIGH_FROM, begins
from ..models import AdoptionShortfall, MilestoneOutlook, RaidScore, RiskScore
from ..models.scores import Trended

FEWEST_WEEKS_DRAWN = 2


@dataclass(frozen=True)
class Week:
    """What is said of a Monday, 0 to 1."""

    day: date
    probability: float

    @property
    def percent(self) -> str:
        return percent_text(chance.shown(self.probability, self.probability, self.probability))


def weeks_of(row: Trended) -> list[Week]:
    """The chances of the last weeks under the model of this one, oldest first; weeks without one are left out."""
    return [Week(date.fromisoformat(day), risk) for day, risk in row.series if risk is not None]


def levels_of(score: RiskScore | RaidScore) -> list[tuple[float, str]]:
    """From which risk each level begins under the model of a score, and its word."""
    return [
        (begins(ELEVATED_FROM * score.base), str(RiskLevel.ELEVATED.label)),
        (begins(HIGH_FROM * score.base), str(RiskLevel.HIGH.label)),
    ]


def of_readiness(row: AdoptionShortfall) -> dict[str, Any]:
    """The weeks before of a unit before a go-live, over the line from which it is likelier than not to fall short."""
    return shown(row, [(LIKELY_SHORT, _("More likely"))])


def direction_text(row: Trended) -> str:
    """Where a score is going, only where it is more than noise."""
    words: dict[str, str] = {
        Direction.RISING: _("The risk has been rising for six weeks"),
        Direction.FALLING: _("The risk has been falling for six weeks"),
        Direction.STEADY: _("No clear change of the risk in six weeks"),
    }
    return words.get(row.direction, _("Too few weeks to speak of a trend"))


def of_outlook(row: MilestoneOutlook) -> dict[str, Any]:
    """The weeks before of the chance to miss a baseline, over the lines from which that is likely."""
    levels = [(LIKELY_MISSED, _("Likely")), (VERY_LIKELY_MISSED, _("Very likely"))]
    return shown(row, levels, now=Week(row.as_of, row.missed))


def shown(
    row: Trended, levels: Sequence[tuple[float, str]], *, now: Week | None = None
) -> dict[str, Any]:
    """What `_risk_trend.html` and its table show: weeks, direction, and the drawing from the second week on.

    Args:
        now: the last of these weeks, where it is not kept among them.
    """
    weeks = weeks_of(row) + ([now] if now else [])
    found: dict[str, Any] = {"weeks": weeks, "direction": direction_text(row)}
    if len(weeks) >= FEWEST_WEEKS_DRAWN:
        found["trend"] = figures.risk_trend(
            [date_format(week.day, "j M") for week in weeks],
            # Nothing is drawn as certain or as impossible.
            [min(max(round(100 * week.probability), 1), 99) for week in weeks],
            name=_("Risk"),
            levels=[(100 * since, word) for since, word in levels],
        )
    return found
