"""The slip chart: how the dates of both tracks moved over time, and every word on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show, wants_part

from .. import rows, selectors
from ..choices import Half
from ..forms import WordFilter
from ..slips import Said, slips
from ..tables import WORDS


@require_safe
@programme_view("programmes.milestone_view")
def slip_list(request: TenantRequest) -> HttpResponse:
    """Both tracks drawn on the same axes, and the register of all that was said."""
    today = clock.today()
    words = selectors.words_of(request.programme, as_of=today)
    if export_format(request):
        return export_response(request, WORDS, words, filters=WordFilter, present=rows.word_row)
    context: dict[str, Any] = {
        "register": register_page(request, WORDS, words, filters=WordFilter, present=rows.word_row),
        "as_of": today,
    }
    if not wants_part(request):
        found = selectors.said_of(request.programme, as_of=today)
        tracks = [[said for milestone, said in found if milestone.track == half] for half in Half]
        drawn = slips(tracks, on=today)
        context |= {
            "finding": _finding([said for _milestone, said in found], today),
            "halves": [
                _half(half, track, figure, today)
                for half, track, figure in zip(Half, tracks, drawn, strict=True)
            ],
        }
    return show(request, "programmes/slip_list.html", "register", context)


@dataclass(frozen=True)
class HalfOfSlips:
    """One track: what moved, in words, drawn, and as a table."""

    half: Half
    title: str
    figure: Any
    lines: list[tuple[Said, int]]
    said_late: list[Said]


def _half(half: Half, track: list[Said], figure: Any, on: date) -> HalfOfSlips:
    lines = sorted(((said, said.slip(on)) for said in track), key=lambda line: -line[1])
    return HalfOfSlips(half, _title(track), figure, lines, [s for s in track if s.was_said_late])


def _title(track: list[Said]) -> str:
    if not track:
        return _("Nothing is recorded about dates yet")
    moved = sum(bool(said.moves) for said in track)
    if not moved:
        return _("No date has moved")
    return ngettext(
        "%(moved)d of %(all)d date moved", "%(moved)d of %(all)d dates moved", len(track)
    ) % {"moved": moved, "all": len(track)}


def _finding(every: list[Said], on: date) -> str:
    """The heading: how many dates moved back, and whether it was said in time."""
    if not every:
        return _("Nothing is recorded about dates yet")
    later = sum(bool(said.moves) and said.slip(on) > 0 for said in every)
    late = sum(said.was_said_late for said in every)
    if late:
        return ngettext(
            "%(late)d date moved only in its last week",
            "%(late)d dates moved only in their last week",
            late,
        ) % {"late": late}
    if not later:
        return _("No date has moved behind its baseline")
    return ngettext(
        "%(later)d of %(all)d date moved behind its baseline",
        "%(later)d of %(all)d dates moved behind their baselines",
        len(every),
    ) % {"later": later, "all": len(every)}
