"""Who is named as the one who wrote something."""

from __future__ import annotations

from pmo_portal.accounts.members import Member
from pmo_portal.tenants.models import Person


def author_of(acting: Member | None) -> Person | None:
    """The person behind a member; nobody where a job or an import writes."""
    return acting.person if acting else None
