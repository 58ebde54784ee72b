from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.common import clock, registry
from pmo_portal.common.editing import EditConflict
from pmo_portal.common.registers import (
    Column,
    Register,
    export_format,
    export_response,
    register_page,
)
from pmo_portal.common.rendering import done, show

from .. import selectors, services
from ..forms import MembershipForm
from ..http import TenantRequest, tenant_view
from ..models import Membership

REGISTER = Register(
    "members",
    (
        Column("name", gettext_lazy("Name"), "user.name", sort=("user__name",)),
        Column("email", gettext_lazy("Mail address"), "user.email", sort=("user__email",)),
        Column(
            "roles",
            gettext_lazy("Roles"),
            lambda membership: ", ".join(membership.role_labels),
        ),
        Column(
            "function",
            gettext_lazy("Function"),
            lambda membership: str(membership.function.label),
        ),
        Column(
            "second_factor",
            gettext_lazy("Second factor"),
            lambda membership: _("yes") if membership.has_second_factor else _("no"),
            sort=("has_second_factor",),
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda membership: _("member") if membership.is_active else _("ended"),
            sort=("is_active",),
        ),
    ),
    default_sort="name",
)


def _membership(reference: str) -> Membership:
    prefix, _dash, number = reference.partition("-")
    if prefix == "MEM" and number.isdecimal() and len(number) < 10:
        membership = selectors.membership_by_number(int(number))
        if membership is not None:
            return membership
    raise Http404


@require_safe
@tenant_view("accounts.membership_view")
def member_list(request: TenantRequest) -> HttpResponse:
    members = selectors.memberships()
    if export_format(request):
        return export_response(request, REGISTER, members)
    context = {"register": register_page(request, REGISTER, members)}
    return show(request, "accounts/member_list.html", "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("accounts.membership_view")
def member_edit(request: TenantRequest, reference: str) -> HttpResponse:
    """Roles of a member, and every change they went through."""
    membership = _membership(reference)
    form = MembershipForm(request.POST if request.method == "POST" else None, instance=membership)
    here = reverse("accounts:member_list", kwargs={"tenant": request.tenant.slug})
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_membership(
                membership,
                roles=form.cleaned_data["roles"],
                version=form.opened_version,
                acting=request.member,
            )
        except EditConflict as clash:
            return registry.conflict_page(request, form, clash, cancel_url=here)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("The roles of %(member)s were changed.") % {"member": membership.user}
            return done(request, to=here, message=message)
    context = {
        "membership": membership,
        "form": form,
        "cancel_url": here,
        "is_self": membership.user_id == request.user.pk,
        "panels": registry.panels_for("accounts.record", request, membership),
    }
    return show(
        request, "accounts/member_edit.html", "", context, status=422 if form.errors else 200
    )


@require_POST
@tenant_view("accounts.membership_change")
def member_end(request: TenantRequest, reference: str) -> HttpResponse:
    membership = _membership(reference)
    try:
        services.end_membership(membership, acting=request.member)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request,
            _("%(member)s is no member any more and was signed out.") % {"member": membership.user},
        )
    return redirect("accounts:member_list", tenant=request.tenant.slug)


@require_POST
@tenant_view("accounts.membership_change")
def member_resume(request: TenantRequest, reference: str) -> HttpResponse:
    membership = services.resume_membership(
        _membership(reference), at=clock.now(), acting=request.member
    )
    messages.success(request, _("%(member)s is a member again.") % {"member": membership.user})
    return redirect("accounts:member_list", tenant=request.tenant.slug)
