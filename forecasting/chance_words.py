"""Chances as words and as cells of files, for whatever they are of."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal.common.exports import Percent

from . import chance
from .chance import Chance
from .learning.limits import ELEVATED_FROM, HIGH_FROM, step_of


def percent_text(told: Chance) -> str:
    """A chance in steps of five points: "25%", or "under 5%"."""
    if not told.of_twenty:
        return _("under %(percent)s%%") % {"percent": chance.POINTS}
    return f"{told.percent}%"


def percent_cell(told: Chance) -> Percent | str:
    """The same for files: a number, but where there is none to tell."""
    return Percent(told.of_twenty / chance.LIKE) if told.of_twenty else percent_text(told)


def plain_cell(probability: float) -> Percent:
    """To a point, for sums; a score itself is shown in steps of five."""
    digits = 1 if probability < 0.1 else 0
    return Percent(round(probability, 2 + digits), digits)


def plain_percent(probability: float) -> str:
    """The same as words."""
    return str(plain_cell(probability))


def limits_text(lowest_base: float | None, highest_base: float | None) -> str:
    """From which chance each level begins, for a list of scores with such bases. Empty where there is no score, or they
    are not all of one model.
    """
    base = lowest_base
    if base is None or base != highest_base:
        return ""
    elevated, high = (chance.POINTS * step_of(times * base) for times in (ELEVATED_FROM, HIGH_FROM))
    text = (
        _("Low below %(elevated)s%%, elevated from %(elevated)s%%, high from %(high)s%%: levels go by the chance as it is written, in steps of five points.")
        if elevated < high
        else _("Low below %(high)s%%, high from %(high)s%%: levels go by the chance as it is written, in steps of five points.")
    )  # fmt: skip
    return text % {"elevated": elevated, "high": high}


def band_text(told: Chance) -> str:
    """The band as "10% to 30%"."""
    if not told.low:
        return _("up to %(high)s%%") % {"high": told.high_percent}
    if told.low == chance.MOST:
        return _("%(low)s%% or more") % {"low": told.low_percent}
    return _("%(low)s%% to %(high)s%%") % {"low": told.low_percent, "high": told.high_percent}
