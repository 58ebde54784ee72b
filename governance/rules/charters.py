"""Who writes, signs and reviews what was agreed. Nobody signs for the other side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule
from programmes.choices import Half
from programmes.models import Programme

from ..choices import Voice
from .steering import leads_or_steering, programme_of, speaks_for

for _view in ("charter_view", "review_view", "move_view"):
    rule(f"governance.{_view}")(any_member)


@dataclass(frozen=True)
class Side:
    """One function of one programme: what a lead signs or completes for."""

    programme: Programme
    function: str

    @property
    def lead_id(self) -> int | None:
        if self.function == Voice.DELIVERY:
            return self.programme.delivery_lead_id
        return self.programme.change_lead_id


_HEAD = {Voice.DELIVERY: Role.PMO_LEAD, Voice.CHANGE: Role.CHANGE_LEAD}


def is_named_lead(member: Member, side: Side) -> bool:
    return member.person is not None and member.person.pk == side.lead_id


def is_of_the_other(member: Member, side: Side) -> bool:
    """Whether the member's roles are of the other function. Whoever is of neither speaks for a side by being named."""
    return member.is_change if side.function == Voice.DELIVERY else member.is_delivery


def leads_side(member: Member, side: Side) -> bool:
    """The lead named for a side, or the head of the same function standing in; nobody of the other function."""
    if is_of_the_other(member, side):
        return False
    return is_named_lead(member, side) or member.has(_HEAD[Voice(side.function)])


def any_lead(member: Member, programme: Programme) -> bool:
    return any(leads_side(member, Side(programme, voice)) for voice in Voice.values)


@rule("governance.charter_change")
def charter_change(member: Member, obj: Any) -> Answer:
    """With a measure or an assumption: its side decides. Otherwise either lead: the text is of both."""
    programme = programme_of(obj)
    half = getattr(obj, "half", "")
    if not half:
        if any_lead(member, programme):
            return allow()
        return deny(_("The charter is written by the two leads together. Ask one of them."))
    voice = Voice.DELIVERY if half == Half.DELIVERY else Voice.CHANGE
    if speaks_for(member, programme, voice):
        return allow()
    if half == Half.DELIVERY:
        return deny(
            _(
                "What delivery promises and assumes is written by the delivery function. Ask the delivery lead."
            )
        )
    return deny(
        _(
            "What adoption promises and assumes is written by the adoption function. Ask the change lead."
        )
    )


@rule("governance.charter_write")
def charter_write(member: Member, obj: Any) -> Answer:
    """Whether there is any side whose lines the member may write."""
    programme = programme_of(obj)
    if any_lead(member, programme) or any(
        speaks_for(member, programme, voice) for voice in Voice.values
    ):
        return allow()
    return deny(
        _("Measures and assumptions are written by the two functions. Ask one of the leads.")
    )


@rule("governance.charter_sign")
def charter_sign(member: Member, obj: Any) -> Answer:
    """With a side: its lead. With a programme: any of the two."""
    if isinstance(obj, Side):
        return may_sign_for(member, obj)
    if any_lead(member, programme_of(obj)):
        return allow()
    return deny(_("The charter is signed by the delivery lead and the change lead."))


def may_sign_for(member: Member, side: Side) -> Answer:
    """The lead named for a side, or the head of the same function standing in; nobody where none is named."""
    if side.lead_id is None:
        return deny(_("No lead is named for this side yet. Name one in the programme's details."))
    if leads_side(member, side):
        return allow()
    return deny(_not_their_side(member, side))


@rule("governance.review_complete")
def review_complete(member: Member, obj: Any) -> Answer:
    """With a side: its lead. With a programme: any of the two."""
    if not isinstance(obj, Side):
        if any_lead(member, programme_of(obj)):
            return allow()
        return deny(_("A review is completed by the delivery lead and the change lead."))
    if leads_side(member, obj):
        return allow()
    return deny(_not_their_side(member, obj))


def _not_their_side(member: Member, side: Side) -> str:
    if is_named_lead(member, side) and is_of_the_other(member, side):
        return _(
            "You are named as the lead of this side, but your role belongs to the other side: nobody speaks for both. "
            "Name somebody else in the programme's details, or ask an administrator for another role."
        )
    if side.function == Voice.DELIVERY:
        return _("Each lead speaks for one side only. This one is the delivery lead's.")
    return _("Each lead speaks for one side only. This one is the change lead's.")


@rule("governance.review_judge")
def review_judge(member: Member, obj: Any) -> Answer:
    """With a view: the function it is of. With a programme or review: any of the two."""
    programme = programme_of(obj)
    function = getattr(obj, "function", "")
    voices = [function] if function else Voice.values
    if any(speaks_for(member, programme, voice) for voice in voices):
        return allow()
    if function:
        return deny(
            _("Each function says what it found itself. This column is written by %(function)s.")
            % {"function": Voice(function).label.lower()}
        )
    return deny(_("Findings are recorded by the delivery and adoption functions."))


rule("governance.review_change")(leads_or_steering)
rule("governance.move_change")(leads_or_steering)
