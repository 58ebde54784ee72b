from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.common import clock, registry
from pmo_portal.common.registers import (
    Column,
    Register,
    export_format,
    export_response,
    register_page,
)
from pmo_portal.common.rendering import done, show

from .. import selectors, services
from ..forms import InvitationForm
from ..http import TenantRequest, mail_is_printed, origin_of, tenant_view
from ..models import Invitation

STATES = {
    "open": ("none", gettext_lazy("Open")),
    "accepted": ("done", gettext_lazy("Accepted")),
    "withdrawn": ("none", gettext_lazy("Withdrawn")),
    "expired": ("warn", gettext_lazy("Ran out")),
}

REGISTER = Register(
    "invitations",
    (
        Column("reference", gettext_lazy("ID"), sort=("number",)),
        Column("name", gettext_lazy("Name"), sort=("name",)),
        Column("email", gettext_lazy("Mail address"), sort=("email",)),
        Column("roles", gettext_lazy("Roles"), lambda item: ", ".join(item.role_labels)),
        Column("state", gettext_lazy("State"), lambda item: str(_state(item)[1])),
        Column("invited_by", gettext_lazy("Invited by"), lambda item: str(item.invited_by or "")),
        Column("created_at", gettext_lazy("Invited"), sort=("created_at",)),
        Column("expires_at", gettext_lazy("Valid until"), sort=("expires_at",)),
    ),
    default_sort="-reference",
)


def _state(invitation: Invitation) -> tuple[str, str]:
    state, word = STATES[invitation.state_at(clock.now())]
    return state, str(word)


def _invitation(request: TenantRequest, reference: str) -> Invitation:
    prefix, _dash, number = reference.partition("-")
    if prefix == "INV" and number.isdecimal() and len(number) < 10:
        found = selectors.invitation_by_number(request.member, int(number))
        if found is not None:
            return found
    raise Http404


@require_safe
@tenant_view("accounts.invitation_view")
def invitation_list(request: TenantRequest) -> HttpResponse:
    invitations = selectors.invitations()
    if export_format(request):
        return export_response(request, REGISTER, invitations)
    page = register_page(request, REGISTER, invitations)
    for invitation in page.rows:
        invitation.state, invitation.state_word = _state(invitation)
    context = {"register": page, "mail_is_printed": mail_is_printed()}
    return show(request, "accounts/invitation_list.html", "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("accounts.invitation_create")
def invitation_create(request: TenantRequest) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None)
    here = reverse("accounts:invitation_list", kwargs={"tenant": request.tenant.slug})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.invite(
                email=given["email"],
                name=given["name"],
                roles=given["roles"],
                at=clock.now(),
                origin=origin_of(request),
                acting=request.member,
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            message = _("%(name)s will get a mail.") % {"name": given["name"]}
            return done(request, to=here, message=message)
    context = {"form": form, "cancel_url": here, "submit_label": _("Invite")}
    return show(
        request, "accounts/invitation_create.html", "", context, status=422 if form.errors else 200
    )


@require_safe
@tenant_view("accounts.invitation_view")
def invitation_detail(request: TenantRequest, reference: str) -> HttpResponse:
    invitation = _invitation(request, reference)
    state, word = _state(invitation)
    context = {
        "invitation": invitation,
        "state": state,
        "state_word": word,
        "mail_is_printed": mail_is_printed(),
        "panels": registry.panels_for("accounts.record", request, invitation),
    }
    return show(request, "accounts/invitation_detail.html", "", context)


@require_POST
@tenant_view("accounts.invitation_create")
def invitation_resend(request: TenantRequest, reference: str) -> HttpResponse:
    invitation = _invitation(request, reference)
    try:
        services.resend(
            invitation, at=clock.now(), origin=origin_of(request), acting=request.member
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("%(name)s will get another mail.") % {"name": invitation.name})
    return redirect("accounts:invitation_list", tenant=request.tenant.slug)


@require_POST
@tenant_view("accounts.invitation_create")
def invitation_withdraw(request: TenantRequest, reference: str) -> HttpResponse:
    invitation = _invitation(request, reference)
    try:
        services.withdraw(invitation, at=clock.now(), acting=request.member)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request,
            _("The invitation of %(name)s was withdrawn.") % {"name": invitation.name},
        )
    return redirect("accounts:invitation_list", tenant=request.tenant.slug)
