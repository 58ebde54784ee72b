"""What the shell around every page needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.registry import navigation_items, navigation_rooms, navigation_url

from .members import Member
from .models import Membership
from .permissions import can

_PROGRAMME, _OUTSIDE, _ALWAYS = "programme", "outside", "always"
_GROUPS: tuple[tuple[str, Any, str], ...] = (
    # key, heading, where it is offered: in a programme, outside of one, everywhere
    ("home", "", _PROGRAMME),
    ("delivery", _("Delivery"), _PROGRAMME),
    ("people", _("Adoption"), _PROGRAMME),
    ("together", _("Together"), _PROGRAMME),
    ("portfolio", "", _ALWAYS),
    ("all_delivery", _("Delivery"), _OUTSIDE),
    ("all_people", _("Adoption"), _OUTSIDE),
    ("all_together", _("Together"), _OUTSIDE),
    ("all_ahead", _("What lies ahead"), _OUTSIDE),
    ("tenant", _("Organisation"), _ALWAYS),
    ("admin", _("Administration"), _ALWAYS),
)


@dataclass(frozen=True)
class Link:
    label: str | Promise
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Group:
    key: str
    label: str | Promise
    items: list[Link]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Tenant, member, programme and the navigation they may use.

    In a programme its own three groups come first, of equal standing; the way back to the portfolio and
    to administration follows. Outside of one the same groups lead to the registers of all programmes.
    """
    member = getattr(request, "member", None)
    programme = getattr(request, "programme", None)
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "system") if user is not None else "system"
    if member is None:
        return {"theme": theme, "navigation": []}
    slug, code = member.tenant.slug, programme.code if programme is not None else None
    groups = []
    here = _OUTSIDE if programme is None else _PROGRAMME
    for key, label, offered in _GROUPS:
        if offered not in {here, _ALWAYS}:
            continue
        links = []
        for item in navigation_items():
            if item.group != key or (item.action and not can(member, item.action, programme)):
                continue
            url = navigation_url(item, slug, code)
            current = _is_current(request.path, url) or request.path.startswith(
                navigation_rooms(item, slug, code)
            )
            links.append(Link(item.label, url, item.icon, current))
        if links:
            groups.append(Group(key, label, links))
    groups = _longest_match_only(groups)
    return {
        "theme": theme,
        "tenant": member.tenant,
        "member": member,
        "programme": programme,
        "navigation": groups,
        # Read only where the template asks: most people belong to one organisation.
        "tenant_choices": lambda: _tenant_choices(member),
    }


def _tenant_choices(member: Member) -> list[Link]:
    """The organisations somebody may switch between; empty for somebody with one."""
    tenants = [
        membership.tenant
        for membership in Membership.objects.filter(user=member.user, is_active=True)
        .exclude(tenant__status="closed")
        .select_related("tenant")
        .order_by("tenant__name")
    ]
    if len(tenants) < 2:
        return []
    return [
        Link(tenant.name, f"/t/{tenant.slug}/", "building", tenant.pk == member.tenant.pk)
        for tenant in tenants
    ]


def _is_current(path: str, url: str) -> bool:
    return path == url or (path.startswith(url) and url.count("/") > 3)


def _longest_match_only(groups: list[Group]) -> list[Group]:
    """Of nested addresses only the deepest one, in whichever group, is the current page."""
    deepest = max(
        (len(link.url) for each in groups for link in each.items if link.current), default=0
    )
    return [
        Group(
            each.key,
            each.label,
            [
                Link(link.label, link.url, link.icon, link.current and len(link.url) == deepest)
                for link in each.items
            ],
        )
        for each in groups
    ]
