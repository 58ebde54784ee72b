"""Who may do what in delivery. Change reads all of it; the people side of shared registers is its own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import Answer, allow, any_member, deny, rule

from .choices import Half, Opinion, ProgrammeRole, RaidSide
from .models import Programme, ProgrammeMember

for _view in (
    "programme_view",
    "milestone_view",
    "raid_view",
    "status_view",
    "budget_view",
):
    rule(f"programmes.{_view}")(any_member)


def works_on(member: Member, programme: Programme, role: ProgrammeRole) -> bool:
    """Whether the member is a contributor of this side of the programme."""
    return (
        member.person is not None
        and ProgrammeMember.objects.filter(
            programme=programme, person=member.person, role=role
        ).exists()
    )


def _is_lead(member: Member, lead_id: int | None) -> bool:
    return lead_id is not None and member.person is not None and member.person.pk == lead_id


def keeps_delivery(member: Member, programme: Programme | None) -> bool:
    """The PMO lead, the programme's delivery lead, and its delivery contributors."""
    if member.has(Role.PMO_LEAD):
        return True
    if programme is None or member.is_change:
        return False
    if _is_lead(member, programme.delivery_lead_id):
        return True
    return member.is_delivery and works_on(member, programme, ProgrammeRole.CONTRIBUTOR_DELIVERY)


def keeps_adoption(member: Member, programme: Programme | None) -> bool:
    """The change lead, the programme's change lead, and its change contributors."""
    if member.has(Role.CHANGE_LEAD):
        return True
    if programme is None or member.is_delivery:
        return False
    if _is_lead(member, programme.change_lead_id):
        return True
    return member.is_change and works_on(member, programme, ProgrammeRole.CONTRIBUTOR_CHANGE)


def _side(member: Member, programme: Programme | None, half: str) -> Answer:
    """Whether the member keeps the records of one half of a programme."""
    if half == Half.DELIVERY:
        if keeps_delivery(member, programme):
            return allow()
        return deny(_("Delivery records are kept by the delivery function. Ask the delivery lead."))
    if keeps_adoption(member, programme):
        return allow()
    return deny(_("Adoption records are kept by the adoption function. Ask the change lead."))


def _either(member: Member, programme: Programme | None) -> Answer:
    if keeps_delivery(member, programme) or keeps_adoption(member, programme):
        return allow()
    return deny(_("Only the leads and contributors of the programme can change this."))


@rule("programmes.programme_create")
def programme_create(member: Member, obj: Any) -> Answer:
    if member.has(Role.PMO_LEAD, Role.CHANGE_LEAD):
        return allow()
    return deny(_("Programmes are created by the PMO lead or the change lead."))


@rule("programmes.programme_change")
def programme_change(member: Member, programme: Programme) -> Answer:
    if member.has(Role.PMO_LEAD, Role.CHANGE_LEAD) or any(
        _is_lead(member, lead) for lead in (programme.delivery_lead_id, programme.change_lead_id)
    ):
        return allow()
    return deny(_("Only the two leads can change what a programme is. Ask one of them."))


@rule("programmes.milestone_create")
def milestone_create(member: Member, programme: Programme) -> Answer:
    return _either(member, programme)


@rule("programmes.milestone_change")
def milestone_change(member: Member, obj: Any) -> Answer:
    """With a milestone: its track decides. With a programme: whether there is any side to keep."""
    if isinstance(obj, Programme):
        return _either(member, obj)
    return _side(member, obj.programme, obj.track)


@rule("programmes.link_change")
def link_change(member: Member, link: Any) -> Answer:
    """The side that keeps the milestone which waits says what it waits for."""
    return _side(member, link.after.programme, link.after.track)


@rule("programmes.raid_create")
def raid_create(member: Member, programme: Programme) -> Answer:
    return _either(member, programme)


@rule("programmes.raid_change")
def raid_change(member: Member, obj: Any) -> Answer:
    """With an item: its side decides, and "both" is for either. With a programme: any side."""
    if isinstance(obj, Programme):
        return _either(member, obj)
    if obj.side == RaidSide.BOTH:
        return _either(member, obj.programme)
    return _side(
        member, obj.programme, Half.DELIVERY if obj.side == RaidSide.DELIVERY else Half.ADOPTION
    )


@rule("programmes.budget_create")
def budget_create(member: Member, programme: Programme) -> Answer:
    return _either(member, programme)


@rule("programmes.budget_change")
def budget_change(member: Member, obj: Any) -> Answer:
    """With a line: the side that spends it decides. With a programme: any side."""
    if isinstance(obj, Programme):
        return _either(member, obj)
    return _side(member, obj.programme, obj.half)


@rule("programmes.status_change")
def status_change(member: Member, obj: Any) -> Answer:
    """With a report: its half decides, and nobody rewrites a published one. With a programme: any half."""
    if isinstance(obj, Programme):
        return _either(member, obj)
    if obj.opinion != Opinion.LEAD:
        return deny(
            _("A published rating is kept as it was published; only a file can correct it.")
        )
    return _side(member, obj.programme, obj.half)


@rule("programmes.programme_import")
def programme_import(member: Member, obj: Any) -> Answer:
    if member.has(Role.PMO_LEAD, Role.ADMINISTRATOR):
        return allow()
    return deny(_("Programme files are imported by the PMO lead or an administrator."))


@rule("programmes.baseline_keep")
def baseline_keep(member: Member, programme: Programme) -> Answer:
    """Both functions: the plan has two tracks, and a baseline holds both."""
    return _either(member, programme)
