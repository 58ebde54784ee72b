"""Escalations: one side raises, only the other gives its view, those above settle."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule

from ..choices import Voice
from .steering import leads_or_steering, speaks_for

rule("governance.escalation_view")(any_member)
rule("governance.escalation_close")(leads_or_steering)


@rule("governance.escalation_create")
def escalation_create(member: Member, programme: Any) -> Answer:
    if any(speaks_for(member, programme, voice) for voice in Voice):
        return allow()
    return deny(_("Escalations are raised by the leads and contributors of the programme."))


@rule("governance.escalation_change")
def escalation_change(member: Member, obj: Any) -> Answer:
    """The side that raised it."""
    if speaks_for(member, obj.programme, obj.raised_by):
        return allow()
    return deny(
        _("An escalation is maintained by the function that raised it. Give your own view instead.")
    )


@rule("governance.escalation_view_give")
def escalation_view_give(member: Member, obj: Any) -> Answer:
    """The side that is asked."""
    if speaks_for(member, obj.programme, obj.asked_of):
        return allow()
    return deny(_("The view of a function is written by that function alone."))
