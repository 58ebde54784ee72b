from __future__ import annotations

from .permissions import any_member, only_administrators, rule

rule("accounts.tenant_view")(any_member)
rule("accounts.directory_view")(any_member)
rule("accounts.membership_view")(only_administrators)
rule("accounts.membership_change")(only_administrators)
rule("accounts.invitation_create")(only_administrators)
rule("accounts.unit_change")(only_administrators)
rule("accounts.person_change")(only_administrators)
rule("accounts.thresholds_change")(only_administrators)
