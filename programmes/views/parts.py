"""What the pages of delivery have in common."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from pmo_portal.accounts.http import TenantRequest
from pmo_portal.common.registry import panels_for


def address(request: TenantRequest, name: str, **kwargs: Any) -> str:
    """An address inside the programme of the request."""
    place = {"tenant": request.tenant.slug, "code": request.programme.code}
    return reverse(f"programmes:{name}", kwargs=place | kwargs)


def drawn_panels(slot: str, request: TenantRequest, record: Any) -> list[str]:
    """What higher storeys hang into a page, each drawn with its own context."""
    return [
        render_to_string(panel.template, panel.context, request=request)
        for panel in panels_for(slot, request, record)
    ]
