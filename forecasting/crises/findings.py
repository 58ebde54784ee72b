"""Headings of the pages of scores, and what stands in the place of a score that is over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from pmo_portal.common.days import day_text

from ..chance_words import percent_text
from ..choices import RiskLevel
from ..models import RiskScore
from .forecast import Forecast, shown


def score_finding(name: str, forecast: Forecast | None) -> str:
    """The heading of the page."""
    if forecast is None:
        return _("%(name)s has no score yet") % {"name": name}
    words = {
        RiskLevel.HIGH: _("%(name)s: high risk of a crisis within four weeks"),
        RiskLevel.ELEVATED: _("%(name)s: elevated risk of a crisis within four weeks"),
        RiskLevel.UNKNOWN: _("%(name)s: too little is known to forecast a risk"),
    }
    text = words.get(
        RiskLevel(forecast.score.level), _("%(name)s: low risk of a crisis within four weeks")
    )
    return text % {"name": name}


def closed_text(score: RiskScore | None, *, closed_on: date) -> str:
    """What stands on pages of a programme that is over, where its score was; None where it never had one."""
    if score is None:
        return _("Closed on %(closed)s. It never had a score.") % {"closed": day_text(closed_on)}
    return _("Closed on %(closed)s. The last score was %(percent)s (%(level)s) on %(on)s.") % {
        "closed": day_text(closed_on),
        "percent": percent_text(shown(score)),
        "level": score.get_level_display().lower(),
        "on": day_text(score.as_of),
    }


def scores_finding(
    *, scored: int, crises: int, high: int, elevated: int, unknown: int, **_more: Any
) -> str:
    """The heading of the list of scores: how many programmes stand high, or else elevated. `crises`: of how many nothing is forecast."""
    if not scored:
        if crises:
            return _(
                "Nothing is forecast: every programme with a score is in a crisis or just after one"
            )
        return _("No programme has a score yet")
    if high:
        return ngettext(
            "%(count)s programme of %(scored)s has a high risk of a crisis within four weeks",
            "%(count)s programmes of %(scored)s have a high risk of a crisis within four weeks",
            high,
        ) % {"count": high, "scored": scored}
    if elevated:
        return ngettext(
            "%(count)s programme of %(scored)s has an elevated risk of a crisis within four weeks",
            "%(count)s programmes of %(scored)s have an elevated risk of a crisis within four weeks",
            elevated,
        ) % {"count": elevated, "scored": scored}
    if unknown == scored:
        return _("Too little is known about any programme to forecast a risk")
    if unknown:
        return _(
            "No programme of which something is known has more than a low risk of a crisis within four weeks"
        )
    return _("No programme has more than a low risk of a crisis within four weeks")


def units_finding(
    *, scored: int, crises: int, units: int, high: int, elevated: int, unknown: int, **_more: Any
) -> str:
    """The heading of the list of units: how many single units stand high, or else elevated, in any programme."""
    if not scored:
        if crises:
            return _(
                "Nothing is forecast: every programme with a score is in a crisis or just after one"
            )
        return _("No unit has a score yet")
    if high:
        return ngettext(
            "%(count)s of %(units)s units has a high risk of a crisis in a programme",
            "%(count)s of %(units)s units have a high risk of a crisis in a programme",
            high,
        ) % {"count": high, "units": units}
    if elevated:
        return ngettext(
            "%(count)s of %(units)s units has an elevated risk of a crisis in a programme",
            "%(count)s of %(units)s units have an elevated risk of a crisis in a programme",
            elevated,
        ) % {"count": elevated, "units": units}
    if unknown == scored:
        return _("Too little is known about any unit to forecast a risk")
    if unknown:
        return _("No unit of which something is known has more than a low risk of a crisis")
    return _("No unit has more than a low risk of a crisis in any programme")
