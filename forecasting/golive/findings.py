"""Headings of the pages of signals: what was found, in one sentence that is true of the rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _, ngettext

from ..choices import RiskLevel
from ..models import GoLiveRisk


def signals_finding(risks: Sequence[GoLiveRisk], *, weeks: int, is_watched: bool) -> str:
    """Args:
    risks: loudest first.
    is_watched: whether the plan of today has a go-live for the rule to look at.
    """
    raised = [risk for risk in risks if risk.is_raised]
    units = list(dict.fromkeys(risk.unit for risk in raised))
    if len(units) == 1:
        return _("%(unit)s may not be ready for %(golive)s") % {
            "unit": units[0],
            "golive": raised[0].milestone,
        }
    if units:
        return ngettext(
            "%(count)s unit may not be ready for its go-live",
            "%(count)s units may not be ready for their go-lives",
            len(units),
        ) % {"count": len(units)}
    if not risks and is_watched:
        return _("Not computed yet")
    if not risks:
        return ngettext(
            "No go-live within %(weeks)s week", "No go-live within %(weeks)s weeks", weeks
        ) % {"weeks": weeks}
    if any(risk.level == RiskLevel.UNKNOWN for risk in risks):
        return _("No signal, but not everything is known")
    return _("No signal before the next go-lives")
