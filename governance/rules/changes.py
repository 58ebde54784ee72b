"""Change requests: each function writes its own half, both leads sign, nobody signs for the other side."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule

from ..choices import Voice
from .charters import Side, any_lead, may_sign_for
from .steering import programme_of, speaks_for

rule("governance.change_view")(any_member)


def _either(member: Member, programme: Any) -> bool:
    return any(speaks_for(member, programme, voice) for voice in Voice)


@rule("governance.change_create")
def change_create(member: Member, programme: Any) -> Answer:
    if _either(member, programme):
        return allow()
    return deny(
        _("Change requests are raised by the leads and contributors of the programme. Ask one.")
    )


@rule("governance.change_edit")
def change_edit(member: Member, obj: Any) -> Answer:
    """What shall change and why: the function that raised it."""
    if speaks_for(member, obj.programme, obj.raised_by):
        return allow()
    return deny(
        _(
            "A change request is maintained by the function that raised it. Describe the impact on yours."
        )
    )


@rule("governance.change_delivery")
def change_delivery(member: Member, obj: Any) -> Answer:
    """The delivery impact."""
    if speaks_for(member, programme_of(obj), Voice.DELIVERY):
        return allow()
    return deny(
        _(
            "The impact on plan and money is written by the delivery function. Ask the delivery lead."
        )
    )


@rule("governance.change_people")
def change_people(member: Member, obj: Any) -> Answer:
    """The people impact."""
    if speaks_for(member, programme_of(obj), Voice.CHANGE):
        return allow()
    return deny(_("The impact on people is written by the adoption function. Ask the change lead."))


@rule("governance.change_offer")
def change_offer(member: Member, obj: Any) -> Answer:
    """Putting it to both leads, keeping the baseline, saying what came of it: both functions alike."""
    if _either(member, programme_of(obj)):
        return allow()
    return deny(
        _("Change requests are taken on by the leads and contributors of the programme. Ask one.")
    )


@rule("governance.change_sign")
def change_sign(member: Member, obj: Any) -> Answer:
    """With a side: its lead, as for charters. With a request or programme: any of the two."""
    if isinstance(obj, Side):
        return may_sign_for(member, obj)
    if any_lead(member, programme_of(obj)):
        return allow()
    return deny(_("A change request is signed by the delivery lead and the change lead."))
