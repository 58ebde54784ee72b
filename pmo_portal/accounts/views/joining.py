"""The page behind the link of an invitation. Opening it changes nothing: mail scanners do that too."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pmo_portal.common import clock
from pmo_portal.tenants.context import tenant_context

from .. import selectors, services
from ..forms import JoinForm
from ..http import public_view
from ..models import Invitation
from ..services.members import user_with

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Join an organisation: with the login one has, or with a new one.

    A secret that never was, was used, was withdrawn or ran out gets one and the same answer.
    """
    invitation = selectors.invitation_behind(token, at=clock.now())
    if invitation is None:
        return _quiet(render(request, "accounts/invitation_unknown.html", status=404))
    known = user_with(invitation.email)
    if known is None and not request.user.is_authenticated:
        return _quiet(_join_as_new(request, invitation))
    return _quiet(_join_as_known(request, invitation, known_id=known.pk if known else None))


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        email=invitation.email,
        initial={"name": invitation.name},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        return _accept(request, invitation, name=given["name"], password=given["password"])
    context = {"invitation": invitation, "form": form, "step": "new"}
    status = 422 if form.errors else 200
    return render(request, "accounts/invitation_accept.html", context, status=status)


def _join_as_known(
    request: HttpRequest, invitation: Invitation, *, known_id: int | None
) -> HttpResponse:
    """The mail address of the invitation has a login, or somebody is signed in: they must be the same."""
    if request.user.is_authenticated and request.user.pk == known_id:
        if request.method == "POST":
            return _accept(request, invitation)
        step = "join"
    else:
        step = "other" if request.user.is_authenticated else "sign_in"
    context = {"invitation": invitation, "step": step}
    # Nothing was done where somebody else, or nobody, was signed in.
    status = 403 if request.method == "POST" else 200
    return render(request, "accounts/invitation_accept.html", context, status=status)


def _accept(
    request: HttpRequest, invitation: Invitation, *, name: str = "", password: str | None = None
) -> HttpResponse:
    try:
        with tenant_context(invitation.tenant_id):
            membership = services.accept(invitation, at=clock.now(), name=name, password=password)
    except ValidationError:
        return render(request, "accounts/invitation_unknown.html", status=404)
    if password is not None:
        login(request, membership.user, backend=BACKEND)
    messages.success(
        request, _("Welcome to %(organisation)s.") % {"organisation": invitation.tenant.name}
    )
    return redirect(f"/t/{invitation.tenant.slug}/")


def _quiet(response: HttpResponse) -> HttpResponse:
    """The secret is in the address: no link carries it on. (Without any referrer the form would have no
    origin either, and be refused.)"""
    response["Referrer-Policy"] = "strict-origin"
    return response
