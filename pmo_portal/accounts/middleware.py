"""Opens the tenant of the address for members, for the whole request and its rendering."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls.converters import SlugConverter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django_htmx.http import HttpResponseClientRedirect

from pmo_portal.common import clock
from pmo_portal.common.rendering import show
from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.context import tenant_context

from .choices import Role
from .members import Member
from .models import Membership

# Whatever the addresses let through as the name of a tenant: no view of theirs runs without a member.
_TENANT_PATH = re.compile(rf"^/t/({SlugConverter.regex})(?:/|$)")


class TenantMiddleware:
    """For `/t/<tenant>/...`: find the membership, open the context, or answer as if nothing were there.

    Somebody who is not a member gets the same 404 as for a tenant that does not exist. A suspended tenant
    is readable for its administrators; everybody else gets a page that says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = _TENANT_PATH.match(request.path_info)
        if match is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        membership = (
            Membership.objects.filter(tenant__slug=match[1], user=request.user, is_active=True)
            .exclude(tenant__status="closed")
            .select_related("tenant")
            .first()
        )
        if membership is None:
            # Answered by a view outside every tenant, so that the page can name no tenant.
            request.urlconf = "pmo_portal.accounts.urls_nowhere"  # type: ignore[attr-defined]
            return self.get_response(request)
        tenant = membership.tenant
        member = Member(request.user, tenant, membership)  # type: ignore[arg-type]
        if not tenant.is_active and not member.has(Role.ADMINISTRATOR):
            return render(request, "accounts/suspended.html", {"organisation": tenant}, status=403)
        request.tenant = tenant  # type: ignore[attr-defined]
        request.member = member  # type: ignore[attr-defined]
        request_id = request.headers.get("X-Request-ID") or str(uuid.uuid4())
        with (
            tenant_context(tenant.id),
            timezone.override(tenant.time_zone),
            acting_as(
                user_id=request.user.pk, action=request.method or "", request=request_id[:64]
            ),
        ):
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "_view_failed", False):
                # Django has turned the exception into a response already; nothing half-done may stay.
                transaction.set_rollback(True)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request._view_failed = True  # type: ignore[attr-defined]


class StrongAccountMiddleware:
    """What administrators and operators put up with in production, because so much hangs on their sessions.

    They set up a second factor before anything else, and half an hour without a click signs them out. What a
    page asks by itself (the script says so) is no click.
    """

    idle_seconds = 30 * 60

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        if not settings.PMO_ENFORCE_SECOND_FACTOR or not request.user.is_authenticated:
            return None
        member = getattr(request, "member", None)
        if member is not None:
            concerned = member.has(Role.ADMINISTRATOR)
        else:
            concerned = request.path_info.startswith("/operations/") and getattr(
                request.user, "is_operator", False
            )
        if not concerned:
            return None
        if self._was_idle(request):
            logout(request)
            return _to_sign_in(request)
        if is_mfa_enabled(request.user):
            return None
        messages.warning(
            request, _("Your role needs a second factor. Set one up here, then go on.")
        )
        to = redirect("mfa_index")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(to.url)
        return to

    def _was_idle(self, request: HttpRequest) -> bool:
        now = int(clock.now().timestamp())
        seen = request.session.get("strong_seen_at", now)
        is_click = "X-Unattended" not in request.headers
        # Once a minute is enough; every write is a row.
        if "strong_seen_at" not in request.session or (is_click and now - seen > 60):
            request.session["strong_seen_at"] = now
        return bool(now - seen > self.idle_seconds)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    to_login = redirect_to_login(request.get_full_path())
    if request.method == "POST":
        to_login = redirect_to_login(_form_of(request))
        if typed := _typed(request):
            return _typed_page(request, typed, to_login.url)
        # The page to sign in on says that what was sent is not saved; a message would need a session.
        to_login = redirect(f"{to_login.url}&unsaved=1")
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(to_login.url)
    return to_login


def _form_of(request: HttpRequest) -> str:
    """The page a form stood on, which may have another address than the form is sent to."""
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if page.netloc != request.get_host() or not _TENANT_PATH.match(page.path):
        return request.get_full_path()
    return urlunsplit(("", "", page.path, page.query, ""))


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody wrote into a form: all that has more than one word, beside the name of its field."""
    return [
        (name.replace("_", " ").replace("-", " ").capitalize(), text)
        for name, texts in request.POST.lists()
        for text in texts
        if len(text.split()) > 1
    ]


# Shown to whoever sent it, in the answer and nowhere else; what another site sent is not shown as theirs.
@csrf_protect
def _typed_page(request: HttpRequest, typed: list[tuple[str, str]], sign_in: str) -> HttpResponse:
    context = {"typed": typed, "sign_in": sign_in}
    response = show(request, "accounts/signed_out.html", "typed", context, status=403)
    response["Cache-Control"] = "private, no-store"
    return response


def nowhere(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The answer to an address in a tenant the visitor does not belong to."""
    raise Http404


nowhere.public = True  # type: ignore[attr-defined]
