"""Which units are likely not to be ready at a go-live, of all programmes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show

from .. import selectors
from ..cards import record_words
from ..crises import forecast
from ..forms import ReadinessFilter
from ..readiness import forecast as readiness
from ..tables.readiness import UNITS_AT_GOLIVES


@require_safe
@tenant_view("forecasting.score_view")
def readiness_list(request: TenantRequest) -> HttpResponse:
    """Units before go-lives of every programme the member sees, the likeliest not to be ready first."""
    rows = selectors.shortfalls_for(request.member)
    present = readiness.Readiness
    if export_format(request):
        return export_response(
            request, UNITS_AT_GOLIVES, rows, filters=ReadinessFilter, present=present
        )
    counts = selectors.shortfall_counts(rows)
    record = selectors.shortfall_record()
    context: dict[str, Any] = {
        "register": register_page(
            request, UNITS_AT_GOLIVES, rows, filters=ReadinessFilter, present=present
        ),
        "finding": readiness.readiness_finding(counts["units"], counts["short"], counts["unknown"]),
        "is_late": counts["as_of"] is not None
        and (clock.today() - counts["as_of"]).days > forecast.FRESH_DAYS,
        "record": readiness.record_text(record),
        "held": readiness.held_text(record),
        "fallback": record_words.fallback_text(record) if record else "",
        "fifths": readiness.fifths(record),
        "assumption": readiness.assumed_text(),
        "usual": readiness.usual_text(record),
        **counts,
    }
    return show(request, "forecasting/readiness_list.html", "register", context)
