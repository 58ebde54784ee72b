"""Lessons in words: what was tried, and what spoke against it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from ..choices import Stage, Target
from ..models import Lesson
from ..numbers import four


def verdict_text(lesson: Lesson | None) -> str:
    """Whether what was learned was put to the test, and what came of it."""
    return "" if lesson is None else verdict_words(lesson.verdict)


def verdict_words(verdict: Mapping[str, Any], *, chosen: bool = False) -> str:
    """What came of the test a lesson put a model to.

    Args:
        chosen: a person put it into use, whatever spoke against it.
    """
    if not verdict.get("tried"):
        return _("Too little to try a model of your own")
    if verdict.get("promoted"):
        return _("Tried on programmes it was not learned from: nothing spoke against it")
    against = " ".join(reasons_of(verdict))
    text = (
        _("Tried on programmes it was not learned from, and used because a person decided so: %(against)s")
        if chosen
        else _("Tried on programmes it was not learned from, and not used: %(against)s")
    )  # fmt: skip
    return text % {"against": against}


def counted(target: Target, events: int, programmes: int) -> str:
    """What there was to learn from: crises, or items that escalated, of how many programmes."""
    if target is Target.RAID_ESCALATES_4W:
        text = ngettext(
            "%(events)s item of %(programmes)s programmes escalated",
            "%(events)s items of %(programmes)s programmes escalated",
            events,
        )
    else:
        text = ngettext(
            "%(events)s crisis in %(programmes)s programmes",
            "%(events)s crises in %(programmes)s programmes",
            events,
        )
    return text % {"events": events, "programmes": programmes}


def is_from_shared(verdict: Mapping[str, Any]) -> bool:
    """Whether a lesson started from a prior of other organisations, and was compared with it."""
    return bool(verdict.get("shared", {}).get("used"))


def reasons_of(verdict: Mapping[str, Any]) -> list[str]:
    """What spoke against a model that was tried."""
    is_shared = is_from_shared(verdict)
    return [_reason_text(each, is_shared=is_shared) for each in verdict.get("reasons", ())]


def _reason_text(reason: str, *, is_shared: bool) -> str:
    words = {
        "slice:near_golive": _("Forecasts near a go-live would be worse."),
        "slice:due_soon": _("Forecasts for items due soon would be worse."),
        "slice:unmitigated": _("Forecasts for items nothing is done about would be worse."),
        "order": _("Its ranking is not clearly better than chance."),
        "gain": _("It was less accurate than the shared prior.")
        if is_shared
        else _("It was less accurate than the shipped prior."),
        "slope": _("Its scores are too bold or too timid."),
        "later": _(
            "The model trained before the last 13 weeks was less accurate on them than the shared prior, and training on them has not made up for it yet."
        )
        if is_shared
        else _(
            "The model trained before the last 13 weeks was less accurate on them than the shipped prior, and training on them has not made up for it yet."
        ),
    }
    return words.get(reason, reason)


def lesson_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a walk learned, a row for each time, the latest first; each from the shipped prior, the only one of its day."""
    return [
        {
            "day": date.fromisoformat(each["day"]),
            "stage": Stage(each["stage"]).label,
            "rows": each["rows"],
            "programmes": each["programmes"],
            "events": each["events"],
            "gain": four(each["gain"][0]) if each["tried"] else "–",
            "against": " ".join(reasons_of(each))
            if each["tried"]
            else _("Too little to try a model"),
        }
        for each in reversed(report.get("learned", ()))
    ]
