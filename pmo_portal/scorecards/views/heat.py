"""Business units over twelve weeks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.days import day_text
from pmo_portal.common.past_days import day_asked_for, day_notice
from pmo_portal.common.registers import (
    Column,
    Register,
    export_format,
    export_response,
    register_page,
)
from pmo_portal.common.rendering import show

from .. import heat, portfolio
from ..forms import HeatForm, heat_filter
from ..rows import Rows
from ..tables import HEAT

# How many units stand on the portfolio.
ON_PORTFOLIO = 6


@require_safe
@tenant_view("scorecards.heat_view")
def unit_heat(request: TenantRequest) -> HttpResponse:
    """Units with the lowest engagement first, twelve weeks beside them, as of any day."""
    today = clock.today()
    as_of = day_asked_for(request.GET, today=today)
    portfolios = portfolio.portfolio_names(request.member)
    form = HeatForm(request.GET, portfolios=portfolios, parts=[])
    form.is_valid()
    first = form.cleaned_data.get("first") or as_of
    found: Any = Rows(
        heat.rows(
            request.member,
            request.tenant,
            as_of=as_of,
            today=today,
            first=first,
            portfolio=form.cleaned_data.get("portfolio") or "",
        )
    )
    weeks = heat.weeks_from(first)
    filters = heat_filter(portfolios, _parts(found))
    if export_format(request):
        return export_response(request, _file(weeks), found, filters=filters)
    context: dict[str, Any] = {
        "weeks": weeks,
        "has_load": heat.has_load(found),
        "as_of": as_of,
        "today": today,
        "shown_at": as_of,
        "day_notice": day_notice(request.GET, today=today),
    }
    if "top" in request.GET:
        rows = [row for row in found if row.has_golive or row.is_over]
        rows.sort(key=lambda row: (row.engagement is None, row.engagement or 0, row.name))
        shown = heat.Presenter().drawn(rows[:ON_PORTFOLIO])
        context |= {"rows": shown, "finding": heat.finding(rows)}
        return show(request, "scorecards/unit_heat_top.html", "", context)
    page = register_page(request, HEAT, found, filters=filters)
    context |= {
        "register": page,
        "rows": heat.Presenter().drawn(page.rows),
        "finding": heat.finding(page.rows),
    }
    return show(request, "scorecards/unit_heat.html", "register", context)


def _parts(rows: Rows) -> list[tuple[str, str]]:
    """Units that have others below them."""
    above = {row.path.rpartition("/")[0] for row in rows}
    return [(row.path, row.name) for row in rows if row.path in above]


def _file(weeks: list[date]) -> Register:
    """Two columns for each week: hours, and what goes live."""
    columns = [*HEAT.columns]
    for index, monday in enumerate(weeks):
        day = day_text(monday)
        columns.append(
            Column(f"load{index}", _("Hours, week of %(day)s") % {"day": day}, _load(index))
        )
        columns.append(
            Column(f"golives{index}", _("Go-lives, week of %(day)s") % {"day": day}, _names(index))
        )
    return Register("units", columns, HEAT.default_sort)


def _load(index: int) -> Callable[[Any], float | None]:
    return lambda row: row.cells[index].load


def _names(index: int) -> Callable[[Any], str]:
    return lambda row: "; ".join(golive.name for golive in row.cells[index].golives)
