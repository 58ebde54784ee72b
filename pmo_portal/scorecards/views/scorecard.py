"""The scorecard of one programme, and its part that asks for itself again."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forecasting import services as forecasting
from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.past_days import day_asked_for, day_notice
from pmo_portal.common.rendering import show, wants_part

from ..scorecard import scorecard

NO_CONTENT = 204


@require_safe
@programme_view("scorecards.scorecard_view")
def programme_scorecard(request: TenantRequest) -> HttpResponse:
    """What the group is asked, both halves, the signals between them, and how it is governed."""
    today = clock.today()
    as_of = day_asked_for(request.GET, today=today)
    card = scorecard(request.programme, as_of=as_of, today=today)
    # The page asks again every half minute; what it shows already is not sent twice.
    seen = hashlib.sha256(repr(card).encode()).hexdigest()[:16]
    if wants_part(request) and request.GET.get("seen") == seen:
        return HttpResponse(status=NO_CONTENT)
    if card.is_today and card.forecast:
        forecasting.mark_shown([card.forecast.score], at=clock.now())
    return show(
        request,
        "scorecards/programme_scorecard.html",
        "scorecard",
        {
            "programme": request.programme,
            "card": card,
            "seen": seen,
            "as_of": as_of,
            "today": today,
            "is_today": as_of == today,
            "day_notice": day_notice(request.GET, today=today),
            "shown_at": card.computed_at or (clock.now() if as_of == today else as_of),
            "may_ask": can(request.member, "governance.decision_create", request.programme),
            "trend_text": _("Percent of due milestones met, and engagement index, 0 to 100"),
        },
    )
