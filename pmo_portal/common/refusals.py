"""The answers that say no: not allowed with the sentence of the rule, and the pages of last resort."""

from __future__ import annotations

import sys

from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.template.loader import render_to_string

from . import security
from .rendering import show

_TRY_AGAIN_SECONDS = 30
# No connection, no room for one more, or shutting down and starting up; everything else says that a statement was wrong.
_AWAY = ("08", "53", "57P")


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
    """500, or 503 while the database does not answer: drawn without the request, because anything about it may be what failed."""
    if _database_is_away(sys.exc_info()[1]):
        page = render_to_string("503.html", {"sent": request.method == "POST"})
        return HttpResponse(page, status=503, headers={"Retry-After": str(_TRY_AGAIN_SECONDS)})
    context = {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    return HttpResponseServerError(render_to_string("500.html", context))


def _database_is_away(error: BaseException | None) -> bool:
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    # The driver has a code where the server said something itself.
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_AWAY)
