"""Pieces of governance on the pages of lower storeys."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pmo_portal.accounts.permissions import can
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


def golive_moves(request: HttpRequest, milestone: Any) -> Panel | None:
    """On a go-live: how often and why it moved; asks for the reason while nobody has said one."""
    moves = list(selectors.moves_of(milestone))
    if not moves:
        return None
    context = {
        "moves": moves,
        "unexplained": [each for each in moves if not each.reason],
        "may_explain": can(request.member, "governance.move_change", moves[0]),  # type: ignore[attr-defined]
    }
    return Panel("governance/_golive_moves.html", context)


def charter_state(request: HttpRequest, programme: Any) -> Panel | None:
    """On what a programme is: whether both leads agreed."""
    standing = selectors.charter_standing([programme.pk])[programme.pk]
    return Panel("governance/_charter_state.html", {"standing": standing})
