"""Pieces of governance on the pages of lower storeys."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

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
    """On what a programme is: whether both leads agreed, and what lies beyond what they tolerate."""
    standing = selectors.charter_standing([programme.pk])[programme.pk]
    beyond = selectors.beyond_tolerance(programme, clock.today()) if standing.agreed else []
    return Panel("governance/_charter_state.html", {"standing": standing, "beyond": beyond})


def escalations_about(request: HttpRequest, item: Any) -> Panel | None:
    """On a RAID item or a milestone: what was escalated of it, and a way to do so."""
    member = request.member  # type: ignore[attr-defined]
    place = {"tenant": item.tenant.slug, "code": item.programme.code}
    may = can(member, "governance.escalation_create", item.programme)
    raise_url = reverse("governance:escalation_create", kwargs=place) + f"?about={item.reference}"
    context = {
        "escalations": list(selectors.escalations_about(item)),
        "raise_url": raise_url if may else "",
    }
    return Panel("governance/_escalations_about.html", context)


def changes_about(request: HttpRequest, item: Any) -> Panel | None:
    """On a RAID item or a milestone: the change requests that touch it, and a way to raise one."""
    member = request.member  # type: ignore[attr-defined]
    place = {"tenant": item.tenant.slug, "code": item.programme.code}
    may = can(member, "governance.change_create", item.programme)
    raise_url = reverse("governance:change_create", kwargs=place) + f"?about={item.reference}"
    context = {"changes": selectors.changes_about(item), "raise_url": raise_url if may else ""}
    return Panel("governance/_changes_about.html", context)


def baseline_change(request: HttpRequest, baseline: Any) -> Panel | None:
    """On a kept baseline: the change request it was kept from."""
    changes = selectors.changes_about(baseline)
    return Panel("governance/_baseline_change.html", {"changes": changes}) if changes else None
