"""The security log: who signed in, failed, changed a factor or a role, took a file, was refused. Ids only, no names or addresses."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest

_log = structlog.get_logger("pmo_portal.security")


def note(event: str, **facts: Any) -> None:
    """Write one line; `facts` are ids and states, never secrets or mail addresses."""
    _log.info(event, **{name: str(value) for name, value in facts.items() if value is not None})


def note_of(request: HttpRequest, event: str, **facts: Any) -> None:
    """Write one line that also says who asked, and in which organisation."""
    user, tenant = getattr(request, "user", None), getattr(request, "tenant", None)
    note(event, user=getattr(user, "pk", None), tenant=getattr(tenant, "pk", None), **facts)
