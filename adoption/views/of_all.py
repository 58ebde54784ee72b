"""The people half of every programme a member sees: impacts, engagement, resistance and training, each in one register."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import show, wants_part

from .. import selectors, status
from ..choices import SignalStatus
from ..forms import ActivityFilter, ImpactFilter, SignalFilter, TrainingNowFilter
from ..selectors.impacts import DISAGREE_FROM
from ..tables import ACTIVITIES_OF_ALL, IMPACTS_OF_ALL, SIGNALS_OF_ALL, TRAINING_OF_ALL


@require_safe
@tenant_view("adoption.impact_view")
def impact_all(request: TenantRequest) -> HttpResponse:
    """What changes for people in every programme, where both views are apart, and what should be looked at again."""
    impacts = selectors.impacts_for(request.member)
    if export_format(request):
        return export_response(request, IMPACTS_OF_ALL, impacts, filters=ImpactFilter)
    today = clock.today()
    register = register_page(request, IMPACTS_OF_ALL, impacts, filters=ImpactFilter)
    for each in register.rows:
        each.apart = selectors.disagrees(each.project_says, each.unit_says)
        each.due = each.is_due(today, is_reviewed=each.reviewed_on is not None)
    context: dict[str, Any] = {"register": register, "as_of": today}
    if not wants_part(request):
        context["counts"] = impacts.order_by().aggregate(
            all=Count("pk"),
            due=Count(
                "pk",
                filter=Q(review_on__isnull=True, reviewed_on__isnull=True)
                | Q(review_on__lte=today),
            ),
            apart=Count(
                "pk",
                filter=Q(project_says__gte=F("unit_says") + DISAGREE_FROM)
                | Q(unit_says__gte=F("project_says") + DISAGREE_FROM),
            ),
        )
    return show(request, "adoption/impact_all.html", "register", context)


@require_safe
@tenant_view("adoption.activity_view")
def activity_all(request: TenantRequest) -> HttpResponse:
    """What is done with the people of every programme, and what was not held when it should have been."""
    activities = selectors.activities_for(request.member)
    if export_format(request):
        return export_response(request, ACTIVITIES_OF_ALL, activities, filters=ActivityFilter)
    today = clock.today()
    register = register_page(request, ACTIVITIES_OF_ALL, activities, filters=ActivityFilter)
    for each in register.rows:
        each.state = each.state_on(today)
    context: dict[str, Any] = {"register": register, "as_of": today}
    if not wants_part(request):
        context["counts"] = selectors.counts_of_activities(activities)
    return show(request, "adoption/activity_all.html", "register", context)


@require_safe
@tenant_view("adoption.signal_view")
def signal_all(request: TenantRequest) -> HttpResponse:
    """Signs of resistance in every programme."""
    signals = selectors.signals_for(request.member)
    if export_format(request):
        return export_response(request, SIGNALS_OF_ALL, signals, filters=SignalFilter)
    context: dict[str, Any] = {
        "register": register_page(request, SIGNALS_OF_ALL, signals, filters=SignalFilter),
        "as_of": clock.today(),
    }
    if not wants_part(request):
        is_open = Q(status=SignalStatus.OPEN)
        context["counts"] = signals.order_by().aggregate(
            open=Count("pk", filter=is_open),
            units=Count("unit", filter=is_open, distinct=True),
            programmes=Count("programme", filter=is_open, distinct=True),
        )
    return show(request, "adoption/signal_all.html", "register", context)


@require_safe
@tenant_view("adoption.training_view")
def training_all(request: TenantRequest) -> HttpResponse:
    """Where the units of every programme stand with their training now, those furthest behind their plan first."""
    today = clock.today()
    entries = selectors.training_now(request.member, as_of=today)
    if export_format(request):
        return export_response(request, TRAINING_OF_ALL, entries, filters=TrainingNowFilter)
    context: dict[str, Any] = {"as_of": today}
    counted = None
    if not wants_part(request):
        context["counts"] = entries.order_by().aggregate(
            all=Count("pk"), late=Count("pk", filter=Q(behind__gt=status.TRAINING_AT_RISK))
        )
        counted = context["counts"]["all"]
    register = register_page(
        request, TRAINING_OF_ALL, entries, filters=TrainingNowFilter, unfiltered=counted
    )
    for each in register.rows:
        each.state = status.training_state(each.gap)
        each.words = _behind(each.gap)
    context["register"] = register
    return show(request, "adoption/training_all.html", "register", context)


def _behind(gap: float | None) -> str:
    if gap is None:
        return _("No plan")
    points = round(100 * gap)
    if not points:
        return _("On plan")
    return ngettext("%(points)d point behind", "%(points)d points behind", points) % {
        "points": points
    }
