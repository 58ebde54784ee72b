"""The cards of what is told from records of what came before: dates of milestones, and whether units will be ready.

What they predict, what they rest on, and how the last half year held. Everything was computed by jobs and is only put into words here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.common.levels import State

from ..choices import Forecast
from ..dates import outlooks
from ..in_force import shipped
from ..learning.limits import FEWEST_CASES, FEWEST_ENDED
from ..models import ShortfallRecord, SlipRecord
from ..numbers import percent
from . import record_words
from .record_words import came_text

# What a word in an address stands for.
SLUGS: dict[str, Forecast] = {
    "dates": Forecast.MILESTONE_SLIP,
    "readiness": Forecast.ADOPTION_SHORTFALL,
}
SLUG_OF: dict[str, str] = {forecast.value: slug for slug, forecast in SLUGS.items()}
# What each is called where forecasts are specified.
TARGETS: dict[str, tuple[str, ...]] = {
    Forecast.MILESTONE_SLIP: ("milestone_miss", "milestone_slip_days"),
    Forecast.ADOPTION_SHORTFALL: ("adoption_shortfall",),
}


@dataclass(frozen=True)
class RecordCard:
    """What is told for a forecast without a model of weights, and what is known of it."""

    forecast: Forecast
    record: SlipRecord | ShortfallRecord | None

    is_record = True

    @property
    def slug(self) -> str:
        return SLUG_OF[self.forecast.value]

    @property
    def label(self) -> str:
        return str(self.forecast.label)

    @property
    def predicts(self) -> str:
        return str(record_words.PREDICTS[self.forecast])

    @property
    def limits(self) -> tuple[Any, ...]:
        return record_words.LIMITS[self.forecast]

    @property
    def is_of_dates(self) -> bool:
        return self.forecast is Forecast.MILESTONE_SLIP

    @property
    def has_own(self) -> bool:
        """Whether anything was measured here."""
        return self.record is not None and bool(self.record.own)

    @property
    def fallen_back(self) -> bool:
        return self.record is not None and self.record.fallen_back

    @property
    def own(self) -> Mapping[str, Any]:
        """What was measured here and is in use."""
        return {} if self.record is None or self.fallen_back else self.record.own

    @property
    def name(self) -> str:
        assumed, own = record_words.NAMES[self.forecast]
        if self.own:
            return str(own)
        return assumed % {"version": shipped.numbers(self.forecast.value)["about"]["version"]}

    @property
    def basis(self) -> str:
        """Whether it was measured."""
        if self.fallen_back:
            return _("Assumed again: what was measured here did not come true")
        if not self.own:
            return _("Assumed, not measured")
        if self.is_of_dates:
            return _("Measured here as far as there are milestones, the rest assumed")
        return _("Measured on what happened here")

    # --- whether it holds -----------------------------------------------------------------------

    @property
    def _judged(self) -> Mapping[str, Any]:
        return self.record.held.get("judged", {}) if self.record else {}

    @property
    def held(self) -> Mapping[str, Any]:
        """`learning.judging.coverage.Held` of what is told here, as kept; empty where nothing was compared."""
        return self._judged.get("own", {})

    @property
    def alarms(self) -> Sequence[str]:
        return self._judged.get("alarms", ())

    @property
    def state(self) -> State:
        if self.alarms:
            return State.BAD
        if self.fallen_back:
            return State.WARN
        if self.held.get("cases", 0) < FEWEST_CASES:
            return State.NONE
        return State.OK if self.held["holds"] else State.WARN

    @property
    def state_word(self) -> str:
        return {
            State.BAD: _("Alarm"),
            State.WARN: _("To be watched"),
            State.OK: _("Comes true"),
            State.NONE: _("Too few to compare") if self.held.get("cases") else _("Nothing to compare yet"),
        }[self.state]  # fmt: skip

    @property
    def finding(self) -> str:
        """The heading of its page: what came of what was told, and nothing better."""
        if self.state == State.NONE:
            values = {"name": self.name, "basis": self.basis.lower()}
            return _("%(name)s: %(basis)s") % values
        return _("%(state)s: %(held)s") % {"state": self.state_word, "held": self.held_text}

    @property
    def held_text(self) -> str:
        """How often it came, beside how often it was told, in counts."""
        if not self.held.get("cases"):
            return ""
        return came_text(self.forecast, self.held)

    @property
    def fallback(self) -> str:
        """What is told instead of what was measured here, for every page that shows it; empty where nothing is."""
        return record_words.fallback_text(self.record) if self.record else ""

    @property
    def figures(self) -> list[dict[str, Any]]:
        """The figures of the last half year with what they mean."""
        if not self.held.get("cases"):
            return []
        own, assumed = self.held, self._judged["shipped"]
        made = [_figure(self.forecast, own, _("As it would be forecast here"))]
        if assumed.get("cases"):
            made.append(_figure(self.forecast, assumed, _("By what is shipped alone")))
        held = self.record.held if self.record else {}
        if self.is_of_dates:
            made.append(
                {
                    "label": _("Of all words on dates"),
                    "value": f"{_share(held.get('p50'))} / {_share(held.get('p80'))} / {_share(held.get('p90'))}",
                    "note": _("P50, P80 and P90 kept; 50%%, 80%% and 90%% are meant. %(rows)s words, several on one milestone")
                    % {"rows": held.get("rows", 0)},
                }
            )  # fmt: skip
        elif held.get("rows", 0) >= FEWEST_ENDED:
            made.append(
                {
                    "label": _("Mean squared error"),
                    "value": f"{held['brier']:.2f}",
                    "note": _("that of the base rate alone %(plain)s") % {"plain": f"{held['plain']:.2f}"},
                }
            )  # fmt: skip
        return made

    @property
    def together(self) -> str:
        """Whether both parts of readiness fall short together; empty for other forecasts."""
        both = self.record.held.get("both", {}) if self.record else {}
        if self.is_of_dates or both.get("rows", 0) < FEWEST_CASES:
            return ""
        return _("Both parts fell short at once in %(came)s of %(rows)s cases that ended here; %(told)s would be expected if one told nothing of the other.") % {
            "came": both["came"],
            "rows": both["rows"],
            "told": f"{both['told']:.0f}",
        }  # fmt: skip

    # --- what it rests on -----------------------------------------------------------------------

    @property
    def history(self) -> str:
        """What there was to learn from."""
        if self.record is None:
            return _("Nothing has been learned from here yet")
        if isinstance(self.record, SlipRecord):
            return ngettext(
                "%(count)s milestone of this organisation",
                "%(count)s milestones of this organisation",
                self.record.milestones,
            ) % {"count": self.record.milestones}
        return ngettext(
            "%(cases)s unit at a go-live that has passed, %(short)s not ready",
            "%(cases)s units at go-lives that have passed, %(short)s of them not ready",
            self.record.cases,
        ) % {"cases": self.record.cases, "short": self.record.short}

    @property
    def assumed_from(self) -> str:
        """What the shipped numbers are of."""
        about = shipped.numbers(self.forecast.value)["about"]
        if self.is_of_dates:
            return _("%(count)s milestones of %(worlds)s invented organisations") % {
                "count": f"{about['milestones']:,}",
                "worlds": about["worlds"],
            }
        return _("%(count)s units at go-lives of %(worlds)s invented organisations") % {
            "count": f"{about['cases']:,}",
            "worlds": about["worlds"],
        }

    @property
    def needed(self) -> str:
        """From when this organisation's own history counts; empty where it does fully."""
        if self.is_of_dates:
            half = shipped.numbers(self.forecast.value)["own_counts_from"]
            return _("From %(count)s milestones of a kind on your own count more than what is assumed") % {"count": f"{half:.0f}"}  # fmt: skip
        if self.own:
            return ""
        return _("From %(count)s ended cases with both parts known on the spreads are measured here") % {"count": FEWEST_ENDED}  # fmt: skip

    @property
    def parts(self) -> list[dict[str, str]]:
        """What it is made of: each kind of milestone, or each spread, and how far that was measured here."""
        return _kinds(self) if self.is_of_dates else _spreads(self)

    @property
    def digest(self) -> str:
        """The same shipped and own numbers give the same fingerprint; as jobs compute it, and a test compares them."""
        assumed = shipped.numbers(self.forecast.value)
        kept = [assumed, self.own] if self.is_of_dates else (self.own or assumed["spreads"])
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def as_values(self) -> dict[str, Any]:
        """All numbers in use, for whoever wants to check them."""
        assumed = shipped.numbers(self.forecast.value)
        record = self.record
        return {
            "target": self.forecast.value,
            "targets": TARGETS[self.forecast],
            "name": self.name,
            "sha256": self.digest,
            "fallen_back": self.fallen_back,
            "shipped": assumed,
            "own": self.own,
            "record": {
                "as_of": record.as_of,
                "measured": record.own,
                "held": record.held,
                "fallen_back": record.fallen_back,
                **(
                    {"milestones": record.milestones}
                    if isinstance(record, SlipRecord)
                    else {"cases": record.cases, "short": record.short}
                ),
            }
            if record
            else None,
        }


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _figure(forecast: Forecast, held: Mapping[str, Any], label: str) -> dict[str, Any]:
    allowed = held["allowed"]
    return {
        "label": label,
        "value": f"{percent(held['share'])} / {percent(held['meant'])}",
        "note": came_text(forecast, held)
        + ". "
        + _("An alarm is raised where all of that range lies outside of %(from)s to %(to)s.")
        % {"from": percent(allowed[0]), "to": percent(allowed[1])},
    }


def _kinds(card: RecordCard) -> list[dict[str, str]]:
    half = shipped.numbers(card.forecast.value)["own_counts_from"]
    record = card.record if isinstance(card.record, SlipRecord) else None
    made = []
    for kind in outlooks.kinds(record):
        weight = 0.0 if card.fallen_back else kind.milestones / (kind.milestones + half)
        made.append(
            {
                "label": kind.text,
                "own": " / ".join(kind.own_days),
                "shipped": " / ".join(kind.shipped_days),
                "measured": _("Assumed") if not weight else _("%(count)s here, counting %(share)s") % {"count": kind.milestones, "share": percent(weight)},
            }
        )  # fmt: skip
    return made


_SPREADS: dict[str, Any] = {
    "own_pace": gettext_lazy("How much of a unit's own pace of training goes on"),
    "usual": gettext_lazy("Share of those left who are trained a week besides"),
    "unknown": gettext_lazy("The same where the pace is not known"),
    "training": gettext_lazy("How far off training comes out, for each week ahead"),
    "people": gettext_lazy("The same of a single person"),
    "engagement": gettext_lazy("How many times as far off as the filter thinks engagement comes out"),
    "base": gettext_lazy("Share of cases that fall short"),
}  # fmt: skip


def _spreads(card: RecordCard) -> list[dict[str, str]]:
    assumed = shipped.numbers(card.forecast.value)["spreads"]
    own = card.record.own if card.record else {}
    return [
        {
            "label": str(label),
            "own": f"{own[name]:.3f}" if own else "–",
            "shipped": f"{assumed[name]:.3f}",
            "measured": _("Measured on %(count)s cases") % {"count": own["cases"]} if card.own else _("Assumed"),
        }
        for name, label in _SPREADS.items()
    ]  # fmt: skip


def rows(
    forecast: Forecast, records: Sequence[SlipRecord | ShortfallRecord]
) -> list[dict[str, Any]]:
    """Every record of late, the newest first, for a table."""
    made = []
    for record in records:
        card = RecordCard(forecast, record)
        held = card.held
        made.append(
            {
                "on": record.as_of,
                "history": card.history,
                "cases": held.get("cases", 0),
                "came": percent(held["share"]) if held.get("cases") else "–",
                "meant": percent(held["meant"]) if held.get("cases") else "–",
                "range": f"{percent(held['low'])} – {percent(held['high'])}" if held.get("cases") else "–",
                "state": card.state,
                "word": card.state_word,
                "told": card.name,
            }
        )  # fmt: skip
    return made
