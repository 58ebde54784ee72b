"""The milestones of all programmes in two lanes each, on one time axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.days import day_text
from pmo_portal.common.levels import State
from pmo_portal.common.past_days import day_asked_for, day_notice
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show
from pmo_portal.tenants.selectors import thresholds

from .. import plans, portfolio, roadmap as drawing
from ..forms import RoadmapForm, roadmap_filter
from ..rows import Rows
from ..tables import MILESTONES, ROADMAP

PAGE_SIZE = 20


@require_safe
@tenant_view("scorecards.roadmap_view")
def roadmap(request: TenantRequest) -> HttpResponse:
    """Two lanes for every programme, go-lives flagged, as of any day."""
    today = clock.today()
    as_of = day_asked_for(request.GET, today=today)
    rows = plans.rows_of(request.member, as_of=as_of, today=today)
    filters = roadmap_filter(portfolio.portfolio_names(request.member))
    read = plans.Plans(request.tenant, as_of, thresholds())
    if export_format(request):
        return _export(request, rows, filters, read)
    page = register_page(request, ROADMAP, rows, filters=filters, page_size=PAGE_SIZE)
    shown = list(page.rows)
    form: RoadmapForm = page.form
    scale = form.cleaned_data.get("scale") or "months"
    first, last = _window(form, as_of, scale)
    marks = read.of(shown, golives_only=form.cleaned_data.get("show") == "golives")
    query = "" if as_of == today else f"?as_of={as_of.isoformat()}"
    lines = [_line(request, each, marks[each.pk], query) for each in shown]
    chart = drawing.roadmap(
        lines, on=as_of, first=first, last=last, scale=scale, halves=form.halves
    )
    chart = replace(
        chart, ticks=tuple(replace(tick, text=_tick(tick.on, scale)) for tick in chart.ticks)
    )
    made = plans.near(rows, as_of=as_of)
    return show(
        request,
        "scorecards/roadmap.html",
        "register",
        {
            "register": page,
            "chart": chart if lines else None,
            "lines": [_listed(line, first, last, form.halves) for line in lines],
            "halves": form.halves,
            "first": first,
            "last": last,
            "as_of": as_of,
            "today": today,
            "shown_at": as_of,
            "day_notice": day_notice(request.GET, today=today),
            "is_before_all": as_of != today and not rows,
            "finding": plans.finding(made),
        },
    )


def _window(form: RoadmapForm, as_of: date, scale: str) -> tuple[date, date]:
    """The days asked for; where only one is, or none, the usual span from there."""
    wanted = form.cleaned_data
    first, last = drawing.window(as_of, scale)
    if wanted.get("first"):
        span = last - first
        first = wanted["first"]
        last = wanted.get("last") or first + span
    elif wanted.get("last"):
        last = wanted["last"]
    return (first, last) if last > first else (last, first)


def _line(request: TenantRequest, programme: Any, marks: Any, query: str) -> drawing.Programme:
    golive = programme.summary.golive_on if getattr(programme, "summary", None) else None
    under = programme.code
    if golive:
        under += ", " + _("live %(day)s") % {"day": day_text(golive)}
    return drawing.Programme(
        programme.name, f"/t/{request.tenant.slug}/p/{programme.code}/{query}", under, marks
    )


def _tick(day: date, scale: str) -> str:
    if scale == "quarters":
        return _("Q%(number)s %(year)s") % {"number": (day.month + 2) // 3, "year": day.year}
    return date_format(day, "M Y") if day.month == 1 else date_format(day, "M")


def _listed(line: drawing.Programme, first: date, last: date, halves: list[str]) -> SimpleNamespace:
    """The same milestones in words, with how many lie outside the days shown."""
    sides = []
    for half in halves:
        mine = [mark for mark in line.marks if mark.half == half]
        sides.append(
            SimpleNamespace(
                half=half,
                marks=[
                    SimpleNamespace(mark=mark, slip=plans.slip_words(mark.slip))
                    for mark in mine
                    if first <= mark.expected_on <= last
                ],
                earlier=sum(mark.expected_on < first for mark in mine),
                later=sum(mark.expected_on > last for mark in mine),
            )
        )
    return SimpleNamespace(name=line.name, url=line.url, under=line.under, sides=sides)


def _export(request: TenantRequest, rows: Any, filters: Any, read: plans.Plans) -> HttpResponse:
    """Every milestone of every programme that matches the filters, in the days asked for."""
    chosen = filters(request.GET, queryset=rows, request=request)
    chosen.form.is_valid()
    wanted = chosen.form.cleaned_data
    _sort, order = ROADMAP.order(request.GET.get("sort", ""))
    programmes = list(chosen.filter_queryset(rows).order_by(*order))
    marks = read.of(
        programmes,
        golives_only=wanted.get("show") == "golives",
        halves=chosen.form.halves,
    )
    found: Any = Rows(_file_rows(programmes, marks, wanted.get("first"), wanted.get("last")))
    return export_response(request, MILESTONES, found)


def _file_rows(
    programmes: list[Any], marks: dict[int, Any], first: date | None, last: date | None
) -> Iterator[SimpleNamespace]:
    number = 0
    for programme in programmes:
        for mark in marks[programme.pk]:
            if (first and mark.expected_on < first) or (last and mark.expected_on > last):
                continue
            number += 1
            yield SimpleNamespace(
                pk=number,
                order=number,
                programme=programme.name,
                code=programme.code,
                portfolio=programme.portfolio,
                stage=programme.get_stage_display(),
                half=plans.half_words(mark.half),
                reference=mark.reference,
                name=mark.name,
                golive=_("yes") if mark.is_golive else _("no"),
                baseline_on=mark.baseline_on,
                expected_on=mark.expected_on,
                reached=_("yes") if mark.is_done else _("no"),
                slip=mark.slip,
                state=str(State(mark.state).label),
            )
