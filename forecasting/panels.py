"""Pieces of forecasting on the pages of lower apps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pmo_portal.common.registry import Panel

from . import evidence, selectors


def milestone_signals(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a go-live: the level of every unit it touches, with the reasons."""
    if not milestone.is_golive or milestone.actual_on is not None:
        return None
    risks = list(selectors.signals_before(milestone))
    if not risks:
        return None
    return Panel(
        "forecasting/_milestone_signals.html",
        {"rows": [(risk, evidence.reasons(risk)) for risk in risks]},
    )
