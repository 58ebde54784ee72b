"""What the pages of governance have in common."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from pmo_portal.accounts.http import TenantRequest


def address(request: TenantRequest, name: str, **kwargs: Any) -> str:
    """An address inside the programme of the request."""
    place = {"tenant": request.tenant.slug, "code": request.programme.code}
    return reverse(f"governance:{name}", kwargs=place | kwargs)
