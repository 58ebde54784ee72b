"""What the weekly check shows: whether what was told comes true, and whether inputs lie where they lay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State

from ..choices import Target, Touch
from ..crises.term_words import LABELS
from ..learning.limits import ALARM_FROM
from ..models import ModelCheck
from ..numbers import two

ALARM_WORDS: dict[str, Any] = {
    "more": gettext_lazy("More happens than forecast"),
    "fewer": gettext_lazy("Less happens than forecast"),
    "slope": gettext_lazy("High and low scores lie too far apart or too close together"),
}
INPUT_ALARM_WORDS: dict[str, Any] = {
    "drift": gettext_lazy("Inputs lie far from where they lay: %(names)s"),
    "missing": gettext_lazy("Inputs that were known are not known now: %(names)s"),
}


def drifts(check: ModelCheck) -> bool:
    """Whether more or less began than chance would do, though not yet so surely that something is done about it."""
    return (
        bool(check.figures["expected"]) and not check.figures["low"] <= 1 <= check.figures["high"]
    )


def is_without_forecasts(check: ModelCheck) -> bool:
    """Whether nobody was followed any more of whom anything was forecast."""
    return check.figures.get("told_by") == []


def alarm_texts(check: ModelCheck) -> list[str]:
    """What is not as it should be, with the inputs by name."""
    found = [str(ALARM_WORDS[each]) for each in check.alarms if each in ALARM_WORDS]
    return [*found, *input_alarm_texts(check.target, check.figures.get("input_alarms", {}))]


def input_alarm_texts(target: str, alarms: Mapping[str, Sequence[str]]) -> list[str]:
    """A sentence for each alarm about inputs, with their names."""
    labels = LABELS[Target(target)]
    return [
        str(INPUT_ALARM_WORDS[alarm])
        % {"names": "; ".join(str(labels.get(name, name)) for name in names)}
        for alarm, names in alarms.items()
    ]


def _heading(check: ModelCheck) -> str:
    """The alarms in short: of inputs how many they are; which ones stands below."""
    alarms = check.figures.get("input_alarms", {})
    counts = {alarm: len(names) for alarm, names in alarms.items()}
    found = [str(ALARM_WORDS[each]) for each in check.alarms if each in ALARM_WORDS]
    if moved := counts.get("drift"):
        text = ngettext(
            "%(count)s input lies far from where it lay",
            "%(count)s inputs lie far from where they lay",
            moved,
        )
        found.append(text % {"count": moved})
    if missed := counts.get("missing"):
        text = ngettext(
            "%(count)s input that was known is not known now",
            "%(count)s inputs that were known are not known now",
            missed,
        )
        found.append(text % {"count": missed})
    return "; ".join(found)


def told_by(check: ModelCheck | None) -> str:
    """Which models told what was compared."""
    models = check.figures.get("told_by", ()) if check else ()
    versions = [str(each["version"]) for each in models]
    if not versions:
        return ""
    if len(versions) == 1:
        return _("all made by model %(version)s") % {"version": versions[0]}
    return _("made by %(count)s models, %(first)s to %(last)s") % {
        "count": len(versions),
        "first": versions[0],
        "last": versions[-1],
    }


def watch_finding(check: ModelCheck | None) -> str:
    """The heading of a check: what is not as it was told, or that all is."""
    if check is None:
        return _("No forecast period is over yet, so nothing can be compared")
    if check.alarms:
        return _heading(check)
    if is_without_forecasts(check):
        return _("Nothing to compare since %(on)s: no programme has been followed since then") % {
            "on": day_text(date.fromisoformat(check.figures["since"]))
        }
    if not check.figures["weeks"]:
        return _("No forecast since the last correction or decision can be compared yet")
    if drifts(check):
        words = (
            _("More happened than was forecast; too little yet to act on")
            if check.figures["low"] > 1
            else _("Less happened than was forecast; too little yet to act on")
        )
        return words
    return _("Forecasts come true as far as the numbers can show")


def watch_figures(check: ModelCheck) -> list[dict[str, Any]]:
    """The figures of a check with what they mean; none where there was nothing to compare."""
    if is_without_forecasts(check):
        return []
    found = check.figures
    slope = found["slope"]
    return [
        {
            "label": _("Happened and expected"),
            "value": f"{found['observed']} / {found['expected']:.1f}",
            "note": ", ".join(
                each
                for each in (
                    _("in %(weeks)s weeks, %(rows)s scores")
                    % {"weeks": found["weeks"], "rows": found["rows"]},
                    told_by(check),
                )
                if each
            ),
        },
        {
            "label": _("Happened for each expected"),
            "value": two(found["ratio"]) if found["ratio"] is not None else "–",
            "note": _("95%% of such: %(low)s to %(high)s; 1 is right")
            % {"low": two(found["low"]), "high": two(found["high"])},
        },
        {
            "label": _("Sequential test"),
            "value": _("%(more)s up, %(fewer)s down")
            % {"more": two(found["more"]), "fewer": two(found["fewer"])},
            "note": _("alarm from %(limit)s") % {"limit": f"{ALARM_FROM:g}"},
        },
        {
            "label": _("Slope"),
            "value": two(slope[0]) if slope else "–",
            "note": _("90%% of such: %(low)s to %(high)s; 1 is right")
            % {"low": two(slope[1]), "high": two(slope[2])}
            if slope
            else _("too few outcomes"),
        },
        {
            "label": _("Brier skill"),
            "value": two(found["skill"]) if found["skill"] is not None else "–",
            "note": _("0 is the base rate, 1 is perfect"),
        },
        {
            "label": _("Forecast at high risk"),
            "value": str(found["alerts"]),
            "note": (
                _("%(hits)s of them escalated within four weeks")
                if check.target == Target.RAID_ESCALATES_4W
                else _("%(hits)s of them had one within four weeks")
            )
            % {"hits": found["hits"]},
        },
    ]


def touch_rows(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What came of scores by what people did about them: first all that nobody acted upon, then each apart."""
    by = {each["touch"]: each for each in found}
    untouched = [by[each] for each in (Touch.UNSEEN, Touch.SEEN) if each in by]
    rows = sum(each["rows"] for each in untouched)
    made = []
    if rows:
        made.append(
            {
                "label": _("Nobody acted"),
                "touch": "",
                "rows": rows,
                "told": sum(each["told"] * each["rows"] for each in untouched) / rows,
                "came": sum(each["came"] for each in untouched),
            }
        )
    made += [{**by[each], "label": each.label} for each in Touch if each in by]
    return [{**each, "share": each["came"] / each["rows"]} for each in made]


def input_rows(check: ModelCheck) -> list[dict[str, Any]]:
    """Whether each input lies as it did in the year before, the most moved first."""
    labels = LABELS[Target(check.target)]
    words = {
        "ok": _("As before"),
        "warn": _("Moved"),
        "bad": _("Moved far"),
    }
    rows = [
        {
            "label": labels[each["name"]],
            "psi": "–" if each["psi"] is None else f"{each['psi']:.2f}",
            "order": -1.0 if each["psi"] is None else each["psi"],
            "missing": each["missing"],
            "missing_before": each["missing_before"],
            "state": _input_state(each),
            "word": _("Not known any more")
            if each.get("is_missed")
            else _("Too few programmes")
            if each["psi"] is None
            else words[each["state"]],
        }
        for each in check.figures.get("inputs", ())
    ]
    return sorted(rows, key=lambda row: (row["state"] is not State.BAD, -row["order"]))


def _input_state(row: Mapping[str, Any]) -> State:
    if row.get("is_missed"):
        return State.BAD
    return State.NONE if row["psi"] is None else State(row["state"])
