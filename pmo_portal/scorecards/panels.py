"""Pieces of the roof on the pages of lower storeys."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registry import Panel
from programmes.choices import Half, Stage
from programmes.models import Programme

from . import units
from .scorecard import halves_of


def halves_on_the_table(request: HttpRequest, meeting: Any) -> Panel | None:
    """In the pack of a meeting: where both halves stood on its day."""
    return _halves(request, meeting.programme, meeting.held_on)


def halves_beside_judgements(request: HttpRequest, asked: Any) -> Panel | None:
    """Beside what people judge: what the figures said on the last day of the round."""
    return _halves(request, asked.programme, asked.closes_on)


def unit_reached(request: HttpRequest, unit: Any) -> Panel:
    """On a unit: the programmes that reach it, both halves beside each other, and its next weeks."""
    today = clock.today()
    found = units.reached(unit, request.member, request.tenant, today=today)  # type: ignore[attr-defined]
    return Panel(
        "scorecards/_unit.html",
        {
            "reached": found,
            "finding": units.finding(found),
            "finding_of_weeks": units.finding_of_weeks(found),
            "unit": unit,
            "as_of": today,
        },
    )


def _halves(request: HttpRequest, programme: Programme, day: date) -> Panel | None:
    if not can(request.member, "scorecards.scorecard_view", programme):  # type: ignore[attr-defined]
        return None
    today = clock.today()
    as_of = min(day, today)
    context = {
        "halves": halves_of(programme, as_of=as_of, today=today),
        "first": Half.ADOPTION if programme.stage == Stage.TRANSITION else Half.DELIVERY,
        "as_of": as_of,
    }
    return Panel("scorecards/_halves_on_the_table.html", context)
