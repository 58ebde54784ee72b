"""All figures of a backtest as lines of a file: each with its interval, as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .reports import LEAD_WORDS, PART_WORDS, SURVEY_WORDS, TELLER_WORDS
from .windows import LABELS


@dataclass(frozen=True)
class Figure:
    """One figure: of which part of the weeks, told by whom, and between which values it lies; empty where nobody knows."""

    part: str
    teller: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    rows: int


def measured_lines(report: Mapping[str, Any]) -> list[Figure]:
    """Everything a report (`learning.judging.report.walked_report`) measured, a line for each figure."""
    return [*_parts(report), *_surveys(report), *_lead(report), *_windows(report)]


def _parts(report: Mapping[str, Any]) -> Iterator[Figure]:
    for part in report.get("parts", ()):
        if "base_loss" in part:
            yield _line(part, TELLER_WORDS["base"], "loss", part["base_loss"])
        for who, found in part["by"].items():
            for name, values in found.items():
                yield _line(part, TELLER_WORDS[who], name, values)


def _surveys(report: Mapping[str, Any]) -> Iterator[Figure]:
    for part in report.get("surveys", ()):
        for which, found in part["by"].items():
            for name, values in found.items():
                yield _line(part, SURVEY_WORDS[which], name, values)
        for which, values in part["gain"].items():
            yield _line(part, SURVEY_WORDS[which], "survey_gain", values)


def _lead(report: Mapping[str, Any]) -> Iterator[Figure]:
    found: Mapping[str, Any] = report.get("lead") or {}
    for name in LEAD_WORDS if found else ():
        for measure, (value, low, high) in found[name].items():
            words = (str(LEAD_WORDS[name]), str(TELLER_WORDS["model"]), _measures()[measure])
            yield Figure(*words, value, low, high, found["events"])


def _windows(report: Mapping[str, Any]) -> Iterator[Figure]:
    for each in report.get("windows", ()):
        values = (each["ratio"], each["low"], each["high"])
        told = str(TELLER_WORDS["model"])
        yield Figure(str(LABELS[each["weeks"]]), told, _measures()["ratio"], *values, each["rows"])


def _line(
    part: Mapping[str, Any], teller: Any, measure: str, values: Sequence[float | None]
) -> Figure:
    value, low, high = values
    words = (str(PART_WORDS[part["part"]]), str(teller), _measures()[measure])
    return Figure(*words, value, low, high, part["rows"])


def _measures() -> dict[str, str]:
    return {
        "auc": _("AUC"),
        "ap": _("Average precision"),
        "skill": _("Brier skill"),
        "error": _("Calibration error"),
        "loss": _("Log loss, nats"),
        "level": _("Calibration in the large, log-odds"),
        "slope": _("Calibration slope"),
        "survey_gain": _("Log loss lost without surveys, nats"),
        "weeks": _("Weeks ahead"),
        "by_lot": _("Weeks ahead by chance"),
        "above": _("Weeks ahead above chance"),
        "ratio": _("Happened for each forecast"),
    }
