"""What a model was measured to be worth, as lines of tables and as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import Target
from .numbers import two

PART_WORDS: dict[str, Any] = {
    "all": gettext_lazy("All weeks"),
    "before_golive": gettext_lazy("Six weeks before a go-live"),
    "after_golive": gettext_lazy("After the go-live"),
    "first_weeks": gettext_lazy("First twelve weeks of a programme"),
    "small": gettext_lazy("Small programmes"),
    "told_by_prior": gettext_lazy("Weeks told by the shipped prior"),
    "told_by_own": gettext_lazy("Weeks told by an own model"),
    "schedule": gettext_lazy("About the schedule"),
    "cost": gettext_lazy("About cost"),
    "people": gettext_lazy("About people"),
    "technical": gettext_lazy("Technical"),
    "other": gettext_lazy("About anything else"),
    "new": gettext_lazy("Open for less than four weeks"),
    "old": gettext_lazy("Open for twelve weeks or more"),
    "mitigated": gettext_lazy("With mitigation"),
    "unmitigated": gettext_lazy("Without mitigation"),
    "due_soon": gettext_lazy("Due within four weeks, or past it"),
}
TELLER_WORDS: dict[str, Any] = {
    "model": gettext_lazy("The model"),
    "tried": gettext_lazy("The model that was tried"),
    "prior": gettext_lazy("The shipped prior"),
    "shared": gettext_lazy("The shared prior"),
    "colour": gettext_lazy("The reported status"),
    "rating": gettext_lazy("Probability times impact"),
    "base": gettext_lazy("The base rate"),
}
# What is simpler to say than a model, as a heading compares it.
SIMPLER: dict[str, str] = {Target.CRISIS_4W: "colour", Target.RAID_ESCALATES_4W: "rating"}


@dataclass(frozen=True)
class Measured:
    """One line of a table of measures."""

    part: str
    teller: str
    rows: int
    share: float
    values: tuple[str, ...]


MEASURES = ("auc", "ap", "skill", "error")
_TELLERS = tuple(TELLER_WORDS)


def measured(
    report: Mapping[str, Any], *, refused: bool = False, is_shared: bool = False
) -> list[Measured]:
    """A report (`learning.report`) as lines of a table: each part, told by the model and by what is simpler.

    Args:
        refused: the model was tried and is not in use.
        is_shared: the prior it started from is one of other organisations.
    """
    named = {
        "model": "tried" if refused else "model",
        "prior": "shared" if is_shared else "prior",
    }
    return [
        Measured(
            str(PART_WORDS[part["part"]]),
            str(TELLER_WORDS[named.get(who, who)]),
            part["rows"],
            part["share"],
            tuple(_interval(found.get(name)) for name in MEASURES),
        )
        for part in report.get("parts", ())
        # A database keeps no order of keys.
        for who, found in sorted(part["by"].items(), key=lambda each: _TELLERS.index(each[0]))
    ]


def auc(
    target: Target, report: Mapping[str, Any], who: str
) -> tuple[Sequence[float | None], Sequence[float | None]] | None:
    """AUC of what is in use and of what is simpler to say, with their intervals; None where nothing was measured."""
    part = next((each for each in report.get("parts", ()) if each["part"] == "all"), None)
    if part is None or who not in part["by"]:
        return None
    return part["by"][who]["auc"], part["by"][SIMPLER[target]]["auc"]


def _interval(found: Sequence[float | None] | None) -> str:
    if found is None or found[0] is None:
        return "–"
    value, low, high = (0.0 if each is None else each for each in found)
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": two(value),
        "low": two(low),
        "high": two(high),
    }


def alerts_text(target: Target, report: Mapping[str, Any]) -> str:
    """What alerts to the loudest of each week would have been worth; empty where nothing was measured."""
    found = report.get("alerts")
    if not found:
        return ""
    text = (
        _("Alerts to the %(share)s%% of open items with the highest risk each week (a threshold of the organisation): %(precision)s%% of them were followed by an escalation within "
          "four weeks (%(base)s%% of all were), and %(found)s%% of the weeks before an escalation had one.")
        if target is Target.RAID_ESCALATES_4W
        else _("Alerts to the %(share)s%% of programmes with the highest risk each week (a threshold of the organisation): %(precision)s%% of them were followed by a crisis within "
               "four weeks (%(base)s%% of all weeks were), and %(found)s%% of the weeks before a crisis had one.")
    )  # fmt: skip
    return text % {name: round(100 * found[name]) for name in ("share", "precision", "base", "found")}  # fmt: skip
