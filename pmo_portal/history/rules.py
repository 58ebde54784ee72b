from __future__ import annotations

from pmo_portal.accounts.permissions import any_member, rule

rule("history.trail_view")(any_member)
