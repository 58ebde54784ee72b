"""Saved views: kept from a register, opened from its menu, renamed, shared and removed here."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.registry import navigation_items
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import saved, status_of, with_record
from pmo_portal.history.views import offer_undo

from .. import selectors, services
from ..forms import ViewForm
from ..models import SavedView
from ..tables import VIEWS

changeable = with_record(selectors.view_by_number, "SV", "desk.view_change")


@require_safe
@tenant_view("desk.view_view")
def view_list(request: TenantRequest) -> HttpResponse:
    """The member's own views and those of everybody."""
    views, present = selectors.views_for(request.member), _presenter(request)
    if export_format(request):
        return export_response(request, VIEWS, views, present=present)
    context = {"register": register_page(request, VIEWS, views, present=present)}
    return show(request, "desk/view_list.html", "register", context)


def _presenter(request: TenantRequest) -> Any:
    """Adds to a view the name of its page, where it opens, and whether the member may change it."""
    labels = {item.url_name: item.label for item in navigation_items()}

    def present(view: SavedView) -> SavedView:
        view.place = labels.get(view.page) or _("Another page")  # type: ignore[attr-defined]
        view.url = view.address(tenant=request.tenant.slug)  # type: ignore[attr-defined]
        view.may_change = can(request.member, "desk.view_change", view)  # type: ignore[attr-defined]
        return view

    return present


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("desk.view_create")
def view_create(request: TenantRequest) -> HttpResponse:
    """Keep the filters a register was opened with; they come with the address."""
    view = SavedView(
        owner=request.user,
        page=_page_asked_for(request),
        query=services.kept_part(request.GET.get("query", "")[:1000]),
        summary=request.GET.get("summary", "")[:400],
    )
    back = _back(request)
    form = ViewForm(request.POST or None, instance=view, member=request.member)
    if request.method == "POST" and form.is_valid():
        try:
            view = services.create_view(form.instance, acting=request.member)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            to = f"{back}?{view.query}" if view.query else back
            message = _("The view %(name)s is kept.") % {"name": view.name}
            return done(request, to=to, message=message)
    context = {
        "form": form,
        "record": None,
        "summary": view.summary,
        "cancel_url": f"{back}?{view.query}" if view.query else back,
    }
    return show(request, "desk/view_edit.html", "", context, status=status_of(request))


def _page_asked_for(request: TenantRequest) -> str:
    """The name of a register's address, the portfolio where nothing is said; a 404 for what is none of ours."""
    page, tenant = request.GET.get("page", "scorecards:portfolio"), request.tenant.slug
    for place in ({"tenant": tenant}, {"tenant": tenant, "code": "A"}):
        try:
            reverse(page, kwargs=place)
        except NoReverseMatch:
            continue
        return page
    raise Http404


def _back(request: TenantRequest) -> str:
    """The register one came from, if it is a page of this tenant."""
    asked = request.GET.get("next", "").partition("?")[0]
    root = f"/t/{request.tenant.slug}/"
    if asked.startswith(root) and url_has_allowed_host_and_scheme(asked, None):
        return asked
    return reverse("desk:view_list", kwargs={"tenant": request.tenant.slug})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("desk.view_view")
@changeable
def view_edit(request: TenantRequest, view: SavedView) -> HttpResponse:
    to = reverse("desk:view_list", kwargs={"tenant": request.tenant.slug})
    form = ViewForm(request.POST or None, instance=view, member=request.member)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.revise_view(
                view, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            to=to,
            cancel_url=to,
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "record": view, "summary": view.summary, "cancel_url": to}
    return show(request, "desk/view_edit.html", "", context, status=status_of(request))


@require_POST
@tenant_view("desk.view_view")
@changeable
def view_remove(request: TenantRequest, view: SavedView) -> HttpResponse:
    services.remove_view(view, at=clock.now(), acting=request.member)
    offer_undo(request, view, _("The view %(name)s is removed.") % {"name": view.name})
    return redirect("desk:view_list", tenant=request.tenant.slug)
