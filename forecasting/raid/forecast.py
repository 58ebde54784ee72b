"""The risk that a RAID item escalates as pages show it. Everything comes from the stored score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from .. import chance
from ..choices import Stage
from ..explained import Driver, Explained
from ..golive import evidence
from ..learning.names import unknown_drivers
from ..learning.raid.names import DRIVER_OF, RAW
from ..models import RaidScore
from . import words as raid_words

# Fewer items like one say nothing of it.
FEWEST_ALIKE = 5
# Drivers whose rows are those of the programme; the others are on the page of the item itself.
_OF_PROGRAMME = ("schedule", "cost", "status", "engagement", "resistance", "golive")


@dataclass(frozen=True)
class RaidForecast(Explained):
    """The score of an item: as a row of the register, or with all its words."""

    score: RaidScore

    @property
    def item(self) -> Any:
        return self.score.item

    @property
    def frequency(self) -> str:
        """The chance as a count of items."""
        if not self.chance.of_twenty:
            return _(
                "Of %(like)s items in this position, fewer than 1 is expected to escalate within four weeks"
            ) % {"like": chance.LIKE}
        return ngettext(
            "Of %(like)s items in this position, about %(count)s is expected to escalate within four weeks",
            "Of %(like)s items in this position, about %(count)s are expected to escalate within four weeks",
            self.chance.of_twenty,
        ) % {"like": chance.LIKE, "count": self.chance.of_twenty}

    @property
    def main(self) -> str:
        """The name of what raises the risk most, of what is known; empty where nothing does."""
        return next((each.label for each in self.raising), "")

    @property
    def action(self) -> str:
        """What the rule suggests: for the strongest known driver that raises the risk and that somebody can change."""
        keys = (each.key for each in self.raising if each.key in raid_words.ACTIONS)
        return str(raid_words.ACTIONS.get(next(keys, ""), ""))

    @property
    def missing(self) -> list[str]:
        return raid_words.missing_texts(self.score.missing)

    @property
    def alike(self) -> str:
        """What became of items like this one; empty where there were few."""
        if self.score.alike < FEWEST_ALIKE:
            return ""
        return _("Similar items in your past programmes: %(escalated)s of %(count)s escalated") % {
            "escalated": self.score.alike_escalated,
            "count": self.score.alike,
        }

    @property
    def model(self) -> str:
        return model_text(self.score)


def model_text(score: RaidScore) -> str:
    """Who says so, and whether it was measured. No lesson of items puts the prior on a level: their first own model is one."""
    words = {
        Stage.PRIOR: _("Assumed, not measured: prior model %(version)s"),
        Stage.SHARED: _("Measured in other organisations: shared prior %(version)s"),
        Stage.RECALIBRATED: _("Prior model, its level measured here: %(version)s"),
        Stage.OWN: _("Measured on this organisation's items: model %(version)s"),
    }
    return words[Stage(score.stage)] % {"version": score.model_version}


def raid_forecast(score: RaidScore, *, is_usual_assumed: bool = False) -> RaidForecast:
    """A score of an item with its words. The item and its programme are read already.

    Args:
        is_usual_assumed: whether too few units were asked by its day to say what engagement is usual here.
    """
    terms = {term["name"]: term["share"] for term in score.terms}
    shares: dict[str, float] = {}
    for name, share in terms.items():
        key = DRIVER_OF.get(name, name)
        shares[key] = shares.get(key, 0.0) + share
    known = raid_words.Known(
        raid_words.known_values(score.raw), {**terms, **shares}, is_usual_assumed
    )
    place = {"tenant": score.item.programme.tenant.slug, "code": score.item.programme.code}
    unknown = unknown_drivers(RAW, score.missing)
    drivers = [
        Driver(
            key,
            str(raid_words.LABELS[key]),
            raid_words.HALVES[key],
            raid_words.sentence(key, known),
            share,
            evidence.rows_of(key, place) if key in _OF_PROGRAMME else "",
            is_known=key not in unknown,
        )
        for key, share in shares.items()
    ]
    return RaidForecast(
        score,
        chance.shown(score.probability, score.low, score.high),
        sorted(drivers, key=lambda each: -abs(each.share)),
    )


def raid_finding(high: int, elevated: int, scored: int) -> str:
    """The heading of a list of items."""
    if not scored:
        return _("No open item has a score yet")
    if high:
        return ngettext(
            "%(count)s of %(scored)s open items has a high risk of escalating within four weeks",
            "%(count)s of %(scored)s open items have a high risk of escalating within four weeks",
            high,
        ) % {"count": high, "scored": scored}
    if elevated:
        return ngettext(
            "%(count)s of %(scored)s open items has an elevated risk of escalating within four weeks",
            "%(count)s of %(scored)s open items have an elevated risk of escalating within four weeks",
            elevated,
        ) % {"count": elevated, "scored": scored}
    return _("No open item has more than a low risk of escalating within four weeks")


def list_url(programme: Any) -> str:
    """The ranked list of a programme."""
    return reverse(
        "forecasting:raid_score_programme",
        kwargs={"tenant": programme.tenant.slug, "code": programme.code},
    )
