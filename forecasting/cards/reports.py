"""What a model was measured to be worth, as lines of tables and as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from ..choices import Target
from ..models import Lesson
from ..numbers import one, three, two

PART_WORDS: dict[str, Any] = {
    "all": gettext_lazy("All weeks"),
    "before_golive": gettext_lazy("Six weeks before a go-live"),
    "after_golive": gettext_lazy("After the go-live"),
    "late": gettext_lazy("Last third of the way to a go-live, and after it"),
    "first_weeks": gettext_lazy("First twelve weeks of a programme"),
    "small": gettext_lazy("Small programmes"),
    "small_units": gettext_lazy("Programmes with units under 50 people in the mean"),
    "told_by_prior": gettext_lazy("Weeks forecast by the shipped prior"),
    "told_by_own": gettext_lazy("Weeks forecast by an own model"),
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
    "levelled": gettext_lazy("The prior on the level of here"),
    "prior": gettext_lazy("The shipped prior"),
    "shared": gettext_lazy("The shared prior"),
    "colour": gettext_lazy("The reported status"),
    "rating": gettext_lazy("Probability times impact"),
    "base": gettext_lazy("The base rate"),
}
# What is simpler to say than a model, as a heading compares it.
SIMPLER: dict[str, str] = {Target.CRISIS_4W: "colour", Target.RAID_ESCALATES_4W: "rating"}


SURVEY_WORDS: dict[str, Any] = {
    "released": gettext_lazy("Surveys as they are"),
    "none": gettext_lazy("No survey"),
}

LEAD_WORDS: dict[str, Any] = {
    "unbroken": gettext_lazy("Alerts without a break"),
    "first": gettext_lazy("Since the first alert"),
}


@dataclass(frozen=True)
class Measured:
    """One line of a table of measures; `exact` are those for statisticians, none of what is no chance."""

    part: str
    teller: str
    rows: int
    share: float
    values: tuple[str, ...]
    exact: tuple[str, ...] = ()


MEASURES = ("auc", "ap", "skill", "error")
_TELLERS = tuple(TELLER_WORDS)


def measured(
    report: Mapping[str, Any],
    *,
    refused: bool = False,
    is_shared: bool = False,
) -> list[Measured]:
    """A report (`learning.judging.report`) as lines of a table: each part, told by the model and by what is simpler.

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
            tuple(interval_text(found.get(name)) for name in MEASURES),
            _exact(part, found),
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


def is_better(target: Target, report: Mapping[str, Any], who: str) -> bool | None:
    """Whether what is in use surely ranks better than what is simpler to say does; None where nothing was measured."""
    found = auc(target, report, who)
    if not found:
        return None
    told, simpler = found
    return told[1] is not None and simpler[0] is not None and told[1] > simpler[0]


def no_better_text(target: Target, lesson: Lesson | None) -> str:
    """Of what a lesson left in use: that it was not shown to rank better than what is simpler; empty where it was, or
    where nothing was measured.
    """
    if lesson is None or lesson.verdict.get("held"):
        return ""
    if lesson.model_id is None and lesson.level and lesson.level["slope"] <= 0:
        # Told on this level all programmes are alike, and nothing of it was measured.
        return ""
    who = "prior" if lesson.model_id is None else "model"
    if is_better(target, lesson.left_out, who) is not False:
        return ""
    return {
        Target.CRISIS_4W: _("Not shown to rank programmes better than their reported status does"),
        Target.RAID_ESCALATES_4W: _("Not shown to rank items better than probability times impact does"),
    }[target]  # fmt: skip


def _exact(part: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
    """Log loss beside that of the base rate, level and slope."""
    if "loss" not in found:
        return ()
    return (
        interval_text(found["loss"], three),
        interval_text(part["base_loss"], three),
        interval_text(found["level"]),
        interval_text(found["slope"]),
    )


def interval_text(
    found: Sequence[float | None] | None, number: Callable[[float], str] = two
) -> str:
    """A measure with the ends of its interval."""
    value, low, high = found or (None, None, None)
    if value is None:
        return "–"
    if low is None or high is None:
        return _("%(value)s (anything)") % {"value": number(value)}
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": number(value),
        "low": number(low),
        "high": number(high),
    }


def surveyed(report: Mapping[str, Any]) -> list[Measured]:
    """What the same past was told with and without surveys, as lines of a table."""
    order = list(SURVEY_WORDS)
    return [
        Measured(
            str(PART_WORDS[part["part"]]),
            str(SURVEY_WORDS[which]),
            part["rows"],
            part["share"],
            tuple(interval_text(found.get(name)) for name in MEASURES),
        )
        for part in report.get("surveys", ())
        for which, found in sorted(part["by"].items(), key=lambda each: order.index(each[0]))
    ]


def surveys_finding(report: Mapping[str, Any]) -> str:
    """Whether surveys made what was told better, in log loss over all weeks; empty where nothing was measured."""
    part = next((each for each in report.get("surveys", ()) if each["part"] == "all"), None)
    if part is None:
        return ""
    _gain, low, high = part["gain"]["none"]
    if low > 0:
        return _("Scores are clearly better with surveys than without")
    if high < 0:
        return _("Scores are clearly worse with surveys than without")
    return _("The numbers cannot show yet whether surveys make scores better")


def lead_rows(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """How far ahead alerts were, beside the same alerts by lot; none where nothing was measured."""
    found = report.get("lead")
    return [
        {
            "label": str(label),
            "weeks": interval_text(found[name]["weeks"], one),
            "by_lot": interval_text(found[name]["by_lot"], one),
            "above": interval_text(found[name]["above"], one),
        }
        for name, label in LEAD_WORDS.items()
        if found
    ]


def lead_finding(target: Target, report: Mapping[str, Any]) -> str:
    """By how many weeks alerts are ahead of chance, as the heading of their table; empty where nothing was measured."""
    found = report.get("lead")
    if not found:
        return ""
    above, low, high = found["unbroken"]["above"]
    if low <= 0 <= high:
        return _("Alerts were not shown to be further ahead than chance")
    if high < 0:
        return _("Alerts come later than by chance")
    return (
        _("Before an escalation alerts come %(weeks)s weeks earlier than by chance")
        if target is Target.RAID_ESCALATES_4W
        else _("Before a crisis alerts come %(weeks)s weeks earlier than by chance")
    ) % {"weeks": one(above)}


def lead_note(target: Target, report: Mapping[str, Any]) -> str:
    """How many of what happened had an alert in the last week before it."""
    found = report.get("lead")
    if not found:
        return ""
    text = (
        _("%(named)s%% of escalations had an alert in the last week before them.")
        if target is Target.RAID_ESCALATES_4W
        else _("%(named)s%% of crises had an alert in the last week before them.")
    )
    return text % {"named": round(100 * found["named"])}


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
