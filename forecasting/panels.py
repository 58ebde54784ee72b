"""Pieces of forecasting on the pages of lower apps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pmo_portal.common.registry import Panel

from . import evidence, selectors
from .tables import score_row


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


def milestone_scores(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a go-live: the risk of the programme, and of each unit this go-live touches."""
    if not milestone.is_golive or milestone.actual_on is not None:
        return None
    scores = selectors.scores_of(milestone.programme)
    touched = {unit.pk for unit in milestone.units.all()}
    rows = [
        score_row(each)
        for each in scores
        if each.unit_id is None or not touched or each.unit_id in touched
    ]
    return Panel("forecasting/_milestone_scores.html", {"rows": rows}) if rows else None
