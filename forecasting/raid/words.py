"""The risk of a RAID item in words: what is behind each driver, what was not known, and what to do about it.

Nothing is computed here: values and shares are those of the stored score. What is suggested follows a rule for
each driver; no text is made up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from .. import usual
from ..crises.milestones_due import late_text
from ..drivers import LEAST
from ..learning.raid.names import RAW
from ..numbers import two

LABELS: dict[str, Any] = {
    "rating": gettext_lazy("Rating"),
    "silence": gettext_lazy("Silence"),
    "age": gettext_lazy("Age"),
    "mitigation": gettext_lazy("Mitigation"),
    "owner": gettext_lazy("Owner"),
    "subject": gettext_lazy("Kind of item"),
    "reopened": gettext_lazy("Opened again"),
    "blocked": gettext_lazy("What it waits for"),
    "due": gettext_lazy("Its date"),
    "escalations": gettext_lazy("Other escalations"),
    "schedule": gettext_lazy("Schedule"),
    "cost": gettext_lazy("Cost"),
    "status": gettext_lazy("Reported status"),
    "engagement": gettext_lazy("Engagement"),
    "resistance": gettext_lazy("Resistance"),
    "golive": gettext_lazy("Nearness of go-live"),
    "portfolio": gettext_lazy("Portfolio"),
}
HALVES: dict[str, str] = {
    **dict.fromkeys(LABELS, "both"),
    **dict.fromkeys(("schedule", "cost", "status"), "delivery"),
    **dict.fromkeys(("engagement", "resistance"), "adoption"),
}
# What to do where a driver raises the risk most. What nobody can change suggests nothing.
ACTIONS: dict[str, Any] = {
    "rating": gettext_lazy("Agree on a response that lowers likelihood or impact, and rate it again."),
    "silence": gettext_lazy("Ask the owner this week how it stands, and write it down."),
    "mitigation": gettext_lazy("Put the mitigation in place, or say openly that the risk is accepted."),
    "owner": gettext_lazy("Agree with the owner on what can wait, or give the item to somebody with room for it."),
    "reopened": gettext_lazy("Find out why it came back before it is closed again."),
    "blocked": gettext_lazy("Get a date for the milestones it waits for from those who keep them."),
    "due": gettext_lazy("Do what is due by its date, or move the date and say why."),
    "escalations": gettext_lazy("Look at what escalated in this programme of late: it may be the same cause."),
    "schedule": gettext_lazy("Take it up with the plan: which milestone does it threaten, and what gives way?"),
    "cost": gettext_lazy("Take it up with the budget: what does it cost if it happens, and who pays?"),
    "status": gettext_lazy("Take it up in the next status report of the programme."),
    "engagement": gettext_lazy("Ask the leaders of the units it is about what people need, before it is a question of dates."),
    "resistance": gettext_lazy("Look at the signs of resistance together with the change lead."),
}  # fmt: skip
_CATEGORIES = {
    "is_schedule": gettext_lazy("about the schedule"),
    "is_cost": gettext_lazy("about cost"),
    "is_people": gettext_lazy("about people"),
    "is_technical": gettext_lazy("about technology"),
}
_KINDS = {
    "is_issue": gettext_lazy("An issue"),
    "is_assumption": gettext_lazy("An assumption"),
    "is_dependency": gettext_lazy("A dependency"),
}


@dataclass(frozen=True)
class Known:
    """What a sentence may name: the inputs that were known, and what each driver and each of its terms adds.

    `is_usual_assumed`: whether too few units were asked to say what engagement is usual here.
    """

    values: Mapping[str, float]
    shares: Mapping[str, float] = field(default_factory=dict)
    is_usual_assumed: bool = False

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def count(self, name: str) -> int:
        """A number that is kept as its logarithm."""
        return round(math.expm1(self.values[name]))


def known_values(raw: Sequence[float]) -> dict[str, float]:
    """The inputs of a score by name, without those that were not known."""
    return {each.name: value for each, value in zip(RAW, raw, strict=True) if not math.isnan(value)}


def sentence(driver: str, known: Known) -> str:
    """What is known behind a driver, with its values."""
    return _SENTENCES[driver](known) or _("Not known; the usual value is used")


def _rating(known: Known) -> str:
    if "score" not in known:
        return ""
    return _("Rated %(likely)s × %(impact)s = %(score)s") % {
        "likely": round(known["likelihood"]),
        "impact": round(known["impact"]),
        "score": round(known["score"]),
    }


def _silence(known: Known) -> str:
    weeks = known.count("log_update_w")
    if not weeks:
        return _("Written about this week")
    return ngettext(
        "No update for %(weeks)s week",
        "No update for %(weeks)s weeks",
        weeks,
    ) % {"weeks": weeks}


def _age(known: Known) -> str:
    weeks = known.count("log_age_w")
    if not weeks:
        return _("Opened this week")
    return ngettext("Open for %(weeks)s week", "Open for %(weeks)s weeks", weeks) % {"weeks": weeks}


def _mitigation(known: Known) -> str:
    return _("Mitigation is in place") if known["mitigated"] else _("No mitigation is in place")


def _owner(known: Known) -> str:
    if "owner_load" not in known:
        return _("It has no owner")
    others = known.count("owner_load")
    if not others:
        return _("The owner has no other open item")
    return ngettext(
        "The owner has %(count)s other open item; %(share)s%% overdue, pulled towards the usual where there are few",
        "The owner has %(count)s other open items; %(share)s%% overdue, pulled towards the usual where there are few",
        others,
    ) % {"count": others, "share": round(100 * known["owner_overdue"])}


def _subject(known: Known) -> str:
    kind = next((text for name, text in _KINDS.items() if known.values.get(name)), _("A risk"))
    about = next((text for name, text in _CATEGORIES.items() if known.values.get(name)), "")
    return f"{kind} {about}".strip()


def _reopened(known: Known) -> str:
    return _("It was ended once and opened again") if known["reopened"] else _("Never ended before")


def _blocked(known: Known) -> str:
    count = known.count("blocked_by")
    if not count:
        return _("It waits for no milestone that is not reached")
    return ngettext(
        "It waits for %(count)s milestone that is not reached",
        "It waits for %(count)s milestones that are not reached",
        count,
    ) % {"count": count}


def _due(known: Known) -> str:
    if "weeks_to_due" not in known:
        return _("It has no date")
    days = round(7 * known["weeks_to_due"])
    if days < 0:
        return ngettext(
            "Its date was %(days)s day ago", "Its date was %(days)s days ago", -days
        ) % {"days": -days}
    return ngettext("Its date is in %(days)s day", "Its date is in %(days)s days", days) % {
        "days": days
    }


def _escalations(known: Known) -> str:
    return _(
        "%(share)s%% of the programme's items escalated in twelve weeks, pulled towards the usual where there are few"
    ) % {"share": round(100 * known["escalated_12w"])}


def _schedule(known: Known) -> str:
    parts = []
    if "late" in known:
        parts.append(
            _("The schedule index of the programme is %(spi)s") % {"spi": two(1 - known["late"])}
        )
    # Only where it is part of what is told; how many milestones it is made of, nobody counts for a whole log.
    if "ms_missed_12w" in known and (
        abs(known.shares.get("ms_missed_12w", 0.0)) >= LEAST or not parts
    ):
        parts.append(capfirst(late_text(known["ms_missed_12w"], None)))
    return "; ".join(parts)


def _cost(known: Known) -> str:
    parts = []
    if "costly" in known:
        parts.append(
            _("The cost index of the programme is %(cpi)s") % {"cpi": two(1 - known["costly"])}
        )
    if "overspent" in known:
        parts.append(
            _("Spending is at %(share)s%% of plan")
            % {"share": round(100 + 100 * known["overspent"])}
        )
    return "; ".join(parts)


def _status(known: Known) -> str:
    if "rag_reported" not in known:
        return ""
    words = (_("green"), _("amber-green"), _("amber"), _("amber-red"), _("red"))
    rating = words[min(max(round(2 * known["rag_reported"]), 0), 4)]
    return _("Delivery is reported %(rating)s") % {"rating": rating}


def _engagement(known: Known) -> str:
    if "eng_low" not in known:
        return ""
    # As in `learning.features.low_engagement`, the other way round.
    below = 8.0 * math.log(math.expm1(max(known["eng_low"], 1e-6))) + 2.0
    points = round(abs(below))
    if known.is_usual_assumed:
        return _engagement_beside_assumed(points, is_below=below > 0)
    if not points:
        return _("Engagement around the programme is as usual here")
    text = (
        ngettext(
            "Engagement around the programme is about %(points)s point below what is usual here",
            "Engagement around the programme is about %(points)s points below what is usual here",
            points,
        )
        if below > 0
        else ngettext(
            "Engagement around the programme is about %(points)s point above what is usual here",
            "Engagement around the programme is about %(points)s points above what is usual here",
            points,
        )
    )
    return text % {"points": points}


def _engagement_beside_assumed(points: int, *, is_below: bool) -> str:
    values = {"points": points, "usual": f"{usual.ASSUMED:.0f}"}
    if not points:
        return (
            _("Engagement around the programme is at %(usual)s, the level assumed to be usual")
            % values
        )
    text = (
        ngettext(
            "Engagement around the programme is about %(points)s point below %(usual)s, the level assumed to be usual",
            "Engagement around the programme is about %(points)s points below %(usual)s, the level assumed to be usual",
            points,
        )
        if is_below
        else ngettext(
            "Engagement around the programme is about %(points)s point above %(usual)s, the level assumed to be usual",
            "Engagement around the programme is about %(points)s points above %(usual)s, the level assumed to be usual",
            points,
        )
    )
    return text % values


def _resistance(known: Known) -> str:
    if "resist_4w" not in known:
        return ""
    rate = math.expm1(known["resist_4w"])
    if rate < 0.05:
        return _("No sign of resistance in four weeks")
    return _("%(rate)s signs of resistance among 100 people in four weeks") % {
        "rate": f"{rate:.1f}"
    }


def _golive(known: Known) -> str:
    if known.values.get("near_golive", 0.0) > 0:
        return _("A go-live of the programme is near")
    return _("No go-live of the programme is near")


def _portfolio(known: Known) -> str:
    if known.shares.get("portfolio", 0.0) > 0:
        return _("Items of this portfolio escalated more often than others")
    return _("Items of this portfolio escalated less often than others")


_SENTENCES: dict[str, Callable[[Known], str]] = {
    "rating": _rating,
    "silence": _silence,
    "age": _age,
    "mitigation": _mitigation,
    "owner": _owner,
    "subject": _subject,
    "reopened": _reopened,
    "blocked": _blocked,
    "due": _due,
    "escalations": _escalations,
    "schedule": _schedule,
    "cost": _cost,
    "status": _status,
    "engagement": _engagement,
    "resistance": _resistance,
    "golive": _golive,
    "portfolio": _portfolio,
}


# --- what was not known ----------------------------------------------------------------------------------

_MISSING: tuple[tuple[str, Any], ...] = (
    ("score", gettext_lazy("Likelihood and impact are not both rated")),
    ("owner_load", gettext_lazy("It has no owner")),
    ("weeks_to_due", gettext_lazy("It has no date for its next review")),
    ("is_schedule", gettext_lazy("Its subject is not stated")),
    ("late", gettext_lazy("The programme has no schedule index")),
    ("costly", gettext_lazy("The programme has no cost index")),
    ("rag_reported", gettext_lazy("The programme has no status of delivery")),
    ("eng_low", gettext_lazy("The programme has no engagement figure that may be shown")),
    ("resist_4w", gettext_lazy("No headcount, so signs of resistance cannot be weighed")),
)


def missing_texts(missing: Sequence[str]) -> list[str]:
    """What was not known, as sentences."""
    absent = set(missing)
    return [str(text) for name, text in _MISSING if name in absent]
