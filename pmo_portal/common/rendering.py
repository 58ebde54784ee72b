"""The endings of a request: a page or its part, and "done"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from .registry import panels_for


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page, and not for the page itself."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def show(
    request: HttpRequest,
    template: str,
    part: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a page, or for htmx the partial `part` of the same template."""
    name = f"{template}#{part}" if part and wants_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def drawn_panels(slot: str, request: HttpRequest, obj: Any) -> list[str]:
    """What higher storeys hang into a slot of a page, each drawn with its own context."""
    return [
        render_to_string(panel.template, panel.context, request=request)
        for panel in panels_for(slot, request, obj)
    ]


def done(request: HttpRequest, *, to: Any, message: str = "", undo: str = "") -> HttpResponse:
    """Say that a write succeeded and go on.

    `to` is whatever `redirect` takes; `undo` is the address of the button that takes the write back.
    """
    if message:
        messages.success(request, message, extra_tags=f"undo:{undo}" if undo else "")
    return redirect(to)


class SeeOther:
    """Where a POST leads to is a page to be read (303), whoever sends people on; Django says "found" (302)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302:
            response.status_code = 303
        return response
