from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import (
    Answer,
    allow,
    any_member,
    can,
    deny,
    only_administrators,
    rule,
)

from .imports import import_kinds

rule("jobs.job_view")(any_member)
rule("jobs.job_retry")(only_administrators)


@rule("jobs.import_view")
def import_view(member: Member, obj: Any) -> Answer:
    """Whoever may import at least one kind of file; each kind has its own rule besides."""
    if any(can(member, kind.action) for kind in import_kinds()):
        return allow()
    return deny(_("Files are imported by the leads and administrators of the organisation."))
