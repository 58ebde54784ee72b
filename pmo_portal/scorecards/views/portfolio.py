"""All programmes on one page, delivery beside adoption."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forecasting.crises.running import running
from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.past_days import day_asked_for, day_notice
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import drawn_panels, show
from pmo_portal.tenants.selectors import thresholds
from programmes.choices import Stage

from .. import findings, overview, overview_words, portfolio, quadrant
from ..forms import portfolio_filter
from ..tables import PORTFOLIO, SHORT


@require_safe
@tenant_view("scorecards.portfolio_view")
def portfolio_list(request: TenantRequest) -> HttpResponse:
    """All programmes the member sees, delivery beside adoption, as of any day."""
    today = clock.today()
    as_of = day_asked_for(request.GET, today=today)
    rows = portfolio.rows_of(request.member, as_of=as_of, today=today)
    filters = portfolio_filter(portfolio.portfolio_names(request.member))
    if export_format(request):
        return export_response(
            request, PORTFOLIO, portfolio.for_export(rows, today), filters=filters
        )
    page = register_page(request, PORTFOLIO, rows, filters=filters)
    page.headings = [replace(each, label=SHORT.get(each.key, each.label)) for each in page.headings]
    shown = list(page.rows)
    if as_of == today:
        portfolio.make_true(shown, today=today)
    made = portfolio.totals(rows)
    query = "" if as_of == today else f"?as_of={as_of.isoformat()}"
    open_ones = [each.pk for each in shown if not each.is_closed]
    presenter = portfolio.Presenter(
        tenant=request.tenant, query=query, crises=running(open_ones, on=as_of)
    )
    return show(
        request,
        "scorecards/portfolio_list.html",
        "register",
        {
            "register": page,
            "rows": [presenter.row(each) for each in shown],
            **_overview(request, rows, filters, today=today, query=query),
            "as_of": as_of,
            "today": today,
            "shown_at": as_of,
            "day_notice": day_notice(request.GET, today=today),
            "is_before_all": as_of != today and not rows,
            "finding": findings.portfolio_finding(made.states),
            "lead": portfolio.lead(made, request.tenant.currency),
            "table_title": findings.table_finding(made.states),
            "notices": drawn_panels("scorecards.portfolio", request, None),
            "may_create": can(request.member, "programmes.programme_create"),
            "may_invite": can(request.member, "accounts.invitation_create"),
            "may_import": can(request.member, "programmes.programme_import"),
        },
    )


def _overview(
    request: TenantRequest, rows: Any, filters: Any, *, today: date, query: str
) -> dict[str, Any]:
    """The chart and the table of changes, of all programmes that match the filters."""
    chosen = filters(request.GET, queryset=rows, request=request)
    chosen.form.is_valid()
    expected = thresholds().confidence_expected
    made = overview.overview(
        chosen.filter_queryset(rows),
        expected=expected,
        today=today,
        with_closed=chosen.form.cleaned_data.get("stage") == Stage.CLOSED,
    )
    presenter = overview_words.Presenter(tenant=request.tenant, query=query)
    dots = presenter.dots(made.drawn)
    chart = quadrant.quadrant(dots, expected=expected)
    phone_chart = quadrant.quadrant(dots, expected=expected, for_phone=True)
    return {
        "made": made,
        "chart": chart,
        "phone_chart": phone_chart,
        "chart_figure": quadrant.figure(
            dots,
            expected=expected,
            words=(_("Delivery confidence, 0 to 100"), _("Adoption confidence, 0 to 100")),
        )
        if chart
        else None,
        "chart_title": overview_words.chart_finding(made),
        "chart_text": overview_words.chart_text(made),
        "chart_note": overview_words.chart_note(made, expected),
        "chart_bubbles": overview_words.bubbles(chart) if chart else [],
        "phone_bubbles": overview_words.bubbles(phone_chart) if phone_chart else [],
        "chart_lines": presenter.twin(made.drawn),
        "moved": presenter.lines(made.moved),
        "moved_title": overview_words.moved_finding(made),
    }
