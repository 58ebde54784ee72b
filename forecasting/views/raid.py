"""Which open RAID items are likely to escalate: the ranked lists of a programme and of all."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.registers import Register, export_format, export_response, register_page
from pmo_portal.common.rendering import show

from .. import selectors
from ..chance_words import limits_text
from ..choices import Target
from ..crises import forecast
from ..forms import RaidScoreFilter
from ..raid import forecast as raid_forecast
from ..tables.raid import LIKELY, LIKELY_OF_ALL
from .standing import closed_of, finding_of


@require_safe
@programme_view("forecasting.score_view")
def raid_score_programme(request: TenantRequest) -> HttpResponse:
    """The open items of a programme, the likeliest to escalate first."""
    return _list(request, LIKELY, request.programme)


@require_safe
@tenant_view("forecasting.score_view")
def raid_score_list(request: TenantRequest) -> HttpResponse:
    """The open items of every programme the member sees, the likeliest to escalate first."""
    return _list(request, LIKELY_OF_ALL, None)


def _list(request: TenantRequest, register: Register, programme: Any) -> HttpResponse:
    scores = selectors.raid_scores_for(request.member, programme)
    present = raid_forecast.raid_forecast
    if export_format(request):
        return export_response(request, register, scores, filters=RaidScoreFilter, present=present)
    levels = selectors.raid_levels(scores)
    context: dict[str, Any] = {
        "register": register_page(
            request, register, scores, filters=RaidScoreFilter, present=present
        ),
        "of": programme,
        **selectors.what_holds(Target.RAID_ESCALATES_4W),
        "finding": raid_forecast.raid_finding(levels["high"], levels["elevated"], levels["scored"]),
        "is_late": levels["as_of"] is not None
        and (clock.today() - levels["as_of"]).days > forecast.FRESH_DAYS,
        "limits": limits_text(levels["lowest_base"], levels["highest_base"]),
        **levels,
    }
    standing = closed_of(programme) if programme is not None else {}
    if standing.get("closed"):
        context |= {**standing, "finding": finding_of(standing, programme.name)}
    return show(request, "forecasting/raid_score_list.html", "register", context)
