"""The models of an organisation as pages show them: what is in use, what it was worth, and whether it still holds.

Everything was computed by jobs and is only put into words here.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal.common.levels import State

from . import drivers, raid_words, record_cards, shipped, standing_words
from .choices import Happening, ModelStatus, Origin, Stage, Target, Touch
from .learning import names, raid_names
from .models import Lesson, ModelCheck, ModelEvent, RiskModel
from .standing import LESSON, Hold, Standing
from .term_words import LABELS, PARTS

# What a word in an address stands for.
SLUGS: dict[str, Target] = {"crisis": Target.CRISIS_4W, "escalation": Target.RAID_ESCALATES_4W}
SLUG_OF: dict[str, str] = {target.value: slug for slug, target in SLUGS.items()}
PREDICTS: dict[str, Any] = {
    Target.CRISIS_4W: gettext_lazy(
        "How likely a crisis of a programme is to begin within four weeks: an escalation of severity 4 or 5, a status set to red by "
        "decision of the board, or a go-live put off within two weeks of its date. Nothing is asked while one is open or within six "
        "weeks after."
    ),
    Target.RAID_ESCALATES_4W: gettext_lazy(
        "How likely an open RAID item is to escalate within four weeks: somebody escalates it, what it warns of occurs, its rating "
        "rises by a level, or its date is more than five working days past."
    ),
}
LIMITS: dict[str, tuple[Any, ...]] = {
    Target.CRISIS_4W: (
        gettext_lazy("It tells which programmes to look at first. It does not say what causes a crisis, nor what would prevent one."),
        gettext_lazy("People act on scores. A crisis that was prevented counts as one that never threatened."),
        gettext_lazy("What is not known is replaced by what is usual; each score names what was missing."),
        gettext_lazy("Survey figures of few answers are no input; units too small to be shown are not scored by them."),
    ),
    Target.RAID_ESCALATES_4W: (
        gettext_lazy("It tells which items to look at first. It does not say what makes an item escalate, nor that what is suggested would prevent it."),
        gettext_lazy("People act on scores. An item that was dealt with in time counts as one that never threatened, and one that somebody escalates because of its score counts as right."),
        gettext_lazy("It reads the log of an item: its rating, its dates and who owns it. What is written about it is not read, and an item nobody keeps up says little."),
        gettext_lazy("What escalates is what people say, what occurs, a rating that rises or a date that passes. An organisation that escalates sooner has more of them."),
        gettext_lazy("Nothing is known of risks that nobody wrote down."),
    ),
}  # fmt: skip
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
    "colour": gettext_lazy("The reported status"),
    "rating": gettext_lazy("Probability times impact"),
    "base": gettext_lazy("The base rate"),
}
# What is simpler to say than a model, as a heading compares it.
SIMPLER: dict[str, str] = {Target.CRISIS_4W: "colour", Target.RAID_ESCALATES_4W: "rating"}
ALARM_WORDS: dict[str, Any] = {
    "more": gettext_lazy("More happens than was told"),
    "fewer": gettext_lazy("Less happens than was told"),
    "slope": gettext_lazy("High and low scores lie too far apart or too close together"),
}
INPUT_ALARM_WORDS: dict[str, Any] = {
    "drift": gettext_lazy("Inputs lie far from where they lay: %(names)s"),
    "missing": gettext_lazy("Inputs that were known are not known now: %(names)s"),
}
# A corrected level is news to leads and administrators for so many days.
NEWS_FOR = 28
REMEDY_WORDS: dict[str, Any] = {
    "level": gettext_lazy("the level is corrected"),
    "learn": gettext_lazy("everything is learned anew"),
    "fall_back": gettext_lazy("the shipped prior is used again"),
}
# As in `learning.watch`, which web workers do not load; a test compares them.
LIMIT = 4.6
# As in `watching`.
LOOKS_BACK = timedelta(weeks=26)


@dataclass(frozen=True)
class Term:
    """One term of a model: the odds for one standard deviation more of it, here and in the shipped prior."""

    label: str
    driver: str
    half: str
    unit: str
    odds: float
    prior_odds: float
    measured: float | None

    @property
    def effect(self) -> str:
        if abs(math.log(self.odds)) < 0.01:
            return _("No effect")
        return _("Raises") if self.odds > 1 else _("Lowers")


@dataclass(frozen=True)
class Measured:
    """One line of a table of measures."""

    part: str
    teller: str
    rows: int
    share: float
    values: tuple[str, ...]


@dataclass(frozen=True)
class ModelCard:
    """What is in use for a target, and what is known of it."""

    target: Target
    model: RiskModel | None
    lesson: Lesson | None
    check: ModelCheck | None
    standing: Standing = field(default_factory=Standing)

    @property
    def slug(self) -> str:
        return SLUG_OF[self.target.value]

    @property
    def label(self) -> str:
        return str(self.target.label)

    @property
    def predicts(self) -> str:
        return str(PREDICTS[self.target])

    @property
    def stage(self) -> Stage:
        return Stage(self.model.stage) if self.model else Stage.PRIOR

    @property
    def numbers(self) -> Mapping[str, Any]:
        return self.model.numbers if self.model else shipped.numbers(self.target)

    @property
    def digest(self) -> str:
        return self.model.digest if self.model else shipped.digest(self.target)

    @property
    def name(self) -> str:
        if self.model:
            return _("Model %(number)s") % {"number": self.model.number}
        version = shipped.numbers(self.target)["about"]["version"]
        return _("Shipped prior %(version)s") % {"version": version}

    @property
    def limits(self) -> tuple[Any, ...]:
        return LIMITS[self.target]

    @property
    def is_of_items(self) -> bool:
        """Whether it is about RAID items, and not about programmes."""
        return self.target is Target.RAID_ESCALATES_4W

    @property
    def verdict(self) -> str:
        """Whether its last lesson was put to the test on programmes it was not learned from, and what came of that."""
        return verdict_text(self.lesson)

    @property
    def basis(self) -> str:
        """Whether it was measured."""
        if self.model and (
            self.model.origin == Origin.SHIFTED or self.numbers["about"].get("level_since")
        ):
            return _("Its level was corrected after an alarm")
        return {
            Stage.PRIOR: _("Assumed, not measured"),
            Stage.RECALIBRATED: _("The prior, moved by what happened here"),
            Stage.OWN: _("Measured on what happened here"),
        }[self.stage]

    @property
    def state(self) -> State:
        if self.check is None or (not self.check.alarms and not self.check.figures["weeks"]):
            return State.NONE
        if self.check.alarms:
            return State.BAD
        return State.WARN if drifts(self.check) else State.OK

    @property
    def state_word(self) -> str:
        if self.check is None or (not self.check.alarms and not self.check.figures["weeks"]):
            return _("Nothing to compare yet")
        if self.check.alarms:
            return _("Alarm")
        return _("To be watched") if drifts(self.check) else _("Comes true")

    @property
    def history(self) -> str:
        """What there was to learn from, and what is needed for more."""
        if self.lesson is None:
            return _("Nothing has been learned from here yet")
        counts = {"events": self.lesson.events, "programmes": self.lesson.programmes}
        if self.target is Target.RAID_ESCALATES_4W:
            text = ngettext(
                "%(events)s item of %(programmes)s programmes escalated",
                "%(events)s items of %(programmes)s programmes escalated",
                self.lesson.events,
            )
        else:
            text = ngettext(
                "%(events)s crisis in %(programmes)s programmes",
                "%(events)s crises in %(programmes)s programmes",
                self.lesson.events,
            )
        return text % counts

    @property
    def needed(self) -> str:
        """From when this organisation's own history counts; empty where it does fully."""
        if self.stage is Stage.OWN:
            return ""
        wants_own = self.stage is Stage.RECALIBRATED
        if self.target is Target.RAID_ESCALATES_4W:
            count = raid_names.OWN_FROM if wants_own else raid_names.RECALIBRATED_FROM
            text = (
                _("From %(count)s escalated items on all weights are learned here, where that is better")
                if wants_own
                else _("From %(count)s escalated items in %(programmes)s programmes on the level is learned here, where that is better")
            )  # fmt: skip
            return text % {"count": count, "programmes": raid_names.PROGRAMMES_FROM}
        programmes, crises = names.OWN_FROM if wants_own else names.RECALIBRATED_FROM
        text = (
            _("From %(crises)s crises in %(programmes)s programmes on it counts as a model of your own")
            if wants_own
            else _("From %(crises)s crises in %(programmes)s programmes on your own history moves it, where that is better")
        )  # fmt: skip
        return text % {"crises": crises, "programmes": programmes}

    @property
    def measured(self) -> list[Measured]:
        was_tried = self.lesson is not None and bool(self.lesson.verdict.get("tried"))
        return measured(
            self.lesson.left_out if self.lesson else {}, refused=self.model is None and was_tried
        )

    @property
    def finding(self) -> str:
        """The heading of its page: never better than it was measured to be."""
        # A model that was tried and not used is not what is in use, nor is one whose lesson is held back.
        who = "model" if self.model else "prior"
        found = _auc(self.target, self.lesson.left_out if self.lesson else {}, who)
        if not found or (self.lesson and self.lesson.verdict.get("held")):
            return _("%(name)s is in use: %(basis)s") % {
                "name": self.name,
                "basis": self.basis.lower(),
            }
        told, simpler = found
        is_better = told[1] is not None and simpler[0] is not None and told[1] > simpler[0]
        if self.is_of_items:
            words = (
                _("%(name)s ranks items better than probability times impact does")
                if is_better
                else _("%(name)s was not shown to rank items better than probability times impact does")
            )  # fmt: skip
        else:
            words = (
                _("%(name)s ranks programmes better than their reported status does")
                if is_better
                else _("%(name)s was not shown to rank programmes better than their reported status does")
            )  # fmt: skip
        return words % {"name": self.name}

    @property
    def holds(self) -> list[str]:
        """What holds, since when, and what ends it."""
        return standing_words.long(self.standing, self.lesson.verdict if self.lesson else None)

    @property
    def alarms(self) -> list[str]:
        """What is not as it should be by the last weekly check."""
        return alarm_texts(self.check) if self.check else []

    def notice(self, today: date) -> list[str]:
        """What leads and administrators are to know wherever they are; nothing while all is well.

        Open alarms, a fall-back as long as it holds, and a corrected level for some weeks.
        """
        anew = self.standing.anew
        is_news = (
            self.standing.level is not None and anew is not None and (today - anew).days <= NEWS_FOR
        )
        told = [*self.alarms]
        if self.standing.hold is Hold.FELL_BACK or is_news:
            told.append(standing_words.short(self.standing))
        return told

    @property
    def pools(self) -> list[tuple[str, float]]:
        """The odds of each portfolio against a programme of none, the highest first."""
        found = [(name, math.exp(shift)) for name, shift in self.numbers.get("pools", {}).items()]
        return sorted(found, key=lambda each: (-each[1], each[0]))

    @property
    def rhythm(self) -> str:
        return _("Every week") if self.target is Target.CRISIS_4W else _("Every four weeks")

    @property
    def terms(self) -> list[Term]:
        """Every term with its weight, the strongest first."""
        return terms(self.target, self.numbers, is_prior=self.model is None)


def terms(target: Target, numbers: Mapping[str, Any], *, is_prior: bool) -> list[Term]:
    """What each term of a model weighs, and how far that was measured here.

    An effect is measured as far as the rows narrowed what was assumed of it: one less the variance that is left
    over that between organisations.
    """
    assumed = shipped.numbers(target)
    labels, parts = LABELS[target], PARTS[target]
    words = drivers if target is Target.CRISIS_4W else raid_words
    found = []
    for at, name in enumerate(numbers["terms"]):
        driver = parts[name].driver
        found.append(
            Term(
                str(labels[name]),
                str(words.LABELS[driver]),
                words.HALVES[driver],
                getattr(parts[name], "unit", _("product")),
                math.exp(numbers["weights"][at]),
                math.exp(assumed["weights"][at]),
                None if is_prior else _narrowed(numbers, assumed, at + 1),
            )
        )
    return sorted(found, key=lambda each: -abs(math.log(each.odds)))


def _narrowed(numbers: Mapping[str, Any], assumed: Mapping[str, Any], at: int) -> float | None:
    members, spread = numbers["members"], assumed["spread"]
    if len(members) < 2 or len(spread) <= at:
        return None
    left = statistics.pvariance([row[at] for row in members])
    return max(0.0, min(1.0, 1 - left / spread[at] ** 2))


# --- what it was worth -----------------------------------------------------------------------------------

MEASURES = ("auc", "ap", "skill", "error")
_TELLERS = tuple(TELLER_WORDS)


def measured(report: Mapping[str, Any], *, refused: bool = False) -> list[Measured]:
    """A report (`learning.report`) as lines of a table: each part, told by the model and by what is simpler.

    Args:
        refused: the model was tried and is not in use.
    """
    return [
        Measured(
            str(PART_WORDS[part["part"]]),
            str(TELLER_WORDS["tried" if refused and who == "model" else who]),
            part["rows"],
            part["share"],
            tuple(_interval(found.get(name)) for name in MEASURES),
        )
        for part in report.get("parts", ())
        # A database keeps no order of keys.
        for who, found in sorted(part["by"].items(), key=lambda each: _TELLERS.index(each[0]))
    ]


def _auc(
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
        "value": _two(value),
        "low": _two(low),
        "high": _two(high),
    }


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")


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


def verdict_text(lesson: Lesson | None) -> str:
    """Whether what was learned was put to the test, and what came of it."""
    if lesson is None:
        return ""
    if not lesson.verdict.get("tried"):
        return _("Too little to try a model of your own")
    if lesson.verdict.get("promoted"):
        return _("Tried on programmes it was not learned from: nothing spoke against it")
    against = " ".join(reason_text(each) for each in lesson.verdict.get("reasons", ()))
    return _("Tried on programmes it was not learned from, and not used: %(against)s") % {
        "against": against
    }


# --- what happened to it ---------------------------------------------------------------------------------


def event_item(event: ModelEvent) -> dict[str, Any]:
    """An event as an entry of a timeline."""
    title = str(event.get_kind_display())
    if event.target in record_cards.SLUG_OF:
        title = str(record_cards.HAPPENED.get(event.kind, title))
    if event.model:
        title = f"{title}: {_('model %(number)s') % {'number': event.model.number}}"
    return {
        "on": event.happened_on,
        "title": title,
        "text": _event_text(event),
        "url": "",
        "half": "both",
        "by": str(event.by) if event.by else _("By the rules of the portal"),
    }


def _event_text(event: ModelEvent) -> str:
    details = event.details
    if event.target in record_cards.SLUG_OF:
        return record_cards.event_text(event)
    if event.kind == Happening.ALARM:
        alarms = "; ".join(
            str(ALARM_WORDS[each]) for each in details.get("alarms", ()) if each in ALARM_WORDS
        )
        return f"{alarms}: {REMEDY_WORDS[details['remedy']]}."
    if event.kind == Happening.INPUTS:
        return "; ".join(input_alarm_texts(event.target, details["inputs"]))
    if event.kind == Happening.FELL_BACK and details.get("because") == LESSON:
        return _("What was learned spoke against a model of your own; the next lesson may differ.")
    if event.kind == Happening.SHIFTED:
        return _("The odds were multiplied by %(factor)s.") % {
            "factor": f"{math.exp(details['shift']):.2f}"
        }
    if event.kind in (Happening.PROMOTED, Happening.REFUSED) and details.get("tried"):
        gain = details["gain"]
        text = _("Gain over the prior in log loss: %(gain)s (80%% of such: %(low)s to %(high)s).") % {
            "gain": _four(gain[0]),
            "low": _four(gain[1]),
            "high": _four(gain[2]),
        }  # fmt: skip
        against = [reason_text(each) for each in details["reasons"]]
        if details.get("shift"):
            factor = f"{math.exp(details['shift']):.2f}"
            against.append(
                _("Put to the level since the change: odds times %(factor)s.") % {"factor": factor}
            )
        return f"{text} {' '.join(against)}".strip()
    return ""


def reason_text(reason: str) -> str:
    """What spoke against a model that was tried."""
    words = {
        "slice:near_golive": _("Weeks near a go-live would be told worse."),
        "slice:due_soon": _("Items that are due soon would be told worse."),
        "slice:unmitigated": _("Items nothing is done about would be told worse."),
        "order": _("Its order of programmes is not surely more than a coin's."),
        "gain": _("It told worse than the prior."),
        "slope": _("Its scores are too bold or too timid."),
    }
    return words.get(reason, reason)


def _four(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}".replace("-", "\u2212")


def lesson_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a walk learned, a row for each time, the latest first."""
    return [
        {
            "day": date.fromisoformat(each["day"]),
            "stage": Stage(each["stage"]).label,
            "rows": each["rows"],
            "programmes": each["programmes"],
            "events": each["events"],
            "gain": _four(each["gain"][0]) if each["tried"] else "–",
            "against": " ".join(reason_text(reason) for reason in each["reasons"])
            if each["tried"]
            else _("Too little to try a model"),
        }
        for each in reversed(report.get("learned", ()))
    ]


# --- whether it still holds ------------------------------------------------------------------------------


def drifts(check: ModelCheck) -> bool:
    """Whether more or less began than chance would do, though not yet so surely that something is done about it."""
    return (
        bool(check.figures["expected"]) and not check.figures["low"] <= 1 <= check.figures["high"]
    )


def alarm_texts(check: ModelCheck) -> list[str]:
    """What is not as it should be, with the inputs by name."""
    found = [str(ALARM_WORDS[each]) for each in check.alarms if each in ALARM_WORDS]
    return [*found, *input_alarm_texts(check.target, check.figures.get("input_alarms", {}))]


def input_alarm_texts(target: str, alarms: Mapping[str, Sequence[str]]) -> list[str]:
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
        return _("all told by model %(version)s") % {"version": versions[0]}
    return _("told by %(count)s models, %(first)s to %(last)s") % {
        "count": len(versions),
        "first": versions[0],
        "last": versions[-1],
    }


def watch_finding(check: ModelCheck | None) -> str:
    if check is None:
        return _("Nothing that was told is over yet, so nothing can be compared")
    if check.alarms:
        return _heading(check)
    if not check.figures["weeks"]:
        return _("Nothing was told since the last remedy or decision that could be compared yet")
    if drifts(check):
        words = (
            _("More began than was told; too little yet to do something about it")
            if check.figures["low"] > 1
            else _("Less began than was told; too little yet to do something about it")
        )
        return words
    return _("What was told comes true as far as the numbers can show")


def watch_figures(check: ModelCheck) -> list[dict[str, Any]]:
    """The figures of a check with what they mean."""
    found = check.figures
    slope = found["slope"]
    return [
        {
            "label": _("Begun and expected"),
            "value": f"{found['observed']} / {found['expected']:.1f}",
            "note": ", ".join(
                each
                for each in (
                    _("in %(weeks)s weeks, %(rows)s scores told")
                    % {"weeks": found["weeks"], "rows": found["rows"]},
                    told_by(check),
                )
                if each
            ),
        },
        {
            "label": _("Begun for each expected"),
            "value": _two(found["ratio"]) if found["ratio"] is not None else "–",
            "note": _("95%% of such: %(low)s to %(high)s; 1 is right")
            % {"low": _two(found["low"]), "high": _two(found["high"])},
        },
        {
            "label": _("Sequential test"),
            "value": _("%(more)s up, %(fewer)s down")
            % {"more": _two(found["more"]), "fewer": _two(found["fewer"])},
            "note": _("alarm from %(limit)s") % {"limit": f"{LIMIT:g}"},
        },
        {
            "label": _("Slope"),
            "value": _two(slope[0]) if slope else "–",
            "note": _("90%% of such: %(low)s to %(high)s; 1 is right")
            % {"low": _two(slope[1]), "high": _two(slope[2])}
            if slope
            else _("too few outcomes"),
        },
        {
            "label": _("Brier skill"),
            "value": _two(found["skill"]) if found["skill"] is not None else "–",
            "note": _("0 is the base rate, 1 is perfect"),
        },
        {
            "label": _("Told a high risk"),
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


# --- combinations -----------------------------------------------------------------------------------------

# With fewer crises than this, or fewer weeks in the case asked about, a share says nothing.
FEWEST_CRISES, FEWEST_WEEKS = 10, 20


@dataclass(frozen=True)
class Case:
    """One of the four cases of a table: weeks, and how many of them came before a crisis."""

    weeks: int
    before: int
    low: float
    high: float

    @property
    def text(self) -> str:
        if not self.weeks:
            return "–"
        return _("%(share)s%% (%(before)s of %(weeks)s weeks; %(low)s%% to %(high)s%%)") % {
            "share": f"{100 * self.before / self.weeks:.0f}",
            "before": self.before,
            "weeks": self.weeks,
            "low": f"{100 * self.low:.0f}",
            "high": f"{100 * self.high:.0f}",
        }


@dataclass(frozen=True)
class Combination:
    """What followed where a go-live was near and people were not ready, of this organisation's own past."""

    title: str
    low: str
    high: str
    sentence: str
    # Near and not ready, near and ready, far and not ready, far and ready.
    cases: tuple[Case, ...]


def combinations(lesson: Lesson | None) -> list[Combination]:
    """The tables of engagement and training before go-lives; none where nothing was learned from."""
    words = {
        "engagement": (_("Low engagement near a go-live"), _("6 points below usual"), _("Not so low")),
        "training": (_("Training behind plan near a go-live"), _("20 points behind"), _("Less behind")),
    }  # fmt: skip
    found = []
    for each in lesson.left_out.get("combinations", ()) if lesson else ():
        cells = each["cells"]
        cases = tuple(Case(c["weeks"], c["before"], c["from"], c["to"]) for c in cells)
        enough = each["events"] >= FEWEST_CRISES and cells[0]["weeks"] >= FEWEST_WEEKS
        sentence = (
            _("In your data this combination preceded %(some)s of %(all)s crises (%(base)s%% of all weeks come before one).")
            % {"some": cells[0]["events"], "all": each["events"], "base": f"{100 * each['base']:.0f}"}
            if enough
            else _("Not enough history: what the scores assume about it is the shipped assumption.")
        )  # fmt: skip
        found.append(Combination(*words[each["subject"]], sentence, cases))
    return found


def may_be_used_again(model: RiskModel) -> bool:
    """Whether a model was made for the inputs of today."""
    return (
        model.status == ModelStatus.RETIRED
        and model.feature_set == shipped.numbers(model.target)["feature_set"]
    )
