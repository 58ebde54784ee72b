"""The start of everything: where somebody belongs, and how pages look to them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from pmo_portal.common.registry import operator_console

from ..http import account_view, public_view
from ..models import User
from ..selectors import active_memberships_of

THEMES = ("system", "light", "dark")
A_YEAR = 365 * 24 * 3600


@require_safe
@account_view
def home(request: HttpRequest) -> HttpResponse:
    """The only organisation of somebody, or a choice; operators come to their console."""
    assert isinstance(request.user, User)
    tenants = [membership.tenant for membership in active_memberships_of(request.user)]
    if not tenants and request.user.is_operator:
        return redirect(operator_console())
    if len(tenants) == 1 and not request.user.is_operator:
        return redirect(f"/t/{tenants[0].slug}/")
    choices = [{"tenant": tenant, "url": f"/t/{tenant.slug}/"} for tenant in tenants]
    context: dict[str, Any] = {"choices": choices}
    if request.user.is_operator:
        context["operator_console"] = operator_console()
    return render(request, "accounts/home.html", context)


@require_POST
@public_view
def theme_set(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the system says: kept with the login, and in a cookie before signing in."""
    theme = request.POST.get("theme", "")
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = "/"
    response = redirect(onward)
    if theme not in THEMES:
        return response
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    response.set_cookie(
        "theme", theme, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return response
