"""What the desk hangs into the pages below."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from pmo_portal.common.registers import RegisterPage
from pmo_portal.common.registry import Panel

from . import selectors, services


@dataclass(frozen=True)
class Offered:
    """One view in the menu of a register."""

    name: str
    url: str
    is_current: bool
    is_shared: bool


def saved_views(request: HttpRequest, register: RegisterPage) -> Panel | None:
    """Above a register of a tenant: the views of this page, and a way to keep the present one."""
    match, member = request.resolver_match, getattr(request, "member", None)
    if member is None or match is None:
        return None
    present = services.kept_part(register.query)
    offered = [
        Offered(
            name=view.name,
            url=f"{request.path}?{view.query}" if view.query else request.path,
            is_current=view.query == present,
            is_shared=view.is_shared,
        )
        for view in selectors.views_of_page(member, match.view_name)
    ]
    summary = ", ".join(f"{name}: {value}" for name, value in register.active_filters)
    place = {"tenant": request.tenant.slug}  # type: ignore[attr-defined]
    asked = {"page": match.view_name, "query": present, "summary": summary, "next": request.path}
    return Panel(
        "desk/_saved_views.html",
        {
            "views": offered,
            "current": next((view for view in offered if view.is_current), None),
            "may_save": bool(present),
            "save_url": f"{reverse('desk:view_create', kwargs=place)}?{urlencode(asked)}",
            "list_url": reverse("desk:view_list", kwargs=place),
        },
    )
