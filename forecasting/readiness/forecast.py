"""Whether a unit will be ready two weeks before a go-live, in words: the chance, both its parts, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.common import clock
from pmo_portal.common.days import day_text
from pmo_portal.common.exports import Percent
from pmo_portal.common.levels import State

from .. import chance, points
from ..chance_words import band_text, percent_cell, percent_text, plain_percent
from ..choices import Stage
from ..in_force import shipped
from ..learning.limits import FEWEST_ENDED
from ..models import AdoptionShortfall, ShortfallRecord
from ..numbers import percent
from . import parts as readiness_parts

TARGET = "adoption_shortfall"
MISSING = {
    "training": gettext_lazy("Training: not known, no figures of the last half year"),
    "engagement": gettext_lazy("Engagement: not known, no survey that may be shown of the last half year"),
}  # fmt: skip


def _shown(probability: float) -> chance.Chance:
    return chance.shown(probability, probability, probability)


def _told(row: AdoptionShortfall) -> chance.Chance | None:
    """The chance with its range; None where nothing is known."""
    if row.chance is None or row.low is None or row.high is None:
        return None
    return chance.shown(row.chance, row.low, row.high)


def part_cell(chance_of: float | None) -> Percent | str:
    """The chance of one half for files, as `Part.percent` shows it."""
    return _("not known") if chance_of is None else percent_cell(_shown(chance_of))


@dataclass(frozen=True)
class Part:
    """One of the two halves of the chance: what it is, how likely it falls short, and from what that is told."""

    label: str
    percent: str
    text: str
    on: date | None

    @property
    def is_known(self) -> bool:
        return self.on is not None


@dataclass(frozen=True)
class Readiness:
    """What is said of a unit before a go-live, for pages and exports. Unit, milestone and programme are read already."""

    row: AdoptionShortfall

    @property
    def milestone(self) -> Any:
        return self.row.milestone

    @property
    def unit(self) -> Any:
        return self.row.unit

    @property
    def state(self) -> State:
        return self.row.state

    @property
    def is_partial(self) -> bool:
        return self.row.chance is not None and bool(self.row.missing)

    @property
    def percent(self) -> str:
        """The chance not to be ready, to five points; with a part unknown the least it can be."""
        if self.row.chance is None:
            return _("not known")
        told = _shown(self.row.chance)
        if not self.is_partial:
            return percent_text(told)
        return _("at least %(percent)s") % {"percent": percent_text(told)} if told.of_twenty else _("not known")  # fmt: skip

    @property
    def cell(self) -> Percent | str:
        """The same for files."""
        return self.percent if self.is_partial else part_cell(self.row.chance)

    @property
    def band(self) -> str:
        """Between which chances it lies in eight of ten cases; with a part unknown the least it can be. Empty where that says
        nothing.
        """
        told = _told(self.row)
        if told is None or (self.is_partial and not told.low):
            return ""
        if self.is_partial:
            return _("%(low)s%% or more") % {"low": told.low_percent}
        return band_text(told)

    @property
    def frequency(self) -> str:
        """The chance as a count of units, which people misread less than a percentage."""
        if self.row.chance is None:
            return _(
                "Neither training nor engagement is known, so there is no forecast of whether this unit will be ready"
            )
        told = _shown(self.row.chance)
        values = {"like": chance.LIKE, "count": told.of_twenty}
        if self.is_partial:
            if not told.of_twenty:
                return _("Nothing known so far suggests it will not be ready; the rest is unknown")
            return ngettext(
                "Of %(like)s units in this position, at least %(count)s is expected not to be ready",
                "Of %(like)s units in this position, at least %(count)s are expected not to be ready",
                told.of_twenty,
            ) % values  # fmt: skip
        if not told.of_twenty:
            return (
                _("Of %(like)s units in this position, fewer than 1 is expected not to be ready")
                % values
            )
        return ngettext(
            "Of %(like)s units in this position, about %(count)s is expected not to be ready",
            "Of %(like)s units in this position, about %(count)s are expected not to be ready",
            told.of_twenty,
        ) % values  # fmt: skip

    @property
    def counted_on(self) -> date:
        return date.fromisoformat(self.row.facts["counted_on"])

    @property
    def training(self) -> Part:
        facts, label = self.row.facts, _("Training")
        if self.row.training is None:
            return Part(label, _("not known"), str(MISSING["training"]), None)
        on = date.fromisoformat(facts["training_on"])
        values = {
            "share": percent(facts["share"]),
            "count": facts["required"],
            "on": day_text(on),
            "expected": percent(facts["share_expected"]),
            "day": day_text(self.counted_on),
        }
        text = _(
            "%(share)s of %(count)s people are trained (%(on)s), %(expected)s expected by %(day)s"
        )
        # The plan is that of the day of the entry: it stands beside its share.
        if facts.get("planned") is not None:
            values["planned"] = percent(facts["planned"])
            text = _("%(share)s of %(count)s people are trained (%(on)s), %(planned)s planned by that day; %(expected)s expected by %(day)s")  # fmt: skip
        text %= values
        pace = facts.get("pace")
        if pace is not None:
            text += "; " + _("%(points)s points a week of late") % {
                "points": f"{100 * pace:+.1f}".replace("-", "\u2212")
            }
        return Part(label, percent_text(_shown(self.row.training)), text, on)

    @property
    def engagement(self) -> Part:
        facts, label = self.row.facts, _("Engagement")
        if self.row.engagement is None:
            return Part(label, _("not known"), str(MISSING["engagement"]), None)
        on = date.fromisoformat(facts["engagement_on"])
        values = {
            "shown": f"{facts['shown']:.0f}",
            "on": day_text(on),
            "expected": f"{facts['engagement_expected']:.0f}",
            "day": day_text(self.counted_on),
            "threshold": f"{facts['threshold']:.0f}",
            "of": facts.get("engagement_of", ""),
        }
        text = (
            _("%(shown)s in the last survey of %(of)s (%(on)s), %(expected)s expected by %(day)s; off track below %(threshold)s")
            if values["of"]
            else _("%(shown)s in the last survey (%(on)s), %(expected)s expected by %(day)s; off track below %(threshold)s")
        )  # fmt: skip
        return Part(label, percent_text(_shown(self.row.engagement)), text % values, on)

    @property
    def parts(self) -> list[Part]:
        """The likelier part first; what is not known last."""
        known = [(self.row.training, self.training), (self.row.engagement, self.engagement)]
        return [part for _chance, part in sorted(known, key=lambda each: -(each[0] if each[0] is not None else -1))]  # fmt: skip

    @cached_property
    def added(self) -> list[points.Part]:
        """What moves the chance from where it begins, the strongest first."""
        return readiness_parts.parts_of(self.row)

    @property
    def top(self) -> list[points.Part]:
        """What moves it by half a point or more."""
        return [each for each in self.added if each.whole_points]

    @property
    def main(self) -> str:
        """The name of what raises the chance most; empty where nothing does."""
        return next((each.label for each in self.top if each.raises), "")

    @property
    def start(self) -> str:
        """Where the chance begins, in words."""
        return readiness_parts.start_text(self.row)

    @property
    def start_points(self) -> float | None:
        return None if self.row.start is None else round(100 * self.row.start, 1)

    @property
    def sum_points(self) -> float | None:
        """Where the parts end: the chance itself, or with a part unknown the least it can be."""
        return None if self.row.chance is None else round(100 * self.row.chance, 1)

    @property
    def is_cut(self) -> bool:
        """Whether the sum says more than is shown: no chance is shown as certain or as impossible."""
        return (
            self.row.chance is not None and not 0 < chance.twentieths(self.row.chance) < chance.LIKE
        )

    @property
    def missing(self) -> str:
        """What was not known, in words."""
        return "; ".join(str(MISSING[name]) for name in self.row.missing)

    @property
    def spoken(self) -> str:
        return "; ".join(f"{each.label}: {each.effect.lower()}" for each in self.top)

    @property
    def is_moved(self) -> bool:
        """The plan says another date than when this was told."""
        return bool(self.milestone.forecast_on != self.row.golive_on)

    @property
    def basis(self) -> str:
        """What it rests on, and how far that was measured here."""
        if self.row.stage == Stage.PRIOR:
            return _("Assumed, not measured: spreads %(version)s") % {
                "version": self.row.model_version
            }
        return ngettext(
            "Measured on %(count)s unit at a go-live of this organisation",
            "Measured on %(count)s units at go-lives of this organisation",
            self.row.own,
        ) % {"count": self.row.own}

    @property
    def url(self) -> str:
        return f"{self.milestone.get_absolute_url()}#readiness"


def readiness_finding(units: int, short: int, unknown: int) -> str:
    """The heading of the list. Each unit counts once, however many go-lives it meets."""
    if not units:
        return _("No go-live is near enough to tell whether its units will be ready")
    if short:
        return ngettext(
            "%(short)s of %(count)s units is likely not to be ready for a go-live",
            "%(short)s of %(count)s units are likely not to be ready for a go-live",
            short,
        ) % {"short": short, "count": units}
    if unknown:
        return ngettext(
            "Whether %(unknown)s of %(count)s units will be ready is not known",
            "Whether %(unknown)s of %(count)s units will be ready is not known",
            unknown,
        ) % {"unknown": unknown, "count": units}
    return _("No unit before a go-live is more likely than not to fall short")


# --- what stands behind ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fifth:
    """Tellings of one fifth of the chances, and what came of them."""

    label: str
    rows: int
    told: str
    came: int


def fifths(record: ShortfallRecord | None) -> list[Fifth]:
    """How past tellings compared with what came."""
    bins = record.held.get("bins", []) if record else []
    return [
        Fifth(f"{20 * at} – {20 * at + 20}%", each["rows"], f"{each['told']:.1f}", each["came"])
        for at, each in enumerate(bins)
    ]


def record_text(record: ShortfallRecord | None) -> str:
    """How many cases of its own the organisation has."""
    if record is None or not record.cases:
        return _("It is not known of any unit here yet what came: spreads of invented organisations are assumed until %(count)s cases have ended.") % {"count": FEWEST_ENDED}  # fmt: skip
    values = {"short": record.short, "cases": record.cases, "on": day_text(record.as_of), "fewest": FEWEST_ENDED}  # fmt: skip
    known = _("In %(short)s of %(cases)s cases a unit fell short two weeks before its go-live, as known on %(on)s.") % values  # fmt: skip
    if record.own and record.fallen_back:
        return f"{known} {_('Spreads measured on them did not come true; those of invented organisations are assumed until they do.')}"
    if record.own:
        return f"{known} {_('The spreads are measured on them.')}"
    return f"{known} " + _("Spreads of invented organisations are assumed until %(fewest)s cases with both parts have ended.") % values  # fmt: skip


def held_text(record: ShortfallRecord | None) -> str:
    """What past tellings were worth."""
    held = record.held if record else {}
    if not held.get("rows"):
        return _("Whether such forecasts come true is not known yet: it takes go-lives that have passed in the last half year.")  # fmt: skip
    text = _("Over the half year to %(on)s, forecast four and eight weeks before from what was known then: %(told)s of %(rows)s were expected to fall short, %(came)s did.") % {
        "on": day_text(record.as_of if record else clock.today()),
        # Of the fifths as they are written, so that the table adds up to it.
        "told": f"{sum(each['told'] for each in held['bins']):.1f}",
        "rows": held["rows"],
        "came": held["came"],
    }  # fmt: skip
    # Of a handful, an error in two digits says nothing.
    if held["rows"] < FEWEST_ENDED:
        return text
    return f"{text} " + _(
        "Mean squared error %(brier)s, that of the base rate alone %(plain)s."
    ) % {
        "brier": f"{held['brier']:.2f}",
        "plain": f"{held['plain']:.2f}",
    }


def assumed_text() -> str:
    """What was measured of the shipped spreads on the invented organisations they come from."""
    told = shipped.numbers(TARGET)["told_by_others"]
    return _("Among invented organisations, each forecast from the others: %(told)s of %(rows)s expected, %(came)s came.") % {
        "told": f"{told['told']:,.0f}",
        "rows": f"{told['rows']:,}",
        "came": f"{told['came']:,}",
    }  # fmt: skip


def usual_text(record: ShortfallRecord | None) -> str:
    """The base rate that levels compare with, and whether it was measured here."""
    own = record.own if record and not record.fallen_back else {}
    if own:
        return _("Usually %(usual)s of units fall short here.") % {
            "usual": plain_percent(own["base"])
        }
    return _(
        "That usually %(usual)s of units fall short is assumed: it is so in the invented organisations the spreads come from, not measured here."
    ) % {"usual": plain_percent(shipped.numbers(TARGET)["spreads"]["base"])}
