"""What a replay was worth, as a page of text: measures with intervals, beside what is simpler to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PARTS = {
    "all": "all",
    "before_golive": "six weeks before a go-live",
    "after_golive": "after the go-live",
    "late": "last third of the way to a go-live, and after it",
    "first_weeks": "first twelve weeks",
    "small": "small programmes",
    "small_units": "programmes with units under 50 people in the mean",
    "told_by_prior": "told by the prior",
    "told_by_own": "told by an own model",
    "schedule": "about schedule",
    "cost": "about cost",
    "people": "about people",
    "technical": "technical",
    "other": "about anything else",
    "new": "open for less than four weeks",
    "old": "open for twelve weeks or more",
    "mitigated": "with mitigation",
    "unmitigated": "without mitigation",
    "due_soon": "due within four weeks, or past it",
}
SURVEYS = {
    "released": "cells that may be shown, as told",
    "every": "every cell, also those too small to be shown",
    "none": "no survey",
}
TELLERS = {
    "model": "the portal",
    "levelled": "the shipped prior on the level of here",
    "prior": "the shipped prior as it is",
    "colour": "the reported colour",
    "rating": "probability x impact",
    "base": "the base rate",
}
LEADS = {"unbroken": "alerts without a break", "first": "first alert of the last twelve weeks"}
MEASURES = ("auc", "ap", "skill", "error")


def in_words(found: Mapping[str, Any]) -> str:
    """A report (`learning.judging.report.walked_report`) in Markdown."""
    lines = ["# Replay", ""]
    if found["since"]:
        lines += [f"Scores from {found['since']}; earlier weeks were only learned from.", ""]
    lines += [
        (
            f"{found['programmes']} programmes, {found['rows']} weeks of programmes; "
            f"{found['known']} of them with a known outcome were told, {found['events']} crises among them."
        ),
        "",
    ]
    if not found["parts"]:
        return "\n".join([*lines, "Too few crises to measure anything.", ""])
    lines += ["## How good the scores were", "", *_measured(found["parts"]), ""]
    lines += warned(found["parts"])
    lines += ["AUC: 0.5 is a coin. Brier skill: 0 is the base rate, 1 is perfect. In brackets the middle 90 % over programmes.", ""]  # fmt: skip
    lines += ["## The same for statisticians", "", *_exact(found["parts"]), "", EXACT, ""]
    if found["surveys"]:
        lines += ["## What surveys are worth, and what their anonymity costs", ""]
        lines += [*_measured(found["surveys"], ["Part", "Survey inputs"], SURVEYS), ""]
        lines += [*_survey_gains(found["surveys"]), ""]
    lines += ["## Forecast and observed", "", *_reliability(found["reliability"]), ""]
    lines += ["## Two, four and eight weeks", "", *_windows(found["windows"]), ""]
    lines += ["## Alerts", "", _alerts(found["alerts"]), "", *_lead(found["lead"]), "", LEAD, ""]
    lines += ["## What was learned", "", *_learned(found["learned"]), ""]
    return "\n".join(lines)


def raid_in_words(found: Mapping[str, Any]) -> str:
    """The report on RAID items (`learning.raid.report.walked_report`) in Markdown."""
    lines = ["# RAID items", ""]
    lines += [
        (
            f"{found['rows']} weeks of open items in {found['programmes']} programmes; "
            f"{found['known']} of them with a known outcome were told, {found['events']} items that escalated among them."
        ),
        "",
    ]
    if not found["parts"]:
        return "\n".join([*lines, "Too few items escalated to measure anything.", ""])
    lines += ["## How good the scores of items were", "", *_measured(found["parts"]), ""]
    lines += warned(found["parts"])
    lines += ["## The same of items for statisticians", "", *_exact(found["parts"]), ""]
    lines += ["## Forecast and observed of items", "", *_reliability(found["reliability"]), ""]
    lines += ["## Alerts on items", "", _alerts(found["alerts"], "items", "an escalation"), ""]
    lines += [*_lead(found["lead"]), ""]
    lines += ["## What was learned of items", "", *_learned(found["learned"], "Escalated"), ""]
    return "\n".join(lines)


def warned(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """A warning in words where scores are not surely better than saying the same of everybody; else nothing."""
    skill = next(
        (part["by"]["model"].get("skill") for part in parts if part["part"] == "all"), None
    )
    if skill is None or skill[0] is None or (skill[1] or 0.0) > 0:
        return []
    return [f"**No skill is shown: over all weeks these scores are not surely better than the base rate (Brier skill {_shown(skill)}). Do not go by them.**", ""]  # fmt: skip


def _measured(
    parts: Sequence[Mapping[str, Any]],
    first: Sequence[str] = ("Part", "Forecast by"),
    names: Mapping[str, str] = TELLERS,
) -> Iterator[str]:
    yield from _table_head(
        [*first, "Weeks", "Share", "AUC", "AP", "Brier skill", "Calibration error"]
    )
    for part in parts:
        for who, found in part["by"].items():
            yield _row(
                [
                    PARTS[part["part"]],
                    names[who],
                    str(part["rows"]),
                    f"{part['share']:.3f}",
                    *(_shown(found.get(name)) for name in MEASURES),
                ]
            )


EXACT = (
    "Log loss in nats for each week. Level: what added to all log-odds would fit best (0 is right, above it more happens than is told). "
    "Slope of the log-odds: 1 is right, below it too bold."
)


def _exact(parts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Log loss, level and slope of who tells chances."""
    yield from _table_head(
        ["Part", "Forecast by", "Log loss", "Of the base rate", "Level", "Slope"]
    )
    for part in parts:
        for who, found in part["by"].items():
            if "loss" in found:
                values = (found["loss"], part["base_loss"], found["level"], found["slope"])
                yield _row([PARTS[part["part"]], TELLERS[who], *map(_shown, values)])


def _survey_gains(parts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """By how much log loss is larger with other survey inputs than with those told."""
    yield from _table_head(["Part", "Survey inputs", "Log loss more than as told"])
    for part in parts:
        for which, gain in part["gain"].items():
            yield _row([PARTS[part["part"]], SURVEYS[which], _shown(gain, 5)])


def _windows(windows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from _table_head(["Weeks", "Scores that are over", "Crises in them", "Forecast", "Happened", "Happened for each forecast, 95 %"])  # fmt: skip
    for each in windows:
        rows = each["rows"] or 1
        yield _row(
            [
                str(each["weeks"]),
                str(each["rows"]),
                str(each["events"]),
                f"{each['told'] / rows:.3f}",
                f"{each['came'] / rows:.3f}",
                _shown((each["ratio"], each["low"], each["high"])),
            ]
        )


LEAD = "By lot: how far ahead the same alerts were of whoever else was told that week. Twelve weeks at most; without an alert none."


def _lead(found: Mapping[str, Any]) -> Iterator[str]:
    yield from _table_head([f"Weeks ahead of {found['events']}", "Alerts", "By lot", "Above chance"])  # fmt: skip
    for name, label in LEADS.items():
        values = (found[name][each] for each in ("weeks", "by_lot", "above"))
        yield _row([label, *(_shown(each, 2) for each in values)])


def _reliability(bins: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from _table_head(["Weeks", "Forecast", "Observed", "90 % of such a share"])
    for each in bins:
        observed = each["events"] / each["rows"]
        yield _row(
            [
                str(each["rows"]),
                f"{each['told']:.3f}",
                f"{observed:.3f}",
                f"{each['low']:.3f} to {each['high']:.3f}",
            ]
        )


def _alerts(found: Mapping[str, float], whom: str = "programmes", what: str = "a crisis") -> str:
    return (
        f"Alerts to the {found['share']:.0%} of {whom} with the highest risk each week: {found['precision']:.0%} of them were "
        f"followed by {what} within four weeks ({found['base']:.1%} of all weeks were), and {found['found']:.0%} of the weeks "
        f"before {what} had one."
    )


def _learned(learned: Sequence[Mapping[str, Any]], events: str = "Crises") -> Iterator[str]:
    yield from _table_head(["From", "Stage", "Weeks", "Programmes", events, "Gain over the prior", "Slope", "Against"])  # fmt: skip
    for each in learned:
        tried = each["tried"]
        yield _row(
            [
                each["day"],
                each["stage"],
                str(each["rows"]),
                str(each["programmes"]),
                str(each["events"]),
                _shown(each["gain"], 4) if tried else "",
                _shown(each["slope"], 2) if tried else "",
                ", ".join(each["reasons"]) if tried else "too little history",
            ]
        )


def _table_head(names: Sequence[str]) -> Iterator[str]:
    yield _row(names)
    yield _row(["---"] * len(names))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(found: Sequence[float | None] | None, digits: int = 3) -> str:
    if found is None or found[0] is None:
        return ""
    value, low, high = found
    if low is None or high is None:
        # Some of what was drawn for the interval could not be measured.
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
