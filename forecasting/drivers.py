"""What drives a score, in words: the inputs behind each driver with their values, and what was not known.

Nothing is computed here: values and shares are those of the stored score.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .learning.names import NAMES, PORTFOLIO
from .numbers import two

LABELS: dict[str, Any] = {
    "schedule": gettext_lazy("Schedule"),
    "cost": gettext_lazy("Cost"),
    "milestones": gettext_lazy("Milestones"),
    "raid": gettext_lazy("RAID log"),
    "governance": gettext_lazy("Decisions and actions"),
    "status": gettext_lazy("Reported status"),
    "plan": gettext_lazy("Changes of plan"),
    "size": gettext_lazy("Size"),
    "engagement": gettext_lazy("Engagement"),
    "training": gettext_lazy("Training"),
    "resistance": gettext_lazy("Resistance"),
    "golive": gettext_lazy("Nearness of go-live"),
    "portfolio": gettext_lazy("Portfolio"),
}
# Which half a driver belongs to; nearness of go-live concerns both.
HALVES: dict[str, str] = {
    **dict.fromkeys(("schedule", "cost", "milestones", "raid", "status", "plan"), "delivery"),
    **dict.fromkeys(("engagement", "training", "resistance"), "adoption"),
    **dict.fromkeys(("governance", "golive", "size", "portfolio"), "both"),
}
# Above this, weeks to go say only that it is far away.
FAR = 29.5


@dataclass(frozen=True)
class Known:
    """What the sentences may name.

    Attributes:
        values: the raw inputs; what was not known is not in it.
        unit: of whom a score of one unit speaks; empty for a programme.
        worst: the unit whose people need most, by driver; only for a programme.
        figures_of: the day of the latest figures behind a driver, where it is known.
        shares: what each term adds, to say first what weighs most.
    """

    as_of: date
    values: Mapping[str, float]
    unit: str = ""
    worst: Mapping[str, str] = field(default_factory=dict)
    figures_of: Mapping[str, date] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        return all(name in self.values for name in names)

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def unit_of(self, driver: str) -> str:
        """Whom a sentence about people names; empty where no unit stands out."""
        return self.unit or self.worst.get(driver, "")


def known_values(raw: Sequence[float]) -> dict[str, float]:
    """The inputs of a snapshot by name, without those that were not known."""
    return {name: value for name, value in zip(NAMES, raw, strict=True) if not math.isnan(value)}


def day_of(driver: str, known: Known) -> date | None:
    """How old the newest figures behind a driver are."""
    ages = {"engagement": "eng_age_w", "status": "status_age_w"}
    if driver in ages:
        name = ages[driver]
        return known.as_of - timedelta(weeks=known[name]) if known.has(name) else None
    return known.figures_of.get(driver)


def sentence(driver: str, known: Known) -> str:
    """What is known behind a driver, with its values."""
    return _SENTENCES[driver](known) or _("Not known; what is usual stands in")


# --- delivery ------------------------------------------------------------------------------------------


def _schedule(known: Known) -> str:
    if not known.has("spi_s"):
        return ""
    parts = [_("The schedule index is %(spi)s") % {"spi": two(known["spi_s"])}]
    slope = known.values.get("spi_slope_6w", 0.0)
    if abs(slope) >= 0.005:
        text = (
            _("%(by)s lower than six weeks ago")
            if slope < 0
            else _("%(by)s higher than six weeks ago")
        )
        parts.append(text % {"by": two(abs(slope))})
    return ", ".join(parts)


def _cost(known: Known) -> str:
    parts = []
    if known.has("cpi_s"):
        parts.append(_("the cost index is %(cpi)s") % {"cpi": two(known["cpi_s"])})
    if known.has("burn_ratio_s"):
        parts.append(
            _("spending is at %(share)s%% of what was planned by now")
            % {"share": round(100 * known["burn_ratio_s"])}
        )
    return capfirst(", ".join(parts))


def _milestones(known: Known) -> str:
    if not known.has("ms_missed_12w"):
        return ""
    share = round(100 * known["ms_missed_12w"])
    due = round(known.values.get("ms_due_4w", 0))
    missed = _(
        "%(share)s%% of those due in the last twelve weeks missed their date, drawn towards the usual where few were due"
    ) % {"share": share}
    coming = ngettext(
        "%(count)s milestone is due in the next four weeks",
        "%(count)s milestones are due in the next four weeks",
        due,
    ) % {"count": due}
    said = [missed, coming]
    if abs(known.shares.get("ms_due_4w", 0.0)) > abs(known.shares.get("ms_missed_12w", 0.0)):
        said.reverse()
    return "; ".join(said)


def _raid(known: Known) -> str:
    if not known.has("raid_open"):
        return ""
    opened = round(known["raid_open"])
    if not opened and not known.values.get("raid_new_4w"):
        return _("No open items")
    parts = [ngettext("%(count)s open item", "%(count)s open items", opened) % {"count": opened}]
    new = round(known.values.get("raid_new_4w", 0))
    parts.append(_("%(count)s new in four weeks") % {"count": new})
    if known.values.get("raid_overdue_share"):
        parts.append(
            _("%(share)s%% overdue for review")
            % {"share": round(100 * known["raid_overdue_share"])}
        )
    if known.values.get("raid_max_score"):
        parts.append(_("highest score %(score)s") % {"score": round(known["raid_max_score"])})
    return ", ".join(parts)


def _governance(known: Known) -> str:
    if not known.has("actions_overdue"):
        return ""
    days = round(known.values.get("decisions_outstanding_days_p80", 0))
    late = round(known["actions_overdue"])
    waiting = (
        ngettext(
            "Most decisions asked for wait up to %(days)s day",
            "Most decisions asked for wait up to %(days)s days",
            days,
        )
        % {"days": days}
        if days
        else _("No decision waits")
    )
    overdue = ngettext("%(count)s action is late", "%(count)s actions are late", late) % {
        "count": late
    }
    return f"{waiting}; {overdue if late else _('no action is late')}"


def _status(known: Known) -> str:
    if not known.has("status_age_w"):
        return ""
    weeks = round(known["status_age_w"])
    said = (
        _("Reported %(rating)s") % {"rating": _rating(known["rag_reported"])}
        if known.has("rag_reported")
        else _("A status without a rating")
    )
    if weeks < 1:
        return _("%(said)s this week") % {"said": said}
    return ngettext("%(said)s, %(weeks)s week ago", "%(said)s, %(weeks)s weeks ago", weeks) % {
        "said": said,
        "weeks": weeks,
    }


def _rating(value: float) -> str:
    words = (_("green"), _("amber-green"), _("amber"), _("amber-red"), _("red"))
    return words[min(max(round(2 * value), 0), 4)]


def _plan(known: Known) -> str:
    if not known.has("replans"):
        return ""
    moves = round(known["replans"])
    parts = [
        ngettext("A go-live was moved %(count)s time", "Go-lives were moved %(count)s times", moves)
        % {"count": moves}
        if moves
        else _("No go-live was moved")
    ]
    scope = round(known.values.get("scope_changes_8w", 0))
    if scope:
        parts.append(
            ngettext(
                "%(count)s change of scope in eight weeks",
                "%(count)s changes of scope in eight weeks",
                scope,
            )
            % {"count": scope}
        )
    return ", ".join(parts)


def _size(known: Known) -> str:
    if not known.has("log_size"):
        return ""
    if known["log_size"] > 0.5:
        return _("It reaches more people than most programmes here")
    if known["log_size"] < -0.5:
        return _("It reaches fewer people than most programmes here")
    return _("It reaches as many people as most programmes here")


# --- people ------------------------------------------------------------------------------------------


def _engagement(known: Known) -> str:
    if not known.has("eng_mean"):
        return ""
    unit = known.unit_of("engagement")
    mean, lowest = round(known["eng_mean"]), round(known.values.get("eng_min", known["eng_mean"]))
    if known.unit or not unit or lowest == mean:
        text = (
            _("Smoothed engagement in %(unit)s is %(mean)s of 100")
            if unit
            else _("Smoothed engagement is %(mean)s of 100")
        )
    else:
        text = _("Smoothed engagement in %(unit)s is %(lowest)s of 100, over all units %(mean)s")
    parts = [text % {"unit": unit, "lowest": lowest, "mean": mean}]
    weeks = round(known.values.get("eng_age_w", 0))
    if weeks >= 2:
        parts.append(
            ngettext("asked %(weeks)s week ago", "asked %(weeks)s weeks ago", weeks)
            % {"weeks": weeks}
        )
    return ", ".join(parts) + _before_golive(known)


def _training(known: Known) -> str:
    if not known.has("train_gap"):
        return ""
    unit = known.unit_of("training")
    mean = round(100 * known["train_gap"])
    most = round(100 * known.values.get("train_gap_max", known["train_gap"]))
    if not most:
        return (
            _("Training in %(unit)s is on plan") if known.unit else _("Training is on plan")
        ) % {"unit": unit} + _before_golive(known)
    if known.unit or not unit or most == mean:
        text = (
            _("Training in %(unit)s is %(most)s points behind plan")
            if unit
            else _("Training is %(most)s points behind plan")
        )
    else:
        text = _("Training in %(unit)s is %(most)s points behind plan, over all units %(mean)s")
    return text % {"unit": unit, "most": most, "mean": mean} + _before_golive(known)


def _resistance(known: Known) -> str:
    parts = [_signals(known)]
    if known.has("resist_text_4w") and known.shares.get("resist_text_4w"):
        parts.append(
            _(
                "%(share)s%% of comments in four weeks speak of resistance, drawn towards the usual where few were written"
            )
            % {"share": round(100 * known["resist_text_4w"])}
        )
    return capfirst("; ".join(part for part in parts if part))


def _signals(known: Known) -> str:
    if not known.has("resist_4w"):
        return ""
    rate = math.expm1(known["resist_4w"])
    if rate < 0.05:
        return _("No sign of resistance in four weeks")
    unit = known.unit_of("resistance")
    text = (
        _("%(rate)s signs of resistance among 100 people in four weeks, in %(unit)s")
        if known.unit
        else _("%(rate)s signs of resistance among 100 people in four weeks, most in %(unit)s")
        if unit
        else _("%(rate)s signs of resistance among 100 people in four weeks")
    )
    return text % {"rate": f"{rate:.1f}", "unit": unit} + _before_golive(known)


def _golive(known: Known) -> str:
    if not known.has("weeks_to_golive"):
        return ""
    return capfirst(golive_phrase(known["weeks_to_golive"]))


def golive_phrase(weeks: float) -> str:
    """How far away a go-live is: "go-live in 3 weeks"."""
    if weeks >= FAR:
        return _("go-live is more than half a year away")
    count = round(abs(weeks))
    if not count:
        return _("go-live is this week")
    text = (
        ngettext("go-live in %(count)s week", "go-live in %(count)s weeks", count)
        if weeks > 0
        else ngettext("go-live was %(count)s week ago", "go-live was %(count)s weeks ago", count)
    )
    return text % {"count": count}


def _before_golive(known: Known) -> str:
    """People matter more the nearer a go-live is: said where that is part of the sum."""
    if known.values.get("near_golive", 0.0) <= 0.0 or not known.has("weeks_to_golive"):
        return ""
    return "; " + golive_phrase(known["weeks_to_golive"])


def _portfolio(known: Known) -> str:
    share = known.shares.get(PORTFOLIO, 0.0)
    if not share:
        return ""
    return (
        _("Programmes of this portfolio had crises more often than their figures explain")
        if share > 0
        else _("Programmes of this portfolio had crises less often than their figures explain")
    )


_SENTENCES: dict[str, Callable[[Known], str]] = {
    "schedule": _schedule,
    "cost": _cost,
    "milestones": _milestones,
    "raid": _raid,
    "governance": _governance,
    "status": _status,
    "plan": _plan,
    "size": _size,
    "engagement": _engagement,
    "training": _training,
    "resistance": _resistance,
    "golive": _golive,
    "portfolio": _portfolio,
}


# --- what was not known ----------------------------------------------------------------------------------


# Inputs that are missing together are named together, by the first of them.
_MISSING: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("spi_s",), gettext_lazy("No schedule index: neither a budget with milestones nor a reported one")),
    (("cpi_s",), gettext_lazy("No cost index: no actual costs and no reported one")),
    (("burn_ratio_s",), gettext_lazy("No spending against plan")),
    (("status_age_w",), gettext_lazy("No status report of delivery")),
    (("weeks_to_golive",), gettext_lazy("No go-live in the plan")),
    (("eng_mean",), gettext_lazy("No engagement figure that may be shown")),
    (("train_gap",), gettext_lazy("No training figures with a plan")),
    (("resist_4w",), gettext_lazy("No headcount, so signs of resistance cannot be weighed")),
    (("resist_text_4w",), gettext_lazy("No comments that may be read for resistance")),
    (("decisions_outstanding_days_p80",), gettext_lazy("No decisions were asked for")),
    (("raid_open",), gettext_lazy("No RAID log")),
    (("ms_missed_12w",), gettext_lazy("No milestones")),
)  # fmt: skip
# A survey this old is named as well, though a figure stands.
OLD_SURVEY_WEEKS = 6.5


def missing_texts(missing: Sequence[str], values: Mapping[str, float]) -> list[str]:
    """What was not known, as sentences; an old survey among it."""
    absent = set(missing)
    found = [str(text) for names, text in _MISSING if absent.issuperset(names)]
    age = values.get("eng_age_w", 0.0)
    if age >= OLD_SURVEY_WEEKS:
        found.append(
            ngettext("No survey for %(weeks)s week", "No survey for %(weeks)s weeks", round(age))
            % {"weeks": round(age)}
        )
    return found
