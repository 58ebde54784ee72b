"""What is told with what adds up to it: causes and their shares, of the scores of programmes, units and RAID items, of dates and
of readiness.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from pmo_portal.common.levels import State

from . import chance, drivers
from .chance import Chance
from .chance_words import band_text, percent_text, plain_percent
from .choices import STATE_OF_LEVEL, RiskLevel
from .golive import evidence
from .models import RaidScore, RiskScore

TOP = 4
# A share of the log-odds smaller than this moves no score by a point.
TELLING = 0.05


@dataclass(frozen=True)
class Cause:
    """What one subject adds to what is told, and why.

    `share` is signed. `figures_of` is the day of its newest figures, None where they are as of the score itself.
    `links` lead to further rows it counts.
    """

    key: str
    label: str
    half: str
    text: str
    share: float
    url: str = ""
    figures_of: date | None = None
    links: tuple[evidence.Link, ...] = ()

    @property
    def raises(self) -> bool:
        return self.share > 0

    @property
    def effect(self) -> str:
        """In words: "raises", "lowers" or "no effect"."""
        if abs(self.share) < drivers.LEAST:
            return _("No effect")
        return _("Raises") if self.raises else _("Lowers")


@dataclass(frozen=True)
class Driver(Cause):
    """What one subject adds to the log-odds. `odds` is by how much it multiplies the odds.

    `is_known`: whether any of its inputs was; what is usual may move a score, but is no reason to name.
    """

    is_known: bool = True

    @property
    def odds(self) -> float:
        return math.exp(self.share)


@dataclass(frozen=True)
class Explained:
    """A stored score and what adds up to it, ready to be shown."""

    score: RiskScore | RaidScore
    chance: Chance
    drivers: list[Driver]

    @property
    def state(self) -> State:
        return STATE_OF_LEVEL[RiskLevel(self.score.level)]

    @property
    def is_unknown(self) -> bool:
        """Whether nothing was known on either half: the chance is what is usual."""
        return self.score.level == RiskLevel.UNKNOWN

    @property
    def percent(self) -> str:
        return percent_text(self.chance)

    @property
    def band(self) -> str:
        return band_text(self.chance)

    @property
    def top(self) -> list[Driver]:
        """The drivers worth a sentence, the strongest first."""
        return [each for each in self.drivers if abs(each.share) >= TELLING][:TOP]

    @property
    def raising(self) -> list[Driver]:
        """What is known and raises the risk, the strongest first."""
        return [each for each in self.drivers if each.share >= TELLING and each.is_known]

    @property
    def shares(self) -> dict[str, float]:
        """What each driver adds to the log-odds."""
        return {each.key: each.share for each in self.drivers}

    @property
    def end(self) -> float:
        """The log-odds of the score: those of the start and all drivers."""
        return end_of(self.score, self.shares)

    @property
    def start_percent(self) -> str:
        return plain_percent(chance.probability_of(self.score.start))

    @property
    def end_percent(self) -> str:
        return plain_percent(chance.probability_of(self.end))

    @property
    def base_percent(self) -> str:
        return plain_percent(self.score.base)


def end_of(score: RiskScore | RaidScore, shares: Mapping[str, float]) -> float:
    """The log-odds to which the start and all drivers add up."""
    return score.start + sum(shares.values())
