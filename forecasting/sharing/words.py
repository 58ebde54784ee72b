"""Learning together with other organisations, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.days import long_day_text

from ..choices import SLUG_OF, Target
from ..in_force.standing import Standing
from ..learning.names import FEWEST_WORDS, OWN_FROM
from ..models import Lesson, SharedPrior, SharedWord, SharingChoice
from ..numbers import four
from .prior import Start, fingerprint


def organisations_text(count: int) -> str:
    """ "6 organisations"."""
    return ngettext("%(count)s organisation", "%(count)s organisations", count) % {"count": count}


def name_of(start: Start) -> str:
    """What lessons start from, with who made it."""
    if not start.is_shared:
        return _("Shipped prior %(version)s") % {"version": start.version}
    return _("Shared prior %(version)s of %(others)s") % {
        "version": start.version,
        "others": organisations_text(start.organisations),
    }


def started_text(start: Start) -> str:
    """The prior that is in use or that a model came from, and whether it was measured anywhere."""
    basis = _("measured there") if start.is_shared else _("assumed")
    return f"{name_of(start)}, {basis}"


def started_values(start: Start) -> dict[str, Any]:
    """The same for a file."""
    return {"name": name_of(start), "sha256": start.digest, "organisations": start.organisations}


def tried_text(verdict: Mapping[str, Any] | None) -> str:
    """What a lesson found of a shared prior; empty where it tried none."""
    said = (verdict or {}).get("shared")
    if not said:
        return ""
    if "gain" not in said:
        return _(
            "Too little has happened here to try the shared prior on. Until then nobody knows whether it holds here, and the shipped one stays."
        )
    value, low, high = said["gain"]
    gain = _("Gain in log loss for each week forecast %(gain)s (80%% of such: %(low)s to %(high)s).") % {
        "gain": four(value),
        "low": four(low),
        "high": four(high),
    }  # fmt: skip
    words = (
        _("Forecasts for programmes left out are better here when training runs start from the shared prior, so they do.")
        if said["used"]
        else _("Forecasts for programmes left out are not clearly better here when training runs start from the shared prior, so the shipped one stays.")
    )  # fmt: skip
    return f"{words} {gain}"


@dataclass(frozen=True)
class Sharing:
    """What an organisation gives and takes for a target.

    Attributes:
        made: the last row about shared priors; `offered`: the one this organisation may start from.
        lesson: the last one.
    """

    target: Target
    choice: SharingChoice
    word: SharedWord
    made: SharedPrior | None
    offered: Start | None
    standing: Standing
    lesson: Lesson | None

    @property
    def slug(self) -> str:
        return SLUG_OF[self.target]

    @property
    def label(self) -> str:
        return str(self.target.label)

    @property
    def text(self) -> str:
        """What is given; while nothing is, what would be."""
        return self.word.given or self.word.ready

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.text)

    @property
    def finding(self) -> str:
        """The heading of its page."""
        if self.choice.gives and self.choice.takes:
            return _("Your history's numbers are given, and others' are tried here")
        if self.choice.gives:
            return _("Your history's numbers are given; nothing is taken")
        if self.choice.takes:
            return _("Nothing is given; what others found is tried here")
        return _("Nothing is given and nothing is taken")

    @property
    def given_text(self) -> str:
        """Whether anything is given, and since when."""
        if self.word.given_on is None:
            return _("No")
        return _("Yes, these numbers since %(day)s") % {"day": long_day_text(self.word.given_on)}

    @property
    def lacking_text(self) -> str:
        """Why there is nothing to give; empty where there is."""
        if self.word.ready:
            return ""
        programmes, events = OWN_FROM
        if not self.word.lacking:
            return _("No training run has tried it yet; the next one will, at night.")
        return _(
            "It takes %(programmes)s programmes with a known outcome and %(events)s crises, or escalated items, in them: fewer would say too little, "
            "and say too much of each."
        ) % {"programmes": programmes, "events": events}

    @property
    def combined_text(self) -> str:
        """Whether it is part of the prior that holds."""
        if self.made is None or not self.made.numbers or self.word.combined_in != self.made.number:
            if self.word.given:
                return _("In no shared prior yet; the next is made in the first week of a quarter")
            return _("In no shared prior")
        if self.word.given:
            return _("In shared prior S%(number)s") % {"number": self.made.number}
        return _(
            "Still in shared prior S%(number)s, of which a mean cannot be taken back; the next one is made without it."
        ) % {"number": self.made.number}

    @property
    def made_text(self) -> str:
        """The shared prior that holds, or why none does."""
        if self.made is None:
            return _("None yet: it takes %(count)s organisations that give") % {"count": FEWEST_WORDS}  # fmt: skip
        if not self.made.numbers:
            return _(
                "None: somebody took back what they gave. There is another once enough organisations changed that nothing of a single one can be worked out."
            )
        return _("S%(number)s, made on %(day)s by %(others)s") % {
            "number": self.made.number,
            "day": long_day_text(self.made.made_on),
            "others": organisations_text(self.made.organisations),
        }

    @property
    def taken_text(self) -> str:
        """Whether lessons start from it here, and why not."""
        if not self.choice.takes:
            return _("No: training runs start from the shipped prior")
        if self.made is None or not self.made.numbers:
            return _("There is none to try; training runs start from the shipped prior.")
        if self.offered is None:
            return _(
                "It holds your own numbers, and what only others made takes %(count)s that give. Lessons start from the shipped prior."
            ) % {"count": FEWEST_WORDS + 1}
        if self.standing.hold is not None:
            return _("The shipped prior is used while what the card of the model says holds.")
        said = (self.lesson.verdict if self.lesson else {}).get("shared", {})
        if said.get("digest") != self.offered.digest:
            return _("It is tried with the next training run, at the earliest a day after the last one. Until then training runs start from the shipped prior.")  # fmt: skip
        return tried_text(self.lesson.verdict if self.lesson else None)
