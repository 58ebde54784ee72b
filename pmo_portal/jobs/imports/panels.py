"""On the page of a job that read or wrote a file: the way to its preview or report."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal.accounts.permissions import can
from pmo_portal.common.registry import Panel

from .kinds import import_kind
from .services import CHECK


def link_to_report(request: HttpRequest, job: Any) -> Panel | None:
    kind = import_kind(job.args.get("kind", ""))
    member = request.member  # type: ignore[attr-defined]
    if kind is None or not can(member, kind.action):
        return None
    url = reverse(
        "jobs:import_detail",
        kwargs={"tenant": member.tenant.slug, "kind": kind.slug, "reference": job.reference},
    )
    label = _("See the preview") if job.ticket.kind == CHECK else _("See the report")
    return Panel("jobs/_import_link.html", {"url": url, "label": label})
