"""Who acts, asked and named the same way by every write."""

from __future__ import annotations

from typing import Any

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.tenants.models import Person


def ask(acting: Member | None, action: str, obj: Any = None) -> None:
    if acting is not None:
        require(acting, action, obj)


def author_of(acting: Member | None) -> Person | None:
    return acting.person if acting else None
