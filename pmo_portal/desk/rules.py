"""A view is its owner's; one that is shared is everybody's to use and administrators' to tidy up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule

rule("desk.view_view")(any_member)
rule("desk.view_create")(any_member)
# Everybody has a page of their own; what stands on it is what the rules of each thing let them do.
rule("desk.work_view")(any_member)


@rule("desk.view_change")
def view_change(member: Member, obj: Any) -> Answer:
    if obj is None or obj.owner_id == member.user.pk:
        return allow()
    if obj.is_shared and member.has(Role.ADMINISTRATOR):
        return allow()
    return deny(_("This view belongs to somebody else. Save one of your own."))


@rule("desk.view_share")
def view_share(member: Member, obj: Any) -> Answer:
    if member.has(Role.ADMINISTRATOR, Role.PMO_LEAD, Role.CHANGE_LEAD):
        return allow()
    return deny(
        _("Views for everybody are shared by the PMO lead, the change lead or an administrator.")
    )
