"""Champion and challenger beside each other, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.days import day_text

from ..in_force import words as standing_words
from ..models import RiskModel
from ..numbers import four
from ..sharing import words as shared_words
from ..sharing.prior import Start
from .card import ModelCard
from .lessons import reasons_of
from .registered import Registered
from .reports import interval_text
from .weights import Term, terms

# So many of the terms that differ most are told.
TERMS_TOLD = 8
# Odds that differ by a smaller factor are the same.
SAME = 0.01
LINES: dict[str, Any] = {
    "auc": gettext_lazy("AUC"),
    "ap": gettext_lazy("Average precision"),
    "skill": gettext_lazy("Brier skill"),
    "error": gettext_lazy("Calibration error"),
    "slope": gettext_lazy("Slope of the log-odds"),
}


@dataclass(frozen=True)
class Line:
    """One line of a table: what is compared, of the challenger and of what is in use."""

    label: str
    challenger: str
    champion: str


@dataclass(frozen=True)
class TermsApart:
    """A term that the two weigh otherwise: the odds for one standard deviation more of it, by each."""

    label: str
    unit: str
    challenger: float
    champion: float

    @property
    def distance(self) -> float:
        return abs(math.log(self.challenger) - math.log(self.champion))

    @property
    def words(self) -> str:
        """What the challenger does with it, beside what is in use."""
        ways = _way(self.challenger), _way(self.champion)
        if ways == (1, 1):
            return _("Raises more") if self.challenger > self.champion else _("Raises less")
        if ways == (-1, -1):
            return _("Lowers more") if self.challenger < self.champion else _("Lowers less")
        return {
            (1, 0): _("Raises, no effect in what is in use"),
            (-1, 0): _("Lowers, no effect in what is in use"),
            (0, 1): _("No effect, raises in what is in use"),
            (0, -1): _("No effect, lowers in what is in use"),
            (1, -1): _("Raises, lowers in what is in use"),
            (-1, 1): _("Lowers, raises in what is in use"),
        }[ways]


def _way(odds: float) -> int:
    if abs(math.log(odds)) < SAME:
        return 0
    return 1 if odds > 1 else -1


@dataclass(frozen=True)
class Duel:
    """What is in use for a target and what waits beside it."""

    card: ModelCard

    @property
    def challenger(self) -> RiskModel | None:
        return self.card.challenger

    @property
    def name(self) -> str:
        return Registered(self.card.challenger).name if self.card.challenger else ""

    @property
    def compared(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (
            self.card.challenger.measured.get("compared", {}) if self.card.challenger else {}
        )
        return found

    @property
    def is_of_today(self) -> bool:
        return self.card.challenger is not None and self.card.challenger.is_of_today

    @property
    def is_current(self) -> bool:
        """Whether it was compared with what is in use now."""
        return self.compared.get("beside") == self.card.beside

    @property
    def finding(self) -> str:
        """The heading: how the challenger did, or why there is none."""
        if self.card.challenger is None:
            return self._why_none
        names = {"challenger": self.name, "champion": self.card.name}
        gain = self.compared.get("gain")
        if gain is None or not self.is_current:
            text = _("%(challenger)s waits beside %(champion)s; the two could not be compared yet")
        elif gain[1] > 0:
            text = _("%(challenger)s was clearly better than %(champion)s, which is in use")
        elif gain[2] <= 0:
            text = _("%(challenger)s was clearly worse than %(champion)s, which is in use")
        else:
            text = _("%(challenger)s was neither clearly better nor clearly worse than %(champion)s, which is in use")  # fmt: skip
        return text % names

    @property
    def _why_none(self) -> str:
        lesson = self.card.lesson
        if self.declined:
            return _("There is no challenger: a person set it aside")
        if lesson is None:
            return _("There is no challenger: nothing has been learned from here yet")
        if not lesson.verdict.get("tried"):
            return _("There is no challenger: too little happened here to try a model")
        if self.card.was_chosen:
            return _("There is no challenger: a person put it into use")
        if lesson.model_id is not None:
            # It may have been set aside since, or have given way to another.
            if self.card.model is not None and lesson.model_id == self.card.model.pk:
                return _("There is no challenger: the last trained model is in use")
            return _("There is no challenger: the last trained model came into use, and is no longer in use")  # fmt: skip
        return _("There is no challenger: the next training run may make one")

    @property
    def declined(self) -> str:
        """Who set a challenger aside, while that holds."""
        if not self.card.standing.declines(self.card.beside):
            return ""
        return standing_words.declined(self.card.standing)

    @property
    def may_be_offered(self) -> RiskModel | None:
        """What a person set aside and may be put up again."""
        event = self.card.standing.declined
        return event.model if event and self.declined else None

    @property
    def against(self) -> list[str]:
        """What spoke against the challenger, and what keeps it from coming into use otherwise."""
        assert self.card.challenger is not None
        verdict = self.card.challenger.measured.get("verdict") or {}
        found = reasons_of(verdict)
        if verdict.get("held") == "changed":
            found.append(
                _(
                    "Somebody decided about models while this one was being trained, so it was not used. The next one will be."
                )
            )
        elif verdict.get("tried") and not found:
            found.append(_("Nothing spoke against it in programmes it was not learned from; what holds keeps it from coming into use."))  # fmt: skip
        if not self.card.challenger.is_of_today:
            found.append(_("It was made for other inputs than today's and cannot come into use."))
        return found

    @property
    def gain(self) -> str:
        """The gain of the challenger, and what it was measured on."""
        compared = self.compared
        if not compared:
            return _("Something else came into use while it was being trained. The next training run compares it, or the model it makes then.")  # fmt: skip
        counts = {
            "rows": compared["rows"],
            "programmes": compared["programmes"],
            "events": compared["events"],
        }
        on = _("Weeks compared: %(rows)s of %(programmes)s programmes, with %(events)s events.")
        if compared["since"]:
            on = _("Weeks compared: %(rows)s of %(programmes)s programmes, with %(events)s events, all after %(day)s, because what was in use was learned from those before.")  # fmt: skip
            counts["day"] = day_text(date.fromisoformat(compared["since"]))
        text = on % counts
        if compared["gain"] is None:
            text = f"{text} {_('Too few to measure by.')}"
        else:
            value, low, high = compared["gain"]
            gain = _("Gain of the challenger in log loss for each week: %(gain)s (80%% of such: %(low)s to %(high)s). Above zero the challenger was better.")  # fmt: skip
            text = f"{gain % {'gain': four(value), 'low': four(low), 'high': four(high)}} {text}"
        if not self.is_current:
            text = f"{_('It was compared with the model in use before; the next training run compares again.')} {text}"
        return text

    @property
    def lines(self) -> list[Line]:
        """The measures of both on the same weeks; none where too little happened."""
        by = self.compared.get("by")
        if not by:
            return []
        ours, theirs = by["challenger"], by["champion"]
        first = Line(_("Log loss"), four(ours["log_loss"]), four(theirs["log_loss"]))
        return [
            first,
            *(
                Line(str(label), interval_text(ours[name]), interval_text(theirs[name]))
                for name, label in LINES.items()
            ),
        ]

    @property
    def facts(self) -> list[Line]:
        """What each is and was learned from."""
        assert self.card.challenger is not None
        ours = Registered(self.card.challenger)
        theirs = _facts_of(self.card.start)
        if self.card.model:
            used = Registered(self.card.model)
            theirs = used.history or "–", _rows(used.model.rows), used.approval
        history, rows, approval = theirs
        return [
            Line(_("Stage"), ours.model.get_stage_display(), str(self.card.stage.label)),
            Line(_("Made on"), _day(ours.model), _day(self.card.model) or "–"),
            Line(_("Learned from"), ours.history or "–", history),
            Line(_("Rows with a known outcome"), _rows(ours.model.rows), rows),
            Line(_("Approved by"), "–", approval),
            Line(_("Fingerprint (SHA-256)"), ours.model.digest[:12], self.card.digest[:12]),
        ]

    @property
    def apart(self) -> list[TermsApart]:
        """Where the two weigh inputs or portfolios most differently, the farthest apart first."""
        challenger, champion = self.card.challenger, self.card.model
        if (
            challenger is None
            or not challenger.is_of_today
            or (champion and not champion.is_of_today)
        ):
            return []  # fmt: skip
        ours = _by_label(terms(self.card.target, challenger.numbers, self.card.start.numbers))
        theirs = _by_label(self.card.terms)
        found = [
            TermsApart(label, term.unit, term.odds, theirs[label].odds)
            for label, term in ours.items()
        ]
        pools = (challenger.numbers.get("pools", {}), self.card.numbers.get("pools", {}))
        found += [
            TermsApart(name, _("portfolio"), *(math.exp(each.get(name, 0.0)) for each in pools))
            for name in sorted({*pools[0], *pools[1]})
        ]
        far = sorted(found, key=lambda each: -each.distance)[:TERMS_TOLD]
        return [each for each in far if each.distance >= SAME]


def _facts_of(start: Start) -> tuple[str, str, str]:
    """What a prior was learned from, from how many rows, and who approved it. Nobody is told how many rows others have."""
    if start.is_shared:
        return (
            shared_words.organisations_text(start.organisations),
            "–",
            _("By the rules of the portal: it was better here"),
        )
    about = start.numbers["about"]
    history = _("%(worlds)s invented organisations") % {"worlds": about["worlds"]}
    return history, _rows(about["rows"]), _("Shipped with the portal")


def _rows(count: int) -> str:
    return f"{count:,}" if count else "–"


def _by_label(found: Sequence[Term]) -> dict[str, Term]:
    return {each.label: each for each in found}


def _day(model: RiskModel | None) -> str:
    return day_text(model.made_on) if model else ""
