"""Meetings are kept by both sides; minutes are approved by whoever chaired."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule

from .steering import leads_or_steering, sits_in

rule("governance.meeting_view")(any_member)


@rule("governance.meeting_change")
def meeting_change(member: Member, obj: Any) -> Answer:
    """Date, chair, agenda, attendance and minutes: both functions alike, and who sits in the group."""
    meeting = getattr(obj, "meeting", obj)
    if sits_in(member, getattr(meeting, "group", None)) is not None:
        return allow()
    if leads_or_steering(member, meeting):
        return allow()
    return deny(_("Meetings are kept by the leads of both functions and who sits in the group."))


@rule("governance.meeting_approve")
def meeting_approve(member: Member, meeting: Any) -> Answer:
    """The chair of that meeting; where the chair cannot sign in, a steering member."""
    chair = getattr(meeting, "chair", None)
    if chair is not None and member.person is not None and chair.pk == member.person.pk:
        return allow()
    if (chair is None or chair.user_id is None) and member.has(Role.STEERING_MEMBER, Role.SPONSOR):
        return allow()
    return deny(_("Minutes are approved by whoever chaired the meeting."))
