"""Who may do what where both functions meet."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Function, Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule
from programmes.rules import keeps_adoption, keeps_delivery

from ..choices import Voice
from ..models import GroupMember, SteeringGroup

for _view in ("group_view", "decision_view", "action_view"):
    rule(f"governance.{_view}")(any_member)


def programme_of(obj: Any) -> Any:
    if hasattr(obj, "decision") and not hasattr(obj, "programme"):
        obj = obj.decision
    if hasattr(obj, "group") and not hasattr(obj, "programme"):
        obj = obj.group
    return getattr(obj, "programme", obj)


def sits_in(member: Member, group: SteeringGroup | None) -> GroupMember | None:
    """The member's seat in a group, if there is one."""
    if group is None or member.person is None:
        return None
    return GroupMember.objects.filter(group=group, person=member.person).first()


def speaks_for(member: Member, programme: Any, voice: str) -> bool:
    """Whether the member may speak for a function in a programme; nobody speaks for both."""
    keeps = keeps_delivery if voice == Voice.DELIVERY else keeps_adoption
    return keeps(member, programme)


def leads_or_steering(member: Member, obj: Any) -> Answer:
    """Both functions alike, and who steers."""
    programme = programme_of(obj)
    if (
        member.has(Role.STEERING_MEMBER, Role.SPONSOR)
        or keeps_delivery(member, programme)
        or keeps_adoption(member, programme)
    ):
        return allow()
    return deny(
        _("This is kept by the leads of both functions and the steering group. Ask one of them.")
    )


for _action in (
    "decision_create",
    "decision_change",
    "decision_look",
    "action_create",
    "action_change",
):
    rule(f"governance.{_action}")(leads_or_steering)


@rule("governance.group_change")
def group_change(member: Member, obj: Any) -> Answer:
    programme = programme_of(obj)
    if member.has(Role.PMO_LEAD, Role.CHANGE_LEAD, Role.STEERING_MEMBER):
        return allow()
    if (
        member.person is not None
        and programme is not None
        and member.person.pk in (programme.delivery_lead_id, programme.change_lead_id)
    ):
        return allow()
    return deny(_("Groups are kept by both leads and the steering members. Ask one of them."))


@rule("governance.decision_decide")
def decision_decide(member: Member, obj: Any) -> Answer:
    """Steering members and sponsors of the organisation, and whoever votes in the group; without a group, both leads too."""
    group = getattr(obj, "group", None)
    if member.has(Role.STEERING_MEMBER, Role.SPONSOR):
        return allow()
    seat = sits_in(member, group)
    if seat is not None and seat.is_voting:
        return allow()
    if group is None and member.has(Role.PMO_LEAD, Role.CHANGE_LEAD):
        return allow()
    return deny(
        _("Only steering members, sponsors and the voting members of the group can decide this.")
    )


@rule("governance.input_change")
def input_change(member: Member, obj: Any) -> Answer:
    """With an input: its function must be the member's own. With a programme or decision: any of the two."""
    programme = programme_of(obj)
    voice = getattr(obj, "function", None)
    voices = [voice] if voice else list(Voice)
    if any(speaks_for(member, programme, each) for each in voices):
        return allow()
    if voice:
        return deny(
            _("Each function writes its own view. This one is written by %(function)s.")
            % {"function": Function(voice).label.lower()}
        )
    return deny(_("Views are given by the delivery and adoption functions."))
