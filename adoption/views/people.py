"""How many people there are in units, over time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view, unit_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.figures import trend
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show, wants_part
from pmo_portal.history.frame import pressed, status_of
from pmo_portal.tenants.models import BusinessUnit

from .. import selectors, services
from ..forms import HeadcountFilter, HeadcountForm, HeadcountOfAllFilter
from ..models import Headcount
from ..tables import HEADCOUNTS, HEADCOUNTS_OF_ALL

# A line through a single figure says nothing.
FEWEST_DRAWN = 2


@require_safe
@unit_view("adoption.headcount_view")
def headcount_list(request: TenantRequest) -> HttpResponse:
    """Everything said of how many people a unit has, with a chart of what holds from when."""
    unit = request.unit
    rows = selectors.headcounts_of(unit)
    if export_format(request):
        return export_response(request, HEADCOUNTS, rows, filters=HeadcountFilter)
    series = selectors.headcount_series(unit)
    today = clock.today()
    context = {
        "unit": unit,
        "register": register_page(
            request, HEADCOUNTS, rows.with_later_words(), filters=HeadcountFilter
        ),
        "now": selectors.headcounts_as_of([unit.pk], today).get(unit.pk, unit.headcount),
        "ahead": next((each for each in series if each.effective_on > today), None),
        "figure": _figure(series) if len(series) >= FEWEST_DRAWN else None,
        "may_record": can(request.member, "adoption.headcount_record", unit),
        "as_of": today,
    }
    return show(request, "adoption/headcount_list.html", "register", context)


@require_safe
@tenant_view("adoption.headcount_view")
def headcount_all(request: TenantRequest) -> HttpResponse:
    """Everything said of how many people there are, of every unit."""
    rows = selectors.headcounts_of_all()
    if export_format(request):
        return export_response(request, HEADCOUNTS_OF_ALL, rows, filters=HeadcountOfAllFilter)
    today = clock.today()
    context: dict[str, Any] = {
        "register": register_page(request, HEADCOUNTS_OF_ALL, rows, filters=HeadcountOfAllFilter),
        "as_of": today,
    }
    if not wants_part(request):
        context["counts"] = rows.standing().aggregate(
            units=Count("unit", distinct=True),
            ahead=Count("unit", distinct=True, filter=Q(effective_on__gt=today)),
        )
    return show(request, "adoption/headcount_all.html", "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@unit_view("adoption.headcount_record")
def headcount_record(request: TenantRequest) -> HttpResponse:
    unit = request.unit
    back = _url(request, unit, "headcount_list")
    form = HeadcountForm(request.POST or None, instance=Headcount(unit=unit))
    if request.method == "POST" and form.is_valid():
        made = services.record_headcount(
            form.instance, known_at=clock.now(), today=clock.today(), acting=request.member
        )
        undo = _url(request, unit, "headcount_withdraw", recorded=made.known_at)
        return done(request, to=back, message=_("It is recorded."), undo=undo)
    context = {"form": form, "unit": unit, "cancel_url": back}
    return show(request, "adoption/headcount_record.html", "", context, status=status_of(request))


@require_POST
@unit_view("adoption.headcount_record")
def headcount_withdraw(request: TenantRequest, recorded: datetime) -> HttpResponse:
    unit = request.unit
    entry = _entry(unit, known_at=recorded)
    return pressed(
        request,
        entry,
        lambda: services.withdraw_headcount(
            entry, at=clock.now(), today=clock.today(), acting=request.member
        ),
        to=_url(request, unit, "headcount_list"),
        message=_("The entry is withdrawn."),
        undo=lambda gone: _url(request, unit, "headcount_restore", withdrawn=gone.withdrawn_at),
    )


@require_POST
@unit_view("adoption.headcount_record")
def headcount_restore(request: TenantRequest, withdrawn: datetime) -> HttpResponse:
    unit = request.unit
    entry = _entry(unit, withdrawn_at=withdrawn)
    return pressed(
        request,
        entry,
        lambda: services.restore_headcount(
            entry, known_at=clock.now(), today=clock.today(), acting=request.member
        ),
        to=_url(request, unit, "headcount_list"),
        message=_("The entry is recorded again."),
        undo=lambda back: _url(request, unit, "headcount_withdraw", recorded=back.known_at),
    )


def _entry(unit: BusinessUnit, **at: datetime) -> Headcount:
    entry: Headcount | None = selectors.headcounts_of(unit).filter(**at).first()
    if entry is None:
        raise Http404
    return entry


def _url(request: TenantRequest, unit: BusinessUnit, name: str, **more: Any) -> str:
    place = {"tenant": request.tenant.slug, "code": unit.code, **more}
    return reverse(f"adoption:{name}", kwargs=place)


def _figure(series: list[Headcount]) -> object:
    labels = [date_format(each.effective_on, "j M y") for each in series]
    values = [float(each.people) for each in series]
    return trend(labels, [("adoption", str(_("People")), values)], floor=0.0)
