"""Pieces of the roof on the pages of lower storeys."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registry import Panel
from programmes.choices import Half, Stage

from .scorecard import halves_of


def halves_on_the_table(request: HttpRequest, meeting: Any) -> Panel | None:
    """In the pack of a meeting: where both halves stood on its day."""
    if not can(request.member, "scorecards.scorecard_view", meeting.programme):  # type: ignore[attr-defined]
        return None
    today = clock.today()
    as_of = min(meeting.held_on, today)
    context = {
        "halves": halves_of(meeting.programme, as_of=as_of, today=today),
        "first": Half.ADOPTION if meeting.programme.stage == Stage.TRANSITION else Half.DELIVERY,
        "as_of": as_of,
    }
    return Panel("scorecards/_halves_on_the_table.html", context)
