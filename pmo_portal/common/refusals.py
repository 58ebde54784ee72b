"""The answers that say no: not allowed with the sentence of the rule, and the page of last resort with a reference."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.template.loader import render_to_string

from . import security
from .rendering import show


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the page, or for htmx the part `refusal` in place of what was asked for."""
    reason = getattr(exception, "reason", "") or str(exception)
    match = request.resolver_match
    security.note_of(request, "refused", view=match.view_name if match else None)
    return show(request, "403.html", "refusal", {"reason": reason}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: drawn without the request, which may be what is wrong. Only sentences meant for people are shown."""
    reason = str(exception) if isinstance(exception, BadRequest) else ""
    return HttpResponseBadRequest(render_to_string("400.html", {"reason": reason}))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without the request, because anything about it may be what failed."""
    context = {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    return HttpResponseServerError(render_to_string("500.html", context))
