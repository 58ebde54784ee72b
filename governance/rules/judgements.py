"""Three people judge, each for themselves; nobody answers for another."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule
from programmes.models import Programme

from ..choices import Judge
from .charters import Side, leads_side
from .steering import leads_or_steering, programme_of

rule("governance.judgement_view")(any_member)


@rule("governance.judgement_ask")
def judgement_ask(member: Member, obj: Any) -> Answer:
    """Both functions alike, and who steers."""
    return leads_or_steering(member, programme_of(obj))


def judges_as(member: Member, programme: Programme, voice: str) -> bool:
    if voice == Judge.SPONSOR:
        named = programme.sponsor_id
        if named is not None:
            return member.person is not None and member.person.pk == named
        return member.has(Role.SPONSOR)
    return bool(leads_side(member, Side(programme, voice)))


@rule("governance.judgement_give")
def judgement_give(member: Member, obj: Any) -> Answer:
    """With a judgement: who speaks with its voice."""
    if judges_as(member, obj.programme, obj.voice):
        return allow()
    return deny(
        _("Only the delivery lead, the change lead and the sponsor are asked, each for themselves.")
    )
