"""By when open milestones are likely to be reached: of a programme, and of all."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.registers import Register, export_format, export_response, register_page
from pmo_portal.common.rendering import show

from .. import selectors
from ..cards import record_words
from ..crises import forecast
from ..dates import outlooks
from ..forms import OutlookFilter
from ..tables.dates import OUTLOOKS, OUTLOOKS_OF_ALL
from .standing import closed_of, finding_of


@require_safe
@programme_view("forecasting.score_view")
def outlook_programme(request: TenantRequest) -> HttpResponse:
    """The open milestones of a programme, the likeliest to miss their baseline first."""
    return _list(request, OUTLOOKS, request.programme)


@require_safe
@tenant_view("forecasting.score_view")
def outlook_list(request: TenantRequest) -> HttpResponse:
    """The open milestones of every programme the member sees."""
    return _list(request, OUTLOOKS_OF_ALL, None)


def _list(request: TenantRequest, register: Register, programme: Any) -> HttpResponse:
    rows = selectors.outlooks_for(request.member, programme)
    present = outlooks.Outlook
    if export_format(request):
        return export_response(request, register, rows, filters=OutlookFilter, present=present)
    counts = selectors.outlook_counts(rows)
    record = selectors.slip_record()
    context: dict[str, Any] = {
        "register": register_page(request, register, rows, filters=OutlookFilter, present=present),
        "of": programme,
        "finding": outlooks.outlooks_finding(counts["milestones"], counts["missed"]),
        "is_late": counts["as_of"] is not None
        and (clock.today() - counts["as_of"]).days > forecast.FRESH_DAYS,
        "kinds": outlooks.kinds(record),
        "held": outlooks.held_text(record),
        "fallback": record_words.fallback_text(record) if record else "",
        **counts,
    }
    standing = closed_of(programme) if programme is not None else {}
    if standing.get("closed"):
        context |= {**standing, "finding": finding_of(standing, programme.name)}
    return show(request, "forecasting/outlook_list.html", "register", context)
