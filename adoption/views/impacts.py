"""The impacts of a programme: register and timeline, and the page of one with its reviews."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import done, show, wants_part
from pmo_portal.history.frame import history_url, saved, status_of, with_record
from pmo_portal.history.services import EditConflict, Gone
from pmo_portal.history.views import gone_page, offer_undo

from .. import selectors, services
from ..choices import ReviewStage
from ..forms import ImpactFilter, ImpactForm, ReviewForm
from ..models import Impact, ImpactReview
from ..tables import IMPACTS

readable = with_record(selectors.impact_by_number, "IM")
changeable = with_record(selectors.impact_by_number, "IM", "adoption.impact_change")


@require_safe
@programme_view("adoption.impact_view")
def impact_list(request: TenantRequest) -> HttpResponse:
    """Every impact with both views, and how they moved from review to review."""
    impacts = selectors.impacts_of(request.programme)
    if export_format(request):
        return export_response(request, IMPACTS, impacts, filters=ImpactFilter)
    today = clock.today()
    register = register_page(request, IMPACTS, impacts, filters=ImpactFilter)
    for each in register.rows:
        each.apart = selectors.disagrees(each.project_says, each.unit_says)
        each.due = each.is_due(today, is_reviewed=each.reviewed_on is not None)
    context = {
        "register": register,
        "may_create": can(request.member, "adoption.impact_create", request.programme),
        "as_of": today,
    }
    if not wants_part(request):
        lines = selectors.timeline(request.programme)
        context |= {
            "stages": list(ReviewStage),
            "timeline": lines,
            "all": len(lines),
            "due": sum(impact.is_due(today, is_reviewed=any(reviews)) for impact, reviews in lines),
            "apart": sum(
                selectors.disagrees(review.project_rating, review.unit_rating)
                for impact, _stages in lines
                # The newest by its day, as in the register; a later one may be of an earlier stage.
                for review in list(impact.reviews.all())[-1:]
            ),
        }
    return show(request, "adoption/impact_list.html", "register", context)


@require_safe
@programme_view("adoption.impact_view")
@readable
def impact_detail(request: TenantRequest, impact: Impact) -> HttpResponse:
    today = clock.today()
    reviews = list(selectors.reviews_of(impact))
    context = {
        "record": impact,
        "reviews": reviews,
        "apart": bool(reviews)
        and selectors.disagrees(reviews[0].project_rating, reviews[0].unit_rating),
        "is_due": impact.is_due(today, is_reviewed=bool(reviews)),
        "units": impact.units.order_by("path"),
        "may_change": can(request.member, "adoption.impact_change", impact),
        "history_url": history_url(request, impact),
    }
    return show(request, "adoption/impact_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.impact_create")
def impact_create(request: TenantRequest) -> HttpResponse:
    form = ImpactForm(request.POST or None, instance=Impact(programme=request.programme))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.record_impact(
                form.instance, units=form.cleaned_data["units"], acting=request.member
            ),
            message=lambda made: (
                _("%(impact)s is noted. How much does it mean?") % {"impact": made.reference}
            ),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": None, "cancel_url": _list_url(request)}
    return show(request, "adoption/impact_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.impact_view")
@changeable
def impact_edit(request: TenantRequest, impact: Impact) -> HttpResponse:
    form = ImpactForm(request.POST or None, instance=impact)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_impact(
                impact,
                changes=form.changes,
                units=form.cleaned_data["units"],
                version=form.opened_version,
                acting=request.member,
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": impact, "cancel_url": impact.get_absolute_url()}
    return show(request, "adoption/impact_edit.html", "", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("adoption.impact_view")
@changeable
def impact_review(request: TenantRequest, impact: Impact) -> HttpResponse:
    """Look again: both views, why, and when next. Somebody else's review of the same moment is shown first."""
    today, overtaken = clock.today(), None
    form = ReviewForm(request.POST or None, instance=ImpactReview(impact=impact), today=today)
    status = status_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            services.review_impact(
                form.instance,
                version=form.cleaned_data["version"],
                at=clock.now(),
                on=today,
                acting=request.member,
            )
        except EditConflict as clash:
            overtaken = selectors.reviews_of(impact).first()
            typed = request.POST.copy()
            typed["version"] = str(clash.record.version)
            form.data = typed
            status = 409
        except Gone as gone:
            return gone_page(request, gone.record)
        else:
            return done(request, to=impact, message=_("The review is kept."))
    context = {
        "form": form,
        "record": impact,
        "overtaken": overtaken,
        "cancel_url": impact.get_absolute_url(),
    }
    return show(request, "adoption/impact_review.html", "", context, status=status)


@require_POST
@programme_view("adoption.impact_view")
@changeable
def impact_remove(request: TenantRequest, impact: Impact) -> HttpResponse:
    services.remove_impact(impact, at=clock.now(), acting=request.member)
    offer_undo(request, impact, _("%(impact)s is removed.") % {"impact": impact.reference})
    return redirect(_list_url(request))


def _list_url(request: TenantRequest) -> str:
    place = {"tenant": request.tenant.slug, "code": request.programme.code}
    return reverse("adoption:impact_list", kwargs=place)
