from __future__ import annotations

from pmo_portal.accounts.permissions import any_member, only_administrators, rule

rule("jobs.job_view")(any_member)
rule("jobs.job_retry")(only_administrators)
