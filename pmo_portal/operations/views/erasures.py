"""Erasing what is closed: what will go, when, how far it is, and that it happened."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import operator_view
from pmo_portal.common import clock
from pmo_portal.common.registers import (
    export_format,
    export_response,
    file_response,
    register_page,
)
from pmo_portal.common.rendering import done, show, wants_part
from pmo_portal.tenants.choices import TenantStatus

from .. import erasing, kinds, selectors
from ..forms import EraseForm
from ..models import Erasure
from ..tables import ERASURES, KINDS
from .tenants import tenant_or_404


def _erasure(reference: str) -> Erasure:
    prefix, _dash, number = reference.partition("-")
    found = (
        selectors.erasures().filter(number=int(number)).first()
        if prefix == "E" and number.isdecimal() and len(number) < 10
        else None
    )
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@operator_view
def erasure_create(request: HttpRequest, slug: str) -> HttpResponse:
    """What will go and what stays, and the question whether it shall: the short name is typed out."""
    tenant = tenant_or_404(slug)
    waiting = selectors.open_erasure(tenant)
    if waiting is not None and request.method != "POST":
        return redirect(waiting)
    at = clock.now()
    form = EraseForm(request.POST if request.method == "POST" else None, tenant=tenant)
    if request.method == "POST" and form.is_valid():
        try:
            asked = erasing.ask(
                tenant,
                typed=form.cleaned_data["typed"],
                version=form.cleaned_data["version"],
                at=at,
                acting=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as refusal:
            meanwhile = selectors.open_erasure(tenant)
            if meanwhile is not None:
                # A colleague was faster: what they asked for is shown, as it is.
                return _detail(request, meanwhile, refusals=refusal.messages)
            form.refuse(refusal)
        else:
            message = _("%(name)s will be erased. Until it begins it can be called off.")
            return done(request, to=asked, message=message % {"name": tenant.name})
    counted = kinds.glance(tenant)
    found = kinds.in_words(counted.counts, counted.further) if counted else [kinds.uncounted()]
    if export_format(request):
        return file_response(request, KINDS, found)
    context = {
        "organisation": tenant,
        "is_closed": tenant.status == TenantStatus.CLOSED,
        "form": form,
        "counted": counted,
        "kinds": found,
        "total": sum(kind.rows for kind in found),
        "due_at": erasing.due_at(tenant, asked_at=at),
        "after_closing": erasing.AFTER_CLOSING.days,
    }
    status = 422 if form.errors else 200
    return render(request, "operations/erasure_create.html", context, status=status)


@require_safe
@operator_view
def erasure_list(request: HttpRequest) -> HttpResponse:
    """Every erasure that was asked for: what is to come, what was done, what was called off."""
    found = selectors.erasures()
    if export_format(request):
        return export_response(request, ERASURES, found)
    context = {"register": register_page(request, ERASURES, found)}
    return show(request, "operations/erasure_list.html", "register", context)


@require_safe
@operator_view
def erasure_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The record of one erasure; polled while it runs, readable without script."""
    return _detail(request, _erasure(reference))


@require_POST
@operator_view
def erasure_call_off(request: HttpRequest, reference: str) -> HttpResponse:
    erasure = _erasure(reference)
    try:
        erasing.call_off(erasure, at=clock.now(), acting=request.user)  # type: ignore[arg-type]
    except ValidationError as refusal:
        return _detail(request, erasure, refusals=refusal.messages)
    message = _("%(slug)s will not be erased. It stays closed.") % {"slug": erasure.slug}
    return done(request, to=erasure, message=message)


def _detail(request: HttpRequest, erasure: Erasure, refusals: list[str] | None = None) -> HttpResponse:  # fmt: skip
    erasure.refresh_from_db()
    found = kinds.in_words(erasure.counts)
    if export_format(request):
        return file_response(request, KINDS, found)
    is_due = erasure.is_open and erasure.due_at <= clock.now()
    context = {"erasure": erasure, "kinds": found, "is_due": is_due, "refusals": refusals}
    status = 409 if refusals else 200
    answer = show(request, "operations/erasure_detail.html", "progress", context, status=status)
    if wants_part(request) and not (is_due and request.GET.get("seen") == erasure.state):
        # It began or ended while somebody watched: heading, record and button say so too.
        answer["HX-Refresh"] = "true"
    return answer
