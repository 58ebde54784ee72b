"""The balance of both functions: both leads see it at the same moment, everybody else a week later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule
from programmes.models import Programme

from ..choices import Voice
from .charters import Side, leads_side

# So that it starts a conversation between the two, and not a complaint about one of them.
HEAD_START = timedelta(days=7)

rule("governance.balance_view")(any_member)


@rule("governance.balance_now")
def balance_now(member: Member, obj: Any) -> Answer:
    """With a programme: its leads. Without one: who leads a function of the whole organisation."""
    if member.has(Role.PMO_LEAD, Role.CHANGE_LEAD):
        return allow()
    if isinstance(obj, Programme) and any(
        leads_side(member, Side(obj, voice)) for voice in Voice.values
    ):
        return allow()
    return deny(
        _(
            "Both leads see the balance first, so that they can talk; everybody else sees it a week later."
        )
    )


@rule("governance.balance_comment")
def balance_comment(member: Member, obj: Any) -> Answer:
    """With a comment: its function's lead. With a programme: either lead."""
    voice = getattr(obj, "function", "")
    programme = getattr(obj, "programme", obj)
    voices = [voice] if voice else list(Voice.values)
    if any(leads_side(member, Side(programme, each)) for each in voices):
        return allow()
    return deny(_("Each lead writes their own comment."))
