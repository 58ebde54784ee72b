"""Who sees the roof: everybody of the tenant, each with the programmes they see."""

from __future__ import annotations

from pmo_portal.accounts.permissions import any_member, rule

rule("scorecards.portfolio_view")(any_member)
rule("scorecards.roadmap_view")(any_member)
rule("scorecards.heat_view")(any_member)
rule("scorecards.scorecard_view")(any_member)
