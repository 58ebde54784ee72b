"""How a view says who may call it, and what a request carries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from pmo_portal.common.registry import find_programme
from pmo_portal.tenants.models import BusinessUnit, Tenant

from .members import Member
from .models import User
from .permissions import require
from .selectors import unit_by_code

View = Callable[..., HttpResponseBase]


class TenantRequest(HttpRequest):
    """A request under `/t/<tenant>/`: signed in, a member, inside the tenant's context."""

    user: User  # type: ignore[assignment]
    tenant: Tenant
    member: Member
    htmx: HtmxDetails
    programme: Any
    unit: BusinessUnit


def tenant_view(action: str) -> Callable[[View], View]:
    """A page of a tenant. The middleware has made sure of the membership; the rule decides the rest.

    Rules that depend on an object are asked again by the view or the service with the object.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: TenantRequest, tenant: str, *args: Any, **kwargs: Any) -> Any:
            require(request.member, action)
            return view(request, *args, **kwargs)

        guarded.permission_required = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def programme_view(action: str) -> Callable[[View], View]:
    """A page of one programme (`/t/<tenant>/p/<code>/...`), found for this member or a 404.

    The view reads it as `request.programme`; the rule of the action is asked with it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(
            request: TenantRequest, tenant: str, code: str, *args: Any, **kwargs: Any
        ) -> Any:
            programme = find_programme(request.member, code)
            if programme is None:
                raise Http404
            if programme.code != code:
                return _led_on(request, programme.code)
            request.programme = programme
            require(request.member, action, programme)
            return view(request, *args, **kwargs)

        guarded.permission_required = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def unit_view(action: str) -> Callable[[View], View]:
    """A page of one unit of the organisation (`.../units/<code>/...`), or a 404; the view reads it as `request.unit`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: TenantRequest, code: str, *args: Any, **kwargs: Any) -> Any:
            unit = unit_by_code(code)
            if unit is None:
                raise Http404
            if unit.code != code:
                return _led_on(request, unit.code)
            request.unit = unit
            return view(request, *args, **kwargs)

        return tenant_view(action)(found)

    return decorate


def _led_on(request: HttpRequest, code: str) -> HttpResponse:
    """To the same page under the code it has now.

    A form is sent there once more as it is: nothing typed is lost, and whether somebody else saved meanwhile is judged there.
    """
    match: Any = request.resolver_match
    to = reverse(match.view_name, kwargs={**match.kwargs, "code": code})
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(
        f"{to}?{query}" if query else to, preserve_request=request.method == "POST"
    )


def account_view(view: View) -> View:
    """A page for whoever is signed in, without a tenant."""
    guarded = login_required(view)
    guarded.permission_required = "account"  # type: ignore[attr-defined]
    return guarded


def public_view(view: View) -> View:
    """A page for everybody."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)  # type: ignore[return-value]

    opened.public = True  # type: ignore[attr-defined]
    return opened


def operator_view(view: View) -> View:
    """A page of the platform's operators; for everybody else it does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return login_required(view)(request, *args, **kwargs)
        if not getattr(request.user, "is_operator", False):
            raise Http404
        return view(request, *args, **kwargs)

    guarded.permission_required = "operator"  # type: ignore[attr-defined]
    return guarded


def origin_of(request: HttpRequest) -> str:
    """What a link in a mail starts with: the scheme and host this request came by."""
    return f"{request.scheme}://{request.get_host()}"


def mail_is_printed() -> bool:
    """Whether mails go to a log instead of to people, as they do for trying the portal out."""
    return settings.EMAIL_BACKEND.endswith("console.EmailBackend")
