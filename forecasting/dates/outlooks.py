"""The outlook of a milestone in words: by when it is likely to be reached, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common import clock
from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State

from .. import chance, drivers
from ..chance_words import band_text, plain_percent
from ..choices import LIKELY_MISSED, VERY_LIKELY_MISSED, Stage
from ..in_force import shipped
from ..models import MilestoneOutlook, SlipRecord
from .kinds import KINDS, kind_text
from .parts import Line, lines, parts_of, strongest
from .steps import Chain, DateStep

TARGET = "milestone_slip"


@dataclass(frozen=True)
class Outlook:
    """What is said of a milestone, for pages and exports. The milestone and its programme are read already.

    `figures_of`: the day of the newest figures of its programme, by driver, where a page asked for them.
    """

    row: MilestoneOutlook
    figures_of: Mapping[str, date] = field(default_factory=dict)

    @property
    def milestone(self) -> Any:
        return self.row.milestone

    @property
    def is_likely(self) -> bool:
        """Whether it is likelier to be missed than to be kept."""
        return self.row.missed >= LIKELY_MISSED

    @property
    def state(self) -> State:
        if self.row.missed >= VERY_LIKELY_MISSED:
            return State.BAD
        return State.WARN if self.is_likely else State.OK

    @property
    def state_word(self) -> str:
        if self.state == State.BAD:
            return _("Very likely to miss")
        return _("Likely to miss") if self.state == State.WARN else _("Likely to keep")

    @cached_property
    def _told(self) -> chance.Chance:
        return chance.shown(self.row.missed, self.row.low, self.row.high)

    @property
    def percent(self) -> str:
        """The chance to miss the baseline, to five points; never nothing, never certain."""
        return f"{self.of_twenty * chance.POINTS}%"

    @property
    def of_twenty(self) -> int:
        """In how many of twenty it is expected to be missed."""
        return max(1, self._told.of_twenty)

    @property
    def band(self) -> str:
        """Between which chances it lies in eight of ten cases."""
        return band_text(self._told)

    @property
    def frequency(self) -> str:
        """The chance as a count of milestones, which people misread less than a percentage."""
        return ngettext(
            "Of %(like)s milestones in this position, about %(count)s is expected to miss its baseline",
            "Of %(like)s milestones in this position, about %(count)s are expected to miss their baseline",
            self.of_twenty,
        ) % {"like": chance.LIKE, "count": self.of_twenty}

    @property
    def is_moved(self) -> bool:
        """The plan says another date than when this was told."""
        planned = self.milestone.forecast_on, self.milestone.baseline_on
        return bool(planned != (self.row.forecast_on, self.row.baseline_on))

    @property
    def days(self) -> tuple[date | None, ...]:
        return self.row.p50_on, self.row.p80_on, self.row.p90_on

    @property
    def marks(self) -> list[tuple[str, str, int, bool]]:
        """The dates of a drawing: label, text, day, and whether it is of the outlook."""
        rows = [
            (_("Baseline"), self.milestone.baseline_on, False),
            (_("Forecast"), self.milestone.forecast_on, False),
            ("P50", self.row.p50_on, True),
            ("P80", self.row.p80_on, True),
            ("P90", self.row.p90_on, True),
        ]
        return [(label, day_text(on), on.toordinal(), told) for label, on, told in rows if on]

    @property
    def sentence(self) -> str:
        half, most, nearly = self.days
        if half is None:
            return _(
                "Milestones this late have hardly ever been reached, so no date can be forecast"
            )
        if most is None:
            return _(
                "Half of such milestones are reached by %(half)s; too few of the later ones were ever reached to say more"
            ) % {"half": day_text(half)}
        if nearly is None or half == most:
            return _("Eight of ten such milestones are reached by %(most)s") % {
                "most": day_text(most)
            }
        return _(
            "Half of such milestones are reached by %(half)s, eight of ten by %(most)s, nine of ten by %(nearly)s"
        ) % {"half": day_text(half), "most": day_text(most), "nearly": day_text(nearly)}

    @property
    def kind(self) -> str:
        return kind_text(self.row.kind)

    @property
    def missing(self) -> list[str]:
        """What was not known, as sentences."""
        return drivers.missing_texts(["spi_s"] if self.row.schedule is None else [], {})

    @cached_property
    def chain(self) -> Chain:
        """What moves its dates, a step at a time, from the plan to what is told."""
        return Chain(self.row, self.figures_of)

    @cached_property
    def lines(self) -> list[Line]:
        """What moves the chance, in points, and the dates, in working days, in the order in which they add up."""
        return lines(parts_of(self.row, self.figures_of), self.chain.steps)

    @cached_property
    def top(self) -> list[Line]:
        return strongest(self.lines)

    @property
    def main(self) -> str:
        """The name of what raises the chance most; empty where nothing does."""
        raising = [line.part for line in self.lines if line.part.whole_points > 0]
        return max(raising, key=lambda part: part.share).label if raising else ""

    @property
    def general(self) -> DateStep:
        """The step everything begins with: milestones in general."""
        return self.chain.steps[0]

    @property
    def ends(self) -> list[tuple[int | None, date | None]]:
        """Where the days end: the working days they add up to, and the date."""
        return list(zip(self.chain.slips, self.days, strict=True))

    @property
    def start_points(self) -> float:
        """The chance of milestones in general with their forecast on the baseline, in points."""
        return round(100 * self.row.start, 1)

    @property
    def start_percent(self) -> str:
        return plain_percent(self.row.start)

    @property
    def sum_points(self) -> float:
        """Where the parts end: the chance itself."""
        return round(100 * self.row.missed, 1)

    @property
    def is_cut(self) -> bool:
        """Whether the sum says more than is shown: no chance is shown as certain or as impossible."""
        return not 0 < chance.twentieths(self.row.missed) < chance.LIKE

    @property
    def spoken(self) -> str:
        """The parts of the chance, for those who hear the drawing."""
        return "; ".join(f"{line.part.label}: {line.part.effect.lower()}" for line in self.lines)

    @property
    def basis(self) -> str:
        """What it rests on, and how far that was measured here."""
        if self.row.stage == Stage.PRIOR:
            return _("Assumed, not measured: prior of slips %(version)s") % {
                "version": self.row.model_version
            }
        count = ngettext(
            "%(count)s milestone of this organisation",
            "%(count)s milestones of this organisation",
            self.row.own,
        ) % {"count": self.row.own}
        return _("%(milestones)s, counting %(share)s; the rest is the assumed prior") % {
            "milestones": count,
            "share": plain_percent(self.row.weight),
        }

    @property
    def url(self) -> str:
        return f"{self.milestone.get_absolute_url()}#outlook"


def outlooks_finding(milestones: int, missed: int) -> str:
    """The heading of a list of outlooks."""
    if not milestones:
        return _("No open milestone has a forecast yet")
    if not missed:
        return _("No open milestone is more likely to miss its baseline than to keep it")
    return ngettext(
        "%(missed)s of %(count)s open milestones is likely to miss its baseline",
        "%(missed)s of %(count)s open milestones are likely to miss their baseline",
        missed,
    ) % {"missed": missed, "count": milestones}


# --- what stands behind ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """One kind of milestone: how many there are here, and how late they were, shipped and own, in days."""

    key: str
    own: Mapping[str, Any]
    shipped: Mapping[str, Any]

    @property
    def text(self) -> str:
        words = kind_text(self.key)
        return words[0].upper() + words[1:]

    @property
    def milestones(self) -> int:
        return int(self.own.get("milestones", 0))

    @cached_property
    def own_days(self) -> list[str]:
        return _days(self.own)

    @cached_property
    def shipped_days(self) -> list[str]:
        return _days(self.shipped)


def _days(curve: Mapping[str, Any]) -> list[str]:
    """The days by which five, eight and nine of ten were reached."""
    made = []
    for share in (0.5, 0.8, 0.9):
        by = next(
            (
                day
                for day, reached in zip(curve.get("days", ()), curve.get("share", ()), strict=True)
                if reached >= share
            ),
            None,
        )
        made.append("–" if by is None else f"{by:+d}".replace("-", "\u2212") if by else "0")
    return made


def kinds(record: SlipRecord | None) -> list[Kind]:
    """Every kind with what is known of it here and what is shipped."""
    assumed = shipped.numbers(TARGET)["kinds"]
    own = record.own if record else {}
    return [Kind(key, own.get(key, {}), assumed[key]) for key in KINDS]


def held_text(record: SlipRecord | None) -> str:
    """How the ranges of the last half year held."""
    held = record.held if record else {}
    if not held.get("rows") or held.get("p80") is None:
        return _(
            "Whether the ranges hold is not known yet: it takes milestones that were reached, or passed their range, in the last half year."
        )
    return _(
        "Over the half year to %(on)s, forecast from what was known before it: P50 kept in %(half)s, P80 in %(most)s, P90 in %(nearly)s of the cases that are decided (50%%, 80%%, 90%% are meant)."
    ) % {
        "on": day_text(record.as_of if record else clock.today()),
        "half": plain_percent(held["p50"]),
        "most": plain_percent(held["p80"]),
        "nearly": plain_percent(held["p90"]),
    }
