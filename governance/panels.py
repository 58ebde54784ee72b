"""Pieces of governance on the pages of lower storeys."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pmo_portal.common import clock
from pmo_portal.common.registry import Panel

from . import selectors


def milestone_decisions(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a milestone: the decisions about it."""
    decisions = list(selectors.decisions_about(milestone))
    if not decisions:
        return None
    context = {"decisions": decisions, "today": clock.today()}
    return Panel("governance/_milestone_decisions.html", context)
