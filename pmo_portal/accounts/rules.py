from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .members import Member
from .permissions import Answer, any_member, deny, only_administrators, rule

rule("accounts.tenant_view")(any_member)
rule("accounts.directory_view")(any_member)
rule("accounts.membership_view")(only_administrators)
rule("accounts.membership_change")(only_administrators)
rule("accounts.invitation_view")(only_administrators)
rule("accounts.invitation_create")(only_administrators)
rule("accounts.unit_change")(only_administrators)
rule("accounts.person_change")(only_administrators)
rule("accounts.thresholds_view")(any_member)
rule("accounts.thresholds_change")(only_administrators)


@rule("accounts.invitation_restore")
def invitation_restore(member: Member, obj: Any) -> Answer:
    return deny(_("An invitation is not put back. Send a new one."))
