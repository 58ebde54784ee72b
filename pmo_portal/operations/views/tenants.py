"""The operators' console. Outside every tenant; shows counts and states, never what an organisation wrote."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import mail_is_printed, operator_view, origin_of
from pmo_portal.accounts.models import Invitation
from pmo_portal.common import clock
from pmo_portal.common.editing import Refusing
from pmo_portal.jobs.services import queue_health
from pmo_portal.tenants.choices import TenantStatus

from .. import selectors, services
from ..forms import AdministratorForm, CloseForm, StatusForm, TenantForm


def tenant_or_404(slug: str) -> Any:
    tenant = selectors.tenants().filter(slug=slug).first()
    if tenant is None:
        raise Http404
    return tenant


@require_safe
@operator_view
def tenant_list(request: HttpRequest) -> HttpResponse:
    """Every organisation with what it uses, and how the jobs are doing."""
    context = {"tenants": selectors.tenants().order_by("name"), "health": queue_health()}
    return render(request, "operations/tenant_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@operator_view
def tenant_create(request: HttpRequest) -> HttpResponse:
    form = TenantForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            tenant = services.open_tenant(
                **form.cleaned_data,
                at=clock.now(),
                origin=origin_of(request),
                acting=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request,
                _("%(name)s is open. Its first administrator gets a mail.") % {"name": tenant.name},
            )
            return redirect("operations:tenant_detail", slug=tenant.slug)
    status = 422 if form.errors else 200
    return render(request, "operations/tenant_create.html", {"form": form}, status=status)


@require_safe
@operator_view
def tenant_detail(request: HttpRequest, slug: str) -> HttpResponse:
    tenant = tenant_or_404(slug)
    return _detail(request, tenant, CloseForm(tenant=tenant))


@require_POST
@operator_view
def tenant_administrator(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite the first administrator again, or somebody else in their place."""
    tenant = tenant_or_404(slug)
    form = AdministratorForm(request.POST)
    if form.is_valid():
        try:
            services.invite_administrator(
                tenant,
                **form.cleaned_data,
                at=clock.now(),
                origin=origin_of(request),
                acting=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            name = form.cleaned_data["administrator_name"]
            messages.success(request, _("%(name)s will get a mail.") % {"name": name})
            return redirect("operations:tenant_detail", slug=slug)
    return _detail(request, tenant, form, status=422)


@require_POST
@operator_view
def tenant_suspend(request: HttpRequest, slug: str) -> HttpResponse:
    return _change(request, slug, TenantStatus.SUSPENDED, _("%(name)s is suspended."))


@require_POST
@operator_view
def tenant_resume(request: HttpRequest, slug: str) -> HttpResponse:
    return _change(request, slug, TenantStatus.ACTIVE, _("%(name)s is active again."))


@require_POST
@operator_view
def tenant_close(request: HttpRequest, slug: str) -> HttpResponse:
    return _change(request, slug, TenantStatus.CLOSED, _("%(name)s is closed."))


def _change(request: HttpRequest, slug: str, to: TenantStatus, message: str) -> HttpResponse:
    tenant = tenant_or_404(slug)
    form_class = CloseForm if to == TenantStatus.CLOSED else StatusForm
    form = form_class(request.POST, tenant=tenant)
    if form.is_valid():
        try:
            services.change_status(
                tenant,
                to=to,
                version=form.cleaned_data["version"],
                typed=form.cleaned_data.get("typed", ""),
                at=clock.now(),
                acting=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, message % {"name": tenant.name})
            return redirect("operations:tenant_detail", slug=slug)
    return _detail(request, tenant, form, status=422)


def _detail(
    request: HttpRequest, tenant: Any, form: Refusing, *, status: int = 200
) -> HttpResponse:
    is_orphan = tenant.status == TenantStatus.ACTIVE and not tenant.administrators
    invitation = selectors.first_invitation(tenant) if is_orphan else None
    context = {
        "organisation": tenant,
        "is_orphan": is_orphan,
        "invitation": invitation,
        "administrator_form": form
        if isinstance(form, AdministratorForm)
        else AdministratorForm(initial=_asked(invitation)),
        "mail_is_printed": mail_is_printed(),
        "now": clock.now(),
        "jobs": selectors.job_states(tenant),
        "erasure": selectors.open_erasure(tenant),
        "form": form,
        "close_form": form if isinstance(form, CloseForm) else CloseForm(tenant=tenant),
    }
    return render(request, "operations/tenant_detail.html", context, status=status)


def _asked(invitation: Invitation | None) -> dict[str, str]:
    if invitation is None:
        return {}
    return {"administrator_name": invitation.name, "administrator_email": invitation.email}
