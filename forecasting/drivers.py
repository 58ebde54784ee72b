"""A risk score in words: what drives it, with values and the age of the data. No numpy in here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal.common.figures import Trend, trend

from .learning.names import DRIVER_OF, DRIVERS, NAMES
from .models import RiskScore

MOST_SHOWN = 4
STEP = 5  # A risk is told to so many points.
OF_TWENTY = 20

LABELS = {
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
}
# Which half a driver belongs to; what is in neither concerns both.
HALF = {
    **dict.fromkeys(("schedule", "cost", "milestones", "raid", "status"), "delivery"),
    **dict.fromkeys(("engagement", "training", "resistance"), "adoption"),
}
# Inputs whose absence people should hear of, and how it is said.
MISSING = {
    "spi_s": gettext_lazy("no schedule index"),
    "cpi_s": gettext_lazy("no cost index"),
    "rag_reported": gettext_lazy("no reported status"),
    "eng_mean": gettext_lazy("no survey of its units"),
    "train_gap": gettext_lazy("no training figures with a plan"),
    "resist_4w": gettext_lazy("no headcount, so no rate of resistance"),
    "weeks_to_golive": gettext_lazy("no go-live in the plan"),
}
# From this age on a survey is said to be old.
OLD_WEEKS = 6


@dataclass(frozen=True)
class Driver:
    """One subject and what it adds to the score, in log-odds; above 0 it raises the risk."""

    key: str
    label: str
    text: str
    share: float
    half: str
    url: str

    @property
    def raises(self) -> bool:
        return self.share > 0


@dataclass(frozen=True)
class InWords:
    """A score as it is told to people."""

    percent: str
    band: str
    frequency: str
    direction: str
    drivers: list[Driver]
    start: float
    total: float
    missing: list[str]
    old: str

    @property
    def strongest(self) -> list[Driver]:
        return sorted(self.drivers, key=lambda each: -abs(each.share))[:MOST_SHOWN]


def rounded(probability: float) -> int:
    """A risk to five points, as it is shown."""
    return round(100 * probability / STEP) * STEP


def percent(probability: float) -> str:
    shown = rounded(probability)
    return _("under %(step)s%%") % {"step": STEP} if shown < STEP else f"{shown}%"


def in_words(score: RiskScore, *, place: dict[str, str]) -> InWords:
    """What a score says and why.

    Args:
        place: the arguments of addresses of its programme.
    """
    raw = dict(zip(NAMES, score.raw, strict=True))
    shares: dict[str, float] = {}
    for term in score.terms:
        driver = DRIVER_OF[term["name"]]
        shares[driver] = shares.get(driver, 0.0) + term["share"]
    drivers = [
        Driver(
            key=key,
            label=str(LABELS[key]),
            text=_text(key, raw),
            share=shares[key],
            half=HALF.get(key, ""),
            url=_url(key, place),
        )
        for key in DRIVERS
        if abs(shares.get(key, 0.0)) >= 0.005
    ]
    drivers.sort(key=lambda each: -each.share)
    age = raw["eng_age_w"]
    return InWords(
        percent=percent(score.probability),
        band=f"{rounded(score.low)}–{rounded(score.high)}%",
        frequency=_frequency(score),
        direction=_direction(score.direction),
        drivers=drivers,
        start=score.start,
        total=score.start + sum(shares.values()),
        missing=[str(MISSING[name]) for name in score.missing if name in MISSING],
        old=_("no survey for %(weeks)d weeks") % {"weeks": age} if age >= OLD_WEEKS else "",
    )


def _frequency(score: RiskScore) -> str:
    count = round(score.probability * OF_TWENTY)
    if not count:
        return _(
            "Of %(all)d in this position, fewer than one would have a crisis within four weeks."
        ) % {"all": OF_TWENTY}
    return ngettext(
        "Of %(all)d in this position, %(count)d would have a crisis within four weeks.",
        "Of %(all)d in this position, %(count)d would have a crisis within four weeks.",
        count,
    ) % {"all": OF_TWENTY, "count": count}


def _direction(direction: str) -> str:
    return {
        "rising": _("Rising over six weeks, beyond noise"),
        "falling": _("Falling over six weeks, beyond noise"),
        "steady": _("Steady over six weeks"),
    }.get(direction, _("Too few weeks for a trend"))


def golive_words(weeks: float) -> str:
    """How far a go-live is away; nothing where none is planned."""
    if math.isnan(weeks):
        return ""
    count = round(abs(weeks))
    if not count:
        return _("go-live this week")
    if weeks > 0:
        return ngettext("go-live in %(count)d week", "go-live in %(count)d weeks", count) % {
            "count": count
        }
    return ngettext("go-live %(count)d week ago", "go-live %(count)d weeks ago", count) % {
        "count": count
    }


def _text(key: str, raw: dict[str, float]) -> str:
    """The values behind a driver, in one sentence."""
    golive = golive_words(raw["weeks_to_golive"])
    near = f", {golive}" if golive and raw["near_golive"] else ""
    words = {
        "schedule": lambda: (
            _("Schedule index %(now).2f, smoothed over weeks") % {"now": raw["spi_s"]}
        ),
        "cost": lambda: _("Cost index %(now).2f, smoothed over weeks") % {"now": raw["cpi_s"]},
        "milestones": lambda: (
            _("%(share).0f%% of what was due in 12 weeks was missed; %(due)d due in the next 4")
            % {"share": 100 * raw["ms_missed_12w"], "due": raw["ms_due_4w"]}
        ),
        "raid": lambda: (
            _("%(open)d items open, %(new)d new in 4 weeks, highest score %(highest)d")
            % {
                "open": raw["raid_open"],
                "new": raw["raid_new_4w"],
                "highest": raw["raid_max_score"],
            }
        ),
        "governance": lambda: (
            _("%(late)d actions late; decisions wait %(days)d days")
            % {"late": raw["actions_overdue"], "days": raw["decisions_outstanding_days_p80"]}
        ),
        "status": lambda: _("Last status %(age)d weeks ago") % {"age": raw["status_age_w"]},
        "plan": lambda: (
            ngettext(
                "The go-live was moved once",
                "The go-live was moved %(count)d times",
                int(raw["replans"]),
            )
            % {"count": raw["replans"]}
        ),
        "size": lambda: _("People touched, compared with the other programmes"),
        "engagement": lambda: (
            _("Engagement %(mean)d of 100, lowest unit %(low)d%(near)s")
            % {"mean": raw["eng_mean"], "low": raw["eng_min"], "near": near}
        ),
        "training": lambda: (
            _("Training is %(gap)d points behind plan, at most %(most)d%(near)s")
            % {"gap": 100 * raw["train_gap"], "most": 100 * raw["train_gap_max"], "near": near}
        ),
        "resistance": lambda: (
            _("%(rate).1f signs of resistance per 100 people in 4 weeks%(near)s")
            % {"rate": math.expm1(raw["resist_4w"]), "near": near}
        ),
        "golive": lambda: golive[:1].upper() + golive[1:],
    }
    try:
        return words[key]() or _("Not known: the usual value stands in")
    except ValueError:
        # NaN has no whole number.
        return _("Not known: the usual value stands in")


def _url(key: str, place: dict[str, str]) -> str:
    """Where the rows behind a driver are."""
    names = {
        "schedule": "programmes:fact_list",
        "cost": "programmes:fact_list",
        "milestones": "programmes:milestone_list",
        "raid": "programmes:raid_list",
        "governance": "governance:decision_list",
        "status": "programmes:status_list",
        "plan": "programmes:milestone_list",
        "size": "programmes:programme_detail",
        "engagement": "adoption:programme_wave_list",
        "training": "adoption:training_list",
        "resistance": "adoption:signal_list",
        "golive": "programmes:milestone_list",
    }
    return reverse(names[key], kwargs=place)


def trend_figure(score: RiskScore) -> Trend | None:
    """The risk of the last weeks under the present model; None where there are fewer than two."""
    points = [(date.fromisoformat(day), risk) for day, risk in score.series]
    if len(points) < 2:
        return None
    return trend(
        [f"{day.day} {day:%b}" for day, _risk in points],
        [("", _("Risk"), [round(100 * risk) for _day, risk in points])],
        unit="%",
        floor=0,
        target=round(100 * score.base),
        target_text=_("Usual"),
    )


def finding(score: RiskScore | None, name: str) -> str:
    """The heading of a page about a score."""
    if score is None:
        return _("No risk score yet")
    told: dict[str, Any] = {"name": name, "percent": percent(score.probability)}
    if score.level == "high":
        return (
            _("%(name)s: a crisis within four weeks is likely enough to act (%(percent)s)") % told
        )
    if score.level == "elevated":
        return _("%(name)s: the risk of a crisis is above the usual (%(percent)s)") % told
    return _("%(name)s: no more risk of a crisis than usual (%(percent)s)") % told
