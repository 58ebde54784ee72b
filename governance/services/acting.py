"""Who acts, asked the same way by every write."""

from __future__ import annotations

from typing import Any

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require


def ask(acting: Member | None, action: str, obj: Any) -> None:
    if acting is not None:
        require(acting, action, obj)
