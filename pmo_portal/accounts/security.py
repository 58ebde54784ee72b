"""The security log: who signed in, failed, changed a factor or a role. Ids only, no names or addresses."""

from __future__ import annotations

from typing import Any

import structlog

_log = structlog.get_logger("pmo_portal.security")


def note(event: str, **facts: Any) -> None:
    """Write one line; `facts` are ids and states, never secrets or mail addresses."""
    _log.info(event, **{name: str(value) for name, value in facts.items() if value is not None})
