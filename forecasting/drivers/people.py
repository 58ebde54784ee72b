"""What is known behind the drivers of adoption, and how near a go-live is, in sentences. Empty where nothing is known."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.utils.text import capfirst
from django.utils.translation import gettext as _, ngettext

from ..golive.words import ahead_phrase
from .known import Known

# Above this, weeks to go say only that it is far away.
FAR = 29.5


def _engagement(known: Known) -> str:
    if not known.has("eng_mean"):
        return ""
    unit = known.unit_of("engagement")
    mean, lowest = round(known["eng_mean"]), round(known.values.get("eng_min", known["eng_mean"]))
    if known.unit or not unit or lowest == mean:
        text = (
            _("Smoothed engagement in %(unit)s is %(mean)s of 100")
            if unit
            else _("Smoothed engagement is %(mean)s of 100")
        )
    else:
        text = _("Smoothed engagement in %(unit)s is %(lowest)s of 100, over all units %(mean)s")
    parts = [text % {"unit": unit, "lowest": lowest, "mean": mean}]
    if known.has("response_rate_s"):
        parts.append(_answered(known["response_rate_s"]))
    weeks = round(known.values.get("eng_age_w", 0))
    if weeks >= 2:
        parts.append(
            ngettext("asked %(weeks)s week ago", "asked %(weeks)s weeks ago", weeks)
            % {"weeks": weeks}
        )
    return ", ".join(parts) + _before_golive(known)


def _answered(percent: float) -> str:
    """How many of those asked answered; the input is nothing where a survey was published without its number of answers."""
    if not percent:
        return _("how many answered is not known")
    if percent < 1:
        return _("under 1% of the people answered")
    return _("%(share)s%% of the people answered") % {"share": round(percent)}


def _training(known: Known) -> str:
    if not known.has("train_gap"):
        return ""
    unit = known.unit_of("training")
    mean = round(100 * known["train_gap"])
    most = round(100 * known.values.get("train_gap_max", known["train_gap"]))
    if not most:
        return (
            _("Training in %(unit)s is on plan") if known.unit else _("Training is on plan")
        ) % {"unit": unit} + _before_golive(known)
    if known.unit or not unit or most == mean:
        text = (
            _("Training in %(unit)s is %(most)s points behind plan")
            if unit
            else _("Training is %(most)s points behind plan")
        )
    else:
        text = _("Training in %(unit)s is %(most)s points behind plan, over all units %(mean)s")
    return text % {"unit": unit, "most": most, "mean": mean} + _before_golive(known)


def _resistance(known: Known) -> str:
    parts = [_signals(known)]
    if known.has("resist_text_4w") and known.shares.get("resist_text_4w"):
        parts.append(
            _(
                "%(share)s%% of comments in four weeks speak of resistance, pulled towards the usual where there are few"
            )
            % {"share": round(100 * known["resist_text_4w"])}
        )
    return capfirst("; ".join(part for part in parts if part))


def _signals(known: Known) -> str:
    if not known.has("resist_4w"):
        return ""
    rate = math.expm1(known["resist_4w"])
    if rate < 0.05:
        return _("No sign of resistance in four weeks")
    unit = known.unit_of("resistance")
    text = (
        _("%(rate)s signs of resistance among 100 people in four weeks, in %(unit)s")
        if known.unit
        else _("%(rate)s signs of resistance among 100 people in four weeks, most in %(unit)s")
        if unit
        else _("%(rate)s signs of resistance among 100 people in four weeks")
    )
    return text % {"rate": f"{rate:.1f}", "unit": unit} + _before_golive(known)


def _golive(known: Known) -> str:
    if not known.has("weeks_to_golive"):
        return ""
    return capfirst(golive_phrase(known["weeks_to_golive"]))


def golive_phrase(weeks: float) -> str:
    """How far away a go-live is: "go-live in 3 weeks"."""
    if weeks >= FAR:
        return _("go-live is more than half a year away")
    days = round(7 * weeks)
    if days >= 0:
        return ahead_phrase(days)
    # Whether it happened, the inputs do not say.
    if days > -7:
        return _("the date of go-live was within the last week")
    count = round(-days / 7)
    return ngettext(
        "the date of go-live was %(count)s week ago",
        "the date of go-live was %(count)s weeks ago",
        count,
    ) % {"count": count}


def _before_golive(known: Known) -> str:
    """People matter more the nearer a go-live is: said where that is part of the sum."""
    if known.values.get("near_golive", 0.0) <= 0.0 or not known.has("weeks_to_golive"):
        return ""
    return "; " + golive_phrase(known["weeks_to_golive"])


SENTENCES: dict[str, Callable[[Known], str]] = {
    "engagement": _engagement,
    "training": _training,
    "resistance": _resistance,
    "golive": _golive,
}
